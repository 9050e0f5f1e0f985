"""What the phones received: every message of the bot that showed a task, when, and to whom.

A phone shows a task by its words ("SOP 9.2.01 ... langkah 3") and by the buttons that act on it or open it. Which
button is of which task is looked up in the rows of the database; where the words name the step, they must agree.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import select

from handlers.ui.request import ButtonError, parse
from storage.tables import Child, Task
from tests.support.clocks import WITA
from tests.support.town import Town

SAYS = ("sendMessage", "editMessageText", "sendPhoto", "editMessageCaption")
OF_A_TASK = ("task_", "roll_", "weigh_", "visit_", "parents_", "day_", "form_", "month_",
             "decide_")  # fmt: skip
NOT_OF_A_TASK = ("task_list", "task_week", "day_duty")
ON_CARD = re.compile(r"^(?:.* · )?SOP ([\d.]+) .*langkah (\d+) dari \d+", re.MULTILINE)
MONTHLY = re.compile(r"^(?:.* · )?Layanan berjalan, bulan ke-\d+", re.MULTILINE)
DUE = re.compile(r"jatuh tempo (.+?), (\d\d)\.(\d\d)")
CHOSEN = re.compile(r"Tanggal terpilih: (.+?)()()$", re.MULTILINE)  # the day of the parents' visit
CHILD = re.compile(r"No\. (\d{3})")
SUMMARY = re.compile(r"⚖️ Penimbangan .+ selesai")
LATE_LIST = re.compile(r"^\d+ langkah .*:$", re.MULTILINE)  # in the morning of a head
MONTHS = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober",
          "November", "Desember")  # fmt: skip
DAY_ENDS = 16  # hours
NEAR = {"kemarin": -1, "hari ini": 0, "besok": 1, "lusa": 2}


@dataclass(frozen=True)
class Seen:
    """A task on a phone.

    Attributes:
        at: when, local.
        line: its own words: the line of a list, or the whole message.
        verbs: what its buttons do.
        is_list: the officer had asked for the list of tasks.
    """

    at: datetime
    officer: str
    task_id: int
    line: str
    verbs: frozenset[str]
    is_list: bool
    is_new: bool  # a message of its own, not a change of one that was there

    @property
    def due(self) -> datetime | None:
        """The due time that the card of the task says, local."""
        if ON_CARD.search(self.line) is None and MONTHLY.search(self.line) is None:
            return None
        found = DUE.search(self.line) or CHOSEN.search(self.line)
        if found is None:
            return None
        on = _day(found[1], self.at.date())
        return datetime(on.year, on.month, on.day, int(found[2] or DAY_ENDS), int(found[3] or 0), tzinfo=WITA)

    @property
    def children(self) -> set[int]:
        """Numbers of the children it names."""
        return {int(number) for number in CHILD.findall(self.line)}


def _day(words: str, today: date) -> date:
    """ "besok", "Rabu, 3 Desember 2026"."""
    if words in NEAR:
        return today + timedelta(days=NEAR[words])
    found = re.fullmatch(r"\w+, (\d+) (\w+) (\d{4})", words)
    assert found, words
    return date(int(found[3]), MONTHS.index(found[2]) + 1, int(found[1]))


def everything_seen(town: Town) -> list[Seen]:
    """Every task on every phone, in the order of time."""
    calls = town.world.calls
    assert calls[0].number == 1, "the log of the simulator has forgotten the first calls"
    names = {person.phone.id: person.name for person in town.people.values()}
    tasks = {task.id or 0: task for task in town.rows(select(Task))}
    found = []
    for call in calls:
        if call.method in SAYS and call.status == 200 and isinstance(call.result, dict):
            at = datetime.fromtimestamp(call.at, WITA)
            officer = names[call.result["chat"]["id"]]
            for task_id, line, verbs, is_list in _tasks_in(call.result):
                seen = Seen(at, officer, task_id, line, verbs, is_list, not call.method.startswith("edit"))
                found.append(seen)
                _words_agree(seen, tasks[task_id])
    return found


def _tasks_in(message: dict[str, Any]) -> Iterator[tuple[int, str, frozenset[str], bool]]:
    text = str(message.get("text") or message.get("caption") or "")
    buttons = [b for row in (message.get("reply_markup") or {}).get("inline_keyboard", ()) for b in row]
    verbs: dict[int, set[str]] = {}
    lines: dict[int, str] = {}
    pressed = []
    for button in buttons:
        try:
            pressed.append((str(button["text"]), parse(str(button.get("callback_data", "")))))
        except ButtonError:
            continue
    if any(press.verb.startswith("status_") for _label, press in pressed):
        return  # a head who looks at the state of things is offered nothing
    if SUMMARY.match(text):
        return  # what came of a weigh-in, told to the house
    escalates = any(press.verb.startswith("late_") for _label, press in pressed)
    if escalates and LATE_LIST.search(text) is None:
        return  # an emergency that is late, told to a head: it is not offered
    if escalates:
        text = LATE_LIST.split(text)[0]  # below it are the steps of others
        pressed = [
            (label, press)
            for label, press in pressed
            if not label.isdigit() or re.search(rf"^{label}\. ", text, re.MULTILINE)
        ]
    for label, press in pressed:
        if press.verb.startswith(OF_A_TASK) and press.verb not in NOT_OF_A_TASK and press.numbers:
            verbs.setdefault(press.numbers[0], set()).add(press.verb)
            if label.isdigit():
                own = re.search(rf"^{label}\. .*$", text, re.MULTILINE)
                lines[press.numbers[0]] = own[0] if own else text
    is_list = any(press.verb == "task_week" for _label, press in pressed)
    for task_id, its in verbs.items():
        yield task_id, lines.get(task_id, text), frozenset(its), is_list


def _words_agree(seen: Seen, task: Task) -> None:
    """The card that a button belongs to speaks of the step of that task."""
    named = ON_CARD.match(seen.line)
    if named is not None and seen.verbs & {"task_done", "task_obstacle", "task_more"}:
        assert (named[1], int(named[2])) == (task.sop, task.step), seen


def child_numbers(town: Town) -> dict[int, int]:
    """id -> number."""
    return {child.id or 0: child.number for child in town.rows(select(Child))}
