"""Proposing, agreeing, objecting and settling (SOP 9.1.33 step 5), from the card of the step."""

from handlers.cards.done_screen import done_screen
from handlers.cards.task_card import own_heading
from handlers.ui.dialog import Dialog, Field, Screen, Talk, typed_words
from handlers.ui.request import About, ButtonError, Reply, Request, Say, pressed, reply, screen, task_of
from handlers.ui.routing import Routes
from handlers.ui.words import _
from sop_flows.actions import decisions
from sop_flows.core.result import Result
from sop_flows.core.work import declared


def on_propose(request: Request) -> Reply:
    """Usulkan: one of the choices."""
    outcome = decisions.propose(request.work, pressed(request), _choice(request))  # fmt: skip
    return _said(request, outcome)


def on_agree(request: Request) -> Reply:
    """Setuju."""
    outcome = decisions.agree(request.work, pressed(request))
    return _said(request, outcome)


def _ask_why(talk: Talk) -> Screen:
    own_heading(talk.request, talk.task_id)
    return _("What speaks against it? One or two sentences; the head decides then."), ()


def _object(talk: Talk) -> Reply:
    """Why the section objects."""
    outcome = decisions.object_to(talk.request.work, talk.task_id, talk.draft["reason"])
    text, keyboard = done_screen(talk.request, outcome)
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


OBJECT = Dialog("task_object", (Field("reason", _ask_why, typed_words),), _object)
ROUTES = Routes(
    About.TASK,
    presses={
        "decide_propose": on_propose,
        "decide_agree": on_agree,
        "decide_object": OBJECT.of_button,
        "decide_settle": on_settle,
    },
    dialogs=(OBJECT,),
)
