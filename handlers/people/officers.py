"""/petugas, for an admin: who is enrolled; invite, bind a new phone, remove."""

from typing import Any

from handlers import conversation
from handlers.looks.dates import plain_date_words
from handlers.looks.markup import bold, esc
from handlers.looks.screens import button, numbers, pressed, rows, screen, who, word
from handlers.looks.wording import _, ngettext
from handlers.people.officer_words import grant_words, grants_words, labels
from handlers.reply import Button, Delete, Keyboard, Reply, Say, reply
from handlers.routing import Routes
from handlers.visit import Visit
from sop_flows.actions.people.enrolment import LastAdminError, remove_officer, set_admin
from sop_flows.actions.people.invitations import (
    Grant,
    Invited,
    NameOddError,
    NeedsCohortError,
    NeedsRoleError,
    clean_name,
    grant_of,
    invite,
)
from sop_flows.errors import NotFoundError
from sop_flows.staffing.grants import grants_of
from sop_flows.staffing.permissions import require_admin
from storage.queries import accounts, cohorts, officers
from storage.queries.bot_name import find_bot_name
from storage.tables import Officer

TOPIC = "enrol_invite"


def on_officers(visit: Visit) -> Reply:
    """The list of officers."""
    require_admin(who(visit))
    s, unit = visit.session, visit.house.pack.unit
    active, grants = officers.list_active(s), officers.list_grants(s)
    count = len(active)
    lines = [bold(ngettext("{count} officer", "{count} officers", count).format(count=count))]
    for place, officer in enumerate(active, start=1):
        roles = grants_words(s, unit, grants.get(officer.id or 0, []), officer.is_admin)
        blocked = " · " + _("has blocked the bot") if _is_blocked(visit, officer) else ""
        lines.append(f"{place}. {esc(officer.name)} · {esc(roles)}{blocked}")
    waiting = [grant_of(one) for one in officers.list_live_invitations(s, visit.now)]
    if waiting:
        lines += [
            "",
            _("Invited, not here yet: {names}").format(names=", ".join(esc(one.name) for one in waiting)),
        ]
    keyboard = (
        *numbers("enrol_card", [officer.id or 0 for officer in active]),
        (button(_("Invite an officer"), "enrol_new", style="primary"),),
    )
    return screen(visit, "\n".join(lines), keyboard)


def on_officer_card(visit: Visit) -> Reply:
    """One officer: roles, since when, and what can be done."""
    require_admin(who(visit))
    return _card(visit, _officer(visit))


def on_new_invitation(visit: Visit) -> Reply:
    """[Undang petugas]: whose name?"""
    require_admin(who(visit))
    conversation.ask(visit, TOPIC, {"ask": "name"})
    return screen(
        visit, _("Who is invited? Type the name as colleagues say it, for example: Ibu Sari."), _stop()
    )


def on_invitation_typed(visit: Visit) -> Reply:
    """The name of who is invited; the typed message goes."""
    require_admin(who(visit))
    row = conversation.current(visit)
    draft: dict[str, Any] = conversation.draft_of(row) if row is not None else {}
    if draft.get("ask") != "name":
        return reply(Say(_("Choose with the buttons above, or stop."), _stop()))
    try:
        name = clean_name(visit.text or "")
    except NameOddError:
        return reply(Say(_("That is no name. Type for example: Ibu Sari."), _stop()))
    draft = {"ask": "roles", "name": name, "roles": [], "head": False, "admin": False, "cohort_id": None}
    conversation.ask(visit, TOPIC, draft)
    text, keyboard = _choices(visit, draft)
    forget = (Delete(visit.message_id),) if visit.message_id is not None else ()
    return reply(Say(text, keyboard, protect=True), *forget)


def on_choice_toggled(visit: Visit) -> Reply:
    """A role, "kasi", "admin" or the cohort of a guru was tapped."""
    require_admin(who(visit))
    draft = _draft(visit)
    if draft is None:
        return on_officers(visit)
    what, value = word(visit).partition(":")[::2]
    if what == "role" and value in visit.house.pack.unit.roles:
        draft["roles"] = [r for r in draft["roles"] if r != value] + (
            [] if value in draft["roles"] else [value]
        )
    elif what == "cohort":
        draft["cohort_id"] = pressed(visit)
    elif what in ("head", "admin"):
        draft[what] = not draft[what]
    conversation.ask(visit, TOPIC, draft)
    text, keyboard = _choices(visit, draft)
    return screen(visit, text, keyboard)


def on_make_code(visit: Visit) -> Reply:
    """[Buat kode]: the invitation is made and its code said once."""
    admin = who(visit)
    require_admin(admin)
    draft = _draft(visit)
    if draft is None:
        return on_officers(visit)
    roles = tuple(draft["roles"])
    of_one_cohort = visit.house.pack.unit.roles_that("of_one_cohort")
    heads = tuple(role for role in roles if role not in of_one_cohort) if draft["head"] else ()
    cohort_id = draft["cohort_id"] if set(roles) & set(of_one_cohort) else None
    try:
        grant = Grant(draft["name"], roles, heads, draft["admin"], cohort_id)
        invited = invite(visit.session, visit.house, grant, visit.now, invited_by=admin)
    except (NeedsRoleError, NeedsCohortError) as error:
        if isinstance(error, NeedsRoleError):
            hint = _("Choose a role first.")
        else:
            who_is = labels(visit.house.pack.unit, error.roles)
            hint = _("Choose the cohort of the {role} first.").format(role=esc(who_is))
        text, keyboard = _choices(visit, draft)
        return screen(visit, f"{text}\n\n⚠️ {hint}", keyboard)
    conversation.end(visit, TOPIC)
    said = grant_words(visit.session, visit.house.pack.unit, invited.grant)
    sentence = _("The invitation for {name} ({roles}) is ready. Pass the next message on.")
    return _code_said(visit, sentence.format(name=esc(invited.grant.name), roles=esc(said)), invited)


def on_new_phone(visit: Visit) -> Reply:
    """[HP baru]: a code that binds another account to the same officer."""
    admin = who(visit)
    require_admin(admin)
    officer = _officer(visit)
    invited = invite(
        visit.session, visit.house, Grant(officer.name), visit.now, invited_by=admin, replaces=officer
    )
    sentence = _("The code for the new phone of {name} is ready. The old phone works until it is used.")
    return _code_said(visit, sentence.format(name=esc(officer.name)), invited)


def on_admin_toggled(visit: Visit) -> Reply:
    """[Jadikan admin] or [Bukan admin lagi]."""
    try:
        officer = set_admin(
            visit.session, visit.house, who(visit), pressed(visit), bool(pressed(visit, 1)), visit.now
        )
    except LastAdminError:
        return _last_admin(visit)
    return _card(visit, officer)


def on_remove_asked(visit: Visit) -> Reply:
    """[Keluarkan]: really?"""
    require_admin(who(visit))
    officer = _officer(visit)
    text = _(
        "Remove {name}? The phone is unbound at once, open tasks go to the colleagues, what was noted stays."
    )
    keyboard = (
        (
            button(_("Yes, remove"), "enrol_removed", officer.id or 0, style="danger"),
            button(_("Cancel"), "enrol_card", officer.id or 0),
        ),
    )
    return screen(visit, text.format(name=esc(officer.name)), keyboard)


def on_remove_confirmed(visit: Visit) -> Reply:
    """[Ya, keluarkan]."""
    admin = who(visit)
    try:
        officer = remove_officer(visit.session, visit.house, admin, pressed(visit), visit.now)
    except LastAdminError:
        return _last_admin(visit)
    text = _("✅ {name} is no longer an officer here.").format(name=esc(officer.name))
    if officer.id == admin.id:
        return screen(visit, text)
    return screen(visit, text, ((button(_("Officers"), "enrol_list"),),))


def on_stop(visit: Visit) -> Reply:
    """[Batal] under the invitation."""
    conversation.end(visit, TOPIC)
    return on_officers(visit)


def _card(visit: Visit, officer: Officer) -> Reply:
    assert officer.id is not None
    s, today = visit.session, visit.house.today(visit.now)
    roles = grants_words(s, visit.house.pack.unit, grants_of(s, officer.id), officer.is_admin)
    since = plain_date_words(officer.enrolled_at.astimezone(visit.house.zone).date(), today)
    lines = [bold(officer.name), esc(roles), _("Enrolled since {day}.").format(day=since)]
    if _is_blocked(visit, officer):
        lines.append(_("⚠️ Has blocked the bot: no reminder arrives."))
    admin = _("No longer admin") if officer.is_admin else _("Make admin")
    keyboard = (
        (
            button(_("New phone"), "enrol_phone", officer.id),
            button(admin, "enrol_admin", officer.id, int(not officer.is_admin)),
        ),
        (
            button(_("Remove"), "enrol_remove", officer.id, style="danger"),
            button(_("‹ Officers"), "enrol_list"),
        ),
    )
    return screen(visit, "\n".join(lines), keyboard)


def _last_admin(visit: Visit) -> Reply:
    text = _("This is the only admin. Make somebody else admin first.")
    return screen(visit, text, ((button(_("‹ Officers"), "enrol_list"),),))


def _code_said(visit: Visit, sentence: str, invited: Invited) -> Reply:
    until = plain_date_words(
        invited.expires_at.astimezone(visit.house.zone).date(), visit.house.today(visit.now)
    )
    # Not protected: it is meant to be passed on. So it has no name in it.
    pass_on = _(
        "Invitation to Pandu, {unit}. Open this bot in Telegram and send:\n<code>/start {code}</code>\n"
        "Good until {day}, for one person."
    ).format(unit=esc(visit.house.pack.unit.short_name), code=invited.code, day=until)
    bot_name = find_bot_name(visit.session)
    if bot_name is not None:
        pass_on += f"\nhttps://t.me/{bot_name}?start={invited.code}"
    shown = screen(visit, sentence, ((button(_("‹ Officers"), "enrol_list"),),))
    return shown.and_then(Say(pass_on))


def _choices(visit: Visit, draft: dict[str, Any]) -> tuple[str, Keyboard]:
    """The card on which roles are ticked."""
    unit = visit.house.pack.unit
    chosen = draft["roles"]
    roles = [
        button(_tick(role.label, code in chosen), "enrol_toggle", tag=f"role:{code}")
        for code, role in unit.roles.items()
    ]
    flags = [
        button(_tick(_("Head of the section"), draft["head"]), "enrol_toggle", tag="head:"),
        button(_tick("Admin", draft["admin"]), "enrol_toggle", tag="admin:"),
    ]
    keyboard = [*rows(roles), tuple(flags)]
    if set(chosen) & set(unit.roles_that("of_one_cohort")):
        keyboard += rows(
            [
                button(
                    _tick(one.name, draft["cohort_id"] == one.id), "enrol_toggle", one.id or 0, tag="cohort:"
                )
                for one in cohorts.list_open(visit.session)
            ]
        )
    keyboard.append((button(_("Make the code"), "enrol_make", style="success"), _stop_button()))
    return _("As what is {name} invited? Tap all that apply.").format(name=bold(draft["name"])), tuple(
        keyboard
    )


def _tick(label: str, on: bool) -> str:
    return f"☑ {label}" if on else f"☐ {label}"


def _draft(visit: Visit) -> dict[str, Any] | None:
    """The invitation being made; None when it was stopped or finished meanwhile."""
    row = conversation.current(visit)
    draft = conversation.draft_of(row) if row is not None and row.topic == TOPIC else None
    return draft if draft is not None and draft.get("ask") == "roles" else None


def _officer(visit: Visit) -> Officer:
    officer = visit.session.get(Officer, pressed(visit))
    if officer is None or officer.removed_at is not None:
        raise NotFoundError
    return officer


def _is_blocked(visit: Visit, officer: Officer) -> bool:
    account = accounts.find_account_of(visit.session, officer.id or 0)
    return account is not None and account.blocked_at is not None


def _stop_button() -> Button:
    return button(_("Cancel"), "enrol_stop")


def _stop() -> Keyboard:
    return ((_stop_button(),),)


ROUTES = Routes(
    commands={"petugas": on_officers},
    presses={
        "enrol_list": on_officers,
        "enrol_card": on_officer_card,
        "enrol_new": on_new_invitation,
        "enrol_toggle": on_choice_toggled,
        "enrol_make": on_make_code,
        "enrol_phone": on_new_phone,
        "enrol_admin": on_admin_toggled,
        "enrol_remove": on_remove_asked,
        "enrol_removed": on_remove_confirmed,
        "enrol_stop": on_stop,
    },
    topics={TOPIC: on_invitation_typed},
    menu_words={"Officers": on_officers},
)
