"""A push about one thing: a reminder, an emergency or a notice."""

from dataclasses import replace

from handlers.cards.weighing import chart
from handlers.pushes.late_list import call_of, emergency_buttons, emergency_words
from handlers.pushes.notices import notice_sentence
from handlers.pushes.push_buttons import answer_buttons, task_buttons, to_step, to_what
from handlers.pushes.push_words import sentence
from handlers.pushes.saying import line_of, say
from handlers.ui.request import Keyboard, Reply, Say, button, reply, rows, to_list
from handlers.ui.words import _, esc
from sop_flows.core.notices import CohortMoved, WeighInDone, read_notice
from sop_flows.core.work import Work
from sop_flows.notifications.planning import KEPT_WAITING
from sop_flows.recording.roll_call import told_roll
from sop_flows.views.task_views import TaskLine
from storage.tables import Officer, Reminder, ReminderKind, Task


def single(work: Work, officer: Officer, row: Reminder, outage: bool) -> Reply:
    """A reminder of one step, with what finishes it."""
    line = line_of(work, officer, row)
    if line is None:
        return reply()
    if row.kind == ReminderKind.ESCALATION:
        return _emergency(work, row, line, outage)
    told = row.rule == KEPT_WAITING  # another is to do it
    return say(
        [sentence(work, row, line)],
        ((to_step(line), to_list()),)
        if told
        else task_buttons(line, work.institution, work.now, row.child_id or 0),
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
    said = say([notice_sentence(work, officer, row)], keyboard, 1, outage)
    return weighed(work, row, said) if row.rule == WeighInDone.word else said


def weighed(work: Work, row: Reminder, said: Reply) -> Reply:
    """What came of a weigh-in comes without a sound, with its chart."""
    notice = read_notice(row)
    task = work.session.get(Task, notice.weigh_in) if isinstance(notice, WeighInDone) else None
    picture = None if task is None else chart(work, told_roll(work, task))
    quiet = tuple(replace(one, silent=True) if isinstance(one, Say) else one for one in said.actions)
    return Reply((*quiet, *(() if picture is None else (replace(picture, silent=True),))))
