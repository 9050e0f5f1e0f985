"""A push about one thing: a reminder, an emergency or a notice."""

from handlers.pushes.late_list import call_of, emergency_buttons, emergency_words
from handlers.pushes.notices import notice_sentence
from handlers.pushes.push_buttons import answer_buttons, task_buttons, to_what
from handlers.pushes.push_words import sentence
from handlers.pushes.saying import line_of, say
from handlers.ui.request import Keyboard, Reply, button, reply, rows, to_list
from handlers.ui.words import _, esc
from sop_flows.core.notices import CohortMoved
from sop_flows.core.work import Work
from sop_flows.views.task_views import TaskLine
from storage.tables import Officer, Reminder, ReminderKind


def single(work: Work, officer: Officer, row: Reminder, outage: bool) -> Reply:
    """A reminder of one step, with what finishes it."""
    line = line_of(work, officer, row)
    if line is None:
        return reply()
    if row.kind == ReminderKind.ESCALATION:
        return _emergency(work, row, line, outage)
    return say(
        [sentence(work, row, line)],
        task_buttons(line, work.institution, work.now, row.child_id or 0),
        1,
        outage,
    )


def _emergency(work: Work, row: Reminder, line: TaskLine, outage: bool) -> Reply:
    part, taken_by = call_of(work.session, row, line)
    said = [emergency_words(work, row, line, part)]
    if taken_by is not None:
        said.append(_("Handled by {name}.").format(name=esc(taken_by)))
    opens = button(_("Open"), "task_open", row.task_id or 0, row.id or 0, 0)
    return say(said, (emergency_buttons(row, taken_on=taken_by is not None), (opens,)), 1, outage)


def single_notice(work: Work, officer: Officer, row: Reminder, outage: bool) -> Reply:
    """One notice, with what it leads to."""
    if row.account_id is not None:  # a phone that is nobody's any more: its buttons lead nowhere
        return say([notice_sentence(work, officer, row)], (), 1, outage)
    leads = to_what(row)
    buttons = [] if leads is None else [leads]
    keyboard: Keyboard = (*answer_buttons(work.session, [row]), *rows([*buttons, to_list()]))
    if row.rule == CohortMoved.word:  # the tasks have other dates now: they are what is looked at first
        keyboard = ((button(_("See tasks"), "task_list"), *buttons),)
    return say([notice_sentence(work, officer, row)], keyboard, 1, outage)
