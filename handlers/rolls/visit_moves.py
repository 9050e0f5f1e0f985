"""A home visit that did not happen: nobody was met, or it is moved to another day (with a reason)."""

from dataclasses import replace
from datetime import date, timedelta

from handlers.rolls.home_visit import child_screen, is_visit, visit_list
from handlers.rolls.roll_steps import finished
from handlers.ui import conversation
from handlers.ui.conversation import Life
from handlers.ui.dialog import Dialog, Field, Screen, Talk, typed_day, typed_words
from handlers.ui.questions import NotAnAnswerError
from handlers.ui.request import (
    About,
    Button,
    ButtonError,
    Reply,
    Request,
    button,
    pressed,
    pressed_day,
    rows,
    who,
)
from handlers.ui.routing import Routes
from handlers.ui.words import _, child_code, date_words, esc, short_date_words, too_far
from sop_flows.actions.confirm import obstacle
from sop_flows.actions.reschedule import reschedule_entry
from sop_flows.actions.rolls import rolls
from sop_flows.errors import FutureWorkError, MoveTooFarError
from sop_flows.recording.roll_call import Roll, find_roll, lock_roll

QUICK_DAYS = (1, 2, 3)  # days from today that are offered


def on_move(request: Request) -> Reply:
    """Jadwalkan ulang: to which day?"""
    return MOVE.go_on(_of_press(request))


def on_not_met(request: Request) -> Reply:
    """Tidak bertemu: what happened?"""
    return NOT_MET.go_on(_of_press(request))


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


def _ask_what_happened(talk: Talk) -> Screen:
    roll, child_id = _row(talk)
    reasons = [
        button(reason, "visit_not_met_why", roll.task_id, child_id, place)
        for place, reason in enumerate(not_met_reasons(roll))
    ]
    return _head(roll, child_id) + _("What happened? Tap, or type it."), rows(reasons)


def on_not_met_why(request: Request) -> Reply:
    """A quick reason why nobody was met."""
    talk = _of_press(request)
    return NOT_MET.taken(talk, _choice(request, not_met_reasons(_row(talk)[0])))


def _not_met(talk: Talk) -> Reply:
    """An obstacle is noted; the visit stays owed until it is moved or closed."""
    roll, child_id = _row(talk)
    code = child_code(roll.row_of(child_id).number)
    note = _("No. {number}: not met, {reason}") if is_visit(roll) else _("No. {number}: {reason}")
    obstacle(talk.request.work, roll.task_id, note.format(number=code, reason=talk.draft["reason"]))
    return MOVE.go_on(replace(talk, draft={"child": child_id, "reason": talk.draft["reason"]}))


def on_give_up(request: Request) -> Reply:
    """Tutup tanpa bertemu: the entry closes with the reason that was given."""
    talk = _of_press(request, goes_on=True)
    reason = str(talk.draft.get("reason") or "")
    if not reason:
        return on_not_met(request)
    roll, child_id = _row(talk)
    conversation.end(request, MOVE.topic)
    words = _("not met: {reason}").format(reason=reason) if is_visit(roll) else reason
    done = rolls.excuse(request.work, roll, child_id, words)
    said = _("No. {number} is closed without a visit.") if is_visit(roll) else _("No. {number} is skipped.")
    said = said.format(number=child_code(roll.row_of(child_id).number))
    if done.outcome is not None:
        return finished(request, done.roll, said, done.outcome)
    return visit_list(request, done.roll, said)


# --- the day, and why ---------------------------------------------------------------------------------------


def _ask_day(talk: Talk) -> Screen:
    """After nobody was met, the reason is known already."""
    roll, child_id = _row(talk)
    quick = []
    for days in QUICK_DAYS:
        day = roll.today + timedelta(days=days)
        label = {1: _("Tomorrow"), 2: _("In two days")}.get(days) or short_date_words(day, roll.today)
        quick.append(button(label, "visit_move_to", roll.task_id, child_id, day.toordinal()))
    text, keyboard = _("To which day is it moved? Tap, or type the date."), rows(quick, 3)
    if "reason" in talk.draft:
        text = _("Noted; the head of section will see it. When do you try again? Tap, or type the date.")
        label = _("Close without meeting") if is_visit(roll) else _("Skip this child")
        keyboard = (*keyboard, (button(label, "visit_give_up", roll.task_id, child_id),))
    return _head(roll, child_id) + (talk.said or text), keyboard


def _coming(talk: Talk, day: date) -> date:
    if day < talk.today and "reason" not in talk.draft:
        raise NotAnAnswerError(_("{day} is over. Choose a coming day.").format(day=date_words(day)))
    return day


def on_day_tapped(request: Request) -> Reply:
    """A quick choice of the day."""
    return MOVE.taken(_of_press(request, goes_on=True), pressed_day(request, 2))


def _ask_why(talk: Talk) -> Screen:
    roll, child_id = _row(talk)
    day = talk.day("day")
    picks = [
        button(words, "visit_move_why", roll.task_id, child_id, day.toordinal(), place)
        for place, words in enumerate(move_reasons(roll))
    ]
    text = _("Why is it moved to {day}? Tap, or type the reason.").format(day=date_words(day))
    return _head(roll, child_id) + text, rows(picks)


def on_why_tapped(request: Request) -> Reply:
    """A quick reason."""
    talk = _of_press(request)
    talk.draft["day"] = pressed_day(request, 2).isoformat()
    return MOVE.taken(talk, _choice(request, move_reasons(_row(talk)[0]), 3))


def _move(talk: Talk) -> Reply:
    request, day, reason = talk.request, talk.day("day"), talk.draft["reason"]
    roll, child_id = _row(talk)
    try:
        reschedule_entry(request.work, roll.task_id, child_id, day, reason)
    except MoveTooFarError as error:
        raise NotAnAnswerError(too_far(error), field="day") from error
    except FutureWorkError as error:
        text = _("{day} is not possible. Choose a date between {first} and {last}.").format(
            day=date_words(error.wanted), first=date_words(error.earliest), last=date_words(error.latest)
        )
        raise NotAnAnswerError(text, field="day") from error
    fresh = find_roll(request.work, who(request), roll.task_id)
    said = _("Moved to {day}. Reason: {reason}").format(day=date_words(day), reason=esc(reason))
    return child_screen(request, fresh, child_id, said)


# --- common -------------------------------------------------------------------------------------------------


def _of_press(request: Request, *, goes_on: bool = False) -> Talk:
    """The dialog about the child of the button: begun anew, or as it stands."""
    draft = {"child": pressed(request, 1)}
    talk = MOVE.talk(request) if goes_on else None
    if talk is not None and (talk.task_id, talk.draft.get("child")) == (pressed(request), draft["child"]):
        draft = {key: talk.draft[key] for key in ("child", "reason") if key in talk.draft}
    return Talk(request, draft, pressed(request))


def _row(talk: Talk) -> tuple[Roll, int]:
    roll = lock_roll(talk.request.work, who(talk.request), talk.task_id)
    return roll, roll.row_of(int(talk.draft["child"])).child_id


def _choice(request: Request, words: tuple[str, ...], position: int = 2) -> str:
    place = pressed(request, position)
    if not 0 <= place < len(words):
        raise ButtonError("no such reason")
    return words[place]


def _head(roll: Roll, child_id: int) -> str:
    number = _("No. {number}").format(number=child_code(roll.row_of(child_id).number))
    return f"<b>{esc(roll.step.short)} · {number}</b>\n"


def _back(talk: Talk) -> Button:
    return button(_("‹ Back"), "visit_open", talk.task_id, talk.draft["child"])


NOT_MET = Dialog(
    "visit_not_met", (Field("reason", _ask_what_happened, typed_words),), _not_met, _back, life=Life.OPEN
)
MOVE = Dialog(
    "visit_move",
    (Field("day", _ask_day, typed_day("future"), _coming, says=True), Field("reason", _ask_why, typed_words)),
    _move,
    _back,
    life=Life.OPEN,
)
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
    dialogs=(NOT_MET, MOVE),
)
