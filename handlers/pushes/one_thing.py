"""A push about one thing: a reminder, an emergency or a notice."""

from datetime import datetime

from sqlmodel import Session

from handlers.escalation.late_list import call_of, emergency_buttons, emergency_words
from handlers.looks.markup import esc
from handlers.looks.screens import button, rows, to_list
from handlers.looks.wording import _
from handlers.pushes.notices import notice_sentence
from handlers.pushes.push_buttons import answer_buttons, task_buttons, to_what
from handlers.pushes.push_words import sentence
from handlers.pushes.saying import line_of, say
from handlers.reply import Keyboard, Reply, reply
from sop_flows.core.institution import House
from sop_flows.views.task_views import TaskLine
from storage.tables import Officer, Reminder, ReminderKind


def single(s: Session, house: House, officer: Officer, row: Reminder, now: datetime, outage: bool) -> Reply:
    """A reminder of one step, with what finishes it."""
    line = line_of(s, house, officer, row, now)
    if line is None:
        return reply()
    if row.kind == ReminderKind.ESCALATION:
        return _emergency(s, house, row, line, now, outage)
    return say(
        [sentence(s, house, row, line, now)], task_buttons(line, house, now, row.child_id or 0), 1, outage
    )


def _emergency(s: Session, house: House, row: Reminder, line: TaskLine, now: datetime, outage: bool) -> Reply:
    part, taken_by = call_of(s, row, line)
    said = [emergency_words(s, row, line, part, now, house)]
    if taken_by is not None:
        said.append(_("Handled by {name}.").format(name=esc(taken_by)))
    opens = button(_("Open"), "task_open", row.task_id or 0, row.id or 0, 0)
    return say(said, (emergency_buttons(row, taken_on=taken_by is not None), (opens,)), 1, outage)


def single_notice(
    s: Session, house: House, officer: Officer, row: Reminder, now: datetime, outage: bool
) -> Reply:
    """One notice, with what it leads to."""
    leads = to_what(row)
    buttons = [] if leads is None else [leads]
    keyboard: Keyboard = (*answer_buttons(s, [row]), *rows([*buttons, to_list()]))
    if "moved_cohort" in (
        row.payload or {}
    ):  # the tasks have other dates now: they are what is looked at first
        keyboard = ((button(_("See tasks"), "task_list"), *buttons),)
    return say([notice_sentence(s, house, officer, row, now)], keyboard, 1, outage)
