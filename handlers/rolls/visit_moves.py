"""A home visit that did not happen: nobody was met, or it is moved to another day (with a reason)."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from handlers.rolls.home_visit import child_screen, is_visit, visit_list
from handlers.rolls.roll_steps import finished
from handlers.ui import conversation
from handlers.ui.buttons import ButtonError
from handlers.ui.dates import date_words, short_date_words
from handlers.ui.markup import child_code, esc
from handlers.ui.questions import NotAnAnswerError, note_said
from handlers.ui.reply import Button, Edit, Keyboard, Reply, Say, reply
from handlers.ui.request import Request
from handlers.ui.routing import About, Routes
from handlers.ui.screens import button, pressed, pressed_day, rows, who
from handlers.ui.task_words import too_far
from handlers.ui.texts import _
from sop_flows.actions.confirm import obstacle
from sop_flows.actions.reschedule import reschedule_entry
from sop_flows.actions.rolls import rolls
from sop_flows.errors import FutureWorkError, MoveTooFarError
from sop_flows.handbook.typed_days import parse_day
from sop_flows.recording.roll_call import Roll, find_roll, lock_roll

MOVE = "visit_move"  # topic: a new date
WHY = "visit_move_why"  # topic: why it is moved
NOT_MET = "visit_not_met"  # topic: what happened
AGAIN = "visit_try_again"  # topic: when it is tried again
QUICK_DAYS = (1, 2, 3)  # days from today that are offered


def on_move(request: Request) -> Reply:
    """Jadwalkan ulang: to which day?"""
    roll, child_id = _row(request)
    return _ask_day(request, roll, child_id, MOVE, {}, _("To which day is it moved? Tap, or type the date."))


def on_not_met(request: Request) -> Reply:
    """Tidak bertemu: what happened?"""
    roll, child_id = _row(request)
    reasons = [
        button(reason, "visit_not_met_why", roll.task_id, child_id, place)
        for place, reason in enumerate(not_met_reasons(roll))
    ]
    text = _head(roll, child_id) + _("What happened? Tap, or type it.")
    return _ask(request, roll, NOT_MET, {"child": child_id}, text, (*rows(reasons), (_back(roll, child_id),)))


def not_met_reasons(roll: Roll) -> tuple[str, ...]:
    """Why nobody was met, or nothing can be recorded about the child; anything else is typed."""
    if not is_visit(roll):
        return (_("Ill"), _("Not back yet"), _("Does not want to"))
    return (_("Nobody at home"), _("Address not found"), _("The family has moved"))


def move_reasons(roll: Roll) -> tuple[str, ...]:
    """Why it is moved; anything else is typed."""
    if not is_visit(roll):
        return (_("Ill"), _("Not back yet"), _("Busy with something else"))
    return (_("The family can not that day"), _("Weather or road"), _("No vehicle"))


def on_not_met_why(request: Request) -> Reply:
    """A quick reason why nobody was met."""
    roll, child_id = _row(request)
    return _not_met(request, roll, child_id, _choice(request, not_met_reasons(roll)))


def on_not_met_typed(request: Request) -> Reply:
    """The reason in words."""
    return _reason_typed(
        request, lambda roll, child_id, _draft, reason: _not_met(request, roll, child_id, reason)
    )


def _not_met(request: Request, roll: Roll, child_id: int, reason: str) -> Reply:
    """An obstacle is noted; the visit stays owed until it is moved or closed."""
    code = child_code(roll.row_of(child_id).number)
    note = _("No. {number}: not met, {reason}") if is_visit(roll) else _("No. {number}: {reason}")
    note = note.format(number=code, reason=reason)
    obstacle(request.work, roll.task_id, note)
    conversation.end(request, NOT_MET)
    text = _("Noted; the head of section will see it. When do you try again? Tap, or type the date.")
    label = _("Close without meeting") if is_visit(roll) else _("Skip this child")
    close = button(label, "visit_give_up", roll.task_id, child_id)
    return _ask_day(request, roll, child_id, AGAIN, {"reason": reason}, text, (close,))


def on_give_up(request: Request) -> Reply:
    """Tutup tanpa bertemu: the entry closes with the reason that was given."""
    roll, child_id = _row(request)
    row = conversation.current(request)
    reason = str(row.draft.get("reason") or "") if row is not None and row.topic == AGAIN else ""
    if not reason:
        return on_not_met(request)
    conversation.end(request, AGAIN)
    words = _("not met: {reason}").format(reason=reason) if is_visit(roll) else reason
    done = rolls.excuse(request.work, roll, child_id, words)  # fmt: skip
    said = _("No. {number} is closed without a visit.") if is_visit(roll) else _("No. {number} is skipped.")
    said = said.format(number=child_code(roll.row_of(child_id).number))
    if done.outcome is not None:
        return finished(request, done.roll, said, done.outcome)
    return visit_list(request, done.roll, said)


# --- the day ------------------------------------------------------------------------------------------------


def _ask_day(
    request: Request,
    roll: Roll,
    child_id: int,
    topic: str,
    draft: dict[str, Any],
    text: str,
    more: Keyboard | tuple[Any, ...] = (),
) -> Reply:
    quick = []
    for days in QUICK_DAYS:
        day = roll.today + timedelta(days=days)
        label = {1: _("Tomorrow"), 2: _("In two days")}.get(days) or short_date_words(day, roll.today)
        quick.append(button(label, "visit_move_to", roll.task_id, child_id, day.toordinal()))
    keyboard = (*rows(quick, 3), *((tuple(more),) if more else ()), (_back(roll, child_id),))
    return _ask(request, roll, topic, {"child": child_id, **draft}, _head(roll, child_id) + text, keyboard)


def on_day_tapped(request: Request) -> Reply:
    """A quick choice of the day."""
    roll, child_id = _row(request)
    row = conversation.current(request)
    reason = str(row.draft.get("reason") or "") if row is not None and row.topic == AGAIN else ""
    return _day_known(request, roll, child_id, pressed_day(request, 2), reason)


def on_day_typed(request: Request) -> Reply:
    """The day in words."""
    roll, child_id, draft = _talk(request)
    day = parse_day(request.text or "", roll.today, "future")
    if day is None:
        text = _("I do not understand that date. Type it for example like this: 3 December, or 3/12.")
        return reply(Say(text, ((_back(roll, child_id),),), protect=True))
    return _day_known(request, roll, child_id, day, str(draft.get("reason") or ""))


def _day_known(request: Request, roll: Roll, child_id: int, day: date, reason: str) -> Reply:
    """With a reason the visit is moved; without one it is asked for."""
    if reason:
        return _move(request, roll, child_id, day, reason)
    if day < roll.today:
        text = _("{day} is over. Choose a coming day.").format(day=date_words(day))
        return _ask_day(request, roll, child_id, MOVE, {}, text)
    picks = [
        button(words, "visit_move_why", roll.task_id, child_id, day.toordinal(), place)
        for place, words in enumerate(move_reasons(roll))
    ]
    text = _head(roll, child_id) + _("Why is it moved to {day}? Tap, or type the reason.").format(
        day=date_words(day)
    )
    draft = {"child": child_id, "day": day.isoformat()}
    return _ask(request, roll, WHY, draft, text, (*rows(picks), (_back(roll, child_id),)))


def on_why_tapped(request: Request) -> Reply:
    """A quick reason."""
    roll, child_id = _row(request)
    reason = _choice(request, move_reasons(roll), 3)
    return _move(request, roll, child_id, pressed_day(request, 2), reason)


def on_why_typed(request: Request) -> Reply:
    """The reason in words."""
    return _reason_typed(
        request,
        lambda roll, child_id, draft, reason: _move(
            request, roll, child_id, date.fromisoformat(str(draft["day"])), reason
        ),
    )


def _move(request: Request, roll: Roll, child_id: int, day: date, reason: str) -> Reply:
    try:
        reschedule_entry(request.work, roll.task_id, child_id, day, reason)  # fmt: skip
    except MoveTooFarError as error:
        return _ask_day(request, roll, child_id, MOVE, {}, too_far(error))
    except FutureWorkError as error:
        text = _("{day} is not possible. Choose a date between {first} and {last}.").format(
            day=date_words(error.wanted), first=date_words(error.earliest), last=date_words(error.latest)
        )
        return _ask_day(request, roll, child_id, MOVE, {}, text)
    for topic in (MOVE, WHY, AGAIN):
        conversation.end(request, topic)
    fresh = find_roll(request.work, who(request), roll.task_id)
    said = _("Moved to {day}. Reason: {reason}").format(day=date_words(day), reason=esc(reason))
    return child_screen(request, fresh, child_id, said)


# --- common -------------------------------------------------------------------------------------------------


def _row(request: Request) -> tuple[Roll, int]:
    roll = lock_roll(request.work, who(request), pressed(request))
    return roll, roll.row_of(pressed(request, 1)).child_id


def _talk(request: Request) -> tuple[Roll, int, dict[str, Any]]:
    row = conversation.current(request)
    if row is None or row.task_id is None:
        raise ButtonError("nothing is asked")
    draft = conversation.draft_of(row)
    roll = lock_roll(request.work, who(request), row.task_id)
    return roll, roll.row_of(int(draft["child"])).child_id, draft


def _reason_typed(request: Request, then: Callable[[Roll, int, dict[str, Any], str], Reply]) -> Reply:
    roll, child_id, draft = _talk(request)
    try:
        reason = note_said(request)
    except NotAnAnswerError as error:
        return reply(Say(error.sentence, ((_back(roll, child_id),),), protect=True))
    return then(roll, child_id, draft, reason)


def _choice(request: Request, words: tuple[str, ...], position: int = 2) -> str:
    place = pressed(request, position)
    if not 0 <= place < len(words):
        raise ButtonError("no such reason")
    return words[place]


def _head(roll: Roll, child_id: int) -> str:
    number = _("No. {number}").format(number=child_code(roll.row_of(child_id).number))
    return f"<b>{esc(roll.step.short)} · {number}</b>\n"


def _back(roll: Roll, child_id: int) -> Button:
    return button(_("‹ Back"), "visit_open", roll.task_id, child_id)


def _ask(
    request: Request, roll: Roll, topic: str, draft: dict[str, Any], text: str, keyboard: Keyboard
) -> Reply:
    conversation.ask(request, topic, draft, roll.task_id)
    if request.press is not None:
        return reply(Edit(text, keyboard, protect=True))
    return reply(Say(text, keyboard, protect=True))


ROUTES = Routes(
    About.TASK,
    presses={
        "visit_move": on_move,
        "visit_move_to": on_day_tapped,
        "visit_move_why": on_why_tapped,
        "visit_not_met": on_not_met,
        "visit_not_met_why": on_not_met_why,
        "visit_give_up": on_give_up,
    },
    topics={MOVE: on_day_typed, AGAIN: on_day_typed, WHY: on_why_typed, NOT_MET: on_not_met_typed},
)
