"""`pandu sop plan`: the calendar that an angkatan or a case would get, as table, JSON and picture."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from bot.commands.options import (
    print_json,
    read_office,
    read_pack,
    with_json,
    with_pack,
    write_file,
)
from bot.typesetting import Kind
from handlers.ui.words import brief_day_words, short_date_words
from sop_flows.actions.cohorts.cohorts import STAY_MAX_DAYS
from sop_flows.calendar.dates import Anchors, OfficeHours
from sop_flows.calendar.plan import Planned, PlannedStep, first_day, planned
from sop_flows.declarations.loader import Pack
from sop_flows.declarations.sop import Sop
from sop_flows.staffing.responsibility import backup_roles

_DAY = click.DateTime(formats=["%Y-%m-%d"])
SHORT_WIDTH = 46
KINDS: dict[str, Kind] = {".png": "png", ".pdf": "pdf", ".svg": "svg"}


@click.command("plan")
@with_pack
@click.option("--arrival", type=_DAY, metavar="YYYY-MM-DD", help="Day 0 of an angkatan.")
@click.option("--departure", type=_DAY, metavar="YYYY-MM-DD", help="Its last day; by the pack when left out.")
@click.option("--opened", type=_DAY, metavar="YYYY-MM-DD", help="When it is opened; in time when left out.")
@click.option("--case-opened", type=_DAY, metavar="YYYY-MM-DD", help="A case instead of an angkatan.")
@click.option(
    "--picture",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Also a picture: .png, .pdf or .svg.",
)
@with_json
def plan_command(
    pack: str,
    arrival: datetime | None,
    departure: datetime | None,
    opened: datetime | None,
    case_opened: datetime | None,
    picture: Path | None,
    as_json: bool,
) -> None:
    """Which role gets which step on which day, when everything is done on time.

    What starts by hand (/mulai) has no day and is named at the end. After a decision every outcome is shown.
    """
    found = read_pack(pack)
    office = read_office(found)
    anchors = _anchors(found, office, arrival, departure, opened, case_opened)
    made = planned(found.sops, anchors, office)
    plan = made.steps
    if picture is not None:
        from bot.commands.plan_picture import draw_plan

        if (kind := KINDS.get(picture.suffix.lower())) is None:
            raise click.UsageError(f"{picture.name}: a picture ends in {', '.join(KINDS)}")
        write_file(picture, draw_plan(found, anchors, plan, office, kind))
    if as_json:
        print_json([_row(found, one, office) for one in plan])
    else:
        _print_table(found, anchors, made, office)


def _anchors(
    pack: Pack,
    office: OfficeHours,
    arrival: datetime | None,
    departure: datetime | None,
    opened: datetime | None,
    case_opened: datetime | None,
) -> Anchors:
    if (arrival is None) == (case_opened is None):
        raise click.UsageError("give --arrival for an angkatan, or --case-opened for a case")
    if case_opened is not None:
        if departure is not None or opened is not None:
            raise click.UsageError("--departure and --opened belong to --arrival")
        return Anchors(opening=case_opened.date())
    assert arrival is not None
    arrival_on = arrival.date()
    departure_on = departure.date() if departure else arrival_on + timedelta(days=pack.unit.stay_days)
    if not 0 < (departure_on - arrival_on).days <= STAY_MAX_DAYS:
        raise click.UsageError(f"the departure comes after the arrival, within {STAY_MAX_DAYS} days")
    known = Anchors(None, arrival_on, departure_on)
    return Anchors(opened.date() if opened else first_day(pack.sops, known, office), arrival_on, departure_on)


def _row(pack: Pack, one: PlannedStep, office: OfficeHours) -> dict[str, Any]:
    sop = pack.sops[one.sop]
    step = sop.step(one.step)
    return {
        "sop": one.sop,
        "step": one.step,
        "occurrence": one.occurrence,
        "nth": one.nth,
        "title": sop.title,
        "short": step.short,
        "executors": list(step.executors),
        "stand_ins": _stand_ins(pack, sop, one.step),
        "opens_on": office.local_date(one.opens_at).isoformat(),
        "due_on": office.local_date(one.due_at).isoformat(),
        "opens_at": one.opens_at.astimezone(office.zone).isoformat(),
        "due_at": one.due_at.astimezone(office.zone).isoformat(),
        "due_kind": one.kind,
        "asked_on": None if one.asked_at is None else office.local_date(one.asked_at).isoformat(),
        "when": list(one.when),
        "flagged": one.flagged,
    }


def _stand_ins(pack: Pack, sop: Sop, step: int) -> list[str]:
    return list(backup_roles(pack.unit, sop.step(step).executors, sop.number, step))


def _print_table(pack: Pack, anchors: Anchors, made: Planned, office: OfficeHours) -> None:
    plan = made.steps
    click.echo(f"{pack.unit.name}: {_subject(anchors)}")
    once = sorted(
        _without_daily(pack, plan), key=lambda one: (office.local_date(one.opens_at), one.sop, one.step)
    )
    for day, lines in groupby(once, key=lambda one: office.local_date(one.opens_at)):
        click.echo(f"\n{short_date_words(day, None)}{_day_of(day, anchors)}")
        for one in lines:
            click.echo(_line(pack, one, office))
    if made.left_out:
        click.echo("\nLeft out, for the stay has no day for them:")
        for number in made.left_out:
            click.echo(f"  {number:<8}{pack.sops[number].title}")
    planned_sops = {*made.left_out, *(one.sop for one in plan)}
    hand = [sop for sop in _of_subject(pack, anchors) if sop.number not in planned_sops]
    if hand:
        click.echo("\nStarted by hand (/mulai):")
        for sop in hand:
            click.echo(f"  {sop.number:<8}{sop.title}")


def _subject(anchors: Anchors) -> str:
    if anchors.arrival is None or anchors.departure is None:
        return f"a case opened on {anchors.day('opening')}"
    return f"an angkatan that arrives on {anchors.arrival} and departs on {anchors.departure}"


def _day_of(day: date, anchors: Anchors) -> str:
    """ "(arrival)", "(day 12)"."""
    if anchors.arrival is None or anchors.departure is None:
        return f"  (day {(day - anchors.day('opening')).days})"
    named = {anchors.arrival: "  (arrival)", anchors.departure: "  (departure)"}
    after = (day - anchors.arrival).days
    return named.get(day) or (
        f"  (day {after})" if 0 < after <= (anchors.departure - anchors.arrival).days else ""
    )


def _line(pack: Pack, one: PlannedStep, office: OfficeHours) -> str:
    sop = pack.sops[one.sop]
    step = sop.step(one.step)
    roles = ", ".join(step.executors)
    standing = _stand_ins(pack, sop, one.step)
    who = roles + (f" ({', '.join(standing)})" if standing else "")
    place = f"{one.sop}/{one.step}"
    return f"  {place:<10}{step.short[:SHORT_WIDTH]:<{SHORT_WIDTH + 2}}{_until(pack, one, office):<40}{who}"


def _until(pack: Pack, one: PlannedStep, office: OfficeHours) -> str:
    step = pack.sops[one.sop].step(one.step)
    said = f"due {brief_day_words(office.local_date(one.due_at))}"
    if one.asked_at is not None:
        said = f"runs; asked from {brief_day_words(office.local_date(one.asked_at))}"
    elif step.every is not None and step.every.days == 1:
        said = f"every day until {step.every.until}"
    elif one.occurrence and step.first_due is not None:
        which = "first note" if one.occurrence == 1 else f"note of month {one.occurrence - 1}"
        said = f"{which}, {said}"
    elif one.occurrence:
        said = f"no. {one.occurrence}, {said}"
    elif one.kind == "target":
        said += " (target)"
    if one.when:
        said += f", if {'/'.join(one.when)}"
    if one.flagged:
        said += ", flagged children"
    return said


def _without_daily(pack: Pack, plan: Iterable[PlannedStep]) -> list[PlannedStep]:
    """What is done every day stands once, on its first day."""

    def is_daily(one: PlannedStep) -> bool:
        every = pack.sops[one.sop].step(one.step).every
        return every is not None and every.days == 1

    return [one for one in plan if one.occurrence <= 1 or not is_daily(one)]


def _of_subject(pack: Pack, anchors: Anchors) -> list[Sop]:
    in_case = anchors.arrival is None
    return [sop for sop in pack.sops.values() if (sop.subject == "case") is in_case]
