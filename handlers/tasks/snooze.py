"""Ingatkan lagi: moves the reminder, never the due date."""

from datetime import datetime

from handlers.cards.task_card import heading
from handlers.ui.dialog import Dialog, Field, Screen, Talk
from handlers.ui.questions import NotAnAnswerError, cancel_button, when_said
from handlers.ui.request import (
    About,
    Button,
    ButtonError,
    Reply,
    Request,
    Say,
    button,
    further,
    pressed,
    reply,
    rows,
    screen,
    task_of,
    to_list,
    who,
    word,
)
from handlers.ui.routing import Routes
from handlers.ui.words import _, date_words, due_words
from sop_flows.actions.snooze import snooze, snooze_choices
from sop_flows.core.work import declared
from sop_flows.limits import SNOOZE_DAYS
from sop_flows.staffing.children import visible_child
from sop_flows.staffing.own_morning import morning_of
from sop_flows.staffing.responsibility import refuse_closed
from sop_flows.views.task_views import task_line

MINUTE = 60  # seconds


def labels() -> dict[str, str]:
    """The words of `snooze_choices` as an officer reads them."""
    return {"hour": _("1 hour"), "afternoon": _("This afternoon"), "morning": _("Tomorrow morning")}


def snooze_buttons(request: Request, task_id: int, child_id: int = 0) -> list[Button]:
    """What is offered now, and "Pilih tanggal"."""
    said = labels()
    offered = _offered(request, task_id)
    buttons = [button(said[name], "task_snooze_at", task_id, child_id, tag=name) for name, _at in offered]
    return [*buttons, button(_("Choose date"), "task_snooze_day", task_id, child_id)]


def _offered(request: Request, task_id: int) -> tuple[tuple[str, datetime], ...]:
    emergency = declared(request.session, task_of(request, task_id))[0].emergency
    return snooze_choices(request.institution, request.now, who(request), emergency=emergency)


def on_snooze(request: Request) -> Reply:
    """Ingatkan lagi: when? The second number is a child's id, for one entry of a roll."""
    return on_snooze_of(request, pressed(request), _child(request))


def on_snooze_of(request: Request, task_id: int, child_id: int) -> Reply:
    """The times that are offered for this task, or (not 0) the entry of this child."""
    task = task_of(request, task_id)
    if task.closed_at is not None:
        refuse_closed(request.session, task)
    line = task_line(request.work, task, who(request))
    text = heading(request, line) + "\n" + _("When shall I remind you again? The due date stays as it is.")
    return screen(request, text, rows([*snooze_buttons(request, task_id, child_id), cancel_button(task_id)]))


def on_snooze_at(request: Request) -> Reply:
    """One of the offered times. An old button counts from now."""
    offered = dict(_offered(request, pressed(request)))
    if word(request) not in labels():
        raise ButtonError("no such time")
    at = offered.get(word(request), offered["hour"])  # "sore ini" tapped in the evening
    row = snooze(request.work, who(request), pressed(request), _child(request) or None, at)
    return _told(request, pressed(request), due_words(row.due_at, request.now, request.institution.zone))


def on_snooze_day(request: Request) -> Reply:
    """Pilih tanggal."""
    return OTHER_DAY.begin(request, {"child": _child(request)}, task_id=pressed(request))


def _ask_day(talk: Talk) -> Screen:
    task_of(talk.request, talk.task_id)
    return _("On which date shall I remind you? Type it for example like this: 3 December, or Monday."), ()


def coming(request: Request) -> datetime:
    """The typed date and hour; without an hour it is the officer's own morning. Raises NotAnAnswerError."""
    said, today = when_said(request, "future"), request.today
    day = said.day or today
    if said.after is not None:
        at = (request.work.said_at or request.now) + said.after
    elif said.at is None:
        at = morning_of(request.institution, day, who(request))
    else:
        at = request.institution.office.at(day, said.at)
    if at <= request.now:
        raise NotAnAnswerError(_("That time has passed. Please choose a later date."))
    if (day - today).days > SNOOZE_DAYS:
        raise NotAnAnswerError(_("That is too far ahead. Please choose an earlier date."))
    return at


def _snooze(talk: Talk) -> Reply:
    at = datetime.fromisoformat(talk.draft["at"])
    return snoozed(talk.request, talk.task_id, talk.draft.get("child") or 0, at)


def snoozed(request: Request, task_id: int, child_id: int, at: datetime) -> Reply:
    """Move the reminder of this task, or (not 0) of this child's entry, and say so."""
    if child_id:
        visible_child(request.work, who(request), child_id)
    row = snooze(request.work, who(request), task_id, child_id or None, at)
    on = date_words(request.institution.today(row.due_at))
    when = due_words(row.due_at, request.now, request.institution.zone)
    return _told(request, task_id, when, "" if when.startswith(on) else f"{on}.")


def _child(request: Request) -> int:
    child_id = further(request, 1)
    return visible_child(request.work, who(request), child_id).child.id or 0 if child_id else 0


def _told(request: Request, task_id: int, when: str, on: str = "") -> Reply:
    text = _("I will remind you again {when}. The due date stays as it is.").format(when=when)
    text = f"{text}\n{on}" if on else text
    keyboard = ((button(_("Open"), "task_open", task_id), to_list()),)
    return screen(request, text, keyboard) if request.press is not None else reply(Say(text, keyboard))


OTHER_DAY = Dialog(
    "task_snooze", (Field("at", _ask_day, lambda talk: coming(talk.request).isoformat()),), _snooze
)
ROUTES = Routes(
    About.CARD,
    presses={
        "task_snooze": on_snooze,
        "task_snooze_at": on_snooze_at,
        "task_snooze_day": on_snooze_day,
    },
    dialogs=(OTHER_DAY,),
)
