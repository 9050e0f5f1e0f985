"""A push about several things that fall in the same quarter of an hour."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import chain

from sqlmodel import Session

from handlers.pushes.late_list import calls_buttons
from handlers.pushes.notices import notice_sentence
from handlers.pushes.push_buttons import answer_buttons, task_buttons, timed_buttons, to_step, to_what
from handlers.pushes.push_words import children_line, due_day, short_line
from handlers.pushes.saying import line_of, say
from handlers.pushes.services_started import Started, begun_for
from handlers.ui.request import Button, Reply, as_numbers, to_list
from handlers.ui.words import TEXT_MAX, clip, esc, ngettext
from sop_flows.core.work import Work
from sop_flows.views.task_views import TaskLine
from storage.tables import Officer, Reminder, ReminderKind

FEW = 3  # children of one day with a line each; more of them are one line, which opens their list
HEADING_MAX = 160  # characters of what stands above the lines


def things_of(work: Work, rows: Sequence[Reminder]) -> list[list[Reminder]]:
    """The reminders by what is one line of a message: a notice, services that begin together, a task or its child,
    many children of one day."""
    things: dict[tuple[str, Hashable], list[Reminder]] = {}
    for row in rows:
        things.setdefault(_about(work.session, row), []).append(row)
    days: dict[tuple[str, Hashable], list[list[Reminder]]] = {}
    for about, thing in things.items():
        if about[0] == "task" and thing[0].child_id is not None:
            about = "day", (thing[0].task_id, due_day(work, thing[0]))
        days.setdefault(about, []).append(thing)
    return [one for its in days.values() for one in (its if len(its) <= FEW else [list(chain(*its))])]


def _about(s: Session, row: Reminder) -> tuple[str, Hashable]:
    if row.kind == ReminderKind.NOTICE:
        return "notice", row.id
    begun = begun_for(s, row)
    return ("task", (row.task_id, row.child_id)) if begun is None else ("services", begun)


def several(
    work: Work,
    officer: Officer,
    rows_: list[Reminder],
    notices: list[Reminder],
    started: tuple[Started, ...],
    outage: bool,
) -> Reply:
    """Numbered lines with their buttons; empty when nothing is left to say."""
    lines = lines_of(work, officer, [*rows_, *notices])
    only = lines[0].task if len(lines) == 1 and len(rows_) > 1 and not started else None
    if only is not None:  # many children of one roll
        return say(
            [lines[0].words, esc(only.step.prompt)], task_buttons(only, work.institution, work.now), 1, outage
        )
    said, places = numbered(lines)
    said += [f"• {one.words}" for one in started]
    calls = [row for row in rows_ if row.kind == ReminderKind.ESCALATION]
    way_back = (calls[0].id or 0, 0) if calls else ()
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
            *answer_buttons(work.session, notices, places),
            calls_buttons(work.session, rows_, tasks),
            *timed_buttons(work, tasks),
            *as_numbers([line.opens for line in lines if line.opens is not None], way_back=way_back),
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
        child_id: of a reminder about one child; else 0.
    """

    row: Reminder
    words: str
    opens: Button | None
    task: TaskLine | None = None
    child_id: int = 0


def lines_of(work: Work, officer: Officer, rows: Sequence[Reminder]) -> list[Line]:
    """The lines of these reminders and notices, those left out that have nothing to say."""
    lines: list[Line] = []
    for thing in things_of(work, rows):
        row = thing[0]
        if row.kind == ReminderKind.NOTICE:
            lines.append(Line(row, notice_sentence(work, officer, row), to_what(row)))
        elif (task := line_of(work, officer, row)) is not None:
            children = sorted({one.child_id for one in thing if one.child_id is not None})
            words = children_line(work, thing, task) if len(children) > 1 else short_line(work, row, task)
            child_id = children[0] if len(children) == 1 else 0
            lines.append(Line(row, words.removeprefix("• "), to_step(task, children), task, child_id))
    return [line for line in lines if line.words]


def numbered(lines: Sequence[Line], first: int = 1) -> tuple[list[str], dict[int | None, int]]:
    """The lines with their numbers from `first` on; and which number each reminder has."""
    said: list[str] = []
    places: dict[int | None, int] = {}
    for line in lines:
        if line.opens is None:
            said.append(f"• {line.words}")
        else:
            places[line.row.id] = first + len(places)
            said.append(f"{places[line.row.id]}. {line.words}")
    return said, places
