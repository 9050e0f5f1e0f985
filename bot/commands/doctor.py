"""`pandu doctor`: what was set aside, refused or blocked; the database, the disk, the secret, next year's holidays."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot.commands.options import institution, print_json, with_json
from bot.commands.rekey import left_line
from bot.health import clock, find_troubles
from bot.institution import Opened
from bot.settings import read_settings
from storage.backup import last_made_at
from storage.queries import dispatch, heartbeat, messages
from storage.rekey import Left, count_left


@click.command("doctor")
@with_json
def doctor_command(as_json: bool) -> None:
    """Print what needs a look, one line each; exit status 1 when something does."""
    settings = read_settings()
    with institution() as opened:
        file = opened.store.engine.url.database if opened.store.engine.dialect.name == "sqlite" else None
        troubles = find_troubles(
            opened, None if file is None else Path(file), settings.data_dir, settings.backup_dir
        )
        try:
            with opened.store.reading() as s:
                lines = list(_facts(opened, s))
                if settings.backup_dir is not None:
                    last = last_made_at(settings.backup_dir)
                    made = "none yet" if last is None else clock(last, opened.house.zone)
                    lines.append(f"Last backup: {made}")
                left = count_left(s, opened.store.keyring, opened.house.cabinet)
                lines.append(left_line(left))
        except DBAPIError:
            lines, left = [], Left()  # it stands among the troubles
    if as_json:
        print_json({"facts": lines, "rekey": asdict(left), "troubles": [asdict(one) for one in troubles]})
        raise SystemExit(1 if troubles else 0)
    for line in lines:
        click.echo(line)
    for trouble in troubles:
        click.echo(f"! {trouble.line}")
    if troubles:
        raise SystemExit(1)
    click.echo("Nothing needs a look.")


def _facts(opened: Opened, s: Session) -> Iterator[str]:
    engine = opened.store.engine
    now, zone = opened.now, opened.house.zone
    yield f"Institution: {opened.house.pack.unit.name}, {len(opened.house.pack.sops)} SOPs"
    yield f"Database: {engine.dialect.name}, schema up to date"
    yield f"Key: {opened.store.keyring.key_id}"
    yield f"Updates waiting: {messages.count_unhandled(s)}"
    beat = heartbeat.last_beat(s)
    waiting, overdue, oldest = dispatch.count_pending(s, now)
    since = "none" if oldest is None else clock(oldest, zone)
    wake = "never yet" if beat is None else f"{max(0, round((now - beat).total_seconds()))} s ago"
    yield f"Reminders: waiting={waiting} overdue={overdue} oldest={since} last_wake={wake}"
    yield f"Bot last alive: {clock(beat, zone) if beat is not None else 'never yet'}"
