"""Why a child has no record: skipped with a reason, or put off until tomorrow."""

from handlers.rolls.roll_card import already_words, child_card, reasons_for
from handlers.rolls.roll_steps import card_again, go_on, locked_row
from handlers.rolls.roll_talk import Talk, show, talk_about
from handlers.ui.pasting import left_standing
from handlers.ui.questions import NotAnAnswerError, note_said
from handlers.ui.request import About, ButtonError, Reply, Request, pressed
from handlers.ui.routing import Routes
from handlers.ui.words import _, child_code, esc
from sop_flows.actions.rolls import rolls
from sop_flows.recording.roll_call import Roll
from storage.queries.rolls import RollRow
from storage.tables import EntryState


def on_skip(request: Request) -> Reply:
    """Lewati: why?"""
    return _ask_reason(request, "skip")


def on_put_off(request: Request) -> Reply:
    """Ditunda: why?"""
    return _ask_reason(request, "put_off")


def _ask_reason(request: Request, what: str) -> Reply:
    roll, row = locked_row(request)
    if row.state != EntryState.OPEN:
        return go_on(request, roll, already_words(request, roll, row), after=row.number)
    talk = talk_about(request, roll.task_id)
    talk.turn_to(row.child_id)
    talk.asks, talk.reason_for = "reason", what
    return show(request, roll, talk, *child_card(request, roll, talk))


def on_skip_why(request: Request) -> Reply:
    """A quick reason for skipping."""
    return _because(request, "skip", _quick_reason(request, "skip"))


def on_put_off_why(request: Request) -> Reply:
    """A quick reason for putting off."""
    return _because(request, "put_off", _quick_reason(request, "put_off"))


def _quick_reason(request: Request, what: str) -> str:
    reasons = reasons_for(what)
    place = pressed(request, 2)
    if not 0 <= place < len(reasons):
        raise ButtonError("no such reason")
    return reasons[place]


def _because(request: Request, what: str, reason: str) -> Reply:
    roll, row = locked_row(request)
    return give_reason(request, roll, row, what, reason)


def give_reason(request: Request, roll: Roll, row: RollRow, what: str, reason: str) -> Reply:
    """Close or put off the child's entry with a reason, and go on."""
    if row.state != EntryState.OPEN:
        return go_on(request, roll, already_words(request, roll, row), after=row.number)
    talk = talk_about(request, roll.task_id)
    if what == "put_off":
        done = rolls.put_off(request.work, roll, row.child_id, reason)  # fmt: skip
    else:
        done = rolls.excuse(request.work, roll, row.child_id, reason, done_on=talk.worked_on)  # fmt: skip
    talk.answered = True
    template = (
        _("{number} · put off until tomorrow: {reason}") if what == "put_off" else _("{number} · {reason}")
    )
    said = template.format(number=child_code(row.number), reason=esc(reason))
    return go_on(request, done.roll, said, done.outcome, after=row.number, talk=talk)


def reason_typed(request: Request, roll: Roll, talk: Talk) -> Reply:
    """The words are the reason that was asked for."""
    try:
        reason = note_said(request)
    except NotAnAnswerError as error:
        return left_standing(request, card_again(request, roll, talk, error.sentence))
    return give_reason(request, roll, roll.row_of(talk.child_id), talk.reason_for, reason)


ROUTES = Routes(
    About.TASK,
    presses={
        "roll_skip": on_skip,
        "roll_skip_why": on_skip_why,
        "roll_put_off": on_put_off,
        "roll_later_why": on_put_off_why,
    },
)
