"""Why a child has no record: skipped with a reason, or put off until tomorrow."""

from handlers.buttons import ButtonError
from handlers.looks.markup import child_code, esc
from handlers.looks.questions import NotAnAnswerError, note_said
from handlers.looks.screens import pressed, who
from handlers.looks.wording import _
from handlers.reply import Reply
from handlers.rolls.roll_card import already_words, child_card, reasons_for
from handlers.rolls.roll_steps import card_again, go_on, locked_row
from handlers.rolls.roll_talk import Talk, show, talk_about
from handlers.routing import Routes
from handlers.visit import Visit
from sop_flows.actions.rolls import rolls
from sop_flows.recording.roll_call import Roll
from storage.queries.rolls import RollRow
from storage.tables import EntryState


def on_skip(visit: Visit) -> Reply:
    """Lewati: why?"""
    return _ask_reason(visit, "skip")


def on_put_off(visit: Visit) -> Reply:
    """Ditunda: why?"""
    return _ask_reason(visit, "put_off")


def _ask_reason(visit: Visit, what: str) -> Reply:
    roll, row = locked_row(visit)
    if row.state != EntryState.OPEN:
        return go_on(visit, roll, already_words(visit, roll, row), after=row.number)
    talk = talk_about(visit, roll.task_id)
    talk.turn_to(row.child_id)
    talk.asks, talk.reason_for = "reason", what
    return show(visit, roll, talk, *child_card(visit, roll, talk))


def on_skip_why(visit: Visit) -> Reply:
    """A quick reason for skipping."""
    return _because(visit, "skip", _quick_reason(visit, "skip"))


def on_put_off_why(visit: Visit) -> Reply:
    """A quick reason for putting off."""
    return _because(visit, "put_off", _quick_reason(visit, "put_off"))


def _quick_reason(visit: Visit, what: str) -> str:
    reasons = reasons_for(what)
    place = pressed(visit, 2)
    if not 0 <= place < len(reasons):
        raise ButtonError("no such reason")
    return reasons[place]


def _because(visit: Visit, what: str, reason: str) -> Reply:
    roll, row = locked_row(visit)
    return give_reason(visit, roll, row, what, reason)


def give_reason(visit: Visit, roll: Roll, row: RollRow, what: str, reason: str) -> Reply:
    """Close or put off the child's entry with a reason, and go on."""
    if row.state != EntryState.OPEN:
        return go_on(visit, roll, already_words(visit, roll, row), after=row.number)
    talk = talk_about(visit, roll.task_id)
    if what == "put_off":
        done = rolls.put_off(
            visit.session, visit.house, who(visit), roll, row.child_id, reason, visit.now,
            update_id=visit.update_id,
        )  # fmt: skip
    else:
        done = rolls.excuse(
            visit.session, visit.house, who(visit), roll, row.child_id, reason, visit.now,
            update_id=visit.update_id, done_on=talk.worked_on,
        )  # fmt: skip
    talk.answered = True
    template = (
        _("{number} · put off until tomorrow: {reason}") if what == "put_off" else _("{number} · {reason}")
    )
    said = template.format(number=child_code(row.number), reason=esc(reason))
    return go_on(visit, done.roll, said, done.outcome, after=row.number, talk=talk)


def reason_typed(visit: Visit, roll: Roll, talk: Talk) -> Reply:
    """The words are the reason that was asked for."""
    try:
        reason = note_said(visit)
    except NotAnAnswerError as error:
        return card_again(visit, roll, talk, error.sentence)
    return give_reason(visit, roll, roll.row_of(talk.child_id), talk.reason_for, reason)


ROUTES = Routes(
    presses={
        "roll_skip": on_skip,
        "roll_skip_why": on_skip_why,
        "roll_put_off": on_put_off,
        "roll_later_why": on_put_off_why,
    },
)
