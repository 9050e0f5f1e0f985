"""Opens the institution: database brought up to date, keys checked, pack read, hours built."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.settings import Settings, SettingsError
from sop_flows.calendar.dates import OfficeHours
from sop_flows.core.work import Institution
from sop_flows.declarations.calendar_changes import CALENDAR_FILE, load_calendar_changes
from sop_flows.declarations.loader import UNIT_FILE, load_pack
from sop_flows.packs import find_pack
from storage.cabinet import Cabinet
from storage.engine import Store, open_store, read_url
from storage.private_files import close_to_others, make_private_folder
from storage.rekey import find_missing_keys, find_newest_key
from storage.schema import current_revision, upgrade
from storage.types import Keyring


class DatabaseError(Exception):
    """The database can't be used at this moment. The message is one line."""


@dataclass(frozen=True)
class Opened:
    """The institution with its database."""

    house: Institution
    store: Store
    now: datetime  # when it was opened, officers' time


def open_institution(
    settings: Settings, now: datetime, *, is_bot: bool = False, must_exist: bool = False
) -> Opened:
    """Everything the rules need, from the settings.

    Args:
        is_bot: this process is to become the one that serves the unit: it also closes each file to others.
        must_exist: nothing is begun where there is no database yet.

    Raises:
        SettingsError: data folder, database or secret key do not fit.
        DatabaseError: the database is locked, damaged, or can't be reached.
        PackErrors: what is wrong in the pack or in calendar.yaml.
        SchemaError: the database can't be brought to this version.
    """
    store = open_database(settings, now, is_bot=is_bot, must_exist=must_exist)
    try:
        return Opened(read_institution(settings, store.keyring), store, now)
    except BaseException:
        store.close()
        raise


def read_institution(settings: Settings, keyring: Keyring) -> Institution:
    """The pack and the hours. Raises PackErrors, and SettingsError when there is no pack at all."""
    folder = find_pack(settings.pack)
    if not (folder / UNIT_FILE).is_file():
        raise SettingsError(f"PANDU_PACK: {settings.pack}: there is no pack here (no {UNIT_FILE})")
    pack = load_pack(folder)
    changes = load_calendar_changes(settings.data_dir / CALENDAR_FILE)
    office = OfficeHours.of(pack.unit, changes.add, changes.remove)
    return Institution(pack=pack, office=office, cabinet=Cabinet(settings.data_dir, keyring))


def open_database(
    settings: Settings, now: datetime, *, is_bot: bool = False, must_exist: bool = False
) -> Store:
    """The database, brought up to date, readable with the keys we have.

    Raises:
        SettingsError: a folder, file or secret is not what the settings say.
        SchemaError: the database can't be brought to this version.
        DatabaseError: it is locked, damaged, or can't be reached.
    """
    _look_for_files(settings, must_exist=must_exist)
    _close_files(settings, everything=is_bot)
    try:
        store = open_store(settings.database, Keyring(settings.secrets), bool(settings.database_lock_url))
    except ImportError:  # SQLAlchemy looks for the driver when it makes an engine
        line = "DATABASE_URL: PostgreSQL needs one package more: pip install 'psycopg[binary]'"
        raise SettingsError(line) from None
    try:
        if must_exist and current_revision(store.engine) is None:
            raise SettingsError("DATABASE_URL: nothing of Pandu is in this database; `pandu run` begins one")
        upgrade(store.engine)
        check_keys(store, now)
    except (DBAPIError, OSError) as error:
        store.close()
        raise DatabaseError(f"DATABASE_URL: can't open the database: {first_line(error)}") from None
    except BaseException:
        store.close()
        raise
    return store


def _look_for_files(settings: Settings, *, must_exist: bool) -> None:
    """Nothing is made beside a wrong path: the data folder alone, by what begins a database. Raises SettingsError."""
    if not must_exist:
        try:
            make_private_folder(settings.data_dir)
        except OSError as error:
            raise SettingsError(f"PANDU_DATA_DIR: {settings.data_dir}: {error.strerror}") from None
    url = read_url(settings.database)
    if url.get_backend_name() != "sqlite":
        return
    file = Path(str(url.database))
    name = "DATABASE_URL" if settings.database_url else "PANDU_DATA_DIR"
    if not file.parent.is_dir():
        raise SettingsError(f"{name}: there is no folder {file.parent}")
    if file.is_dir():
        raise SettingsError(f"{name}: {file} is a folder")
    if must_exist and not file.exists():
        raise SettingsError(f"{name}: there is no database {file}; `pandu run` begins one")


def _close_files(settings: Settings, *, everything: bool) -> None:
    """What an earlier version, or another umask, left open to others; `everything` also looks at each photo."""
    url = read_url(settings.database)
    if url.get_backend_name() == "sqlite":
        file = Path(str(url.database))
        for path in file.parent.glob(f"{file.name}*"):
            close_to_others(path)
    if everything:
        for path in settings.data_dir.rglob("*"):
            close_to_others(path)


def check_keys(store: Store, now: datetime) -> None:
    """Whether each secret is here that rows may be sealed with. Raises SettingsError."""
    missing = find_missing_keys(store, now)
    if not missing:
        return
    with store.reading() as s:
        newest = find_newest_key(s)
    which = ", ".join(missing)
    if newest in missing:
        line = f"PANDU_SECRET_KEY: the database was written with another key ({newest}, this one is {store.keyring.key_id})"
    else:
        line = f"PANDU_SECRET_KEY_OLD: rows still need an earlier secret (key {which}) until `pandu rekey` is through"
    raise SettingsError(line)


def first_line(error: Exception) -> str:
    """What the database says, in one line."""
    cause = error.orig if isinstance(error, SQLAlchemyError) and hasattr(error, "orig") else error
    lines = str(cause).strip().splitlines()
    return lines[0] if lines else type(error).__name__
