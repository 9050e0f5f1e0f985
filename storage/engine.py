"""The engine and its transactions: SQLite by default, PostgreSQL by URL, the same code above."""

import errno
import logging
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from uuid import uuid4

from sqlalchemy import (
    Connection,
    Engine,
    Pool,
    bindparam,
    column,
    create_engine,
    event,
    func,
    select,
    table,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import ORMExecuteState
from sqlalchemy.pool import StaticPool
from sqlmodel import Session, SQLModel, col

import storage.tables
from storage.tables import Absence, Account, Case, Cohort, Officer, OfficerRole, Ownership, SopVersion, Vital
from storage.types import Ids, Keyring, UnsealError, bind_rows

LOOKED_AT_ROWS = 400  # SQLite: of each index, when it learns how rows are spread
BUSY_TIMEOUT_MS = 10_000  # SQLite: how long a writer of another process is waited for

# PostgreSQL: a process that stands still in the middle of a transaction must not keep the next owner waiting.
STANDS_STILL_S = 10

FULL = ("SQLITE_FULL", "53100")
DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "XX")
MACHINES = (
    *FULL, *DAMAGED, "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CANTOPEN", "SQLITE_NOMEM",
    # PostgreSQL: the connection, resources, an operator, the system; read-only; a lock not given, or given up
    "08", "53", "57", "58", "25006", "55P03", "40001", "40P01",
)  # fmt: skip
OF_THE_DATABASE = (OperationalError, InterfaceError)  # it is away, full, or busy: no row is to blame

# Seldom changed and asked for by every tap: the session of taps keeps these rows from one tap to the next.
HELD = (Officer, OfficerRole, Account, Absence, Cohort, SopVersion, Case)
HELD_TABLES = frozenset(str(one.__tablename__) for one in HELD)

# What tells that another process has written: SQLite counts for each connection what others have committed; on
# PostgreSQL whoever is not the owner leaves a word.
WRITTEN_ELSEWHERE = "written_elsewhere"
UNBOUND = "unbound"  # in `vitals` until `pandu rekey` has bound each cell to its row
_DATA_VERSION = table("pragma_data_version", column("data_version"))
_WORD = select(col(Vital.value)).where(col(Vital.name) == WRITTEN_ELSEWHERE).scalar_subquery()
_LOOK_SQLITE = select(
    col(Ownership.owner_epoch), select(_DATA_VERSION.c.data_version).scalar_subquery()
).select_from(Ownership)
_LOOK_POSTGRESQL = select(col(Ownership.owner_epoch), _WORD).select_from(Ownership)
# The lock makes who takes the unit wait for this transaction, so nothing of it is committed after that.
_LOCK_POSTGRESQL = _LOOK_POSTGRESQL.add_columns(
    func.set_config("idle_in_transaction_session_timeout", f"{STANDS_STILL_S}s", True)
).with_for_update(read=True, of=Ownership)

_OWNED = SQLModel.metadata.tables["ownership"]
_TAKE = (
    update(_OWNED)
    .values(
        owner_epoch=_OWNED.c.owner_epoch + 1,
        taken_at=bindparam("real_now", type_=_OWNED.c.taken_at.type),
        key_id=bindparam("key"),
    )
    .returning(_OWNED.c.owner_epoch)
)

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")


class NotOwnerError(Exception):
    """Another process owns the unit now: this one may write nothing any more."""


@dataclass(frozen=True)
class Fault:
    """What the machine, not what was to be stored, is to blame for.

    Attributes:
        is_full: the disk is.
        is_damaged: the database says so of itself; else it goes on by itself once there is room, a lock, a connection.
    """

    is_full: bool = False
    is_damaged: bool = False


def fault_of(error: BaseException | None) -> Fault | None:
    """None: it is not the machine's."""
    if isinstance(error, OSError):
        is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        return Fault(is_full=is_full) if is_full or error.errno in (errno.EROFS, errno.EIO) else None
    if not isinstance(error, DBAPIError):
        return None
    name, state = (getattr(error.orig, of, None) for of in ("sqlite_errorname", "sqlstate"))
    word = str(name or state or "")
    if error.connection_invalidated or (not word and isinstance(error, OF_THE_DATABASE)):
        return Fault()  # nobody is there who could say more
    if not word.startswith(MACHINES):
        return None
    return Fault(is_full=word in FULL, is_damaged=word.startswith(DAMAGED))


@dataclass
class Written:
    """What one transaction has written.

    Attributes:
        rows: made, changed or deleted through the session; as they are in the end.
        tables: names of tables written to by a statement.
    """

    rows: list[object] = field(default_factory=list)
    tables: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.rows or self.tables)

    @property
    def is_held(self) -> bool:
        """Whether rows that are held are among it."""
        return any(isinstance(row, HELD) for row in self.rows) or not self.tables.isdisjoint(HELD_TABLES)


class WritingSession(Session):
    """Knows what it has written, and keeps what it reads: to look at it again costs nothing.

    Attributes:
        kept: the rows; SQLAlchemy itself lets go of those that nobody has in hand.
        facts: answers about rows that are HELD, by question; empty again when one of them is written.
        locks: called before the first thing is written; None when that was done.
        afterwards: what is done once it is committed, each once, by what asked for it.
        held_state: counts how often this process has written held rows; one session of a thread can be behind.
        began: the state in which it has read them.
        ids: for rows that are sealed before the database has seen them.
    """

    def __init__(self, bind: Engine | Connection, ids: Ids) -> None:
        super().__init__(bind, expire_on_commit=False)
        self.ids = ids
        self.written = Written()
        self.facts: dict[Hashable, Any] = {}
        self.locks: Callable[[], None] | None = None
        self.kept: list[object] = []
        self.afterwards: dict[Hashable, Callable[[Store], None]] = {}
        self.held_state: Callable[[], int] = lambda: 0
        self.began = 0

    def begins(self, held_state: Callable[[], int], now: int) -> None:
        """From here on it knows held rows as they are in that state."""
        self.held_state, self.began = held_state, now

    def catch_up(self) -> bool:
        """Hold nothing that was read of held rows when somebody else has written some since it began: on PostgreSQL
        two transactions go on at once, and what follows from a new officer is seen as soon as it is committed.

        Returns whether that was so; then answers about officers have to be found anew.
        """
        state = self.held_state()
        if state == self.began:
            return False
        self.began = state
        self.flush()
        self.facts.clear()
        for row in list(self.identity_map.values()):
            if isinstance(row, HELD):
                self.expire(row)
        return True

    def lock(self) -> None:
        """Make sure that this may be written."""
        if self.locks is not None:
            locks, self.locks = self.locks, None
            locks()

    @property
    def has_written(self) -> bool:
        """Whether anything was written, or is about to be."""
        return bool(self.written or self.new or self.deleted or any(map(self.is_modified, self.dirty)))

    def forget(self) -> None:
        """Hold nothing. Before a rollback: that would empty the rows that others have from here."""
        self.expunge_all()
        self.kept.clear()
        self.facts.clear()
        self.afterwards.clear()


@event.listens_for(Session, "before_flush")
def _before_flush(session: Session, *_rest: object) -> None:
    if isinstance(session, WritingSession) and session.locks is not None and session.has_written:
        session.lock()
    bind_rows(session, session.ids if isinstance(session, WritingSession) else None)


@event.listens_for(WritingSession, "after_flush")
def _after_flush(session: WritingSession, _context: object) -> None:
    changed = [row for row in session.dirty if session.is_modified(row)]
    rows = [*session.new, *changed, *session.deleted]
    session.written.rows += rows
    if any(isinstance(row, HELD) for row in rows):
        session.facts.clear()


def _has_ids(parameters: Any) -> bool:
    first = parameters[0] if isinstance(parameters, list) and parameters else parameters
    return bool(first) and "id" in first


@event.listens_for(WritingSession, "do_orm_execute")
def _on_statement(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        session: Any = state.session
        session.lock()
        name = str(state.statement.table.name)  # type: ignore[attr-defined]
        session.written.tables.add(name)
        if state.is_insert and not _has_ids(state.parameters):
            session.ids.forget(name)
        if name in HELD_TABLES:
            session.facts.clear()


def remembered(session: Session, question: Hashable, ask: Callable[[], Answer]) -> Answer:
    """What `ask()` answered to this question about HELD rows, as long as nobody has written any."""
    if not isinstance(session, WritingSession):
        return ask()
    session.flush()  # as asking would: what was set and not written yet counts
    if question not in session.facts:
        session.facts[question] = ask()
    answer: Answer = session.facts[question]
    return answer


class TapSession(WritingSession):
    """Goes on from one tap to the next."""

    def let_go(self) -> None:
        """Of what is not held: others may change it before the next tap."""
        self.written, self.locks = Written(), None
        rows = list(self.identity_map.values())
        self.kept = [row for row in rows if isinstance(row, HELD)]
        for row in rows:
            if not isinstance(row, HELD):
                self.expunge(row)


for _happened in ("loaded_as_persistent", "pending_to_persistent"):
    event.listen(WritingSession, _happened, lambda session, row: session.kept.append(row))


def is_overtaken(error: OperationalError) -> bool:
    """Whether SQLite says that another process has written since this transaction began to read."""
    return getattr(error.orig, "sqlite_errorname", "") == "SQLITE_BUSY_SNAPSHOT"


class _Later:
    """What is to be written with the next transaction."""

    def __init__(self) -> None:
        self._waiting: list[tuple[str, Callable[[Session], None]]] = []
        self._in_hand: list[str] = []
        self._turn = threading.Condition()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, key: str, write: Callable[[Session], None]) -> None:
        with self._turn:
            self._waiting.append((key, write))

    @contextmanager
    def taken(self, key: str | None) -> Iterator[list[tuple[str, Callable[[Session], None]]]]:
        """All of it; put back when the block raises. Who removes one from the list has given it up.

        Args:
            key: when it is given, nothing, unless there is something under it; waits while another has that in hand.
        """
        with self._turn:
            self._turn.wait_for(lambda: not key or key not in self._in_hand)
            if key is None or any(one == key for one, _write in self._waiting):
                taken, self._waiting = self._waiting, []
            else:
                taken = []
            keys = [one for one, _write in taken]
            self._in_hand += keys
        try:
            yield taken
        except BaseException:
            with self._turn:
                self._waiting[:0] = taken
            raise
        finally:
            with self._turn:
                for one in keys:
                    self._in_hand.remove(one)
                self._turn.notify_all()


class Store:
    """A database with its keyring. `transaction()` writes, `reading()` reads, `tap()` does both as needed.

    Attributes:
        epoch: of the owner that this process is; 0 for one that owns nothing, such as a command.
        is_lost: another process has taken the unit since.
        on_written: told after each commit what was written; None: another process wrote, nobody knows what.
    """

    def __init__(self, engine: Engine, keyring: Keyring) -> None:
        self.engine = engine
        self.keyring = keyring
        self.epoch = 0
        self.is_lost = False
        self.on_written: Callable[[Written | None], None] = lambda _written: None
        self._is_sqlite = engine.dialect.name == "sqlite"
        # SQLite has one writer: queueing here is fairer than SQLite's own sleeping and trying again.
        self._writing = threading.Lock()
        self._line: Connection | None = None  # SQLite: all that this process writes goes over it
        self._pool: Pool | None = None  # whose it is
        self._idle: list[tuple[TapSession, int]] = []  # of taps, each with the state that it has seen
        self._held_state = 0  # rises whenever held rows are written
        self._rising = threading.Lock()
        self._mark: object = None  # another one when another process has written
        self._later = _Later()
        self._ids = Ids(engine.dialect.name == "sqlite")

    def take_unit(self, real_now: datetime) -> None:
        """Become the owner: whoever was it before can write nothing from now on. Hold the unit's lock first."""
        self.epoch = 0
        with self.transaction() as s:
            values = {"real_now": real_now, "key": self.keyring.key_id}
            epoch = s.connection().execute(_TAKE, values).scalar_one()
        self.epoch, self.is_lost = epoch, False

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that commits at the end, or rolls back what raised. On SQLite BEGIN IMMEDIATE.

        What was left for `later` is written first.

        Raises:
            NotOwnerError: this process was the owner and is it no longer.
        """
        with (
            self._turn_to_write() as bind,
            WritingSession(bind, self._ids) as session,
            self._later.taken(None) as later,
        ):
            try:
                self._begin(session, later, writes=True)
                session.begins(self._state, self._held_state)
                yield session
                self._commit(session)
            except BaseException:
                session.rollback()
                self._ids.forget_all()
                raise

    @contextmanager
    def tap(self, key: str | None, *, writes: bool = False) -> Iterator[WritingSession]:
        """A session for one update, which has from the one before it what is HELD; commits or rolls back at the end.

        It begins as a look: as long as nothing is written, the commit costs nothing.

        Args:
            key: when something was left for `later` under it, all of that is written first; None: in any case.
            writes: it does not begin as a look: no other process can come between.

        Raises:
            NotOwnerError: this process was the owner and is it no longer.
            OperationalError: SQLite's "busy" when another process wrote between the look and what was to be written.
        """
        with self._turn_to_write() as bind, self._later.taken(key) as later:
            session, seen = self._idle.pop() if self._idle else (TapSession(bind, self._ids), 0)
            try:
                self._begin(session, later, writes=writes)
                state = self._held_state
                if seen != state:
                    session.forget()
                session.begins(self._state, state)
                yield session
                seen = self._commit(session)
            except BaseException:
                session.forget()
                session.rollback()
                self._ids.forget_all()
                raise
            finally:
                session.let_go()
            self._idle.append((session, seen))

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for reading only; nothing it does is kept. Its rows can be read after it."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session  # closed without a commit; a rollback would empty the rows it gave

    def later(self, key: str, write: Callable[[Session], None]) -> None:
        """Write this at the beginning of the next transaction; once more in another one when that is rolled back.

        Args:
            key: a `tap` with this key waits for it; "": none does.
        """
        self._later.add(key, write)

    @property
    def owes_writing(self) -> bool:
        """Whether something was left for later."""
        return bool(self._later)

    def write_now(self) -> None:
        """Write what was left for later."""
        with self.transaction():
            pass

    def tidy(self) -> None:
        """Let SQLite look, where it thinks that it should, at how many rows have which values; PostgreSQL does by itself."""
        if self._is_sqlite:
            with self.transaction() as s:
                s.connection().exec_driver_sql("PRAGMA optimize")

    def close(self) -> None:
        """Close the connections."""
        self._hang_up()
        self.engine.dispose()

    @contextmanager
    def _turn_to_write(self) -> Iterator[Engine | Connection]:
        engine = self.engine
        if not self._is_sqlite:
            yield engine
            return
        with self._writing:
            if self._line is None or self._line.closed or self._pool is not engine.pool:
                self._hang_up()
                self._line, self._pool = engine.connect(), engine.pool
            try:
                yield self._line
            finally:
                if self._line.in_transaction():  # not even a rollback was possible
                    self._hang_up()

    def _hang_up(self) -> None:
        self._idle.clear()
        self._ids.forget_all()
        if self._line is not None:
            self._line.close()
        self._line = self._mark = None

    def _begin(
        self, session: WritingSession, later: list[tuple[str, Callable[[Session], None]]], *, writes: bool
    ) -> None:
        """Begin, and write what was left for later; what is wrong with one of those must not hold up everything."""
        while True:
            writes = writes or bool(later)
            mode = "IMMEDIATE" if writes else "DEFERRED"
            connection = session.connection(execution_options={"pandu_begin": mode})
            self._look_around(connection, locks=writes)
            session.locks = (
                None if writes or self._is_sqlite else partial(self._look_around, connection, locks=True)
            )
            for one in list(later):
                try:
                    one[1](session)
                    session.flush()
                except OF_THE_DATABASE:
                    raise
                except Exception as error:
                    log.error("what was left to be written can't be written: %s", type(error).__name__)
                    later.remove(one)
                    session.forget()
                    session.rollback()
                    self._ids.forget_all()
                    break
            else:
                return

    def _look_around(self, connection: Connection, *, locks: bool) -> None:
        """Whether the unit is still ours, and whether another process has written."""
        if not self.epoch:
            self._ids.forget_all()  # others may have written since
            return
        look = _LOCK_POSTGRESQL if locks else _LOOK_POSTGRESQL
        epoch, mark = connection.execute(_LOOK_SQLITE if self._is_sqlite else look).one()[:2]
        if epoch != self.epoch:
            self.is_lost = True
            raise NotOwnerError("another process owns the unit now; this one has stopped writing")
        if mark != self._mark:
            self._mark = mark
            self._ids.forget_all()
            if self.keyring.reads_unbound:
                self.keyring.reads_unbound = reads_unbound(connection, self.keyring)
            self._held_change()
            self.on_written(None)

    def _state(self) -> int:
        return self._held_state

    def _held_change(self) -> int:
        with self._rising:
            self._held_state += 1
            return self._held_state

    def _commit(self, session: WritingSession) -> int:
        """Commit, and say what was written. Returns the state of the held rows that the session knows.

        What others wrote of them while it went on it may have read before.
        """
        session.flush()
        written = session.written
        if written and not self.epoch and not self._is_sqlite:
            _leave_word(session)
        seen = session.began
        if written.is_held:
            self._held_change()
        session.commit()
        if written.is_held:
            now = self._held_change()  # once more: others may have read between the commit and this
            is_alone = now == seen + 2
            seen = now if is_alone and not written.tables else 0  # 0: read what a statement has changed
        if written:
            self.on_written(written)
        self._do_afterwards(session)
        return seen

    def _do_afterwards(self, session: WritingSession) -> None:
        """It is committed: what goes wrong now must not make it look undone."""
        afterwards, session.afterwards = session.afterwards, {}
        for do in afterwards.values():
            try:
                do(self)
            except Exception as error:
                log.error("what follows a commit has failed: %s", type(error).__name__)


def reads_unbound(connection: Connection, keyring: Keyring) -> bool:
    """Whether some cells may still not be bound to their row: the migration left a sealed word that says so."""
    said = connection.execute(select(col(Vital.value)).where(col(Vital.name) == UNBOUND)).scalar()
    try:
        return said is not None and keyring.unseal(said, "vitals.value", UNBOUND) == UNBOUND
    except UnsealError:
        return False


def _leave_word(session: Session) -> None:
    values = {"value": uuid4().hex, "at": func.now()}
    word = postgresql.insert(Vital).values(name=WRITTEN_ELSEWHERE, **values)
    session.execute(word.on_conflict_do_update(index_elements=["name"], set_=values))


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
    cursor.execute(f"PRAGMA analysis_limit = {LOOKED_AT_ROWS}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    # A deferred transaction that reads and then writes fails at once with "locked": writers say so first.
    mode = connection.get_execution_options().get("pandu_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


__all__ = ["NotOwnerError", "Store", "open_engine", "open_store", "read_url", "storage"]
