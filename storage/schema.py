"""Brings the schema up to date: under a lock, one transaction a migration, on SQLite with a copy of the file first."""

import fcntl
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, text

from storage.engine import reads_unbound
from storage.types import keyring_of

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 0x70616E6475  # "pandu": the advisory lock two starting processes meet at


class SchemaError(Exception):
    """The database cannot be brought to this version; the sentence says why."""


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Migrate to `revision`. Does nothing, quickly, when the database is there already.

    Raises:
        SchemaError: rows would point nowhere, or the database is newer than this program.
    """
    with _locked(engine):
        if revision != "head" or current_revision(engine) != _newest():
            _run(engine, "upgrade", revision)
    with engine.connect() as connection:
        ring = keyring_of(engine.dialect)
        ring.reads_unbound = revision != "head" or reads_unbound(connection, ring)


def downgrade(engine: Engine, revision: str) -> None:
    """Migrate back to `revision` ("base" for an empty database)."""
    with _locked(engine):
        _run(engine, "downgrade", revision)


def alembic_config(connection: Connection | None = None) -> "Config":
    """Alembic's configuration, without an ini file; env.py takes the connection from its attributes."""
    from alembic.config import Config  # 0.25 s to import: only when there is something to migrate

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def _newest() -> str:
    """The newest migration by file name: cheap, so that an ordinary start need not import Alembic."""
    return max(path.stem for path in (MIGRATIONS / "versions").glob("[0-9]*.py")).split("_")[0]


def current_revision(engine: Engine) -> str | None:
    """The migration that the database is at; None when it has none of our tables."""
    with engine.connect() as connection:
        if not engine.dialect.has_table(connection, "alembic_version"):
            return None
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return None if found is None else str(found)


@contextmanager
def _locked(engine: Engine) -> Iterator[None]:
    """One process migrates at a time: a file lock beside SQLite, an advisory lock on PostgreSQL."""
    if engine.dialect.name == "sqlite":
        name = engine.url.database
        if name in (None, "", ":memory:"):
            yield
            return
        path = Path(str(name))
        with path.with_name(path.name + ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    else:
        with engine.connect() as holder:
            holder.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            yield
            holder.rollback()


def _run(engine: Engine, direction: str, revision: str) -> None:
    from alembic import command
    from alembic.util.exc import CommandError

    if engine.dialect.name == "sqlite":
        _copy_first(engine)
    with engine.connect().execution_options(pandu_begin="IMMEDIATE") as connection:
        try:
            getattr(command, direction)(alembic_config(connection), revision)
        except CommandError as error:
            raise SchemaError(f"the database is not one this version of Pandu knows: {error}") from error


def _copy_first(engine: Engine) -> None:
    """Keep the file as it was, beside it, before anything is changed.

    By SQLite: a process that opens the file itself gives up all its locks on it when it closes it, and the next command
    that ends would take the log of a bot that writes on for its own to clear away.
    """
    name = engine.url.database
    if name in (None, "", ":memory:") or not Path(str(name)).exists() or current_revision(engine) is None:
        return
    path = Path(str(name))
    copy = path.with_name(f"{path.name}.before-{_newest()}")
    copy.unlink(missing_ok=True)
    copy.touch(0o600)
    shutil.copymode(path, copy)
    with engine.connect() as connection, closing(sqlite3.connect(copy)) as target:
        driver: Any = connection.connection.driver_connection
        driver.backup(target)


@contextmanager
def without_foreign_keys(connection: Connection) -> Iterator[None]:
    """Foreign keys of a SQLite connection off, until the end of the block. No transaction may be open: then the
    PRAGMA would do nothing, silently."""
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        connection.rollback()
        driver.execute("PRAGMA foreign_keys = ON")


def check_foreign_keys(connection: Any) -> None:
    """Raise SchemaError when a SQLite row points nowhere. Called before a migration commits."""
    rows = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if rows:
        tables = ", ".join(sorted({f"{row[0]} -> {row[2]}" for row in rows}))
        raise SchemaError(f"rows would point nowhere: {tables}; nothing was changed")
