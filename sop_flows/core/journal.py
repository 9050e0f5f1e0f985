"""Note what a confirmation changes, row by row, and take it back."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import cast

from sqlmodel import Session, col, select

from sop_flows.core.work import Work
from storage.tables import (
    Case,
    Change,
    Confirmation,
    JournalEntry,
    Reminder,
    Run,
    Task,
    TaskEntry,
    TaskPart,
)

Row = Task | TaskPart | TaskEntry | Run | Case | Reminder
TABLES = {table.__tablename__: table for table in (Task, TaskPart, TaskEntry, Run, Case, Reminder)}


def made(work: Work, row: Row) -> None:
    """A row is there because of the confirmation that the work follows from, if it follows from one."""
    _note(work, row, Change.OPENED, None, {"state": getattr(row, "state", None)})


def change(work: Work, row: Row, how: Change = Change.MOVED, **values: object) -> None:
    """Set these columns of a row, and note what they were when a confirmation is behind it."""
    _note(work, row, how, {name: getattr(row, name) for name in values}, values)
    for name, value in values.items():
        setattr(row, name, value)


def changes_of(s: Session, said: Confirmation) -> tuple[JournalEntry, ...]:
    """What the confirmation changed, the last first."""
    query = select(JournalEntry).where(JournalEntry.confirmation_id == said.id)
    return tuple(s.exec(query.order_by(col(JournalEntry.id).desc())))


def row_of(s: Session, entry: JournalEntry) -> Row | None:
    """The row that was changed; None when it is gone (a reminder of long ago)."""
    return cast("Row | None", s.get(TABLES[entry.of_table], entry.row_id))


def take_back(s: Session, entry: JournalEntry) -> bool:
    """Give the row the values it had. Not when something else changed them since; returns whether it was done."""
    row = row_of(s, entry)
    if row is None or entry.old is None or any(_plain(getattr(row, k)) != v for k, v in entry.new.items()):
        return False
    for name, value in entry.old.items():
        setattr(row, name, _as_column(row, name, value))
    s.flush()
    return True


def _note(
    work: Work, row: Row, how: Change, old: Mapping[str, object] | None, new: Mapping[str, object]
) -> None:
    if work.cause is None:
        return
    work.session.add(
        JournalEntry(
            confirmation_id=work.cause.id or 0,
            change=how,
            of_table=str(row.__tablename__),
            row_id=row.id or 0,
            old=None if old is None else {name: _plain(value) for name, value in old.items()},
            new={name: _plain(value) for name, value in new.items()},
        )
    )


def _plain(value: object) -> str | int | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value if isinstance(value, int) else None if value is None else str(value)


def _as_column(row: Row, name: str, value: str | int | None) -> object:
    if not isinstance(value, str):
        return value
    if name.endswith("_at"):
        return datetime.fromisoformat(value)
    if name.endswith("_on"):
        return date.fromisoformat(value)
    return type(getattr(row, name))(value) if name == "state" else value
