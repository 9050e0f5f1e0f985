"""A push about several things that fall in the same quarter of an hour."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from handlers.escalation.late_list import calls_buttons
from handlers.looks.markup import TEXT_MAX, clip
from handlers.looks.screens import as_numbers, button, to_list
from handlers.looks.wording import _, ngettext
from handlers.pushes.notices import notice_sentence
from handlers.pushes.push_buttons import answer_buttons, timed_buttons, to_what
from handlers.pushes.push_words import short_line
from handlers.pushes.saying import line_of, say
from handlers.pushes.services_started import Started, begun_for
from handlers.reply import Button, Reply
from sop_flows.house import House
from sop_flows.task_views import TaskLine
from storage.tables import Officer, Reminder, ReminderKind

HEADING_MAX = 160  # characters of what stands above the lines


def things_of(s: Session, rows: Sequence[Reminder]) -> list[list[Reminder]]:
    """The reminders by what is one line of a message: a notice, services that begin together, a task or its child."""
    things: dict[tuple[str, Hashable], list[Reminder]] = {}
    for row in rows:
        things.setdefault(_about(s, row), []).append(row)
    return list(things.values())


def _about(s: Session, row: Reminder) -> tuple[str, Hashable]:
    if row.kind == ReminderKind.NOTICE:
        return "notice", row.id
    begun = begun_for(s, row)
    return ("task", (row.task_id, row.child_id)) if begun is None else ("services", begun)


def several(
    s: Session,
    house: House,
    officer: Officer,
    rows_: list[Reminder],
    notices: list[Reminder],
    started: tuple[Started, ...],
    now: datetime,
    outage: bool,
) -> Reply:
    """Numbered lines with their buttons; empty when nothing is left to say."""
    lines = lines_of(s, house, officer, [*rows_, *notices], now)
    said, places = numbered(lines)
    said += [f"• {one.words}" for one in started]
    count = len(said)
    said = [clip(line, (TEXT_MAX - HEADING_MAX) // count) for line in said]  # each of them is said
    if not outage and count:
        said.insert(
            0, ngettext("{count} thing for you:", "{count} things for you:", count).format(count=count)
        )
    tasks = [line.task for line in lines if line.task is not None]
    return say(
        said,
        (
            *answer_buttons(s, notices, places),
            calls_buttons(s, rows_, tasks),
            *timed_buttons(s, house, tasks, now),
            *as_numbers([line.opens for line in lines if line.opens is not None]),
            *((one.opens,) for one in started),
            (to_list(),),
        ),
        count,
        outage,
    )


@dataclass(frozen=True)
class Line:
    """What one line of a message says (HTML), without its number.

    Attributes:
        opens: what its number opens; None of a notice that leads nowhere: it has none.
        task: what a reminder is about; None of a notice.
    """

    row: Reminder
    words: str
    opens: Button | None
    task: TaskLine | None = None


def lines_of(
    s: Session, house: House, officer: Officer, rows: Sequence[Reminder], now: datetime
) -> list[Line]:
    """The lines of these reminders and notices, those left out that have nothing to say."""
    lines: list[Line] = []
    for row in rows:
        if row.kind == ReminderKind.NOTICE:
            lines.append(Line(row, notice_sentence(s, house, officer, row, now), to_what(row)))
        elif (task := line_of(s, house, officer, row, now)) is not None:
            words = short_line(s, house, row, task, now).removeprefix("• ")
            lines.append(Line(row, words, button(_("Open"), "task_open", row.task_id or 0), task))
    return [line for line in lines if line.words]


def numbered(lines: Sequence[Line]) -> tuple[list[str], dict[int | None, int]]:
    """The lines with their numbers; and which number each reminder has."""
    said: list[str] = []
    places: dict[int | None, int] = {}
    for line in lines:
        if line.opens is not None:
            places[line.row.id] = len(places) + 1
        said.append(f"{len(places)}. {line.words}" if line.opens is not None else f"• {line.words}")
    return said, places


def numbered_lines(
    s: Session, house: House, officer: Officer, rows_: list[Reminder], notices: list[Reminder], now: datetime
) -> tuple[list[str], list[int], list[TaskLine]]:
    """Numbered lines of tasks, then notices; what the numbers open; the tasks themselves: for the morning list."""
    tasks = [line for line in lines_of(s, house, officer, rows_, now) if line.task is not None]
    said = numbered(tasks)[0] + [f"• {one.words}" for one in lines_of(s, house, officer, notices, now)]
    lines = [line.task for line in tasks if line.task is not None]
    return said, [line.task.id or 0 for line in lines], lines
