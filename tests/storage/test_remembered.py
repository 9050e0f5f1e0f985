"""Who is who is asked once a transaction, and again as soon as people were written to."""

from datetime import UTC, datetime

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from storage.engine import Store
from storage.remembered import remembered
from storage.tables import Officer
from tests.support.builders import build_officer

LONG_AGO = datetime(2026, 1, 2, tzinfo=UTC)


def there(s: Session) -> int:
    return remembered(
        s,
        "there",
        lambda: s.exec(select(func.count()).where(col(Officer.removed_at).is_(None))).one(),
    )


def test_it_is_asked_once(store: Store) -> None:
    asked: list[int] = []
    with store.transaction() as s:
        for _time in range(3):
            remembered(s, "a question", lambda: asked.append(1))
    assert len(asked) == 1


def test_an_officer_who_comes_is_seen_at_once_also_before_a_flush(store: Store) -> None:
    with store.transaction() as s:
        assert there(s) == 0
        officer = build_officer(s)
        assert there(s) == 1
        officer.removed_at = LONG_AGO
        s.add(officer)
        assert there(s) == 0


def test_a_statement_that_changes_rows_is_seen(store: Store) -> None:
    with store.transaction() as s:
        build_officer(s)
        assert there(s) == 1
        s.execute(update(Officer).values(removed_at=LONG_AGO))
        assert there(s) == 0


def test_what_was_taken_back_is_forgotten(store: Store) -> None:
    with store.transaction() as s:
        tried = s.begin_nested()
        build_officer(s)
        assert there(s) == 1
        tried.rollback()
        assert there(s) == 0


def test_the_next_transaction_asks_anew(store: Store) -> None:
    with store.transaction() as s:
        assert there(s) == 0
        with store.reading() as other:
            assert there(other) == 0
    with store.transaction() as s:
        build_officer(s)
    with store.reading() as s:
        assert there(s) == 1
