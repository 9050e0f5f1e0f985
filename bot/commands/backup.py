"""`pandu backup` and `pandu restore`: all rows and files in one sealed file, and back into an empty place."""

from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic

import click
from sqlalchemy.exc import DBAPIError

from bot.backups import KEPT
from bot.clock import Clock
from bot.commands.options import institution, refuse
from bot.institution import Opened, first_line, open_institution
from bot.settings import Settings, read_settings
from sop_flows.core.notices import Restored
from sop_flows.notifications.planning import working
from sop_flows.staffing.roster import enrolled
from storage.backup import (
    BackupError,
    Manifest,
    back_up,
    is_empty,
    lay_down,
    note_restored,
    read_backup,
)
from storage.cabinet import Cabinet
from storage.engine import open_store
from storage.private_files import make_private_folder
from storage.types import Keyring

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("backup")
@click.option("--to", "folder", type=FOLDER, help="A folder; PANDU_BACKUP_DIR when left out.")
@click.option("--keep", default=KEPT, show_default=True, type=click.IntRange(min=1), help="So many stay.")
def backup_command(folder: Path | None, keep: int) -> None:
    """Keep all rows and files in one file, sealed with PANDU_SECRET_KEY, while the bot runs.

    It is opened again in a scratch place and compared before it counts.
    """
    into = folder or read_settings().backup_dir
    if into is None:
        refuse("say where: --to FOLDER, or PANDU_BACKUP_DIR in .env")
    began = monotonic()
    with institution() as opened:
        try:
            path, manifest = back_up(opened.store, opened.house.cabinet, into, opened.now, keep)
        except BackupError as error:
            refuse(f"the backup {error}", 1)
        except OSError as error:
            refuse(f"{into}: {error.strerror}", 1)
    seconds, size = monotonic() - began, path.stat().st_size / 1e6
    click.echo(f"{path}: {_holds(manifest)}, {size:.1f} MB, opened again and compared, {seconds:.1f} s")


@click.command("restore")
@click.argument("file", type=FILE)
def restore_command(file: Path) -> None:
    """Lay a backup down where DATABASE_URL and PANDU_DATA_DIR lead. Nothing of Pandu may be there yet.

    Each officer is asked what was done since. The bot that it was taken from must be stopped: beside it, the one that
    starts here refuses to serve.
    """
    settings = read_settings()
    began = monotonic()
    try:
        manifest = _restore(settings, file)
        opened = open_institution(settings, Clock(settings.data_dir, settings.honours_test_clock).now())
    except BackupError as error:
        refuse(f"{file}: {error}", 1)
    except OSError as error:
        refuse(f"{error.filename or file}: {error.strerror}", 1)
    except DBAPIError as error:
        refuse(f"DATABASE_URL: {first_line(error)}", 1)
    try:
        asked = _ask_officers(opened, manifest.made_at)
    finally:
        opened.store.close()
    at = manifest.made_at.astimezone(opened.house.zone)
    click.echo(f"{_holds(manifest)} are back, as of {at:%Y-%m-%d %H:%M}, {monotonic() - began:.1f} s")
    click.echo(f"What was confirmed since then is missing: {asked} officers will be asked what they did.")
    click.echo("Stop the bot that this was taken from, if it still runs. Then: pandu run")


def _restore(settings: Settings, file: Path) -> Manifest:
    keyring = Keyring(settings.secrets)
    manifest = read_backup(file, keyring)
    make_private_folder(settings.data_dir)
    store = open_store(settings.database, keyring, bool(settings.database_lock_url))
    cabinet = Cabinet(settings.data_dir, keyring)
    try:
        if not is_empty(store):
            refuse(
                "DATABASE_URL: there is a Pandu in this database; a backup is laid down in an empty one", 1
            )
        if cabinet.names():
            refuse(
                f"PANDU_DATA_DIR: there are files in {settings.data_dir / 'files'}; choose an empty folder", 1
            )
        lay_down(file, manifest, store, cabinet)
    finally:
        store.close()
    return manifest


def _ask_officers(opened: Opened, made_at: datetime) -> int:
    """Everybody who is enrolled, once. Returns how many."""
    now, at = opened.now, made_at.astimezone(opened.house.zone)
    with opened.store.transaction() as s, working(s, opened.house, now) as work:
        note_restored(s, made_at, now)
        found = enrolled(work)
        for officer in found:
            notice = Restored(on=at.date(), clock=f"{at:%H.%M}")
            work.notify(officer.id or 0, notice, ends_at=now + timedelta(days=3))
    return len(found)


def _holds(manifest: Manifest) -> str:
    return f"{manifest.rows:,} rows and {len(manifest.files):,} files"
