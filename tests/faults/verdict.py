"""Whether anything was lost, early, or said too often; and the figures."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from sqlmodel import col, select

from bot.dispatcher import MAX_IN_FLIGHT
from simulator.html_text import parse_html
from storage.queries.accounts import find_officer_of_chat
from storage.tables import Confirmation, ConfirmationKind, InboxRow, Reminder, ReminderState, Weight
from tests.faults.house import CHILDREN, posts
from tests.faults.month import Month
from tests.faults.owed import Owed, expected
from tests.faults.robots import LINES
from tests.faults.telegram import SHOWS, Arrival

TOGETHER = timedelta(minutes=15)  # what falls in the same quarter of an hour waits for the last of it
KINDS = ("digest", "due", "snooze")  # every one of these that a post gets is on the list
DONE = re.compile(r"^(✅ SOP \S+ langkah \d+|⚖️ .*) selesai")
STAMP = re.compile(r"@(\d{8})(T\d{4})?$")  # at the end of a reminder's key: when it was planned for


class Verdict:
    """`problems` is empty when all is well."""

    def __init__(self, month: Month) -> None:
        self._month = month
        self._telegram = month.telegram
        self._arrivals = tuple(month.telegram.arrivals)
        self._texts = {id(one): parse_html(one.text)[0] if one.text else "" for one in self._arrivals}
        store = month.opened.store
        with store.reading() as s:
            self._reminders = {row.id or 0: row for row in s.exec(select(Reminder)).all()}
            self._confirmations = tuple(s.exec(select(Confirmation)).all())
            self._weighed = tuple(s.exec(select(Weight)).all())
            self._set_aside = tuple(
                s.exec(select(InboxRow).where(col(InboxRow.set_aside_at).is_not(None))).all()
            )
            self._officers = {}  # id -> name
            self._chats = {phone.name: phone.id for phone in self._telegram.world.phones}
            for name, chat_id in self._chats.items():
                found = find_officer_of_chat(s, store.keyring.fingerprint(str(chat_id), "chat"))
                assert found is not None, name
                self._officers[found[0].id or 0] = name
            s.expunge_all()
        self.owed = (*expected(month.days), *month.robots.promises)
        self.doubles_by_kill = 0
        self.doubles_by_fault = 0
        self.problems = tuple(
            problem
            for look in (
                self._lost, self._not_owed, self._early, self._doubles, self._unanswered, self._taps_without_effect,
                self._confirmations_lost, self._weights, self._left_over,
            )
            for problem in look()
        )  # fmt: skip

    @property
    def figures(self) -> str:
        """One paragraph."""
        month, sent = self._month, self._month.robots.sent
        pushes = [one for one in self._arrivals if one.reminders]
        done = sum(one.kind == ConfirmationKind.DONE for one in self._confirmations)
        return (
            f"{len(month.lived.kills)} kills {month.lived.histogram}; faults of the API {dict(month.lived.faults)}; "
            f"requests refused {month.telegram.refused}; {len(self.owed)} reminders owed "
            f"({len(month.robots.promises)} promised to a phone), {len(pushes)} pushes arrived; doubles: "
            f"{self.doubles_by_kill} after a kill, {self.doubles_by_fault} after a lost answer; "
            f"{sum(one.tap is not None for one in sent)} taps, {sum(one.tap is None for one in sent)} messages typed; "
            f"{done} confirmations of {len(self._confirmations)} statements, "
            f"{len(self._weighed)} weights"
        )

    # reminders

    def _lost(self) -> Iterator[str]:
        for owed in self.owed:
            is_past = owed.at < self._month.ended_at - TOGETHER
            if is_past and not any(self._is_it(one, owed) for one in self._arrivals):
                rows = [
                    (row.key, row.state.value, row.due_at, row.sent_at, row.error)
                    for row in self._reminders.values()
                    if planned_at(row) == owed.at and self._officers[row.officer_id] == owed.name
                ]
                yield f"never arrived: {owed} {rows}"

    def _is_it(self, one: Arrival, owed: Owed) -> bool:
        return (
            one.method == "sendMessage"
            and bool(one.reminders)
            and one.chat_id == self._chats[owed.name]
            and owed.at.timestamp() <= one.at <= owed.until.timestamp()
            and owed.words in self._texts[id(one)]
        )

    def _not_owed(self) -> Iterator[str]:
        """Of the kinds that are on the list, nothing that is not on it."""
        names = {post.name for post in posts()}
        owed = {(one.name, one.kind, one.at.astimezone(UTC)) for one in self.owed}
        for number in {number for one in self._arrivals for number in one.reminders}:
            row = self._reminders[number]
            name = self._officers[row.officer_id]
            if name not in names or row.kind not in KINDS:
                continue
            if (name, row.kind, planned_at(row)) not in owed:
                yield f"not owed: {name} {row.kind} {row.key}"

    def _early(self) -> Iterator[str]:
        for one in self._arrivals:
            for number in one.reminders:
                row = self._reminders[number]
                at = planned_at(row)
                if one.at < row.due_at.timestamp() or (at is not None and one.at < at.timestamp()):
                    yield f"early: {row.key} at {datetime.fromtimestamp(one.at, UTC)}"

    def _doubles(self) -> Iterator[str]:
        """A message again: after a kill, or because the answer to it was lost; never without a cause."""
        last: dict[tuple[int, str], Arrival] = {}
        again: dict[int, dict[int, Arrival]] = defaultdict(
            dict
        )  # by process, those that came again after its death
        for one in self._arrivals:
            if not one.reminders:
                continue
            part = one.said_for.rpartition(":")[2]
            before = {
                id(last[number, part]): last[number, part]
                for number in one.reminders
                if (number, part) in last
            }
            for first in before.values():
                if first.is_lost:
                    self.doubles_by_fault += 1
                elif first.process != one.process:
                    again[first.process][id(first)] = first
                else:
                    yield f"twice without a cause: {first} {one}"
            last |= {(number, part): one for number in one.reminders}
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
        rows = self._rows_by_update()
        answered = {one.inbox_row for one in self._arrivals if one.method in SHOWS}
        for sent in self._month.robots.sent:
            found = rows.get(sent.update_id, [])
            if len(found) != 1:
                yield f"in the inbox {len(found)} times: {sent}"
            is_toasted = sent.tap is not None and sent.tap.answered
            if not is_toasted and not answered & set(found):
                yield f"not answered: {sent}"

    def _taps_without_effect(self) -> Iterator[str]:
        """Every task on which "Selesai" was tapped is confirmed once, every obstacle written down once."""
        done = [one.task_id for one in self._confirmations if one.kind == ConfirmationKind.DONE]
        for task_id in {sent.task_id for sent in self._month.robots.sent if sent.what == "Selesai"}:
            if done.count(task_id or 0) != 1:
                yield f"task {task_id}: {done.count(task_id or 0)} confirmations"
        obstacles = [one.update_id for one in self._confirmations if one.kind == ConfirmationKind.OBSTACLE]
        for sent in self._month.robots.sent:
            if sent.what == "Hujan" and obstacles.count(sent.update_id) != 1:
                yield f"{obstacles.count(sent.update_id)} obstacles: {sent}"

    def _confirmations_lost(self) -> Iterator[str]:
        """What a phone has seen confirmed is in the database."""
        by_update = {one.update_id for one in self._confirmations if one.kind == ConfirmationKind.DONE}
        for one in self._arrivals:
            if one.inbox_row is not None and DONE.match(self._texts[id(one)]):
                update_id = self._month.lived.update_of_row[one.inbox_row]
                if update_id not in by_update:
                    yield f"seen on the phone and not in the database: {one}"

    def _weights(self) -> Iterator[str]:
        """Each message of the nurse is one weight a child."""
        for sent in self._month.robots.sent:
            rows = [one for one in self._weighed if one.update_id == sent.update_id]
            if len({one.child_id for one in rows}) != (CHILDREN if sent.what == LINES else 0) or len(
                rows
            ) != len({one.child_id for one in rows}):
                yield f"{len(rows)} weights: {sent}"

    def _left_over(self) -> Iterator[str]:
        for row in self._set_aside:
            yield f"set aside: update {row.update_id}: {row.error}"
        for reminder in self._reminders.values():
            if reminder.state == ReminderState.FAILED:
                yield f"failed: {reminder.key}: {reminder.error}"

    def _rows_by_update(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for row_id, update_id in self._month.lived.update_of_row.items():
            found[update_id].append(row_id)
        return found


def planned_at(row: Reminder) -> datetime | None:
    """What the key was made for: `due_at` moves when messages are merged. A digest's has the day by UTC: 23.30."""
    stamp = STAMP.search(row.key)
    if stamp is None:
        return None
    return datetime.strptime(stamp[1] + (stamp[2] or "T2330"), "%Y%m%dT%H%M").replace(tzinfo=UTC)


def lines(problems: Iterable[str], most: int = 40) -> str:
    """The first ones, one a line."""
    found = list(problems)
    return "\n".join([f"{len(found)} problems", *found[:most]])
