"""Proposing, agreeing, objecting and settling (SOP 9.1.33 step 5), from the card of the step."""

from handlers.cards.done_screen import done_screen
from handlers.cards.task_card import own_heading
from handlers.ui.dialog import Dialog, Field, Screen, Talk, typed_words
from handlers.ui.request import About, ButtonError, Reply, Request, Say, pressed, reply, screen, task_of
from handlers.ui.routing import Routes
from handlers.ui.words import _, bold, esc
from sop_flows.actions import decisions
from sop_flows.core.result import Result
from sop_flows.core.work import declared


def on_propose(request: Request) -> Reply:
    """Usulkan: one of the choices; where the step asks why, that first."""
    choice = _choice(request)
    if declared(request.session, task_of(request, pressed(request)))[1].reason is not None:
        return PROPOSE.begin(request, {"choice": choice}, task_id=pressed(request))
    return _said(request, decisions.propose(request.work, pressed(request), choice))


def _ask_reason(talk: Talk) -> Screen:
    heading = own_heading(talk.request, talk.task_id)
    reason = declared(talk.request.session, task_of(talk.request, talk.task_id))[1].reason
    asked = _("Why?") if reason is None else esc(reason.ask)
    return f"{heading}\n{_('Propose: {choice}').format(choice=bold(talk.draft['choice']))}\n{asked}", ()


def _propose(talk: Talk) -> Reply:
    """The proposal with its reason."""
    request = talk.request
    outcome = decisions.propose(request.work, talk.task_id, talk.draft["choice"], talk.draft["reason"])
    text, keyboard = done_screen(request, outcome)
    return reply(Say(text, keyboard, protect=True))


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


PROPOSE = Dialog("task_propose", (Field("reason", _ask_reason, typed_words),), _propose)
OBJECT = Dialog("task_object", (Field("reason", _ask_why, typed_words),), _object)
ROUTES = Routes(
    About.TASK,
    presses={
        "decide_propose": on_propose,
        "decide_agree": on_agree,
        "decide_object": OBJECT.of_button,
        "decide_settle": on_settle,
    },
    dialogs=(OBJECT, PROPOSE),
)
