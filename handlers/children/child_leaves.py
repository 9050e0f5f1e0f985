"""A child leaves early, or is here again: the reason, the day, a last look."""

from datetime import date, timedelta

from handlers.children.children import reason_words, show_child
from handlers.ui import conversation
from handlers.ui.answers import Question
from handlers.ui.conversation import Life
from handlers.ui.request import (
    About,
    Button,
    Reply,
    Request,
    Say,
    button,
    pressed,
    pressed_day,
    reply,
    rows,
    screen,
    who,
    word,
)
from handlers.ui.routing import Routes
from handlers.ui.words import _, child_code, date_words, esc, not_a_day, plain_date_words
from sop_flows.actions.cohorts import membership
from sop_flows.actions.cohorts.membership import OWN_REASONS, AlreadyLeftError, StillHereError
from sop_flows.errors import NotFoundError
from sop_flows.handbook.typed_days import parse_day
from sop_flows.staffing.children import visible_child
from storage.queries.children import ChildRow
from storage.tables import LeaveReason

TOPIC = "child_leave"


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


def on_reason(request: Request) -> Reply:
    """A reason was tapped: since when?"""
    row, reason = _child(request), _reason(request)
    conversation.ask(request, TOPIC, {"child_id": row.child.id, "reason": reason.name})
    today = request.today
    days = [
        button(label, "child_leave_on", row.child.id or 0, day.toordinal(), tag=reason.name)
        for label, day in ((_("Today"), today), (_("Yesterday"), today - timedelta(days=1)))
    ]
    text = _("No. {number}, {reason}: what was the last day here? Choose, or type the date.").format(
        number=child_code(row.child.number), reason=reason_words(reason)
    )
    return screen(request, text, (tuple(days), (_cancel(row),)))


def on_day_typed(request: Request) -> Reply:
    """The last day in words."""
    talk = conversation.current(request)
    draft = conversation.draft_of(talk) if talk is not None else {}
    words = (request.text or "").strip()
    day = parse_day(words, request.today, "past")
    if day is None:
        said = not_a_day(words, request.today, "past")
        return reply(Say(said, ((button(_("Cancel"), "child_card", draft["child_id"]),),)))
    row = visible_child(request.work, who(request), draft["child_id"])
    return _last_look(request, row, LeaveReason[draft["reason"]], day)


def on_day(request: Request) -> Reply:
    """The last day was tapped."""
    return _last_look(request, _child(request), _reason(request), pressed_day(request))


def on_confirmed(request: Request) -> Reply:
    """[Ya, catat]."""
    row, reason = _child(request), _reason(request)
    conversation.end(request, TOPIC)
    on = pressed_day(request)
    try:
        membership.leave(request.work, row.child.id or 0, reason, on)
    except AlreadyLeftError:
        return show_child(request, row.child.id or 0, _("That was noted before."))
    return show_child(request, row.child.id or 0, _("✅ Noted. Nothing more is asked about this child."))


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


def _last_look(request: Request, row: ChildRow, reason: LeaveReason, on: date) -> Reply:
    today = request.today
    if on > today:
        text = _("{day} is still to come. Type the last day here, today or earlier.").format(
            day=date_words(on)
        )
        return reply(Say(text, ((_cancel(row),),)))
    day = _("today") if on == today else plain_date_words(on, today)
    text = _(
        "No. {number} leaves {cohort}. Last day {day}, reason: {reason}.\nNothing more is asked or reminded about this child."
    ).format(
        number=child_code(row.child.number), cohort=esc(row.cohort.name), day=day, reason=reason_words(reason)
    )
    yes = button(
        _("Yes, note it"),
        "child_leave_ok",
        row.child.id or 0,
        on.toordinal(),
        tag=reason.name,
        style="danger",
    )
    return screen(request, text, ((yes, _cancel(row)),))


def _child(request: Request) -> ChildRow:
    return visible_child(request.work, who(request), pressed(request))


def _reason(request: Request) -> LeaveReason:
    try:
        return LeaveReason[word(request)]
    except KeyError as error:
        raise NotFoundError from error


def _cancel(row: ChildRow) -> Button:
    return button(_("Cancel"), "child_card", row.child.id or 0)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


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
    topics={TOPIC: Question(on_day_typed, life=Life.SHORT)},
)
