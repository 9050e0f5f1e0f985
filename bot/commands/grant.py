"""`pandu grant`: cases on a phone, agreed on the machine when no head who knows them can agree in chat."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from bot.commands.options import find_officer, institution, print_json, refuse, with_json
from sop_flows.actions.people.case_phones import AnotherHeadError, allow_by_operator, reset_by_operator
from sop_flows.core.work import Work
from sop_flows.errors import NotFoundError
from sop_flows.notifications.planning import working
from sop_flows.staffing.case_access import names, phones_waiting, pins_shut, who_may_say_yes
from sop_flows.staffing.roster import officer_of


@click.command("grant")
@click.option("--confirm", metavar="NAME", help="Open cases on the new phone of this officer (name or id).")
@click.option("--reset-pin", metavar="NAME", help="Let this officer make a new PIN for cases.")
@with_json
def grant_command(confirm: str | None, reset_pin: str | None, as_json: bool) -> None:
    """Without an option: on whose phones cases wait, and who can agree in chat.

    A head who knows cases agrees in chat. Where there is none, the machine does: every phone of the officer, the heads
    and the admins hear it at once, and it counts 24 hours later.
    """
    if confirm is not None and reset_pin is not None:
        refuse("give --confirm or --reset-pin")
    with (
        institution() as opened,
        opened.store.transaction() as s,
        working(s, opened.house, opened.now) as work,
    ):
        name = confirm if confirm is not None else reset_pin
        if name is None:
            _list([*_waiting(work)], opened.house.zone, as_json)
            return
        option, rule, nothing = (
            ("--confirm", allow_by_operator, "cases wait for nothing on the phone of")
            if confirm is not None
            else ("--reset-pin", reset_by_operator, "no PIN is shut of")
        )
        officer = find_officer(s, option, name)
        try:
            at = rule(work, officer)
        except NotFoundError:
            refuse(f"{option}: {nothing} {officer.name}")
        except AnotherHeadError as error:
            refuse(
                f"{option}: {' or '.join(error.heads)} can do that in chat (/kasus); the machine is for when nobody can"
            )
        said = f"{officer.name}: from {_clock(at, opened.house.zone)} on. Everybody concerned is told now."
    click.echo(said)


def _waiting(work: Work) -> Iterator[dict[str, Any]]:
    found = [("phone", one.officer_id, one.cases_wait_since, one.cases_from) for one in phones_waiting(work)]
    found += [("pin", one.officer_id, one.shut_at, one.reset_from) for one in pins_shut(work)]
    for what, officer_id, since, at in found:
        officer = officer_of(work, officer_id)
        if officer is not None:
            can = names(who_may_say_yes(work, officer_id))
            yield {
                "waits": what,
                "officer": officer_id,
                "name": officer.name,
                "since": since,
                "from": at,
                "can": can,
            }


def _list(found: list[dict[str, Any]], zone: ZoneInfo, as_json: bool) -> None:
    if as_json:
        print_json(
            [
                one | {key: None if one[key] is None else one[key].isoformat() for key in ("since", "from")}
                for one in found
            ]
        )
        return
    for one in found:
        what = "a new phone" if one["waits"] == "phone" else "a PIN that is shut"
        who = " or ".join(one["can"]) or "nobody but the operator"
        at = "" if one["from"] is None else f"; agreed from {_clock(one['from'], zone)} on"
        click.echo(
            f"{one['name']} (id {one['officer']}): {what} since {_clock(one['since'], zone)}; can agree: {who}{at}"
        )
    if not found:
        click.echo("Nobody waits.")


def _clock(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
