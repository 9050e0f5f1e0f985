"""Heads who know cases: a new phone or a further officer is allowed, a PIN reset."""

from handlers.ui.request import About, Button, Reply, Request, button, pressed, screen, who
from handlers.ui.routing import Routes
from handlers.ui.words import _, bold, esc, stamp_words
from sop_flows.actions.people.case_phones import allow_phone, refuse_phone, reset_pin
from sop_flows.errors import NotFoundError, NotPermittedError
from sop_flows.staffing.case_access import Rank, may_say_yes, phones_waiting, pins_shut, rank_of
from sop_flows.staffing.roster import grants_of, officer_of
from storage.tables import Officer


def waiting_button(request: Request) -> list[Button]:
    """[HP menunggu (2)] under the cases, for a head who knows them, while somebody waits."""
    if rank_of(request.work, who(request).id or 0) < Rank.HEAD:
        return []
    count = sum(may_say_yes(request.work, who(request), one) for one in _waiting(request))
    return [button(_("Phones waiting ({count})").format(count=count), "phones_list")] if count else []


def _waiting(request: Request) -> list[int]:
    phones = [one.officer_id for one in phones_waiting(request.work)]
    return phones + [one.officer_id for one in pins_shut(request.work)]


def on_list(request: Request) -> Reply:
    """Who waits, and since when."""
    head = who(request)
    lines = [bold(_("Phones on which cases wait"))]
    keyboard: list[tuple[Button, ...]] = []
    for account in phones_waiting(request.work):
        officer = officer_of(request.work, account.officer_id)
        if officer is None or not may_say_yes(request.work, head, account.officer_id):
            continue
        since = stamp_words(account.cases_wait_since or request.now, request.now, request.institution.zone)
        lines.append(f"• {_title(request, officer)} · {since}")
        keyboard.append(
            (
                button(_("Yes: {name}").format(name=officer.name), "phone_yes", account.id or 0),
                button(_("No: {name}").format(name=officer.name), "phone_no", account.id or 0),
            )
        )
    for row in pins_shut(request.work):
        officer = officer_of(request.work, row.officer_id)
        if officer is None or not may_say_yes(request.work, head, row.officer_id):
            continue
        lines.append("• " + _("{who}: the PIN is shut").format(who=_title(request, officer)))
        keyboard.append(
            (button(_("Reset PIN: {name}").format(name=officer.name), "pin_reset", row.officer_id),)
        )
    if not keyboard:
        lines.append(_("Nobody waits."))
    return screen(request, "\n".join(lines), (*keyboard, (_to_cases(),)))


def on_yes(request: Request) -> Reply:
    """[Ya, buka kasus]."""
    return _answered(request, is_yes=True)


def on_no(request: Request) -> Reply:
    """[Jangan dibuka]."""
    return _answered(request, is_yes=False)


def _answered(request: Request, *, is_yes: bool) -> Reply:
    try:
        account = (allow_phone if is_yes else refuse_phone)(request.work, who(request), pressed(request))
    except NotFoundError:
        return screen(request, _("This phone does not wait any more."), ((_to_cases(),),))
    except NotPermittedError:
        return screen(request, _("Another head who knows the cases has to say that."), ((_to_cases(),),))
    officer = officer_of(request.work, account.officer_id)
    words = (
        _("✅ Cases are open on the phone of {who} now.")
        if is_yes
        else _("Cases stay shut on the phone of {who}. The admin has been told.")
    )
    return screen(request, words.format(who=esc(officer.name if officer else "")), ((_to_cases(),),))


def on_reset(request: Request) -> Reply:
    """[Atur ulang PIN]: really?"""
    officer = _officer(request)
    text = _(
        "Reset the PIN of {who}? Whoever holds the phone then makes a new one: speak to {who} first, by voice or face to face."
    ).format(who=esc(officer.name))
    yes = button(_("Yes, reset"), "pin_reset_yes", officer.id or 0, style="danger")
    return screen(request, text, ((yes, _to_cases()),))


def on_reset_yes(request: Request) -> Reply:
    """[Ya, atur ulang]."""
    officer = _officer(request)
    try:
        reset_pin(request.work, who(request), officer.id or 0)
    except NotFoundError:
        return screen(request, _("There is no PIN to reset."), ((_to_cases(),),))
    said = _("✅ {who} makes a new PIN when a case is opened next.").format(who=esc(officer.name))
    return screen(request, said, ((_to_cases(),),))


def _officer(request: Request) -> Officer:
    officer = officer_of(request.work, pressed(request))
    if officer is None:
        raise NotFoundError
    if not may_say_yes(request.work, who(request), officer.id or 0):
        raise NotPermittedError("case")
    return officer


def _title(request: Request, officer: Officer) -> str:
    roles = request.institution.pack.unit.roles
    held = dict.fromkeys(grant.role for grant in grants_of(request.work, officer.id or 0))
    return f"{esc(officer.name)} ({esc(', '.join(roles[one].label for one in held if one in roles))})"


def _to_cases() -> Button:
    return button(_("Cases"), "case_list")


ROUTES = Routes(
    About.NOTHING,
    presses={
        "phones_list": on_list,
        "phone_yes": on_yes,
        "phone_no": on_no,
        "pin_reset": on_reset,
        "pin_reset_yes": on_reset_yes,
    },
)
