"""Jadwalkan ulang: moves the due date, needs a reason, and the kasi sees it."""

from datetime import date, timedelta

from handlers.cards.task_card import heading
from handlers.ui import conversation
from handlers.ui.dates import date_words, short_date_words
from handlers.ui.markup import esc
from handlers.ui.questions import NotAnAnswerError, again, ask, cancel_button, day_said, note_said
from handlers.ui.reply import Button, Keyboard, Reply, Say, reply
from handlers.ui.request import Request
from handlers.ui.routing import About, Routes
from handlers.ui.screens import button, pressed, pressed_day, rows, task_of, to_list, who
from handlers.ui.task_words import too_far
from handlers.ui.texts import _
from sop_flows.actions.reschedule import check_new_day, reschedule
from sop_flows.errors import FutureWorkError, MoveTooFarError
from sop_flows.staffing.task_rows import own_parts, refuse_closed
from sop_flows.views.task_views import task_line

DAY = "task_move"
REASON = "task_move_reason"


def on_reschedule(request: Request) -> Reply:
    """Jadwalkan ulang: to which day?"""
    task_id = pressed(request)
    task = task_of(request, task_id)
    refuse_closed(request.session, task)
    own_parts(request.work, who(request), task)
    line = task_line(request.work, task, who(request))
    today = request.institution.today(request.now)
    quick: list[Button] = []
    for days, label in ((1, _("Tomorrow")), (2, _("In two days")), (7, _("In a week"))):
        day = today + timedelta(days=days)
        try:
            check_new_day(request.work, task, day)
        except MoveTooFarError:
            if not quick:
                raise
            break
        quick.append(button(label, "task_move_to", task_id, day.toordinal()))
    sentence = _("To which date is it moved? Choose or type it, for example 3 December.")
    return ask(request, DAY, task_id, heading(request, line) + "\n" + sentence, *quick)


def on_day_tapped(request: Request) -> Reply:
    """A quick choice of the new date."""
    task_id = pressed(request)
    try:
        day = _coming(request, task_id, pressed_day(request))
    except (NotAnAnswerError, MoveTooFarError):
        return on_reschedule(request)
    return _ask_reason(request, task_id, day)


def on_day_typed(request: Request) -> Reply:
    """The new date, typed."""
    row = conversation.current(request)
    if row is None or row.task_id is None:
        return reply()
    try:
        day = _coming(request, row.task_id, day_said(request, "future"))
    except NotAnAnswerError as error:
        return again(request, error.sentence, row.task_id)
    except MoveTooFarError as error:
        return reply(Say(too_far(error), _instead(row.task_id, error)))
    task_id = row.task_id
    return _ask_reason(request, task_id, day)


def on_reason_typed(request: Request) -> Reply:
    """The reason, typed: the date moves."""
    row = conversation.current(request)
    if row is None or row.task_id is None:
        return reply()
    task_id, day = row.task_id, date.fromisoformat(str(row.draft["on"]))
    try:
        reason = note_said(request)
    except NotAnAnswerError as error:
        return again(request, error.sentence, task_id)
    reschedule(request.work, task_id, day, reason)
    conversation.end(request, REASON)
    text = _("Moved to {day}. Reason: {reason}. The head of the section will see it.").format(
        day=date_words(day), reason=esc(reason)
    )
    return reply(Say(text, ((button(_("Open"), "task_open", task_id), to_list()),), protect=True))


def _ask_reason(request: Request, task_id: int, day: date) -> Reply:
    conversation.end(request, DAY)
    sentence = _("Moved to {day}: why? Write the reason.").format(day=date_words(day))
    return ask(request, REASON, task_id, sentence, draft={"on": day.isoformat()})


def _coming(request: Request, task_id: int, day: date) -> date:
    """The day, if a due date can be moved there; said at once, before a reason is asked.

    Raises NotAnAnswerError, MoveTooFarError.
    """
    try:
        check_new_day(request.work, task_of(request, task_id), day)
    except MoveTooFarError:
        raise
    except FutureWorkError as error:
        if day < error.earliest:
            raise NotAnAnswerError(_("That date has passed. Please choose a later one.")) from error
        raise NotAnAnswerError(_("That is too far ahead. Please choose an earlier date.")) from error
    return day


def _instead(task_id: int, error: MoveTooFarError) -> Keyboard:
    """The last day that is possible, and what else can be done."""
    last = error.latest
    days = (
        []
        if error.is_hopeless
        else [button(short_date_words(last), "task_move_to", task_id, last.toordinal())]
    )
    return rows([*days, button(_("Skip"), "task_skip", task_id), cancel_button(task_id)])


ROUTES = Routes(
    About.CARD,
    presses={"task_move": on_reschedule, "task_move_to": on_day_tapped},
    topics={DAY: on_day_typed, REASON: on_reason_typed},
)
