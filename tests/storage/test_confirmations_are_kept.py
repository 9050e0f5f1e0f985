"""What officers said is evidence: the database refuses to change or delete it, on SQLite and PostgreSQL."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from storage.engine import Store
from storage.tables import Confirmation, ConfirmationKind
from tests.support.builders import build_confirmation
from tests.support.builders.rows import id_of


@pytest.fixture
def said(store: Store) -> int:
    """A confirmation, committed."""
    with store.transaction() as s:
        return id_of(build_confirmation(s, note="anak demam"))


CHANGES = [
    "task_id = task_id + 0", "role = 'peksos'", "child_id = NULL", "kind = 'obstacle'", "officer_id = officer_id + 0",
    "recorded_by_id = recorded_by_id + 0", "done_on = NULL", "recorded_at = recorded_at", "update_id = 5",
    "refers_to_id = NULL",
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_no_column_can_be_changed(store: Store, said: int, change: str) -> None:
    with pytest.raises(DBAPIError, match="confirmations are append-only"), store.transaction() as s:
        s.execute(text(f"UPDATE confirmations SET {change} WHERE id = :id"), {"id": said})


def test_no_row_can_be_deleted(store: Store, said: int) -> None:
    with pytest.raises(DBAPIError, match="confirmations are append-only"), store.transaction() as s:
        s.execute(text("DELETE FROM confirmations WHERE id = :id"), {"id": said})


def test_not_even_through_the_model(store: Store, said: int) -> None:
    with pytest.raises(DBAPIError, match="confirmations are append-only"), store.transaction() as s:
        s.get_one(Confirmation, said).kind = ConfirmationKind.SKIPPED


def test_the_row_is_as_it_was(store: Store, said: int) -> None:
    for statement in ("UPDATE confirmations SET kind = 'skipped'", "DELETE FROM confirmations"):
        with pytest.raises(DBAPIError), store.transaction() as s:
            s.execute(text(statement))
    with store.reading() as s:
        row = s.get_one(Confirmation, said)
        assert (row.kind, row.note) == ("done", "anak demam")


def test_a_further_row_corrects_it(store: Store, said: int) -> None:
    with store.transaction() as s:
        row = s.get_one(Confirmation, said)
        build_confirmation(
            s, task_id=row.task_id, officer_id=row.officer_id, kind=ConfirmationKind.UNDONE, refers_to_id=said
        )
    with store.reading() as s:
        assert kinds(s) == ["done", "undone"]


def test_only_the_note_can_be_emptied(store: Store, said: int) -> None:
    """A person's data must be erasable (UU 27/2022); that something was said stays."""
    with store.transaction() as s:
        s.execute(text("UPDATE confirmations SET note = NULL WHERE id = :id"), {"id": said})
    with store.reading() as s:
        assert s.get_one(Confirmation, said).note is None
        assert kinds(s) == ["done"]


def kinds(s: Session) -> list[str]:
    """What was said, oldest first."""
    return [row.kind for row in s.exec(select(Confirmation).order_by("id"))]
