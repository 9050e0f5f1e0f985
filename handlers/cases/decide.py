"""Proposing, agreeing, objecting and settling (SOP 9.1.33 step 5), from the card of the step."""

from handlers import conversation
from handlers.buttons import ButtonError
from handlers.looks.questions import NotAnAnswerError, again, ask, note_said
from handlers.looks.screens import pressed, screen, task_of, who
from handlers.looks.wording import _
from handlers.reply import Reply, Say, reply
from handlers.routing import Routes
from handlers.tasks.confirm import done_screen
from handlers.visit import Visit
from sop_flows.actions import decisions
from sop_flows.core.result import Outcome
from sop_flows.core.versions import declared
from sop_flows.staffing.task_rows import own_parts, refuse_closed

OBJECT = "task_object"


def on_propose(visit: Visit) -> Reply:
    """Usulkan: one of the choices."""
    outcome = decisions.propose(
        visit.session, visit.house, who(visit), pressed(visit), _choice(visit), visit.now,
        update_id=visit.update_id,
    )  # fmt: skip
    return _said(visit, outcome)


def on_agree(visit: Visit) -> Reply:
    """Setuju."""
    outcome = decisions.agree(
        visit.session, visit.house, who(visit), pressed(visit), visit.now, update_id=visit.update_id
    )
    return _said(visit, outcome)


def on_object(visit: Visit) -> Reply:
    """Keberatan: why?"""
    task = task_of(visit, pressed(visit))
    refuse_closed(visit.session, task)
    own_parts(visit.session, visit.house, who(visit), task)
    sentence = _("What speaks against it? One or two sentences; the head decides then.")
    return ask(visit, OBJECT, task.id or 0, sentence)


def on_reason(visit: Visit) -> Reply:
    """Why the section objects."""
    row = conversation.current(visit)
    if row is None or row.task_id is None:
        return reply()
    try:
        reason = note_said(visit)
    except NotAnAnswerError as error:
        return again(visit, error.sentence, row.task_id)
    outcome = decisions.object_to(
        visit.session, visit.house, who(visit), row.task_id, reason, visit.now, update_id=visit.update_id
    )
    conversation.end(visit, OBJECT)
    text, keyboard = done_screen(visit, outcome)
    return reply(Say(text, keyboard, protect=True))


def on_settle(visit: Visit) -> Reply:
    """Putuskan: the head's word after an objection."""
    outcome = decisions.settle(
        visit.session, visit.house, who(visit), pressed(visit), _choice(visit), visit.now,
        update_id=visit.update_id,
    )  # fmt: skip
    return _said(visit, outcome)


def _choice(visit: Visit) -> str:
    task = task_of(visit, pressed(visit))
    _sop, step = declared(visit.session, task)
    choices, place = step.outcomes, pressed(visit, 1)
    if not 0 <= place < len(choices):
        raise ButtonError("no such choice")
    return choices[place]


def _said(visit: Visit, outcome: Outcome) -> Reply:
    return screen(visit, *done_screen(visit, outcome))


ROUTES = Routes(
    presses={
        "decide_propose": on_propose,
        "decide_agree": on_agree,
        "decide_object": on_object,
        "decide_settle": on_settle,
    },
    topics={OBJECT: on_reason},
)
