"""Lewati: the step is not done, with a reason."""

from handlers import conversation
from handlers.looks.markup import esc
from handlers.looks.questions import NotAnAnswerError, again, ask, note_said
from handlers.looks.screens import button, pressed, rows, task_of, to_list, who
from handlers.looks.wording import _
from handlers.reply import Reply, Say, reply
from handlers.routing import Routes
from handlers.tasks.cards import heading
from handlers.tasks.confirm import next_steps
from handlers.visit import Visit
from sop_flows.actions.confirm import skip
from sop_flows.staffing.task_rows import own_parts, refuse_closed
from sop_flows.views.task_views import task_line

TOPIC = "task_skip"


def on_skip(visit: Visit) -> Reply:
    """Lewati: why?"""
    task_id = pressed(visit)
    task = task_of(visit, task_id)
    refuse_closed(visit.session, task)
    own_parts(visit.session, visit.house, who(visit), task)
    line = task_line(visit.session, visit.house, task, who(visit), visit.now)
    return ask(
        visit, TOPIC, task_id, heading(visit, line) + "\n" + _("Why is this step skipped? Write the reason.")
    )


def on_reason_typed(visit: Visit) -> Reply:
    """The reason, typed."""
    row = conversation.current(visit)
    if row is None or row.task_id is None:
        return reply()
    task_id = row.task_id
    try:
        reason = note_said(visit)
    except NotAnAnswerError as error:
        return again(visit, error.sentence, task_id)
    outcome = skip(
        visit.session, visit.house, who(visit), task_id, reason, visit.now, update_id=visit.update_id
    )
    conversation.end(visit, TOPIC)
    words, buttons = next_steps(visit, outcome)
    top = _("SOP {number} step {step} is skipped. Reason: {reason}").format(
        number=esc(outcome.task.sop), step=outcome.task.step, reason=esc(reason)
    )
    undo = button(_("Undo"), "task_undo", task_id)
    return reply(Say("\n".join([top, *words]), rows([undo, *buttons, to_list()]), protect=True))


ROUTES = Routes(presses={"task_skip": on_skip}, topics={TOPIC: on_reason_typed})
