"""/petugas, for an admin: who is enrolled; invite, bind a new phone, remove."""

from collections.abc import Mapping, Sequence

from handlers.people.officer_words import grant_words, grants_words, labels, role_words
from handlers.ui.conversation import Life
from handlers.ui.dialog import Dialog, Field, Screen, Talk
from handlers.ui.questions import NotAnAnswerError
from handlers.ui.request import (
    About,
    Button,
    Reply,
    Request,
    Say,
    SendFile,
    button,
    further,
    numbers,
    pressed,
    rows,
    screen,
    ticked,
    who,
    word,
)
from handlers.ui.routing import Routes
from handlers.ui.words import _, bold, esc, ngettext, plain_date_words, short_date_words
from sop_flows.actions.cohorts.corrections import list_corrections
from sop_flows.actions.cohorts.roster_cells import NAME_MAX_CHARACTERS
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
    list_former,
)
from sop_flows.actions.people.roles import (
    HEAD,
    ROLE,
    LastHeadError,
    RoleEnd,
    foresee,
    foresee_removal,
    give_role,
    heads_beside,
    holders_beside,
    named_heirs,
    set_head,
    set_school,
    take_role,
)
from sop_flows.core.work import schools_of
from sop_flows.errors import NotFoundError
from sop_flows.staffing.responsibility import name_of
from sop_flows.staffing.roster import admins, grants_of, require_admin
from storage.queries import accounts, cohorts, officers
from storage.queries.bot_name import find_bot_name
from storage.tables import Correction, Officer, OfficerRole, School

HEIRS_SHOWN = 8  # officers who get the tasks of a role that is taken
LEFT_SHOWN = 6  # of these tasks
PAST_SHOWN = 4  # changes of an officer on the card


def on_officers(request: Request) -> Reply:
    """The list of officers."""
    require_admin(who(request))
    s, unit = request.session, request.institution.pack.unit
    active, grants = officers.list_active(s), officers.list_grants(s)
    count = len(active)
    lines = [bold(ngettext("{count} officer", "{count} officers", count).format(count=count))]
    for place, officer in enumerate(active, start=1):
        roles = grants_words(s, unit, grants.get(officer.id or 0, []), officer.is_admin)
        blocked = " · " + _("has blocked the bot") if _is_blocked(request, officer) else ""
        lines.append(f"{place}. {esc(officer.name)} · {esc(roles)}{blocked}")
    waiting = [grant_of(one) for one in officers.list_live_invitations(s, request.now)]
    if waiting:
        lines += [
            "",
            _("Invited, not here yet: {names}").format(names=", ".join(esc(one.name) for one in waiting)),
        ]
    keyboard = (
        *numbers("enrol_card", [officer.id or 0 for officer in active]),
        (button(_("Invite an officer"), "enrol_new", style="primary"),),
    )
    return screen(request, "\n".join(lines), keyboard)


def on_officer_card(request: Request) -> Reply:
    """One officer: roles, since when, and what can be done."""
    require_admin(who(request))
    return _card(request, _officer(request))


def _ask_name(_talk: Talk) -> Screen:
    return _("Who is invited? Type the name as colleagues say it, for example: Ibu Sari."), ()


def _read_name(talk: Talk) -> str:
    try:
        return clean_name(talk.request.text or "")
    except NameOddError as error:
        if len(talk.request.text or "") > NAME_MAX_CHARACTERS:
            raise NotAnAnswerError(_("That is too long. Type it in fewer words.")) from error
        raise NotAnAnswerError(_("That is no name. Type for example: Ibu Sari.")) from error


def _former(talk: Talk) -> tuple[Officer, ...]:
    """Who was removed and is called like who is invited."""
    name = str(talk.draft.get("name") or "")
    return list_former(talk.request.session, name) if name else ()


def _ask_former(talk: Talk) -> Screen:
    found = _former(talk)
    today = talk.today
    lines = [_("{name} was enrolled here before. The same person?").format(name=bold(talk.draft["name"]))]
    lines.append(_("Who comes back keeps the history; the roles are those of now."))
    picks = []
    for one in found:
        until = talk.request.institution.today(one.removed_at or talk.request.now)
        label = _("Yes, until {day}").format(day=short_date_words(until, today))
        picks.append(button(label, "enrol_former", one.id or 0, style="success"))
    return "\n".join(lines), rows([*picks, button(_("No, somebody else"), "enrol_former", 0)])


def on_former(request: Request) -> Reply:
    """Whether it is the same person; 0: somebody else."""
    return INVITE.take(request, "former", pressed(request))


def _is_former(talk: Talk, officer_id: int) -> int:
    if officer_id and officer_id not in {one.id for one in _former(talk)}:
        raise NotAnAnswerError(_("That is no longer there."))
    return officer_id


def _read_roles(_talk: Talk) -> str:
    raise NotAnAnswerError(_("Choose with the buttons above, or stop."))


def on_choice_toggled(request: Request) -> Reply:
    """A role, "kasi", "admin" or the cohort of a guru was tapped."""
    talk = INVITE.talk(request, "roles")
    if talk is None:
        return on_officers(request)
    draft, (what, value) = talk.draft, word(request).partition(":")[::2]
    if what == "role" and value in request.institution.pack.unit.roles:
        ticked = draft.get("roles", [])
        draft["roles"] = [one for one in ticked if one != value] + ([] if value in ticked else [value])
    elif what == "cohort":
        draft["cohort_id"], draft["school_id"] = pressed(request), None
    elif what == "school" and pressed(request) in {
        one.id for one in schools_of(request.session, draft.get("cohort_id") or 0)
    }:
        draft["school_id"] = None if draft.get("school_id") == pressed(request) else pressed(request)
    elif what in ("head", "admin"):
        draft[what] = not draft.get(what)
    return INVITE.change(talk, "roles")


def _make_code(talk: Talk) -> Reply:
    """[Buat kode]: the invitation is made and its code said once."""
    request, draft = talk.request, talk.draft
    roles = tuple(draft.get("roles", []))
    of_one_cohort = request.institution.pack.unit.roles_that["of_one_cohort"]
    heads = tuple(role for role in roles if role not in of_one_cohort) if draft.get("head") else ()
    cohort_id = draft.get("cohort_id") if set(roles) & set(of_one_cohort) else None
    try:
        school_id = None if cohort_id is None else draft.get("school_id")
        grant = Grant(draft["name"], roles, heads, bool(draft.get("admin")), cohort_id, school_id)
        returns = request.session.get(Officer, draft.get("former") or 0)
        invited = invite(request.work, grant, invited_by=who(request), returns=returns)
    except NeedsRoleError as error:
        raise NotAnAnswerError("⚠️ " + _("Choose a role first.")) from error
    except NeedsCohortError as error:
        who_is = labels(request.institution.pack.unit, error.roles)
        hint = _("Choose the cohort of the {role} first.").format(role=esc(who_is))
        raise NotAnAnswerError("⚠️ " + hint) from error
    said = grant_words(request.session, request.institution.pack.unit, invited.grant)
    sentence = _("The invitation for {name} ({roles}) is ready. Pass the next message on.")
    return _code_said(request, sentence.format(name=esc(invited.grant.name), roles=esc(said)), invited)


def on_new_phone(request: Request) -> Reply:
    """[HP baru]: a code that binds another account to the same officer."""
    admin = who(request)
    require_admin(admin)
    officer = _officer(request)
    invited = invite(request.work, Grant(officer.name), invited_by=admin, replaces=officer)
    sentence = _("The code for the new phone of {name} is ready. The old phone works until it is used.")
    return _code_said(request, sentence.format(name=esc(officer.name)), invited)


def on_admin_asked(request: Request) -> Reply:
    """[Jadikan admin] or [Bukan admin lagi]: really?"""
    require_admin(who(request))
    officer, is_admin = _officer(request), bool(pressed(request, 1))
    if officer.is_admin == is_admin:
        return _card(request, officer)
    others = [one.name for one in admins(request.work) if one.id != officer.id]
    text = _("{name} is no longer admin? The other admins and the head of the house are told.")
    yes = _("Yes, no longer")
    if is_admin:
        text = _(
            "Make {name} admin, beside {others}? An admin invites and removes officers and gives them phones and roles."
            " The other admins and the head of the house are told."
        )
        yes = _("Yes, make admin")
    keyboard = (
        (
            button(yes, "enrol_admin_yes", officer.id or 0, int(is_admin), style="danger"),
            button(_("Cancel"), "enrol_card", officer.id or 0),
        ),
    )
    return screen(request, text.format(name=esc(officer.name), others=esc(", ".join(others))), keyboard)


def on_admin_toggled(request: Request) -> Reply:
    """[Ya, jadikan admin], [Ya, bukan lagi]."""
    require_admin(who(request))
    asked, is_admin = _officer(request), bool(pressed(request, 1))
    if asked.is_admin == is_admin:
        return _card(request, asked, _was_so())
    try:
        officer = set_admin(request.work, who(request), pressed(request), bool(pressed(request, 1)))
    except LastAdminError:
        return _last_admin(request)
    return _card(request, officer)


def _was_so() -> str:
    return _("It was so already: nothing has changed.")


def on_roles(request: Request) -> Reply:
    """[Peran]: the roles, each of which can be taken."""
    require_admin(who(request))
    officer = _officer(request)
    unit = request.institution.pack.unit
    held = grants_of(request.work, officer.id or 0)
    lines = [bold(officer.name)]
    lines += [f"• {esc(grants_words(request.session, unit, [one], False))}" for one in held]
    if not held:
        lines.append(_("No role is held now."))
    buttons = [
        button(
            _("Take {role}").format(role=role_words(unit, one.role)),
            "enrol_take",
            officer.id or 0,
            one.id or 0,
        )
        for one in held
    ]
    of_all = unit.roles_that["answers_for_all"]
    buttons += [
        button(
            (_("No longer head {role}") if one.is_head else _("Make head {role}")).format(
                role=role_words(unit, one.role)
            ),
            "enrol_head",
            officer.id or 0,
            one.id or 0,
            int(not one.is_head),
        )
        for one in held
        if one.cohort_id is None and one.role not in of_all
    ]
    buttons += [
        button(_school_label(request, one), "enrol_school", officer.id or 0, one.id or 0)
        for one in held
        if one.cohort_id is not None
    ]
    buttons.append(button(_("Give a role"), "enrol_give", officer.id or 0))
    return screen(request, "\n".join(lines), (*rows(buttons, 1), (_to_card(officer),)))


def _school_label(request: Request, grant: OfficerRole) -> str:
    school = request.session.get(School, grant.school_id) if grant.school_id else None
    return _("School…") if school is None else _("School: {name}").format(name=school.name)


def on_school(request: Request) -> Reply:
    """[Sekolah…] of a guru: whose children they see."""
    require_admin(who(request))
    officer, grant_id = _officer(request), pressed(request, 1)
    grant = next((one for one in grants_of(request.work, officer.id or 0) if one.id == grant_id), None)
    if grant is None or grant.cohort_id is None:
        raise NotFoundError
    return _ask_school(request, officer, grant)


def _ask_school(request: Request, officer: Officer, grant: OfficerRole, above: str = "") -> Reply:
    picks = [
        button(one.name, "enrol_school_is", officer.id or 0, grant.id or 0, one.id or 0)
        for one in schools_of(request.session, grant.cohort_id or 0)
    ]
    text = _("Of which school is {name}? Only its children are seen from then on.")
    said = above + text.format(name=bold(officer.name))
    return screen(request, said, (*rows(picks), (_to_card(officer),)))


def on_school_chosen(request: Request) -> Reply:
    """A school was tapped."""
    officer = _officer(request)
    set_school(request.work, officer.id or 0, pressed(request, 1), pressed(request, 2))
    return on_roles(request)


def on_give(request: Request) -> Reply:
    """[Beri peran]: which?"""
    require_admin(who(request))
    officer, unit = _officer(request), request.institution.pack.unit
    held = {(one.role, one.cohort_id) for one in grants_of(request.work, officer.id or 0)}
    buttons = []
    for code, role in unit.roles.items():
        if role.of_one_cohort:
            buttons += [
                button(f"{role.label} {one.name}", "enrol_give_ask", officer.id or 0, one.id or 0, tag=code)
                for one in cohorts.list_open(request.session)
                if (code, one.id) not in held
            ]
        elif (code, None) not in held:
            buttons.append(button(role.label, "enrol_give_ask", officer.id or 0, 0, tag=code))
    text = _("Which role does {name} get?").format(name=bold(officer.name))
    return screen(request, text, (*rows(buttons), (_to_card(officer),)))


def on_give_asked(request: Request) -> Reply:
    """A role was tapped: who holds it already, and really?"""
    require_admin(who(request))
    officer, code, cohort_id = _officer(request), word(request), pressed(request, 1) or None
    unit = request.institution.pack.unit
    if code not in unit.roles:
        raise NotFoundError
    beside = holders_beside(request.work, code, cohort_id, officer.id or 0)
    lines = [
        _("Give {name} the role {role}?").format(name=bold(officer.name), role=esc(role_words(unit, code)))
    ]
    lines.append(_beside_words(beside))
    yes = [
        button(label, "enrol_given", officer.id or 0, cohort_id or 0, why, tag=code, style="success")
        for why, label in _yes_because()
    ]
    return screen(request, "\n".join(lines), (*rows(yes), (_to_card(officer),)))


def _whys() -> dict[int, str]:
    """Why roles change, mostly; the numbers stand in buttons, 0: it was not said."""
    return {1: _("new decree"), 2: _("other duties"), 3: _("noted wrongly")}


def _yes_because() -> list[tuple[int, str]]:
    return [(why, _("Yes, {why}").format(why=words)) for why, words in _whys().items()]


def _why(request: Request, place: int) -> str:
    return _whys().get(further(request, place), "")


def _beside_words(names: tuple[str, ...]) -> str:
    if not names:
        return _("Nobody else holds it now.")
    return _("It is held already by {names}.").format(names=esc(", ".join(names)))


def on_given(request: Request) -> Reply:
    """[Ya, beri]."""
    require_admin(who(request))
    officer, cohort_id = _officer(request), pressed(request, 1) or None
    held = {(one.role, one.cohort_id) for one in grants_of(request.work, officer.id or 0)}
    if (word(request), cohort_id) in held:
        return _card(request, officer, _was_so())
    grant = give_role(request.work, officer.id or 0, word(request), cohort_id, _why(request, 2))
    role = role_words(request.institution.pack.unit, grant.role)
    text = _("✅ {name} has the role {role} now. Everybody concerned is told.")
    said = text.format(name=esc(officer.name), role=esc(role))
    if grant.cohort_id is not None and schools_of(request.session, grant.cohort_id):
        return _ask_school(request, officer, grant, f"{said}\n\n")
    return screen(request, said, ((_to_card(officer),),))


def on_head_asked(request: Request) -> Reply:
    """[Jadikan kasi], [Bukan kasi lagi]: who is already, and really?"""
    require_admin(who(request))
    officer, is_head = _officer(request), bool(pressed(request, 2))
    grant = next(
        (one for one in grants_of(request.work, officer.id or 0) if one.id == pressed(request, 1)), None
    )
    if grant is None:
        raise NotFoundError
    role = esc(role_words(request.institution.pack.unit, grant.role))
    beside = heads_beside(request.work, grant.role, officer.id or 0)
    if is_head:
        asked = _("Make {name} head: {role}?")
        lines = [asked.format(name=bold(officer.name), role=role)]
        if beside:
            lines.append(
                _("Head already: {names}. Both answer for it then.").format(names=esc(", ".join(beside)))
            )
    else:
        if not beside:
            return screen(request, last_head_words(role), ((_to_card(officer),),))
        lines = [_("{name} is no longer head: {role}?").format(name=bold(officer.name), role=role)]
        lines.append(_("Still head: {names}.").format(names=esc(", ".join(beside))))
    numbers_ = officer.id or 0, grant.id or 0, int(is_head)
    yes = [button(label, "enrol_head_yes", *numbers_, why, style="success") for why, label in _yes_because()]
    return screen(request, "\n".join(lines), (*rows(yes), (_to_card(officer),)))


def on_head_set(request: Request) -> Reply:
    """[Ya]."""
    require_admin(who(request))
    officer = _officer(request)
    held = {one.id: one.is_head for one in grants_of(request.work, officer.id or 0)}
    if held.get(pressed(request, 1)) == bool(pressed(request, 2)):
        return _card(request, officer, _was_so())
    try:
        is_head = bool(pressed(request, 2))
        set_head(request.work, officer.id or 0, pressed(request, 1), is_head, _why(request, 3))
    except LastHeadError as error:
        words = role_words(request.institution.pack.unit, error.role)
        return screen(request, last_head_words(esc(words)), ((_to_card(officer),),))
    return _card(request, officer)


def last_head_words(role: str) -> str:
    """Why the last head stays (HTML)."""
    return _("Nobody else is head: {role}. Make somebody else head first.").format(role=role)


def on_take_asked(request: Request) -> Reply:
    """[Cabut Peksos]: what follows, and really?"""
    try:
        found = foresee(request.work, who(request), pressed(request), pressed(request, 1))
    except LastHeadError as error:
        words = role_words(request.institution.pack.unit, error.role)
        return screen(request, last_head_words(esc(words)), ((_to_card(_officer(request)),),))
    text = _("Take the role {role} from {name}?")
    ids = found.officer.id or 0, found.grant.id or 0
    yes = [button(label, "enrol_taken", *ids, why, style="danger") for why, label in _yes_because()]
    return screen(request, _role_end(request, found, text), (*rows(yes), (_to_card(found.officer),)))


def on_taken(request: Request) -> Reply:
    """[Ya, cabut]."""
    officer = _officer(request)
    require_admin(who(request))
    if pressed(request, 1) not in {one.id for one in grants_of(request.work, officer.id or 0)}:
        return _card(request, officer, _was_so())
    try:
        found = take_role(request.work, who(request), pressed(request), pressed(request, 1), _why(request, 2))
    except LastHeadError as error:
        words = role_words(request.institution.pack.unit, error.role)
        return screen(request, last_head_words(esc(words)), ((_to_card(officer),),))
    text = _("✅ {name} does not have the role {role} any more. Everybody concerned is told.")
    return screen(request, _role_end(request, found, text), ((_to_card(found.officer),),))


def _role_end(request: Request, found: RoleEnd, sentence: str) -> str:
    """The sentence, and who gets the open tasks."""
    role = grants_words(request.session, request.institution.pack.unit, [found.grant], False)
    lines = [sentence.format(role=esc(role), name=esc(found.officer.name))]
    return "\n".join([*lines, *_heir_lines(request, found.left, found.heirs)])


def _heir_lines(request: Request, left: Sequence[str], heirs: Mapping[int, int]) -> list[str]:
    """The open tasks, and to whom they go."""
    count = len(left)
    if not count:
        return [_("No open task is left behind.")]
    said = [*dict.fromkeys(left)]
    more_left = [_("and {count} more").format(count=len(said) - LEFT_SHOWN)] if len(said) > LEFT_SHOWN else []
    lines = [esc("; ".join([*said[:LEFT_SHOWN], *more_left]))]
    lines += [ngettext("{count} open task goes to:", "{count} open tasks go to:", count).format(count=count)]
    named = named_heirs(request.work, heirs)
    lines += [f"• {esc(name)} ({number})" for name, number in named[:HEIRS_SHOWN]]
    if len(named) > HEIRS_SHOWN:
        lines.append(_("and {count} more").format(count=len(named) - HEIRS_SHOWN))
    return lines


def _to_card(officer: Officer) -> Button:
    return button(_("‹ Back"), "enrol_card", officer.id or 0)


def on_remove_asked(request: Request) -> Reply:
    """[Keluarkan]: really?"""
    require_admin(who(request))
    officer = _officer(request)
    text = _(
        "Remove {name}? The phone is unbound at once, open tasks go to the colleagues, what was noted stays."
    )
    keyboard = (
        (
            button(_("Yes, remove"), "enrol_removed", officer.id or 0, style="danger"),
            button(_("Cancel"), "enrol_card", officer.id or 0),
        ),
    )
    left, heirs = foresee_removal(request.work, who(request), officer.id or 0)
    headless = [
        _("Nobody is head then: {role}.").format(role=esc(role_words(request.work.unit, grant.role)))
        for grant in grants_of(request.work, officer.id or 0)
        if grant.is_head and not heads_beside(request.work, grant.role, officer.id or 0)
    ]
    lines = [text.format(name=esc(officer.name)), *_heir_lines(request, left, heirs), *headless]
    return screen(request, "\n".join(lines), keyboard)


def on_remove_confirmed(request: Request) -> Reply:
    """[Ya, keluarkan]."""
    admin = who(request)
    require_admin(admin)
    gone = request.session.get(Officer, pressed(request))
    if gone is not None and gone.removed_at is not None:
        text = _("{name} was removed before: nothing has changed.").format(name=esc(gone.name))
        return screen(request, text, ((button(_("Officers"), "enrol_list"),),))
    try:
        officer = remove_officer(request.work, admin, pressed(request))
    except LastAdminError:
        return _last_admin(request)
    text = _("✅ {name} is no longer an officer here.").format(name=esc(officer.name))
    if officer.id == admin.id:
        return screen(request, text)
    return screen(request, text, ((button(_("Officers"), "enrol_list"),),))


def _card(request: Request, officer: Officer, above: str = "") -> Reply:
    assert officer.id is not None
    s, today = request.session, request.institution.today(request.now)
    roles = grants_words(
        s, request.institution.pack.unit, grants_of(request.work, officer.id), officer.is_admin
    )
    since = plain_date_words(officer.enrolled_at.astimezone(request.institution.zone).date(), today)
    lines = [
        *([above, ""] if above else []),
        bold(officer.name),
        esc(roles),
        _("Enrolled since {day}.").format(day=since),
    ]
    lines += _past_lines(request, officer)
    if _is_blocked(request, officer):
        lines.append(_("⚠️ Has blocked the bot: no reminder arrives."))
    admin = _("No longer admin") if officer.is_admin else _("Make admin")
    keyboard = (
        (
            button(_("New phone"), "enrol_phone", officer.id),
            button(admin, "enrol_admin", officer.id, int(not officer.is_admin)),
        ),
        (
            button(_("Roles"), "enrol_roles", officer.id),
            button(_("Correct the name"), "fix_officer", officer.id),
        ),
        (button(_("Remove"), "enrol_remove", officer.id, style="danger"),),
        (button(_("‹ Officers"), "enrol_list"),),
    )
    return screen(request, "\n".join(lines), keyboard)


def _past_lines(request: Request, officer: Officer) -> list[str]:
    """What of the officer was changed last: the name, roles; by whom and why."""
    return [
        _("• {day}: {what} · {who}, {why}").format(
            day=short_date_words(request.institution.today(one.corrected_at), request.today),
            what=_change_words(request, one),
            who=esc(name_of(request.session, one.officer_id) or "-"),
            why=esc(one.reason),
        )
        for one in list_corrections(request.session, officer)[:PAST_SHOWN]
    ]


def _change_words(request: Request, one: Correction) -> str:
    """ "Peksos diberikan" (HTML)."""
    if not one.fact.startswith(ROLE):
        return f"{esc(one.before or '-')} → {esc(one.after or '-')}"
    role = esc(role_words(request.institution.pack.unit, one.fact.removeprefix(ROLE)))
    if one.after is None:
        return _("{role} taken").format(role=role)
    if one.before is None:
        return _("{role} given").format(role=role)
    return (_("head: {role}") if one.after == HEAD else _("no longer head: {role}")).format(role=role)


def _last_admin(request: Request) -> Reply:
    text = _("This is the only admin. Make somebody else admin first.")
    return screen(request, text, ((button(_("‹ Officers"), "enrol_list"),),))


def _code_said(request: Request, sentence: str, invited: Invited) -> Reply:
    until = plain_date_words(
        invited.expires_at.astimezone(request.institution.zone).date(), request.institution.today(request.now)
    )
    # Not protected: it is meant to be passed on. So it has no name in it.
    pass_on = _(
        "Invitation to Pandu, {unit}. Open this bot in Telegram and send:\n<code>/start {code}</code>\n"
        "Good until {day}, for one person."
    ).format(unit=esc(request.institution.pack.unit.short_name), code=invited.code, day=until)
    bot_name = find_bot_name(request.session)
    shown = screen(request, sentence, ((button(_("‹ Officers"), "enrol_list"),),))
    if bot_name is None:
        return shown.and_then(Say(pass_on))
    link = f"https://t.me/{bot_name}?start={invited.code}"
    qr = SendFile(
        "qr",
        {"link": link},
        _("Read this with the phone of the new officer, or pass the next message on."),
        "undangan.png",
        protect=False,
    )
    return shown.and_then(qr, Say(f"{pass_on}\n{link}"))


def _choices(talk: Talk) -> Screen:
    """The card on which roles are ticked."""
    unit, draft = talk.request.institution.pack.unit, talk.draft
    chosen = draft.get("roles", [])
    roles = [
        button(ticked(role.label, code in chosen), "enrol_toggle", tag=f"role:{code}")
        for code, role in unit.roles.items()
    ]
    flags = [
        button(ticked(_("Head of the section"), draft.get("head", False)), "enrol_toggle", tag="head:"),
        button(ticked("Admin", draft.get("admin", False)), "enrol_toggle", tag="admin:"),
    ]
    keyboard = [*rows(roles), tuple(flags)]
    asked = _("As what is {name} invited? Tap all that apply.").format(name=bold(draft["name"]))
    if set(chosen) & set(unit.roles_that["of_one_cohort"]):
        keyboard += rows(
            [
                button(
                    ticked(one.name, draft.get("cohort_id") == one.id),
                    "enrol_toggle",
                    one.id or 0,
                    tag="cohort:",
                )
                for one in cohorts.list_open(talk.request.session)
            ]
        )
        schools = schools_of(talk.request.session, draft["cohort_id"]) if draft.get("cohort_id") else ()
        keyboard += rows(
            [
                button(
                    ticked(one.name, draft.get("school_id") == one.id),
                    "enrol_toggle",
                    one.id or 0,
                    tag="school:",
                )
                for one in schools
            ]
        )
        if schools:
            asked = f"{asked}\n" + _("Of a guru the school, too: only its children are seen.")
    keyboard.append((button(_("Make the code"), "enrol_make", style="success"), _stop(talk)))
    return asked, tuple(keyboard)


def _officer(request: Request) -> Officer:
    officer = request.session.get(Officer, pressed(request))
    if officer is None or officer.removed_at is not None:
        raise NotFoundError
    return officer


def _is_blocked(request: Request, officer: Officer) -> bool:
    account = accounts.find_account_of(request.session, officer.id or 0)
    return account is not None and account.blocked_at is not None


def _stop(_talk: Talk) -> Button:
    return button(_("Cancel"), "enrol_stop")


INVITE = Dialog(
    "enrol_invite",
    (
        Field("name", _ask_name, _read_name, forgets=True),
        Field("former", _ask_former, check=_is_former, is_asked=lambda talk: bool(_former(talk))),
        Field("roles", _choices, _read_roles),  # with its ticks it is the last look
    ),
    _make_code,
    _stop,
    elsewhere=on_officers,
    left=on_officers,
    guard=lambda request: require_admin(who(request)),
    life=Life.OPEN,
)
ROUTES = Routes(
    About.NOTHING,
    commands={"petugas": on_officers},
    presses={
        "enrol_list": on_officers,
        "enrol_card": on_officer_card,
        "enrol_new": INVITE.begin,
        "enrol_toggle": on_choice_toggled,
        "enrol_make": INVITE.confirm,
        "enrol_former": on_former,
        "enrol_phone": on_new_phone,
        "enrol_admin": on_admin_asked,
        "enrol_admin_yes": on_admin_toggled,
        "enrol_roles": on_roles,
        "enrol_school": on_school,
        "enrol_school_is": on_school_chosen,
        "enrol_give": on_give,
        "enrol_give_ask": on_give_asked,
        "enrol_given": on_given,
        "enrol_head": on_head_asked,
        "enrol_head_yes": on_head_set,
        "enrol_take": on_take_asked,
        "enrol_taken": on_taken,
        "enrol_remove": on_remove_asked,
        "enrol_removed": on_remove_confirmed,
        "enrol_stop": INVITE.leave,
    },
    dialogs=(INVITE,),
    menu_words={"Officers": on_officers},
)
