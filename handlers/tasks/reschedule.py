"""Jadwalkan ulang: moves the due date, needs a reason, and the kasi sees it."""

from datetime import date, timedelta

from handlers.cards.task_card import own_heading
from handlers.ui.dialog import Dialog, Field, Screen, Talk, typed_day, typed_words
from handlers.ui.questions import NotAnAnswerError, cancel_button
from handlers.ui.request import (
    About,
    Button,
    Keyboard,
    Reply,
    Request,
    Say,
    button,
    pressed,
    pressed_day,
    reply,
    rows,
    task_of,
    to_list,
)
from handlers.ui.routing import Routes
from handlers.ui.words import _, date_words, esc, short_date_words, too_far
from sop_flows.actions.reschedule import check_new_day, reschedule
from sop_flows.errors import FutureWorkError, MoveTooFarError


def _ask_day(talk: Talk) -> Screen:
    text = own_heading(talk.request, talk.task_id) + "\n"
    quick: list[Button] = []
    for days, label in ((1, _("Tomorrow")), (2, _("In two days")), (7, _("In a week"))):
        on = talk.today + timedelta(days=days)
        try:
            check_new_day(talk.request.work, task_of(talk.request, talk.task_id), on)
        except MoveTooFarError:
            if not quick:
                raise
            break
        quick.append(button(label, "task_move_to", talk.task_id, on.toordinal()))
    text += _("To which date is it moved? Choose or type it, for example 3 December.")
    return text, rows([*quick, cancel_button(talk.task_id)])


def _coming(talk: Talk, on: date) -> date:
    """The day, if a due date can be moved there; said at once, before a reason is asked."""
    try:
        check_new_day(talk.request.work, task_of(talk.request, talk.task_id), on)
    except MoveTooFarError as error:
        raise NotAnAnswerError(too_far(error), _instead(talk.task_id, error)) from error
    except FutureWorkError as error:
        if on < error.earliest:
            raise NotAnAnswerError(_("That date has passed. Please choose a later one.")) from error
        raise NotAnAnswerError(_("That is too far ahead. Please choose an earlier date.")) from error
    return on


def _instead(task_id: int, error: MoveTooFarError) -> Keyboard:
    """The last day that is possible, and what else can be done."""
    last = error.latest
    days = (
        []
        if error.is_hopeless
        else [button(short_date_words(last), "task_move_to", task_id, last.toordinal())]
    )
    return rows([*days, button(_("Skip"), "task_skip", task_id), cancel_button(task_id)])


def on_day_tapped(request: Request) -> Reply:
    """A quick choice of the new date."""
    return DAY.taken(Talk(request, {}, pressed(request)), pressed_day(request))


def _ask_reason(talk: Talk) -> Screen:
    return _("Moved to {day}: why? Write the reason.").format(day=date_words(talk.day("on"))), ()


def _move(talk: Talk) -> Reply:
    on, reason = talk.day("on"), talk.draft["reason"]
    reschedule(talk.request.work, talk.task_id, on, reason)
    text = _("Moved to {day}. Reason: {reason}. The head of the section will see it.").format(
        day=date_words(on), reason=esc(reason)
    )
    return reply(Say(text, ((button(_("Open"), "task_open", talk.task_id), to_list()),), protect=True))


REASON = Dialog("task_move_reason", (Field("reason", _ask_reason, typed_words),), _move)
DAY = Dialog(
    "task_move",
    (Field("on", _ask_day, typed_day("future"), _coming),),
    lambda talk: REASON.begin(talk.request, {"on": talk.draft["on"]}, task_id=talk.task_id),
)
ROUTES = Routes(
    About.CARD,
    presses={"task_move": DAY.of_button, "task_move_to": on_day_tapped},
    dialogs=(DAY, REASON),
)
