"""`pandu cohort move`: the dates of an angkatan from the command line."""

from datetime import date
from typing import NoReturn

import click

from bot.clock import Clock
from bot.house import open_house
from bot.settings import read_settings
from sop_flows.actions.cohorts.cohorts import ARRIVAL_WITHIN_DAYS, STAY_MAX_DAYS, StayOddError
from sop_flows.actions.cohorts.date_changes import Changes
from sop_flows.actions.cohorts.moving_dates import (
    DepartureOverError,
    HasHappenedError,
    NothingMovedError,
    move_cohort,
)
from sop_flows.errors import NeedsReasonError, NotFoundError
from sop_flows.notifications.settle import working
from storage.queries import cohorts


@click.command("move")
@click.option("--name", default="", help="Such as 'Angkatan III'.")
@click.option("--arrival", default="", metavar="YYYY-MM-DD", help="The new day 0.")
@click.option("--departure", default="", metavar="YYYY-MM-DD", help="The new last day.")
@click.option("--reason", default="", help="Why, in words; it stands on the page of the angkatan.")
def move_command(name: str, arrival: str, departure: str, reason: str) -> None:
    """Move the arrival or the departure of an angkatan.

    What is not done is planned anew, what is done stays, and those concerned are told once. With --arrival alone
    the stay keeps its length.
    """
    given_arrival, given_departure = _day("--arrival", arrival), _day("--departure", departure)
    settings = read_settings()
    now = Clock(settings.data_dir, settings.honours_test_clock).now()
    opened = open_house(settings, now)
    try:
        with opened.store.transaction() as s:
            cohort = cohorts.find_named(s, name)
            if cohort is None:
                _refuse(f"--name: there is no angkatan {name!r}")
            arrival_on = given_arrival or cohort.arrival_on
            departure_on = given_departure or cohort.departure_on + (arrival_on - cohort.arrival_on)
            cohort_name = cohort.name
            with working(s, opened.house, now) as work:
                changes = move_cohort(work, cohort.id or 0, arrival_on, departure_on, reason)
    except NothingMovedError:
        _refuse("give another --arrival or --departure: these are the dates it has")
    except NeedsReasonError:
        _refuse("--reason is needed: why the dates move")
    except NotFoundError:
        _refuse(f"--name: {name!r} is closed")
    except HasHappenedError as error:
        _refuse(f"--{error.anchor}: it has happened: SOP {error.sop} step {error.step} is done")
    except DepartureOverError as error:
        _refuse(f"--departure: {error.departure_on} lies before today, {error.today}")
    except StayOddError as error:
        if error.departure_on is None:
            _refuse(f"--arrival: {error.arrival_on} is more than {ARRIVAL_WITHIN_DAYS} days from today")
        _refuse(f"--departure: {error.departure_on} must follow the arrival within {STAY_MAX_DAYS} days")
    finally:
        opened.store.close()
    click.echo(f"{cohort_name}: {arrival_on} to {departure_on}. {_said(changes)}")


def _said(changes: Changes) -> str:
    said = [f"Steps done: {changes.done}, moved: {len(changes.moved)}."]
    said += [f"{one.step.short} {number}: no longer." for one, number in changes.gone]
    said += [f"{one.step.short} {number}: added." for one, number in changes.added]
    return " ".join(said)


def _day(option: str, text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        _refuse(f"{option}: {text!r} is no date; write it like 2026-12-01")


def _refuse(line: str) -> NoReturn:
    click.echo(f"pandu cohort move: {line}", err=True)
    raise SystemExit(2)
