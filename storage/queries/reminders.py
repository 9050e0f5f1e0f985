"""Queries of reminder rows."""

from collections.abc import Sequence

from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlmodel import Session

from storage.tables import Reminder

ROWS_AT_ONCE = 500  # in one statement: databases take some 30,000 values in one


def add_missing(s: Session, rows: Sequence[Reminder]) -> None:
    """Insert pending reminders; one whose key is pending already (another process was first) stays as it is."""
    insert = insert_sqlite if s.get_bind().dialect.name == "sqlite" else insert_postgresql
    for begins in range(0, len(rows), ROWS_AT_ONCE):
        values = [row.model_dump(exclude={"id"}) for row in rows[begins : begins + ROWS_AT_ONCE]]
        s.execute(insert(Reminder).values(values).on_conflict_do_nothing())
