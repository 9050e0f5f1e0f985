"""A push about several things that fall in the same quarter of an hour."""

from datetime import datetime

from sqlmodel import Session

from handlers.escalation.late_list import calls_buttons
from handlers.looks.screens import numbers, to_list
from handlers.looks.wording import ngettext
from handlers.pushes.notices import notice_sentence
from handlers.pushes.push_buttons import answer_buttons, timed_buttons
from handlers.pushes.push_words import short_line
from handlers.pushes.saying import line_of, say
from handlers.pushes.services_started import Started
from handlers.reply import Reply
from sop_flows.house import House
from sop_flows.task_views import TaskLine
from storage.tables import Officer, Reminder, ReminderKind


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
    said, ids, lines = numbered_lines(s, house, officer, rows_, notices, now)
    said += [f"• {one.words}" for one in started]
    calls = [row for row in rows_ if row.kind == ReminderKind.ESCALATION]
    way_back = (calls[0].id or 0, 0) if calls else ()
    count = len(said)
    if not outage and count:
        said.insert(
            0, ngettext("{count} thing for you:", "{count} things for you:", count).format(count=count)
        )
    return say(
        said,
        (
            *answer_buttons(s, notices, of_what=True),
            calls_buttons(s, rows_, lines),
            *timed_buttons(s, house, lines, now),
            *numbers("task_open", ids, way_back=way_back),
            *((one.opens,) for one in started),
            (to_list(),),
        ),
        count,
        outage,
    )


def numbered_lines(
    s: Session, house: House, officer: Officer, rows_: list[Reminder], notices: list[Reminder], now: datetime
) -> tuple[list[str], list[int], list[TaskLine]]:
    """Numbered lines (those that open something), then notices; what the numbers open; the tasks themselves."""
    said: list[str] = []
    ids: list[int] = []
    lines: list[TaskLine] = []
    for row in rows_:
        line = line_of(s, house, officer, row, now)
        if line is not None:
            ids.append(line.task.id or 0)
            lines.append(line)
            said.append(f"{len(ids)}. {short_line(s, house, row, line, now).removeprefix('• ')}")
    said += [f"• {words}" for row in notices if (words := notice_sentence(s, house, officer, row, now))]
    return said, ids, lines
