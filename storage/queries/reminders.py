"""Queries of reminder rows."""

from collections.abc import Sequence

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

from storage.tables import Reminder
from storage.types import bind_cells, new_ids

_REMINDERS = SQLModel.metadata.tables[Reminder.__tablename__]
_PUT_SQLITE = sqlite.insert(_REMINDERS).on_conflict_do_nothing()
_PUT_POSTGRESQL = postgresql.insert(_REMINDERS).on_conflict_do_nothing()


def add_missing(s: Session, rows: Sequence[Reminder]) -> None:
    """Insert pending reminders; one whose key is pending already (another process was first) stays as it is."""
    if not rows:
        return
    put = _PUT_SQLITE if s.get_bind().dialect.name == "sqlite" else _PUT_POSTGRESQL
    ids = new_ids(s, "reminders", len(rows))
    for row, number in zip(rows, ids, strict=True):
        row.id = number
    bind_cells(rows, is_new=True)
    s.connection().execute(put, [{one.key: getattr(row, one.key) for one in _REMINDERS.c} for row in rows])
