"""The engine and its transactions: SQLite by default, PostgreSQL by URL, the same code above."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import StaticPool
from sqlmodel import Session, col

import storage.tables
from storage.cipher import Keyring
from storage.tables import Ownership

BUSY_TIMEOUT_MS = 10_000  # SQLite: how long a writer of another process is waited for

# PostgreSQL: a process that stands still in the middle of a transaction must not keep the next owner waiting.
STANDS_STILL_S = 10

_EPOCH = select(col(Ownership.owner_epoch))
# The lock makes who takes the unit wait for this transaction, so nothing of it is committed after that.
_EPOCH_LOCKED = (
    select(
        col(Ownership.owner_epoch),
        func.set_config("idle_in_transaction_session_timeout", f"{STANDS_STILL_S}s", True),
    )
    .select_from(Ownership)
    .with_for_update(read=True)
)


class NotOwnerError(Exception):
    """Another process owns the unit now: this one may write nothing any more."""


class Store:
    """A database with its keyring. `transaction()` writes, `reading()` reads.

    Attributes:
        epoch: of the owner that this process is; 0 for one that owns nothing, such as a command.
        is_lost: another process has taken the unit since.
    """

    def __init__(self, engine: Engine, keyring: Keyring) -> None:
        self.engine = engine
        self.keyring = keyring
        self.epoch = 0
        self.is_lost = False
        self._is_sqlite = engine.dialect.name == "sqlite"
        # SQLite has one writer: queueing here is fairer than SQLite's own sleeping and trying again.
        self._writing: AbstractContextManager[Any] = threading.Lock() if self._is_sqlite else nullcontext()

    def take_unit(self, real_now: datetime) -> None:
        """Become the owner: whoever was it before can write nothing from now on. Hold the unit's lock first."""
        self.epoch = 0
        with self.transaction() as s:
            row = s.get_one(Ownership, 1, with_for_update=True)
            row.owner_epoch += 1
            row.taken_at = real_now
            s.add(row)
        self.epoch, self.is_lost = row.owner_epoch, False

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that commits at the end, or rolls back what raised. On SQLite BEGIN IMMEDIATE.

        Raises:
            NotOwnerError: this process was the owner and is it no longer.
        """
        with self._writing, Session(self.engine, expire_on_commit=False) as session:
            connection = session.connection(execution_options={"pandu_begin": "IMMEDIATE"})
            try:
                if self.epoch:
                    self._check_owner(connection)
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

    def _check_owner(self, connection: Connection) -> None:
        found = connection.execute(_EPOCH if self._is_sqlite else _EPOCH_LOCKED).scalar()
        if found != self.epoch:
            self.is_lost = True
            raise NotOwnerError("another process owns the unit now; this one has stopped writing")

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


def read_url(url: str) -> URL:
    """The address of a database; `postgresql://` means psycopg 3."""
    parsed = make_url(url)
    return (
        parsed.set(drivername="postgresql+psycopg")
        if parsed.drivername in ("postgresql", "postgres")
        else parsed
    )


def open_engine(url: str, keyring: Keyring, is_pooled: bool = False) -> Engine:
    """An engine for `url`. The keyring rides on its dialect.

    Args:
        is_pooled: a pooler of transactions stands before PostgreSQL; it loses statements prepared in a session.
    """
    parsed = read_url(url)
    if parsed.get_backend_name() == "sqlite":
        options: dict[str, Any] = {"connect_args": {"check_same_thread": False}}
        if parsed.database in (None, "", ":memory:"):
            options["poolclass"] = StaticPool
        engine = create_engine(parsed, **options)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        engine = create_engine(
            parsed,
            pool_pre_ping=True,
            pool_size=10,
            max_overflow=10,
            connect_args={"prepare_threshold": None} if is_pooled else {},
        )
    engine.dialect.pandu_keyring = keyring  # type: ignore[attr-defined]  # read in storage.types
    return engine


def open_store(url: str, keyring: Keyring, is_pooled: bool = False) -> Store:
    """Open the database; the schema is brought up to date by `storage.schema.upgrade`."""
    return Store(open_engine(url, keyring, is_pooled), keyring)


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


__all__ = ["NotOwnerError", "Store", "keep_rows", "open_engine", "open_store", "read_url", "storage"]
