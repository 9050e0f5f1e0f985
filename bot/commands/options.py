"""What commands share: the institution or a pack, days, JSON and files as output, a refusal in one line."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import click
from sqlmodel import Session

from bot.clock import Clock
from bot.institution import Opened, open_institution
from bot.settings import read_pack_settings, read_settings
from sop_flows.actions.people.invitations import AmbiguousNameError, UnknownNameError, find_named
from sop_flows.calendar.dates import OfficeHours
from sop_flows.declarations.calendar_changes import CALENDAR_FILE, load_calendar_changes
from sop_flows.declarations.loader import Pack, load_pack
from sop_flows.packs import find_pack
from storage.tables import Officer

JSON_INDENT = 1

Command = Callable[..., None]


@contextmanager
def institution(*, must_exist: bool = True) -> Iterator[Opened]:
    """The institution of the settings, open for the length of a command. Raises what `open_institution` raises."""
    settings = read_settings()
    now = Clock(settings.data_dir, settings.honours_test_clock).now()
    opened = open_institution(settings, now, must_exist=must_exist)
    try:
        yield opened
    finally:
        opened.store.close()


def refuse(line: str, status: int = 2) -> NoReturn:
    """One line with the name of the command, and the exit status: 2 for an option that makes no sense."""
    click.echo(f"{_name_of_command()}: {line}", err=True)
    raise SystemExit(status)


def _name_of_command() -> str:
    path = click.get_current_context().command_path.split()
    return " ".join(["pandu", *path[1:]])


def find_officer(s: Session, option: str, name: str) -> Officer:
    """The officer of that name or id that an option names; refuses who is nobody, or several."""
    try:
        return find_named(s, name)
    except UnknownNameError as error:
        near = f"; similar: {', '.join(error.similar)}" if error.similar else ""
        refuse(f"{option}: no officer is called {name!r}{near}")
    except AmbiguousNameError as error:
        ids = ", ".join(map(str, error.ids))
        refuse(f"{option}: several officers are called {name!r}; give the id: {ids}")


def read_day(option: str, text: str | None) -> date | None:
    """The day that an option names, None when it was left out; refuses what is no date."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        refuse(f"{option}: {text!r} is no date; write it like 2026-12-01")


def with_pack(command: Command) -> Command:
    """`--pack`: PANDU_PACK, else ours."""
    return click.option("--pack", default="", help="A folder, or the name of a built-in pack.")(command)


def with_json(command: Command) -> Command:
    """`--json`: for programs."""
    return click.option("--json", "as_json", is_flag=True, help="For programs.")(command)


def read_pack(name_or_folder: str) -> Pack:
    """The pack, PANDU_PACK when none is named. Raises PackErrors, SettingsError."""
    return load_pack(pack_folder(name_or_folder))


def pack_folder(name_or_folder: str) -> Path:
    """The folder of the pack. Raises SettingsError."""
    return find_pack(name_or_folder or read_pack_settings().pack)


def read_office(pack: Pack) -> OfficeHours:
    """The pack's calendar with the local changes of the data folder. Raises PackErrors, SettingsError."""
    changes = load_calendar_changes(read_pack_settings().data_dir / CALENDAR_FILE)
    return OfficeHours.of(pack.unit, changes.add, changes.remove)


def print_json(said: Any) -> None:
    """Indented, letters as they are."""
    click.echo(json.dumps(said, ensure_ascii=False, indent=JSON_INDENT))


def write_file(path: Path, content: bytes) -> None:
    """Write the file; a folder that is not there is one line and status 1."""
    try:
        path.write_bytes(content)
    except OSError as error:
        refuse(f"{path}: {error.strerror}", 1)
