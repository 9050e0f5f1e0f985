"""Who is who is asked once a transaction, and again as soon as people were written to."""

from datetime import UTC, datetime

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from storage.engine import Store
from storage.remembered import remembered, remembered_work
from storage.tables import Officer
from tests.support.builders import build_officer, build_vital

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


def test_what_there_is_to_do_is_asked_anew_once_anything_but_a_reminder_was_written(store: Store) -> None:
    asked: list[int] = []
    with store.transaction() as s:
        for build, times in ((build_vital, 1), (build_vital, 1), (build_officer, 2), (build_vital, 2)):
            remembered_work(s, "a question", lambda: asked.append(1))
            build(s)
            remembered_work(s, "a question", lambda: asked.append(1))
            assert len(asked) == times


def test_a_savepoint_that_is_let_go_forgets_nothing(store: Store) -> None:
    asked: list[int] = []
    with store.transaction() as s:
        for _time in range(3):
            with s.begin_nested():
                remembered(s, "a question", lambda: asked.append(1))
    assert len(asked) == 1
