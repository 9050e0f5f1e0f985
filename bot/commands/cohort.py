"""`pandu cohort open`: an angkatan from the command line, with its roster. `cohort_move`: its dates."""

from dataclasses import replace
from datetime import date

import click

from bot.commands.cohort_move import move_command, refuse_stay
from bot.commands.options import institution, read_day, refuse
from sop_flows.actions.cohorts.before_pandu import tell_openers
from sop_flows.actions.cohorts.cohorts import (
    NAME_MAX_CHARACTERS,
    CohortNameOddError,
    CohortNameTakenError,
    StayOddError,
    check_arrival,
    check_name,
    check_stay,
    clean_schools,
    open_cohort,
    propose_departure,
)
from sop_flows.actions.cohorts.roster import Roster, read_file, turned
from sop_flows.actions.cohorts.roster_sheets import MAX_FILE_BYTES, RosterError
from sop_flows.notifications.planning import working


@click.group("cohort")
def cohort_group() -> None:
    """Angkatan: the children who arrive and leave together."""


cohort_group.add_command(move_command)


@cohort_group.command("open")
@click.option("--name", default="", help="Such as 'Angkatan III'.")
@click.option("--arrival", metavar="YYYY-MM-DD", help="Day 0; may lie in the past.")
@click.option("--departure", metavar="YYYY-MM-DD", help="The last day; arrival + 30 days when left out.")
@click.option(
    "--roster",
    "roster_file",
    default="",
    metavar="FILE",
    help="The children, .xlsx or .csv; - reads it from stdin.",
)
@click.option(
    "--school", default="", help="Where the children come from, when the roster has no column for it."
)
@click.option(
    "--birth-dates",
    type=click.Choice(["as-they-stand", "turned"]),
    help="When day and month may have changed places in the roster: how they are meant.",
)
def open_command(
    name: str,
    arrival: str | None,
    departure: str | None,
    roster_file: str,
    school: str,
    birth_dates: str | None,
) -> None:
    """Open an angkatan and start its SOPs.

    Columns of the roster: nama, jenis kelamin, sekolah (required); tanggal lahir, nama orang tua, telepon, alamat.
    A bad row is reported with its number and reason; nothing is half imported (exit status 1).
    """
    arrival_on = read_day("--arrival", arrival)
    if arrival_on is None:
        refuse("--arrival: is needed; write it like 2026-12-01")
    departure_on = read_day("--departure", departure)
    content = _content(roster_file)
    try:
        with institution(must_exist=False) as opened:
            house, now = opened.house, opened.now
            departure_on = departure_on or propose_departure(house, arrival_on)
            with opened.store.reading() as s:
                check_name(s, name)
            check_arrival(arrival_on, house.today(now))
            check_stay(arrival_on, departure_on)
            roster = (
                Roster(()) if content is None else _roster(content, house.today(now), school, birth_dates)
            )
            with opened.store.transaction() as s, working(s, house, now) as work:
                done = open_cohort(work, name, arrival_on, departure_on, rows=roster.rows)
                if done.before:
                    tell_openers(work, done.cohort, len(done.before))
    except CohortNameOddError:
        refuse(f"--name is needed: at most {NAME_MAX_CHARACTERS} characters, such as 'Angkatan III'")
    except CohortNameTakenError as error:
        refuse(f"--name: there is an angkatan {error.name!r} already")
    except StayOddError as error:
        refuse_stay(error)
    _print_questions(roster)
    click.echo(
        f"{done.cohort.name} is open (id {done.cohort.id}): {arrival_on} to {departure_on},"
        f" children: {done.children}, schools: {len(roster.schools)}."
    )
    if done.before:
        click.echo(
            f"{len(done.before)} steps should have been done before Pandu was used:"
            " confirm them in the chat, /angkatan."
        )


def _roster(content: bytes, today: date, school: str, birth_dates: str | None) -> Roster:
    from handlers.cohorts.roster_words import bad_words, file_words, row_words, turned_words

    try:
        roster = read_file(content, today)
    except RosterError as error:
        refuse(f"--roster: {file_words(error)}", 1)
    if roster.bad:
        click.echo(f"pandu cohort open: --roster: {bad_words(roster)}", err=True)
        for bad in roster.bad:
            click.echo(row_words(bad), err=True)
        raise SystemExit(1)
    rows = roster.rows
    if roster.asks_school and not clean_schools(school, "\n;"):
        refuse("--school: is needed; the roster does not say from which school the children come", 1)
    if roster.turnable and birth_dates is None:
        click.echo(turned_words(roster.turnable), err=True)
        refuse(
            "--birth-dates: is needed; write as-they-stand for the first of two dates, turned for the other",
            1,
        )
    if birth_dates == "turned":
        rows = turned(rows)
    if roster.asks_school:
        rows = tuple(
            row if row.school else replace(row, school=clean_schools(school, "\n;")[0]) for row in rows
        )
    return replace(roster, rows=rows)


def _print_questions(roster: Roster) -> None:
    from handlers.cohorts.roster_words import passed_words, twin_words

    for line in (*twin_words(roster.twins), *passed_words(roster)):
        click.echo(line, err=True)


def _content(roster_file: str) -> bytes | None:
    if not roster_file:
        return None
    try:
        with click.open_file(roster_file, "rb") as file:
            return bytes(file.read(MAX_FILE_BYTES + 1))
    except OSError as error:
        refuse(f"--roster: {roster_file}: {error.strerror}")
