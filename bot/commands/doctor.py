"""`pandu doctor`: what was set aside, refused or blocked; the key, the schema, next year's holidays."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import click
from sqlmodel import Session

from bot.agenda_watch import find_agenda_trouble
from bot.commands.options import institution
from bot.institution import Opened
from bot.outbox import code_of
from sop_flows.calendar.public_holidays import has_joint_leave
from storage.queries import accounts, dispatch, heartbeat, inbox


@click.command("doctor")
def doctor_command() -> None:
    """Print what needs a look, one line each."""
    with institution() as opened, opened.store.reading() as s:
        lines = list(_facts(opened, s))
        troubles = list(_troubles(opened, s))
    for line in lines:
        click.echo(line)
    for line in troubles:
        click.echo(f"! {line}")
    if not troubles:
        click.echo("Nothing needs a look.")


def _facts(opened: Opened, s: Session) -> Iterator[str]:
    engine = opened.store.engine
    now, zone = opened.now, opened.house.zone
    yield f"Institution: {opened.house.pack.unit.name}, {len(opened.house.pack.sops)} SOPs"
    yield f"Database: {engine.dialect.name}, schema up to date"
    yield f"Key: {opened.store.keyring.key_id}"
    yield f"Updates waiting: {inbox.count_unhandled(s)}"
    beat = heartbeat.last_beat(s)
    waiting, overdue, oldest = dispatch.count_pending(s, now)
    since = "none" if oldest is None else _clock(oldest, zone)
    wake = "never yet" if beat is None else f"{max(0, round((now - beat).total_seconds()))} s ago"
    yield f"Reminders: waiting={waiting} overdue={overdue} oldest={since} last_wake={wake}"
    yield f"Bot last alive: {_clock(beat, zone) if beat is not None else 'never yet'}"


def _troubles(opened: Opened, s: Session) -> Iterator[str]:
    zone = opened.house.zone
    for row in inbox.list_troubled(s):
        if row.set_aside_at is not None:
            what = f"set aside after {row.attempts} tries" if row.attempts else "set aside, malformed"
        elif row.handled_at is not None:
            what = "handled, but the answer was refused"
        else:
            what = "being tried"
        yield f"update {row.update_id} ({code_of(row.id or 0)}), {_clock(row.received_at, zone)}: {what}: {row.error}"
    for reminder in dispatch.list_failed(s):
        yield (
            f"reminder {reminder.id} to officer {reminder.officer_id}, due {_clock(reminder.due_at, zone)}:"
            f" not sent: {reminder.error}"
        )
    for account in accounts.list_blocked(s):
        assert account.blocked_at is not None
        yield f"officer {account.officer_id} has blocked the bot since {_clock(account.blocked_at, zone)}"
    stuck = find_agenda_trouble(s)
    if stuck is not None:
        yield f"steps do not open by themselves since {_clock(stuck.at, zone)}: {stuck.value}"
    this_year = opened.house.today(opened.now).year
    for year in (this_year, this_year + 1):
        if not has_joint_leave(year):
            yield (
                f"no cuti bersama of {year} is known: update the package `holidays`,"
                " or put the days into calendar.yaml in the data folder"
            )


def _clock(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
