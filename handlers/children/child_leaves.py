"""A child leaves early, or is here again: the reason, the day, a last look."""

from datetime import date, timedelta
from typing import Any

from handlers.children.children import reason_words, show_child
from handlers.ui.dialog import Dialog, Field, Screen, Talk, typed_day
from handlers.ui.questions import NotAnAnswerError
from handlers.ui.request import (
    About,
    Button,
    Reply,
    Request,
    button,
    pressed,
    pressed_day,
    rows,
    screen,
    who,
    word,
)
from handlers.ui.routing import Routes
from handlers.ui.words import _, child_code, date_words, esc, plain_date_words
from sop_flows.actions.cohorts import membership
from sop_flows.actions.cohorts.membership import OWN_REASONS, AlreadyLeftError, StillHereError
from sop_flows.errors import NotFoundError
from sop_flows.staffing.children import visible_child
from storage.queries.children import ChildRow
from storage.tables import LeaveReason


def on_leave(request: Request) -> Reply:
    """[Keluar…]: why?"""
    row = _child(request)
    if not row.is_present:
        return show_child(request, row.child.id or 0)
    text = _("Why does No. {number} leave {cohort}?").format(
        number=child_code(row.child.number), cohort=esc(row.cohort.name)
    )
    hint = _("A child that is ill but stays here is only put off on its list.")
    buttons = [
        button(_capital(reason_words(reason)), "child_leave_why", row.child.id or 0, tag=reason.name)
        for reason in OWN_REASONS
    ]
    return screen(request, f"{text}\n{hint}", (*rows(buttons), (_cancel(row),)))


def _given(request: Request) -> dict[str, Any]:
    """What the buttons carry: the child and why it leaves."""
    return {"child_id": _child(request).child.id, "reason": _reason(request).name}


def on_reason(request: Request) -> Reply:
    """A reason was tapped: since when?"""
    return LEAVES.begin(request, _given(request))


def _ask_day(talk: Talk) -> Screen:
    row, reason = _row(talk), LeaveReason[talk.draft["reason"]]
    days = [
        button(label, "child_leave_on", row.child.id or 0, day.toordinal(), tag=reason.name)
        for label, day in ((_("Today"), talk.today), (_("Yesterday"), talk.today - timedelta(days=1)))
    ]
    text = _("No. {number}, {reason}: what was the last day here? Choose, or type the date.").format(
        number=child_code(row.child.number), reason=reason_words(reason)
    )
    return text, (tuple(days),)


def _check_day(talk: Talk, on: date) -> date:
    if on <= talk.today:
        return on
    text = _("{day} is still to come. Type the last day here, today or earlier.")
    raise NotAnAnswerError(text.format(day=date_words(on)))


def on_day(request: Request) -> Reply:
    """The last day was tapped; another one may still be typed."""
    return LEAVES.taken(Talk(request, _given(request)), pressed_day(request))


def _look(talk: Talk) -> Screen:
    row, reason, on = _row(talk), LeaveReason[talk.draft["reason"]], talk.day("on")
    day = _("today") if on == talk.today else plain_date_words(on, talk.today)
    text = _(
        "No. {number} leaves {cohort}. Last day {day}, reason: {reason}.\nNothing more is asked or reminded about this child."
    ).format(
        number=child_code(row.child.number), cohort=esc(row.cohort.name), day=day, reason=reason_words(reason)
    )
    numbers = row.child.id or 0, on.toordinal()
    yes = button(_("Yes, note it"), "child_leave_ok", *numbers, tag=reason.name, style="danger")
    return text, ((yes, _cancel(row)),)


def on_confirmed(request: Request) -> Reply:
    """[Ya, catat]: says all of it itself."""
    return LEAVES.taken(Talk(request, {**_given(request), "on": pressed_day(request).isoformat()}), True)


def _leave(talk: Talk) -> Reply:
    request, child_id = talk.request, talk.draft["child_id"]
    try:
        membership.leave(request.work, child_id, LeaveReason[talk.draft["reason"]], talk.day("on"))
    except AlreadyLeftError:
        return show_child(request, child_id, _("That was noted before."))
    undo = button(_("Undo"), "child_back_on", child_id, 1)
    said = _("✅ Noted. Nothing more is asked about this child.")
    return show_child(request, child_id, said, (undo,))


def on_back(request: Request) -> Reply:
    """[Kembali…]: was the leave a mistake, or is the child here again?"""
    row = _child(request)
    if row.is_present:
        return show_child(request, row.child.id or 0)
    text = _("No. {number} is here again?").format(number=child_code(row.child.number))
    keyboard = (
        (button(_("It was entered by mistake"), "child_back_on", row.child.id or 0, 1),),
        (button(_("Came back today"), "child_back_on", row.child.id or 0, 0), _cancel(row)),
    )
    return screen(request, text, keyboard)


def on_back_confirmed(request: Request) -> Reply:
    """The child belongs again."""
    child_id, mistaken = pressed(request), bool(pressed(request, 1))
    try:
        membership.reinstate(request.work, who(request), child_id, mistaken=mistaken)
    except StillHereError:
        return show_child(request, child_id, _("That was noted before."))
    return show_child(request, child_id, _("✅ Noted. The child stands on the lists again."))


def _child(request: Request) -> ChildRow:
    return visible_child(request.work, who(request), pressed(request))


def _row(talk: Talk) -> ChildRow:
    return visible_child(talk.request.work, who(talk.request), talk.draft["child_id"])


def _reason(request: Request) -> LeaveReason:
    try:
        return LeaveReason[word(request)]
    except KeyError as error:
        raise NotFoundError from error


def _cancel(row: ChildRow) -> Button:
    return button(_("Cancel"), "child_card", row.child.id or 0)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


LEAVES = Dialog(
    "child_leave",
    (Field("on", _ask_day, typed_day("past"), _check_day), Field("sure", _look, anew="on")),
    _leave,
    lambda talk: _cancel(_row(talk)),
)
ROUTES = Routes(
    About.NOTHING,
    presses={
        "child_leave": on_leave,
        "child_leave_why": on_reason,
        "child_leave_on": on_day,
        "child_leave_ok": on_confirmed,
        "child_back": on_back,
        "child_back_on": on_back_confirmed,
    },
    dialogs=(LEAVES,),
)
