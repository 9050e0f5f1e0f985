"""`pandu cohort move`: the dates of an angkatan from the command line."""

from typing import NoReturn

import click

from bot.commands.options import institution, read_day, refuse
from sop_flows.actions.cohorts.cohorts import ARRIVAL_WITHIN_DAYS, STAY_MAX_DAYS, StayOddError
from sop_flows.actions.cohorts.date_changes import Changes
from sop_flows.actions.cohorts.moving_dates import (
    DepartureOverError,
    HasHappenedError,
    NothingMovedError,
    move_cohort,
)
from sop_flows.errors import NeedsReasonError, NotFoundError
from sop_flows.notifications.planning import working
from storage.queries import cohorts


@click.command("move")
@click.option("--name", default="", help="Such as 'Angkatan III'.")
@click.option("--arrival", metavar="YYYY-MM-DD", help="The new day 0.")
@click.option("--departure", metavar="YYYY-MM-DD", help="The new last day.")
@click.option("--reason", default="", help="Why, in words; it stands on the page of the angkatan.")
def move_command(name: str, arrival: str | None, departure: str | None, reason: str) -> None:
    """Move the arrival or the departure of an angkatan.

    What is not done is planned anew, what is done stays, and those concerned are told once. With --arrival alone
    the stay keeps its length.
    """
    given_arrival, given_departure = read_day("--arrival", arrival), read_day("--departure", departure)
    try:
        with institution() as opened, opened.store.transaction() as s:
            cohort = cohorts.find_named(s, name)
            if cohort is None:
                refuse(f"--name: there is no angkatan {name!r}")
            arrival_on = given_arrival or cohort.arrival_on
            departure_on = given_departure or cohort.departure_on + (arrival_on - cohort.arrival_on)
            cohort_name = cohort.name
            with working(s, opened.house, opened.now) as work:
                changes = move_cohort(work, cohort.id or 0, arrival_on, departure_on, reason)
    except NothingMovedError:
        refuse("give another --arrival or --departure: these are the dates it has")
    except NeedsReasonError:
        refuse("--reason is needed: why the dates move")
    except NotFoundError:
        refuse(f"--name: {name!r} is closed")
    except HasHappenedError as error:
        refuse(f"--{error.anchor}: it has happened: SOP {error.sop} step {error.step} is done")
    except DepartureOverError as error:
        refuse(f"--departure: {error.departure_on} lies before today, {error.today}")
    except StayOddError as error:
        refuse_stay(error)
    click.echo(f"{cohort_name}: {arrival_on} to {departure_on}. {_said(changes)}")


def refuse_stay(error: StayOddError) -> NoReturn:
    """Say which of the two dates is not possible, and leave."""
    if error.departure_on is None:
        refuse(f"--arrival: {error.arrival_on} is more than {ARRIVAL_WITHIN_DAYS} days from today")
    refuse(f"--departure: {error.departure_on} must follow the arrival within {STAY_MAX_DAYS} days")


def _said(changes: Changes) -> str:
    said = [f"Steps done: {changes.done}, moved: {len(changes.moved)}."]
    said += [f"{one.step.short} {number}: no longer." for one, number in changes.gone]
    said += [f"{one.step.short} {number}: added." for one, number in changes.added]
    return " ".join(said)
