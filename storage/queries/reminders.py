"""Queries of reminder rows."""

from collections.abc import Sequence

from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlmodel import Session, SQLModel

from storage.tables import Reminder
from storage.types import bind_cells, new_ids


def add_missing(s: Session, rows: Sequence[Reminder]) -> None:
    """Insert pending reminders; one whose key is pending already (another process was first) stays as it is."""
    if not rows:
        return
    insert = insert_sqlite if s.get_bind().dialect.name == "sqlite" else insert_postgresql
    table = SQLModel.metadata.tables[Reminder.__tablename__]
    put = insert(table).on_conflict_do_nothing()
    ids = new_ids(s, "reminders", len(rows))
    for row, number in zip(rows, ids, strict=True):
        row.id = number
    bind_cells(rows, is_new=True)
    s.connection().execute(put, [{one.key: getattr(row, one.key) for one in table.c} for row in rows])
