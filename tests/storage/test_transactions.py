"""One update, one transaction: all of it or nothing; two at once come one after the other."""

import errno
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, func, select

from storage.engine import Fault, Store, fault_of, open_store, remembered
from storage.tables import Officer, Vital
from storage.types import Keyring
from tests.support.builders import build_officer, build_vital
from tests.support.database import Databases

ROUNDS = 25


def test_what_raises_is_not_kept(store: Store) -> None:
    def work_that_fails() -> None:
        with store.transaction() as s:
            build_officer(s)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        work_that_fails()
    with store.reading() as s:
        assert s.exec(select(func.count()).select_from(Officer)).one() == 0


def test_reading_keeps_nothing(store: Store) -> None:
    with store.reading() as s:
        build_officer(s, id=7)
    with store.reading() as s:
        assert s.exec(select(func.count()).select_from(Officer)).one() == 0


def test_what_a_transaction_returned_can_be_read_after_it(store: Store) -> None:
    with store.transaction() as s:
        officer = build_officer(s, name="Ani Rekaan")
    assert officer.name == "Ani Rekaan"
    with store.reading() as s:
        found = s.exec(select(Officer)).one()
    assert found.name == "Ani Rekaan"


def count_reads(store: Store, s: Session) -> int:
    """How many statements it takes to ask three times for a row that nobody holds in between."""
    asked: list[str] = []
    build_officer(s, name="Ani Rekaan")
    s.flush()
    s.expunge_all()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    for _time in range(3):
        assert s.get_one(Officer, 1).name == "Ani Rekaan"
    event.remove(store.engine, "before_cursor_execute", note)
    return len(asked)


def test_a_tap_reads_each_row_once(store: Store) -> None:
    with store.tap("", writes=True) as s:
        assert count_reads(store, s) == 1


def test_a_transaction_keeps_what_it_reads(store: Store) -> None:
    with store.transaction() as s:
        assert count_reads(store, s) == 1


@pytest.mark.parametrize("writes", [False, True])
def test_what_another_wrote_while_a_tap_went_on_is_read_by_the_next(
    postgresql_store: Store, writes: bool
) -> None:
    """The tap knows the officer as before; whether it writes of officers itself changes nothing."""
    with postgresql_store.transaction() as s:
        number = build_officer(s, name="Ani Rekaan").id
    with postgresql_store.tap("") as s:
        assert s.get_one(Officer, number).name == "Ani Rekaan"
        with postgresql_store.transaction() as other:
            other.get_one(Officer, number).name = "Ani Contoh"
        if writes:
            build_officer(s, name="Budi Rekaan")
    with postgresql_store.tap("") as s:
        assert s.get_one(Officer, number).name == "Ani Contoh"


def test_what_is_remembered_knows_what_was_just_set(store: Store) -> None:
    def names() -> list[str]:
        return list(s.exec(select(col(Officer.name))))

    with store.tap("") as s:
        officer = build_officer(s, name="Ani Rekaan")
        assert remembered(s, "names", names) == ["Ani Rekaan"]
        officer.name = "Ani Contoh"
        assert remembered(s, "names", names) == ["Ani Contoh"]


def count_up(store: Store) -> None:
    """Read, then write: with a deferred transaction SQLite says "locked" at once, in spite of its patience."""
    for _ in range(ROUNDS):
        with store.transaction() as s:
            row = s.exec(select(Vital).where(Vital.name == "counter").with_for_update()).one()
            row.value = str(int(row.value) + 1)


def together(*work: Callable[[], None]) -> None:
    """Run at the same time, each in a thread; raises what any of them raised."""
    start = threading.Barrier(len(work))

    def run(one: Callable[[], None]) -> None:
        start.wait()
        one()

    with ThreadPoolExecutor(len(work)) as pool:
        for done in [pool.submit(run, one) for one in work]:
            done.result()


def test_two_threads_that_read_and_write_lose_nothing(store: Store) -> None:
    with store.transaction() as s:
        build_vital(s, name="counter", value="0")
    together(lambda: count_up(store), lambda: count_up(store))
    with store.reading() as s:
        assert s.get_one(Vital, "counter").value == "50"


def test_two_processes_that_read_and_write_lose_nothing(databases: Databases, keyring: Keyring) -> None:
    """Two stores on one database share no lock in memory, as two processes do not."""
    url = databases.migrated()
    here, there = open_store(url, keyring), open_store(url, keyring)
    with here.transaction() as s:
        build_vital(s, name="counter", value="0")
    together(lambda: count_up(here), lambda: count_up(there))
    with here.reading() as s:
        assert s.get_one(Vital, "counter").value == "50"
    here.close()
    there.close()


def test_reading_goes_on_while_somebody_writes(store: Store) -> None:
    with store.transaction() as s:
        build_vital(s, name="counter", value="0")
    with store.transaction() as writing:
        writing.get_one(Vital, "counter").value = "1"
        writing.flush()
        with store.reading() as s:
            assert s.get_one(Vital, "counter").value == "0"
    with store.reading() as s:
        assert s.get_one(Vital, "counter").value == "1"


@pytest.mark.parametrize(
    ("pragma", "expected"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 10_000)],
)
def test_sqlite_is_set_to_be_safe(sqlite_store: Store, pragma: str, expected: object) -> None:
    """`synchronous` 2 is FULL: NORMAL loses the last commits in a power cut."""
    with sqlite_store.reading() as s:
        assert s.connection().execute(text(f"PRAGMA {pragma}")).scalar_one() == expected


class _Said(Exception):
    """What a driver raises."""

    def __init__(self, sqlite: str | None = None, sqlstate: str | None = None) -> None:
        super().__init__()
        if sqlite is not None:
            self.sqlite_errorname = sqlite
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (_Said("SQLITE_FULL"), Fault(is_full=True)),
        (_Said("SQLITE_READONLY_DBMOVED"), Fault()),
        (_Said("SQLITE_IOERR_WRITE"), Fault()),
        (_Said("SQLITE_CORRUPT_INDEX"), Fault(is_damaged=True)),
        (_Said("SQLITE_ERROR"), None),  # such as a column that is not there
        (_Said("SQLITE_CONSTRAINT_UNIQUE"), None),
        (_Said(sqlstate="53100"), Fault(is_full=True)),  # disk_full
        (_Said(sqlstate="08006"), Fault()),  # connection_failure
        (_Said(sqlstate="57P01"), Fault()),  # admin_shutdown
        (_Said(sqlstate="25006"), Fault()),  # read_only_sql_transaction
        (_Said(sqlstate="XX001"), Fault(is_damaged=True)),  # data_corrupted
        (_Said(sqlstate="42703"), None),  # undefined_column
        (_Said(), Fault()),  # no connection: it had nothing to say
    ],
)
def test_whose_fault_it_is(error: _Said, fault: Fault | None) -> None:
    """What waits until the machine is well again, and what is an attempt that failed."""
    assert fault_of(OperationalError("", {}, error)) == fault


def test_of_files_only_a_full_or_read_only_disk_is_a_fault() -> None:
    assert fault_of(OSError(errno.ENOSPC, "")) == Fault(is_full=True)
    assert fault_of(OSError(errno.EROFS, "")) == Fault()
    assert fault_of(FileNotFoundError(errno.ENOENT, "")) is None
    assert fault_of(ValueError()) is None
    assert fault_of(None) is None
