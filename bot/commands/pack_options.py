"""What the commands about packs share: which pack, its office hours, JSON and files as output."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from bot.settings import read_pack_settings
from sop_flows.calendar.office_hours import OfficeHours
from sop_flows.declarations.calendar_changes import CALENDAR_FILE, load_calendar_changes
from sop_flows.declarations.loader import Pack, load_pack
from sop_flows.packs import find_pack

JSON_INDENT = 1

Command = Callable[..., None]


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
    return OfficeHours(pack.unit.calendar, pack.unit.timezone, changes.add, changes.remove)


def print_json(said: Any) -> None:
    """Indented, letters as they are."""
    click.echo(json.dumps(said, ensure_ascii=False, indent=JSON_INDENT))


def write_file(path: Path, content: bytes) -> None:
    """Write the file; a folder that is not there is one line and status 1."""
    try:
        path.write_bytes(content)
    except OSError as error:
        click.echo(f"pandu sop: {path}: {error.strerror}", err=True)
        raise SystemExit(1) from None
