"""Whoever rewrites old rows is found: each day's digest follows from the rows and from the day before."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

import storage.day_digests
from storage.day_digests import Broken, add_day, day_of, reckon_day, shown, verify
from storage.engine import Store
from storage.tables import Confirmation, ConfirmationKind, ReadEntry
from tests.support.builders import build_confirmation
from tests.support.clocks import wita

MONDAY = date(2026, 11, 30)
EVENING = wita("2026-11-30 20.00")


def close_day(store: Store, day: date, now: datetime) -> bool:
    """As the bot does it; whether there is a new digest."""
    reckoned = reckon_day(store.reading, day, now)
    if reckoned is None:
        return False
    with store.transaction() as s:
        return add_day(s, reckoned)


@pytest.fixture
def two_days(store: Store) -> Store:
    """A confirmation and a look, each of another day, and the digest of both days."""
    with store.transaction() as s:
        officer_id = build_confirmation(s, recorded_at=EVENING).officer_id
    assert close_day(store, MONDAY, EVENING + timedelta(hours=5))
    with store.transaction() as s:
        s.add(ReadEntry(officer_id=officer_id, screen="card", read_at=EVENING + timedelta(hours=6)))
    assert close_day(store, MONDAY + timedelta(days=1), EVENING + timedelta(hours=29))
    return store


@contextmanager
def as_who_has_the_file(store: Store) -> Iterator[Session]:
    """Whoever has the file can take the triggers away."""
    with store.transaction() as s:
        if store.engine.dialect.name == "sqlite":
            for trigger in (
                "confirmations_no_update", "read_log_no_delete", "day_digests_no_update", "day_digests_no_delete",
            ):  # fmt: skip
                s.execute(text(f"DROP TRIGGER {trigger}"))
        else:
            for table in ("confirmations", "read_log", "day_digests"):
                s.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        yield s


def test_days_follow_one_another(two_days: Store) -> None:
    with two_days.transaction() as s:
        found = verify(s)
        assert (found.days, found.rows, found.newer, found.broken) == (2, 2, 0, None)
        assert found.last is not None
        assert day_of(s, shown(found.last.digest).upper()) == MONDAY + timedelta(days=1)
        assert day_of(s, "0000 1111 2222 3333") is None
        assert day_of(s, "") is None
    assert not close_day(two_days, MONDAY, EVENING + timedelta(hours=30))  # it has one


def test_what_is_not_settled_waits_for_the_next_day(store: Store) -> None:
    with store.transaction() as s:
        build_confirmation(s, recorded_at=EVENING)
    close_day(store, MONDAY, EVENING + timedelta(minutes=5))
    with store.reading() as s:
        assert (verify(s).rows, verify(s).newer) == (0, 1)
    close_day(store, MONDAY + timedelta(days=1), EVENING + timedelta(days=1))
    with store.reading() as s:
        assert (verify(s).rows, verify(s).newer) == (1, 0)


def test_the_first_digest_of_an_old_database_lets_others_write(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It reads in pieces, and between any two of them somebody writes; what is written is one row."""
    with store.transaction() as s:
        said = build_confirmation(s, recorded_at=EVENING)
        task_id, officer_id = said.task_id, said.officer_id
        s.add_all(
            Confirmation(
                task_id=task_id, role="peksos", kind=ConfirmationKind.TAKEN, officer_id=officer_id, recorded_by_id=officer_id,
                done_on=MONDAY, recorded_at=EVENING,
            )
            for _row in range(6)
        )  # fmt: skip
    whole = reckon_day(store.reading, MONDAY, EVENING + timedelta(hours=5))
    monkeypatch.setattr(storage.day_digests, "FETCHED", 3)
    looks = 0

    @contextmanager
    def looking() -> Iterator[Session]:
        nonlocal looks
        looks += 1
        with store.transaction() as s:  # would wait for ever, or fail, beside one that writes
            s.add(ReadEntry(officer_id=officer_id, screen="card", read_at=EVENING + timedelta(hours=5)))
        with store.reading() as s:
            yield s

    reckoned = reckon_day(looking, MONDAY, EVENING + timedelta(hours=5))
    assert reckoned is not None
    assert whole is not None
    assert looks == 1 + 3 + 3  # what is covered; 7 confirmations; three tables that have nothing settled
    assert reckoned.row.digest == whole.row.digest
    statements: list[str] = []
    listener = ("before_cursor_execute", lambda _c, _cu, statement, *_rest: statements.append(statement))
    event.listen(store.engine, *listener)
    with store.transaction() as s:
        assert add_day(s, reckoned)
    event.remove(store.engine, *listener)
    assert len(statements) <= 4
    assert [
        words for words in statements if any(table in words for table in ("confirmations", "read_log"))
    ] == []
    with store.transaction() as s:
        assert not add_day(s, whole)  # another process was quicker


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ("UPDATE confirmations SET role = 'guru'", Broken(MONDAY, "confirmations")),
        ("DELETE FROM read_log", Broken(MONDAY + timedelta(days=1), "read_log")),
        (
            "UPDATE day_digests SET digest = 'ffff' WHERE id = (SELECT max(id) FROM day_digests)",
            Broken(MONDAY + timedelta(days=1), ""),
        ),
    ],
)
def test_a_change_is_found_with_its_day(two_days: Store, change: str, broken: Broken) -> None:
    with as_who_has_the_file(two_days) as s:
        s.execute(text(change))
        assert verify(s).broken == broken


def test_a_chain_made_anew_is_another(two_days: Store) -> None:
    with as_who_has_the_file(two_days) as s:
        told = shown(verify(s).last.digest)  # type: ignore[union-attr]  # there are two days
        s.execute(text("UPDATE confirmations SET role = 'guru'"))
        s.execute(text("DELETE FROM day_digests"))
    close_day(two_days, MONDAY + timedelta(days=1), EVENING + timedelta(hours=29))
    with two_days.reading() as s:
        assert verify(s).broken is None
        assert day_of(s, told) is None


@pytest.mark.parametrize("change", ["UPDATE {} SET id = id + 1000", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["read_log", "day_digests"])
def test_neither_looks_nor_digests_can_be_taken_back(two_days: Store, table: str, change: str) -> None:
    with pytest.raises(DBAPIError, match=f"{table} is append-only"), two_days.transaction() as s:
        s.execute(text(change.format(table)))
