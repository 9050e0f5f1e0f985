"""/start: a stranger with a code becomes an officer; an officer is welcomed back; other strangers hear one refusal."""

import re

from handlers.people.officer_words import grants_words
from handlers.ui.fallbacks import way_on
from handlers.ui.menus import commands_for, menu_for
from handlers.ui.request import About, Reply, Request, Say, SetCommands, reply
from handlers.ui.routing import Routes
from handlers.ui.words import _, clock_words, esc, plain_date_words
from sop_flows.actions.people.enrolment import Answer, Redemption, redeem, refuse_once
from sop_flows.staffing.case_access import names, waits, who_may_say_yes
from sop_flows.staffing.responsibility import sees_cases
from sop_flows.staffing.roster import grants_of, heads_of
from storage.queries.accounts import find_account_of
from storage.tables import Officer

# A code typed alone: with its dash, or with a digit in it; any other word of eight letters is just a word.
_ALONE = re.compile(r"\s*(?:[A-Za-z0-9]{4}\s?-\s?[A-Za-z0-9]{4}|(?=\D*\d)[A-Za-z0-9]{8})\s*")


def on_start(request: Request) -> Reply:
    """/start with or without a code."""
    code = (request.text or "").partition(" ")[2].strip()
    if code:
        return _redeemed(request, code)
    if request.officer is None:
        return _refusal(request)
    return _welcome(request, request.officer, _("Welcome back, {name}. You are enrolled as {roles}."))


def on_stranger(request: Request) -> Reply:
    """Anything else from somebody who is not enrolled; a code typed alone counts as /start with it."""
    text = request.text or ""
    if request.kind == "text" and not request.is_edit and _ALONE.fullmatch(text):
        return _redeemed(request, text)
    return _refusal(request)


def _refusal(request: Request) -> Reply:
    if not refuse_once(request.work, request.chat_key):
        return reply()
    unit = request.institution.pack.unit.short_name
    sentence = _("This bot is for officers of {unit} only. To join, ask the admin for an invitation.")
    return reply(Say(sentence.format(unit=esc(unit))))


def _redeemed(request: Request, code: str) -> Reply:
    found = redeem(request.work, code, request.chat_key, request.chat_id)
    officer = found.officer
    if found.answer == Answer.ENROLLED and officer is not None:
        return _welcome(
            request,
            officer,
            _("Welcome, {name}. You are enrolled as {roles} at {unit}."),
            _promise(),
            *_still_shut(request, officer),
        )
    if found.answer == Answer.PHONE_BOUND and officer is not None:
        return _welcome(
            request,
            officer,
            _("Welcome back, {name}. This phone is now yours in Pandu, as {roles}."),
            *_still_shut(request, officer),
        )
    if found.answer == Answer.ALREADY and officer is not None:
        said = _("You are enrolled already, {name}, as {roles}.")
        return _welcome(request, officer, said, *_still_shut(request, officer))
    if found.answer == Answer.SILENT:
        return reply()
    return reply(Say(_no_words(request, found), way_on() if officer is not None else ()))


def _no_words(request: Request, found: Redemption) -> str:
    zone, today = request.institution.zone, request.institution.today(request.now)
    match found.answer:
        case Answer.USED if found.at is not None:
            day = plain_date_words(found.at.astimezone(zone).date(), today)
            return _("This code was used on {day}. Ask the admin for a new one.").format(day=day)
        case Answer.EXPIRED if found.at is not None:
            day = plain_date_words(found.at.astimezone(zone).date(), today)
            return _("This code was good until {day}. Ask the admin for a new one.").format(day=day)
        case Answer.WAIT if found.at is not None:
            return _("Too many wrong codes. Try again at {clock}.").format(clock=clock_words(found.at, zone))
        case Answer.TAKEN if found.officer is not None:
            return _(
                "This phone is used by {name}. Nothing has changed, the code is still good for another phone."
                " On a shared phone, record for a colleague with “Done by” on the task."
            ).format(name=esc(found.officer.name))
        case _:
            return _("I do not know this code. Check it once more, or ask the admin for a new one.")


def _still_shut(request: Request, officer: Officer) -> tuple[str, ...]:
    """Who has to say yes before cases open on this phone; nothing when nobody has to."""
    account = find_account_of(request.session, officer.id or 0)
    if account is None or not waits(account, request.now) or not sees_cases(request.work, officer):
        return ()
    able = _(" or ").join(map(esc, names(who_may_say_yes(request.work, officer.id or 0))))
    if not able:
        return (_("🔒 Cases open here once the operator has agreed (pandu grant)."),)
    return (_("🔒 Cases open here once {who} has agreed; they have been asked.").format(who=able),)


def _promise() -> str:
    return _("I will show you the SOP steps that are yours, remind you in time, and note what is done.")


def _welcome(request: Request, officer: Officer, sentence: str, *more: str) -> Reply:
    """The sentence with name and roles, the reply keyboard and the command menu."""
    assert officer.id is not None
    s, unit = request.session, request.institution.pack.unit
    grants = grants_of(request.work, officer.id)
    roles = grants_words(s, unit, grants, officer.is_admin) or "admin"
    said = sentence.format(name=esc(officer.name), roles=esc(roles), unit=esc(unit.short_name))
    held = {row.role for row in grants}
    is_head = bool(heads_of(request.work, officer.id))
    menu = menu_for(request.institution.pack, held, is_head=is_head, is_admin=officer.is_admin)
    commands = commands_for(request.institution.pack, held, is_head=is_head, is_admin=officer.is_admin)
    return reply(Say("\n".join([said, *more]), menu=menu), SetCommands(commands))


ROUTES = Routes(About.NOTHING, commands={"start": on_start})
