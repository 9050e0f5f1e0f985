"""The engine and its transactions: SQLite by default, PostgreSQL by URL, the same code above."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import StaticPool
from sqlmodel import Session

import storage.tables
from storage.cipher import Keyring

BUSY_TIMEOUT_MS = 10_000  # SQLite: how long a writer of another process is waited for


class Store:
    """A database with its keyring. `transaction()` writes, `reading()` reads."""

    def __init__(self, engine: Engine, keyring: Keyring) -> None:
        self.engine = engine
        self.keyring = keyring
        # SQLite has one writer: queueing here is fairer than SQLite's own sleeping and trying again.
        self.has_one_writer = engine.dialect.name == "sqlite"
        self._writing: AbstractContextManager[Any] = (
            threading.Lock() if self.has_one_writer else nullcontext()
        )

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that commits at the end, or rolls back what raised. On SQLite BEGIN IMMEDIATE."""
        with self._writing, Session(self.engine, expire_on_commit=False) as session:
            if self.has_one_writer:
                session.connection(execution_options={"pandu_begin": "IMMEDIATE"})
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for reading only; nothing it does is kept. Its rows can be read after it."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session  # closed without a commit; a rollback would empty the rows it gave

    def close(self) -> None:
        """Close the connections."""
        self.engine.dispose()


def keep_rows(session: Session) -> None:
    """Let the session hold every row it reads until it ends, so that a row is read once however often it is asked for.

    By itself a session forgets what nobody else holds. For transactions that look at the same few rows from many
    sides, and that have locked what they decide by before they read it.
    """
    kept: list[object] = []
    event.listen(session, "loaded_as_persistent", lambda _session, row: kept.append(row))


def open_engine(url: str, keyring: Keyring) -> Engine:
    """An engine for `url`; `postgresql://` means psycopg 3. The keyring rides on its dialect."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        options: dict[str, Any] = {"connect_args": {"check_same_thread": False}}
        if parsed.database in (None, "", ":memory:"):
            options["poolclass"] = StaticPool
        engine = create_engine(parsed, **options)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        if parsed.drivername in ("postgresql", "postgres"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        engine = create_engine(parsed, pool_pre_ping=True, pool_size=10, max_overflow=10)
    engine.dialect.pandu_keyring = keyring  # type: ignore[attr-defined]  # read in storage.types
    return engine


def open_store(url: str, keyring: Keyring) -> Store:
    """Open the database; the schema is brought up to date by `storage.schema.upgrade`."""
    return Store(open_engine(url, keyring), keyring)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver opens no transaction of its own: `_begin_sqlite` does
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # NORMAL loses the last commits in a power cut
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    # A deferred transaction that reads and then writes fails at once with "locked": writers say so first.
    mode = connection.get_execution_options().get("pandu_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


__all__ = ["Store", "keep_rows", "open_engine", "open_store", "storage"]
