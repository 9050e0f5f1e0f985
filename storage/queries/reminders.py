"""Queries of reminder rows."""

from collections.abc import Sequence

from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlmodel import Session, SQLModel

from storage.engine import new_ids
from storage.tables import Reminder


def add_missing(s: Session, rows: Sequence[Reminder]) -> None:
    """Insert pending reminders; one whose key is pending already (another process was first) stays as it is."""
    if not rows:
        return
    insert = insert_sqlite if s.get_bind().dialect.name == "sqlite" else insert_postgresql
    put = insert(SQLModel.metadata.tables[Reminder.__tablename__]).on_conflict_do_nothing()
    ids = new_ids(s, "reminders", len(rows))
    s.connection().execute(put, [row.model_dump() | {"id": one} for row, one in zip(rows, ids, strict=True)])
