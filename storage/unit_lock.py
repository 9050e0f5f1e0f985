"""The lock by which one process owns a unit: a locked file beside SQLite, an advisory lock on PostgreSQL.

The system gives it free when its holder dies or its connection is cut. A holder that only stands still keeps it: who
waits sees that nothing moves and passes it over. That is safe because the new owner raises the epoch, which each
transaction of the running bot checks (`storage.engine`).
"""

import fcntl
import os
import time
from pathlib import Path
from typing import IO, Protocol

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from storage.engine import read_url

STALE_S = 8.0  # a holder that has not moved for so long stands still
LOOKS = 5  # and not in fewer looks: the machine of the one who looks may have stood still too
CONNECT_WITHIN_S = 10
# Seconds until a silent connection counts as cut, at both of its ends: 5 + 2 * 2.
IDLE_S, INTERVAL_S, COUNT = 5, 2, 2

_UNIT = 0x70616E64  # "pand": beside it other programs may lock what they like in the same database
_TRY = text("SELECT pg_try_advisory_lock(:unit, hashtext(current_schema()))")
_PID = text("SELECT pg_backend_pid()")
_HOLDER = text(
    "SELECT a.pid, a.query_start FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
    " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 AND l.classid = :unit"
    " AND l.objid::bigint = hashtext(current_schema())::bigint & 4294967295"
    " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_KEEPALIVES = text(
    f"SELECT set_config('tcp_keepalives_idle', '{IDLE_S}', false),"
    f" set_config('tcp_keepalives_interval', '{INTERVAL_S}', false),"
    f" set_config('tcp_keepalives_count', '{COUNT}', false),"
    f" set_config('tcp_user_timeout', '{IDLE_S + INTERVAL_S * COUNT}s', false)"
)


class LockRefusedError(Exception):
    """The lock can't be held over this connection; the sentence says why."""


class UnitLock(Protocol):
    """One a process. Both methods may block for some seconds."""

    def take(self) -> bool:
        """Try once; whether this process holds it now. Raises LockRefusedError."""
        ...

    def beat(self) -> bool:
        """Show that the holder moves; False when the lock is gone."""
        ...

    def release(self) -> None:
        """Let the next one have it."""
        ...


class _Watch:
    """Whether a holder stands still: `mark` is what changes while it moves."""

    def __init__(self) -> None:
        self._mark: object = None
        self._since = 0.0
        self._looks = 0

    def stands_still(self, mark: object) -> bool:
        if mark is None or mark != self._mark:
            self._mark, self._since, self._looks = mark, time.monotonic(), 0
            return False
        self._looks += 1
        return self._looks >= LOOKS and time.monotonic() - self._since >= STALE_S


class FileLock:
    """A file that the system locks for this process; its time of change shows that the holder moves."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None
        self._watch = _Watch()

    def take(self) -> bool:
        self._file = self._path.open("a")
        if not _is_locked_by(self._file):
            mark = os.fstat(self._file.fileno()).st_mtime_ns
            self._file.close()
            if not self._watch.stands_still(mark):
                return False
            self._file = self._replace()
        return self.beat()

    def beat(self) -> bool:
        assert self._file is not None
        os.utime(self._file.fileno(), ns=(time.time_ns(), time.time_ns()))
        try:
            return os.fstat(self._file.fileno()).st_ino == self._path.stat().st_ino
        except FileNotFoundError:
            return False

    def release(self) -> None:
        if self._file is not None:
            self._file.close()

    def _replace(self) -> IO[str]:
        """A file of our own in its place: the former holder keeps a lock that means nothing any more."""
        fresh = self._path.with_suffix(f".{os.getpid()}.new")
        file = fresh.open("w")
        _is_locked_by(file)
        fresh.replace(self._path)
        return file


class AdvisoryLock:
    """A lock of one session of PostgreSQL, on a direct connection that is used for nothing else."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(
            read_url(url),
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={
                "connect_timeout": CONNECT_WITHIN_S,
                "keepalives_idle": IDLE_S,
                "keepalives_interval": INTERVAL_S,
                "keepalives_count": COUNT,
                "tcp_user_timeout": (IDLE_S + INTERVAL_S * COUNT) * 1000,
                "prepare_threshold": None,
            },
        )
        self._connection: Connection | None = None
        self._pid = 0
        self._watch = _Watch()

    def take(self) -> bool:
        try:
            if self._connection is None:
                self._connect()
            assert self._connection is not None
            if self._connection.scalar(_TRY, {"unit": _UNIT}):
                return True
            holder = self._connection.execute(_HOLDER, {"unit": _UNIT}).first()
            if holder is not None and self._watch.stands_still(holder.query_start):
                self._connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": holder.pid})
        except DBAPIError:
            self.release()
            raise
        return False

    def beat(self) -> bool:
        assert self._connection is not None
        try:
            return bool(self._connection.scalar(_PID) == self._pid)
        except DBAPIError:
            return False

    def release(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None

    def _connect(self) -> None:
        self._connection = self._engine.connect()
        self._pid = self._connection.scalar(_PID)
        self._refuse_pooler(self._connection)
        self._connection.execute(_KEEPALIVES)

    def _refuse_pooler(self, connection: Connection) -> None:
        """A pooler gives two connections one session, or one connection another session at each statement."""
        with self._engine.connect().execution_options(isolation_level="READ COMMITTED") as other:
            another = other.scalar(_PID)  # and keeps it, in a transaction
            if another == self._pid or connection.scalar(_PID) != self._pid:
                raise LockRefusedError("a pooler stands between: the lock needs a connection of its own")


def _is_locked_by(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def unit_lock(database_url: str, lock_url: str = "") -> UnitLock:
    """The lock of the unit that this database is.

    Args:
        lock_url: of PostgreSQL, where `database_url` leads to a pooler.
    """
    url = read_url(database_url)
    if url.get_backend_name() == "sqlite":
        path = Path(str(url.database)).resolve()
        return FileLock(path.with_name(f"{path.name}.owner"))
    return AdvisoryLock(lock_url or database_url)
