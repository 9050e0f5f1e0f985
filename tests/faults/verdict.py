"""Whether anything was lost, early, or said too often; and the figures."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

from bot.dispatcher import MAX_IN_FLIGHT
from simulator.html_text import parse_html
from storage.tables import ConfirmationKind, Reminder, ReminderState
from tests.faults.evidence import Evidence
from tests.faults.house import CHILDREN, posts
from tests.faults.month import Lived
from tests.faults.owed import MORNING, WITA, Owed
from tests.faults.robots import LINES
from tests.faults.telegram import SHOWS, Arrival

TOGETHER = timedelta(minutes=15)  # what falls in the same quarter of an hour waits for the last of it
KINDS = ("digest", "due", "snooze")  # every one of these that a post gets is on the list
TAKES_OVER_WITHIN_S = 10.0  # after a kill
ON_TIME_S = 10.0  # after it fell due; the clock runs thousands of times as fast meanwhile
DONE = re.compile(r"^(✅ SOP \S+ langkah \d+|⚖️ .*) selesai")
STAMP = re.compile(
    r"@(?:(\d{4}-\d\d-\d\d)|(\d{8}T\d{4}))$"
)  # at the end of a reminder's key: when it was planned for


class Verdict:
    """`problems` is empty when all is well."""

    def __init__(self, evidence: Evidence) -> None:
        self._seen = evidence
        self.doubles_by_kill = 0
        self.doubles_by_fault = 0
        self.lost = 0  # of what was owed and has passed
        self.waited_s: list[float] = []  # how long after it fell due each of the others came, in real seconds
        self._pushes: dict[int, list[tuple[Arrival, str]]] = defaultdict(
            list
        )  # by chat, with their plain text
        for one in evidence.arrivals:
            if one.reminders and one.method == "sendMessage":
                self._pushes[one.chat_id].append((one, parse_html(one.text)[0]))
        looks = (
            self._lost, self._not_owed, self._early, self._doubles, self._unanswered, self._effects,
            self._confirmations_lost, self._weights, self._left_over, self._slow,
        )  # fmt: skip
        self.problems = tuple(problem for look in looks for problem in look())

    @property
    def figures(self) -> str:
        """One paragraph."""
        seen = self._seen
        pushes = [one for one in seen.arrivals if one.reminders]
        done = sum(one.kind == ConfirmationKind.DONE for one in seen.confirmations)
        return (
            f"{len(seen.lived.kills)} kills {seen.lived.histogram}; faults of the API {dict(seen.lived.faults)}, "
            f"requests refused {seen.refused}; {len(seen.owed)} reminders owed ({seen.promises} promised to a phone), "
            f"{self.lost} lost, {sum(one <= ON_TIME_S for one in self.waited_s)} on time (within {ON_TIME_S:.0f} real "
            f"seconds), {len(self.waited_s)} came, the last after {max(self.waited_s, default=0.0):.1f} s; "
            f"{len(pushes)} pushes arrived; doubles: {self.doubles_by_kill} after a kill, {self.doubles_by_fault} "
            f"after a lost answer; {sum(one.tap is not None for one in seen.sent)} taps, "
            f"{sum(one.tap is None for one in seen.sent)} messages typed; {done} confirmations of "
            f"{len(seen.confirmations)} statements, {len(seen.weights)} weights{take_overs(seen.lived)}"
        )

    # reminders

    def _lost(self) -> Iterator[str]:
        for owed in self._seen.owed:
            is_past = owed.at < self._seen.ended_at - TOGETHER
            if not is_past or owed in self._seen.void:
                continue
            came = self._arrival_of(owed)
            if came is not None:
                self.waited_s.append(max(0.0, came.real_s - self._real_s(owed.at)))
            else:
                self.lost += 1
                rows = [
                    (row.key, row.state.value, row.dropped_why, row.due_at, row.sent_at, row.error)
                    for row in self._seen.reminders.values()
                    if planned_at(row) == owed.at and self._seen.names[row.officer_id] == owed.name
                ]
                yield f"never arrived: {owed} {rows}"

    def _arrival_of(self, owed: Owed) -> Arrival | None:
        """The message in which it first came; None: it never did."""
        first, last = owed.at.timestamp(), owed.until.timestamp()
        pushes = self._pushes[self._seen.chats[owed.name]]
        return next((one for one, text in pushes if first <= one.at <= last and owed.words in text), None)

    def _real_s(self, at: datetime) -> float:
        """When it was that time for the officers, at the latest; monotonic."""
        passed = self._seen.lived.passed
        place = bisect_left(passed, (at.timestamp(), 0.0))
        return passed[min(place, len(passed) - 1)][1]

    def _not_owed(self) -> Iterator[str]:
        """Of the kinds that are on the list, nothing that is not on it."""
        names = {post.name for post in posts()}
        owed = {(one.name, one.kind, one.at.astimezone(UTC)) for one in self._seen.owed}
        for number in {number for one in self._seen.arrivals for number in one.reminders}:
            row = self._seen.reminders[number]
            name = self._seen.names[row.officer_id]
            if name in names and row.kind in KINDS and (name, row.kind, planned_at(row)) not in owed:
                yield f"not owed: {name} {row.kind} {row.key}"

    def _early(self) -> Iterator[str]:
        """Before what it was planned for, or the last time before what its row says: a double may be moved to 06.00."""
        last = {number: one for one in self._seen.arrivals for number in one.reminders}
        for one in self._seen.arrivals:
            for number in one.reminders:
                row = self._seen.reminders[number]
                at = planned_at(row)
                is_before_row = one is last[number] and one.at < row.due_at.timestamp()
                if is_before_row or (at is not None and one.at < at.timestamp()):
                    yield f"early: {row.key} at {datetime.fromtimestamp(one.at, UTC)}"

    def _doubles(self) -> Iterator[str]:
        """A message again: after a kill, or because the answer to it was lost; never without a cause."""
        last: dict[tuple[int, str], Arrival] = {}
        again: dict[int, dict[int, Arrival]] = defaultdict(
            dict
        )  # by process, what came again after its death
        for one in self._seen.arrivals:
            part = one.said_for.rpartition(":")[2]
            carried = [(number, part) for number in one.reminders]
            for first in {id(last[key]): last[key] for key in carried if key in last}.values():
                if first.is_lost:
                    self.doubles_by_fault += 1
                elif first.process != one.process:
                    again[first.process][id(first)] = first
                else:
                    yield f"twice without a cause: {first} {one}"
            last.update(dict.fromkeys(carried, one))
        for process, firsts in again.items():
            self.doubles_by_kill += len(firsts)
            chats = [first.chat_id for first in firsts.values()]
            if len(chats) > MAX_IN_FLIGHT:
                yield f"{len(chats)} doubles after the death of process {process}"
            if len(set(chats)) < len(chats):
                yield f"two doubles for one officer after the death of process {process}: {list(firsts.values())}"

    # taps

    def _unanswered(self) -> Iterator[str]:
        """Every update has one row in the inbox and an answer that reached the phone."""
        rows: dict[int, list[int]] = defaultdict(list)
        for row_id, update_id in self._seen.update_of_row.items():
            rows[update_id].append(row_id)
        answered = {one.inbox_row for one in self._seen.arrivals if one.method in SHOWS}
        for sent in self._seen.sent:
            found = rows[sent.update_id]
            if len(found) != 1:
                yield f"in the inbox {len(found)} times: {sent}"
            is_toasted = sent.tap is not None and sent.tap.answered
            if not is_toasted and not answered & set(found):
                yield f"not answered: {sent}"

    def _effects(self) -> Iterator[str]:
        """Every task on which "Selesai" was tapped is confirmed once, every obstacle is written down once."""
        done = [one.task_id for one in self._seen.confirmations if one.kind == ConfirmationKind.DONE]
        for task_id in {sent.task_id for sent in self._seen.sent if sent.what == "Selesai"}:
            if done.count(task_id or 0) != 1:
                yield f"task {task_id}: {done.count(task_id or 0)} confirmations"
        obstacles = [
            one.update_id for one in self._seen.confirmations if one.kind == ConfirmationKind.OBSTACLE
        ]
        for sent in self._seen.sent:
            if sent.what == "Hujan" and obstacles.count(sent.update_id) != 1:
                yield f"{obstacles.count(sent.update_id)} obstacles: {sent} {self._heard(sent.update_id)}"

    def _heard(self, update_id: int | None) -> list[str]:
        """What the phone was told when this update was handled."""
        rows = {row for row, update in self._seen.update_of_row.items() if update == update_id}
        return [one.text for one in self._seen.arrivals if one.inbox_row in rows]

    def _confirmations_lost(self) -> Iterator[str]:
        """What a phone has seen confirmed is in the database; a second tap is shown what the first one confirmed."""
        done = [one for one in self._seen.confirmations if one.kind == ConfirmationKind.DONE]
        updates, tasks = {one.update_id for one in done}, {one.task_id for one in done}
        task_of = {sent.update_id: sent.task_id for sent in self._seen.sent}
        for one in self._seen.arrivals:
            if one.inbox_row is None or not DONE.match(parse_html(one.text)[0]):
                continue
            update_id = self._seen.update_of_row[one.inbox_row]
            if update_id not in updates and task_of.get(update_id) not in tasks:
                yield f"seen on the phone and not in the database: {one}"

    def _weights(self) -> Iterator[str]:
        """Each message of the nurse is one weight a child, and nothing else is."""
        for sent in self._seen.sent:
            children = sorted(one.child_id for one in self._seen.weights if one.update_id == sent.update_id)
            if len(children) != (CHILDREN if sent.what == LINES else 0) or len(set(children)) < len(children):
                yield f"weights of the children {children}: {sent}"

    def _slow(self) -> Iterator[str]:
        for seconds in self._seen.lived.take_overs_s:
            if seconds > TAKES_OVER_WITHIN_S:
                yield f"taken over after {seconds:.1f} s"

    def _left_over(self) -> Iterator[str]:
        for row in self._seen.set_aside:
            yield f"set aside: update {row.update_id}: {row.error}"
        for reminder in self._seen.reminders.values():
            if reminder.state == ReminderState.FAILED:
                yield f"failed: {reminder.key}: {reminder.error}"


def take_overs(lived: Lived) -> str:
    """How long the one that stood by took, as a histogram: a line for each second."""
    if not lived.take_overs_s:
        return ""
    each = Counter(int(seconds) for seconds in lived.take_overs_s)
    bars = [
        f"  {second:2d}-{second + 1} s {each[second]:4d} {'#' * each[second]}"
        for second in range(max(each) + 1)
    ]
    head = (
        f"; {lived.standbys_killed} killed that stood by; {len(lived.take_overs_s)} take-overs, in seconds:"
    )
    return "\n".join([head, *bars])


def planned_at(row: Reminder) -> datetime | None:
    """What the key was made for: `due_at` moves when messages are merged. A digest's says the day only, by WITA."""
    stamp = STAMP.search(row.key)
    if stamp is None:
        return None
    if stamp[1] is not None:
        return datetime.combine(date.fromisoformat(stamp[1]), MORNING, WITA).astimezone(UTC)
    return datetime.strptime(stamp[2], "%Y%m%dT%H%M").replace(tzinfo=UTC)


def lines(problems: Iterable[str], most: int = 40) -> str:
    """The first ones, one a line."""
    found = list(problems)
    return "\n".join([f"{len(found)} problems", *found[:most]])
