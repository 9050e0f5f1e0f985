"""`pandu invite`: a code, its link and QR, for a new officer or an officer's new phone."""

import sys
from dataclasses import dataclass
from typing import BinaryIO

import click
from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session

from bot.bot_name import ask_bot_name
from bot.commands.options import find_officer, institution, print_json, refuse
from bot.institution import Opened
from bot.settings import read_settings
from sop_flows.actions.people.invitations import (
    Grant,
    Invited,
    NameOddError,
    NeedsCohortError,
    NeedsRoleError,
    UnknownRoleError,
    invite,
)
from sop_flows.core.work import Institution
from sop_flows.notifications.planning import working
from storage.queries import cohorts
from storage.queries.bot_name import find_bot_name, remember_bot_name
from storage.tables import Officer


@dataclass(frozen=True)
class Wanted:
    """An invitation as the command line or a list asks for it."""

    name: str
    roles: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    admin: bool = False
    cohort: str = ""


@click.command("invite")
@click.option(
    "--role", "roles", multiple=True, help="What the officer does; several times for several roles."
)
@click.option("--name", default="", help="As colleagues say it: 'Ibu Sari'.")
@click.option("--head", "heads", multiple=True, metavar="ROLE", help="Head (kasi) of this role.")
@click.option(
    "--admin", is_flag=True, help="May enrol and remove officers. The first officer is one by itself."
)
@click.option(
    "--cohort",
    "cohort_name",
    default="",
    metavar="NAME",
    help="The angkatan, for a role that is of one only.",
)
@click.option(
    "--list",
    "listed",
    type=click.File("rb"),
    metavar="FILE",
    help="Several at once: JSON, a list of {name, roles, heads, admin, cohort}; prints names, codes and links as JSON.",
)
@click.option(
    "--replace", "replaced", default="", metavar="NAME", help="A new phone for this officer (name or id)."
)
def invite_command(
    roles: tuple[str, ...],
    name: str,
    heads: tuple[str, ...],
    admin: bool,
    cohort_name: str,
    listed: BinaryIO | None,
    replaced: str,
) -> None:
    """Make an invitation. Prints the link, a QR code, and the bare code as its last line."""
    with institution(must_exist=False) as opened:  # the first officer may be invited before the first start
        wanted = [Wanted(name, roles, heads, admin, cohort_name)] if listed is None else _read_list(listed)
        with opened.store.transaction() as s:
            officer = find_officer(s, "--replace", replaced) if replaced.strip() else None
            made = [_invite(s, opened, one, officer) for one in wanted]
        # After the commit: nobody waits for Telegram while the database is held.
        bot_name = ask_bot_name(read_settings())
        with opened.store.transaction() as s:
            if bot_name is not None:
                remember_bot_name(s, bot_name, opened.now)
            shown_name = bot_name or find_bot_name(s)
    if listed is not None:
        print_json(
            [{"name": one.grant.name, "code": one.code, "link": _link(shown_name, one)} for one in made]
        )
        return
    _print(made[0], officer, shown_name, opened.house, reached=bot_name is not None)


def _read_list(file: BinaryIO) -> list[Wanted]:
    try:
        return TypeAdapter(list[Wanted]).validate_json(file.read())
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = " ".join(map(str, first["loc"]))
        refuse(f"--list: {place}: {first['msg']}".replace(": :", ":"))


def _link(bot_name: str | None, invited: Invited) -> str | None:
    return None if bot_name is None else f"https://t.me/{bot_name}?start={invited.code}"


def _invite(s: Session, opened: Opened, wanted: Wanted, officer: Officer | None) -> Invited:
    house = opened.house
    grant = Grant(
        name=wanted.name.strip() or (officer.name if officer is not None else ""),
        roles=_split(wanted.roles),
        heads=_split(wanted.heads),
        admin=wanted.admin,
        cohort_id=_cohort_id(s, wanted.cohort),
    )
    try:
        with working(s, house, opened.now) as work:
            return invite(work, grant, replaces=officer)
    except UnknownRoleError as error:
        refuse(f"there is no role {error.role!r}; roles: {', '.join(error.known)}")
    except NameOddError:
        refuse("--name is needed: the officer's name, such as 'Ibu Sari'")
    except NeedsRoleError:
        refuse(f"--role is needed; roles: {', '.join(house.pack.unit.roles)}")
    except NeedsCohortError as error:
        if error.roles:
            known = ", ".join(repr(one.name) for one in cohorts.list_open(s)) or "none is open yet"
            refuse(f"--cohort is needed for {', '.join(error.roles)}: the name of the angkatan ({known})")
        of_one = ", ".join(house.pack.unit.roles_that["of_one_cohort"]) or "no role"
        refuse(f"--cohort is for {of_one} only; other roles serve every angkatan")


def _cohort_id(s: Session, name: str) -> int | None:
    if not name.strip():
        return None
    found = cohorts.find_named(s, name)
    if found is None or found.closed_at is not None:
        known = ", ".join(repr(one.name) for one in cohorts.list_open(s)) or "none is open yet"
        refuse(f"--cohort: there is no angkatan {name!r} ({known})")
    return found.id


def _split(given: tuple[str, ...]) -> tuple[str, ...]:
    """Roles as given, also "peksos,bimbingan"; case does not matter."""
    return tuple(dict.fromkeys(part for one in given for part in one.lower().replace(",", " ").split()))


def _print(
    invited: Invited, officer: Officer | None, bot_name: str | None, house: Institution, *, reached: bool
) -> None:
    what = ", ".join(invited.grant.all_roles) + (" + admin" if invited.grant.admin else "")
    until = invited.expires_at.astimezone(house.zone).strftime("%Y-%m-%d %H:%M")
    if officer is None:
        click.echo(f"Invitation for {invited.grant.name} ({what.removeprefix(' + ')}), good until {until}.")
    else:
        click.echo(
            f"New phone for {officer.name} (id {officer.id}), good until {until}; the old one works until then."
        )
    if not reached and not bot_name:
        click.echo("No link: Telegram could not be asked for the bot's name (token, network).", err=True)
    if (link := _link(bot_name, invited)) is not None:
        import segno  # only when there is a link to draw

        click.echo(link)
        # Half as high with letters that are blocks; a console that has none is painted by colours.
        segno.make(link, micro=False).terminal(out=sys.stdout, compact=_has_blocks(sys.stdout.encoding))
    else:
        click.echo(f"Send this to the bot: /start {invited.code}")
    click.echo(invited.code)


def _has_blocks(encoding: str) -> bool:
    try:
        "█▀▄".encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
