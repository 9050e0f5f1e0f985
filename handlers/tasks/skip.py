"""Lewati: the step is not done, with a reason."""

from handlers.cards.done_screen import next_steps
from handlers.cards.task_card import heading
from handlers.ui import conversation
from handlers.ui.markup import esc
from handlers.ui.questions import NotAnAnswerError, again, ask, note_said
from handlers.ui.reply import Reply, Say, reply
from handlers.ui.request import Request
from handlers.ui.routing import About, Routes
from handlers.ui.screens import button, pressed, rows, task_of, to_list, who
from handlers.ui.texts import _
from sop_flows.actions.confirm import skip
from sop_flows.staffing.task_rows import own_parts, refuse_closed
from sop_flows.views.task_views import task_line

TOPIC = "task_skip"


def on_skip(request: Request) -> Reply:
    """Lewati: why?"""
    task_id = pressed(request)
    task = task_of(request, task_id)
    refuse_closed(request.session, task)
    own_parts(request.work, who(request), task)
    line = task_line(request.work, task, who(request))
    return ask(
        request,
        TOPIC,
        task_id,
        heading(request, line) + "\n" + _("Why is this step skipped? Write the reason."),
    )


def on_reason_typed(request: Request) -> Reply:
    """The reason, typed."""
    row = conversation.current(request)
    if row is None or row.task_id is None:
        return reply()
    task_id = row.task_id
    try:
        reason = note_said(request)
    except NotAnAnswerError as error:
        return again(request, error.sentence, task_id)
    outcome = skip(request.work, task_id, reason)
    conversation.end(request, TOPIC)
    words, buttons = next_steps(request, outcome)
    top = _("SOP {number} step {step} is skipped. Reason: {reason}").format(
        number=esc(outcome.task.sop), step=outcome.task.step, reason=esc(reason)
    )
    undo = button(_("Undo"), "task_undo", task_id)
    return reply(Say("\n".join([top, *words]), rows([undo, *buttons, to_list()]), protect=True))


ROUTES = Routes(About.CARD, presses={"task_skip": on_skip}, topics={TOPIC: on_reason_typed})
