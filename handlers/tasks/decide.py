"""Proposing, agreeing, objecting and settling (SOP 9.1.33 step 5), from the card of the step."""

from handlers.cards.done_screen import done_screen
from handlers.ui import conversation
from handlers.ui.buttons import ButtonError
from handlers.ui.questions import NotAnAnswerError, again, ask, note_said
from handlers.ui.reply import Reply, Say, reply
from handlers.ui.request import Request
from handlers.ui.routing import About, Routes
from handlers.ui.screens import pressed, screen, task_of, who
from handlers.ui.texts import _
from sop_flows.actions import decisions
from sop_flows.core.result import Result
from sop_flows.core.versions import declared
from sop_flows.staffing.task_rows import own_parts, refuse_closed

OBJECT = "task_object"


def on_propose(request: Request) -> Reply:
    """Usulkan: one of the choices."""
    outcome = decisions.propose(request.work, pressed(request), _choice(request))  # fmt: skip
    return _said(request, outcome)


def on_agree(request: Request) -> Reply:
    """Setuju."""
    outcome = decisions.agree(request.work, pressed(request))
    return _said(request, outcome)


def on_object(request: Request) -> Reply:
    """Keberatan: why?"""
    task = task_of(request, pressed(request))
    refuse_closed(request.session, task)
    own_parts(request.work, who(request), task)
    sentence = _("What speaks against it? One or two sentences; the head decides then.")
    return ask(request, OBJECT, task.id or 0, sentence)


def on_reason(request: Request) -> Reply:
    """Why the section objects."""
    row = conversation.current(request)
    if row is None or row.task_id is None:
        return reply()
    try:
        reason = note_said(request)
    except NotAnAnswerError as error:
        return again(request, error.sentence, row.task_id)
    outcome = decisions.object_to(request.work, row.task_id, reason)
    conversation.end(request, OBJECT)
    text, keyboard = done_screen(request, outcome)
    return reply(Say(text, keyboard, protect=True))


def on_settle(request: Request) -> Reply:
    """Putuskan: the head's word after an objection."""
    outcome = decisions.settle(request.work, pressed(request), _choice(request))  # fmt: skip
    return _said(request, outcome)


def _choice(request: Request) -> str:
    task = task_of(request, pressed(request))
    _sop, step = declared(request.session, task)
    choices, place = step.outcomes, pressed(request, 1)
    if not 0 <= place < len(choices):
        raise ButtonError("no such choice")
    return choices[place]


def _said(request: Request, outcome: Result) -> Reply:
    return screen(request, *done_screen(request, outcome))


ROUTES = Routes(
    About.TASK,
    presses={
        "decide_propose": on_propose,
        "decide_agree": on_agree,
        "decide_object": on_object,
        "decide_settle": on_settle,
    },
    topics={OBJECT: on_reason},
)
