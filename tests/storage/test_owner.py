"""One process owns a unit: who took it last may write, and a lock says who may take it."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from storage import unit_lock as locks
from storage.engine import (
    STANDS_STILL_S,
    WRITTEN_ELSEWHERE,
    NotOwnerError,
    Store,
    open_store,
    read_url,
)
from storage.tables import Ownership, Vital
from storage.types import Keyring
from storage.unit_lock import AdvisoryLock, LockRefusedError, UnitLock, unit_lock
from tests.support.builders import build_vital
from tests.support.database import Databases
from tests.support.pooler import Pooler

NOW = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def url(databases: Databases) -> Iterator[str]:
    url = databases.migrated()
    yield url
    databases.drop(url)


@pytest.fixture
def stores(url: str, keyring: Keyring) -> Iterator[tuple[Store, Store]]:
    """Two processes, as far as the database can tell."""
    opened = open_store(url, keyring), open_store(url, keyring)
    yield opened
    for store in opened:
        store.close()


@pytest.fixture
def two_locks(url: str) -> Iterator[tuple[UnitLock, UnitLock]]:
    made = unit_lock(url), unit_lock(url)
    yield made
    for lock in made:
        lock.release()


def write(store: Store, name: str) -> None:
    with store.transaction() as s:
        build_vital(s, name=name)


def names(store: Store) -> set[str]:
    with store.reading() as s:
        return {row.name for row in s.exec(select(Vital)).all()}


def test_a_former_owner_writes_nothing(stores: tuple[Store, Store]) -> None:
    former, owner = stores
    former.take_unit(NOW)
    write(former, "before")
    owner.take_unit(NOW)
    with pytest.raises(NotOwnerError, match="another process owns the unit now"):
        write(former, "after")
    assert former.is_lost
    write(owner, "owner")
    assert names(owner) == {"before", "owner"}
    with owner.reading() as s:
        assert s.get_one(Ownership, 1).owner_epoch == 2


def test_a_command_writes_while_another_process_owns_the_unit(stores: tuple[Store, Store]) -> None:
    owner, command = stores
    owner.take_unit(NOW)
    write(command, "command")
    write(owner, "owner")
    assert names(owner) - {WRITTEN_ELSEWHERE} == {"command", "owner"}


def test_what_a_former_owner_has_begun_is_waited_for(stores: tuple[Store, Store]) -> None:
    former, owner = stores
    former.take_unit(NOW)
    taking = threading.Thread(target=owner.take_unit, args=(NOW,))
    with former.transaction() as s:
        build_vital(s, name="begun")
        s.flush()
        taking.start()
        taking.join(0.3)
        assert taking.is_alive()
    taking.join(20)
    assert owner.epoch == 2
    assert names(owner) == {"begun"}


def lose_patience_sooner(store: Store) -> None:
    """Nobody waits in a test for as long as in earnest."""

    @event.listens_for(store.engine, "before_cursor_execute", retval=True)
    def sooner(_connection: Any, _cursor: Any, sql: str, given: Any, *_more: Any) -> tuple[str, Any]:
        if isinstance(given, dict):
            given = {name: "1s" if value == f"{STANDS_STILL_S}s" else value for name, value in given.items()}
        return sql, given


def test_a_former_owner_that_stands_still_in_a_transaction_loses_it(
    postgresql_databases: Databases, keyring: Keyring
) -> None:
    url = postgresql_databases.migrated()
    former, owner = open_store(url, keyring), open_store(url, keyring)
    lose_patience_sooner(former)
    former.take_unit(NOW)

    def stands_still() -> None:
        with former.transaction() as s:
            build_vital(s, name="begun")
            s.flush()
            owner.take_unit(NOW)

    with pytest.raises(DBAPIError):
        stands_still()
    assert owner.epoch == 2
    assert names(owner) == set()
    for store in (former, owner):
        store.close()
    postgresql_databases.drop(url)


def test_one_holds_the_lock_until_it_gives_it_free(two_locks: tuple[UnitLock, UnitLock]) -> None:
    first, second = two_locks
    assert first.take()
    assert not second.take()
    assert first.beat()
    first.release()
    assert any(second.take() for _look in range(1000))  # PostgreSQL sees at its own time that a session ended


def test_a_holder_that_moves_is_not_passed_over(
    two_locks: tuple[UnitLock, UnitLock], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "STALE_S", 0.0)
    first, second = two_locks
    assert first.take()
    for _look in range(locks.LOOKS * 3):
        assert first.beat()
        assert not second.take()


def test_a_holder_that_stands_still_is_passed_over_and_learns_it(
    two_locks: tuple[UnitLock, UnitLock], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "STALE_S", 0.0)
    first, second = two_locks
    assert first.take()
    looks = 1
    while not second.take():
        looks += 1
        assert looks < 1000
    assert looks > locks.LOOKS
    assert second.beat()
    assert not first.beat()


def test_a_holder_whose_connection_is_cut_learns_it(postgresql_store: Store) -> None:
    url = postgresql_store.engine.url.render_as_string(hide_password=False)
    first, second = AdvisoryLock(url), AdvisoryLock(url)
    assert first.take()
    with postgresql_store.engine.begin() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2"
            )
        )
    assert not first.beat()
    assert any(second.take() for _look in range(1000))
    first.release()
    second.release()


def test_a_lock_through_a_pooler_is_refused(postgresql_store: Store, keyring: Keyring) -> None:
    direct = make_url(postgresql_store.engine.url)
    pooler = Pooler(str(Path(str(direct.query["host"])) / ".s.PGSQL.5432"))
    through = direct.set(host="127.0.0.1", port=pooler.port).difference_update_query(["host"])
    address = through.render_as_string(hide_password=False)
    engine = create_engine(read_url(address))
    with engine.connect() as connection:  # it does let statements through
        assert connection.scalar(text("SELECT 1")) == 1
    engine.dispose()
    lock = AdvisoryLock(address)
    with pytest.raises(LockRefusedError, match="a pooler stands between"):
        lock.take()
    lock.release()
    by_the_way = unit_lock(address, direct.render_as_string(hide_password=False))
    assert by_the_way.take()
    by_the_way.release()
    behind = open_store(address, keyring, is_pooled=True)
    behind.take_unit(NOW)
    for number in range(12):  # psycopg would prepare a statement that it sends for the sixth time
        write(behind, f"pooled {number}")
    assert len(names(behind)) == 12
    behind.close()
    pooler.close()
