"""Who looked at the personal data of a child or a case, and who changed them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, literal, select
from sqlmodel import Session, SQLModel, col

from storage.tables import (
    Child,
    ChildFlag,
    Confirmation,
    Correction,
    Incident,
    ReadEntry,
    Record,
    StoredFile,
    Task,
    Weight,
)


@dataclass(frozen=True)
class Changed:
    """Somebody wrote something down about a child or a case, or put it right; `table`: where it stands."""

    at: datetime
    officer_id: int
    table: str
    child_id: int | None


# Of a child: the table, when, who.
_OF_CHILD: tuple[tuple[type[SQLModel], Any, Any], ...] = (
    (Weight, Weight.recorded_at, Weight.officer_id),
    (Record, Record.recorded_at, Record.officer_id),
    (Incident, Incident.reported_at, Incident.reported_by_id),
    (Incident, Incident.closed_at, Incident.closed_by_id),
    (ChildFlag, ChildFlag.set_at, ChildFlag.set_by_id),
    (StoredFile, StoredFile.stored_at, StoredFile.officer_id),
)
# Of a case: the same, of its steps.
_OF_CASE: tuple[tuple[type[SQLModel], Any, Any], ...] = (
    (Confirmation, Confirmation.recorded_at, Confirmation.recorded_by_id),
    (Record, Record.recorded_at, Record.officer_id),
    (StoredFile, StoredFile.stored_at, StoredFile.officer_id),
)


def list_reads(
    s: Session, child_id: int | None, officer_id: int | None, since: datetime | None
) -> tuple[tuple[ReadEntry, int, int], ...]:
    """Looks at children of angkatan, the oldest first, each with the number of the child and its angkatan (id)."""
    query = (
        select(ReadEntry, col(Child.number), col(Child.cohort_id))
        .join(Child, col(Child.id) == col(ReadEntry.child_id))
        .order_by(col(ReadEntry.id))
    )
    if child_id is not None:
        query = query.where(col(ReadEntry.child_id) == child_id)
    if officer_id is not None:
        query = query.where(col(ReadEntry.officer_id) == officer_id)
    if since is not None:
        query = query.where(col(ReadEntry.read_at) >= since)
    return tuple((entry, number, cohort_id) for entry, number, cohort_id in s.execute(query))


def newest_reads(
    s: Session, *, child_id: int | None = None, case_id: int | None = None, limit: int
) -> tuple[ReadEntry, ...]:
    """Looks at one child or case, the newest first."""
    whose = col(ReadEntry.case_id) == case_id if child_id is None else col(ReadEntry.child_id) == child_id
    query = select(ReadEntry).where(whose).order_by(col(ReadEntry.id).desc()).limit(limit)
    return tuple(s.execute(query).scalars())


def newest_changes(
    s: Session, *, child_id: int | None = None, case_id: int | None = None, limit: int
) -> tuple[Changed, ...]:
    """What was written about one child or case, the newest first."""
    if child_id is None:
        mine = select(col(Task.id)).where(col(Task.case_id) == case_id)
        queries = [
            _written(table, at, who, col(_of(table, "task_id")).in_(mine)) for table, at, who in _OF_CASE
        ]
    else:
        queries = [
            _written(table, at, who, col(_of(table, "child_id")) == child_id) for table, at, who in _OF_CHILD
        ]
    queries.append(_corrected(child_id, case_id))
    found = [
        Changed(at, officer_id, table, child_id)
        for query in queries
        for at, officer_id, table, child_id in s.execute(query.limit(limit))
    ]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True)[:limit])


def list_changes(s: Session, child_id: int | None) -> tuple[tuple[Changed, int, int], ...]:
    """What was written about children of angkatan, the oldest first, each with the number of the child and its angkatan."""
    queries = [
        _written(table, at, who, col(_of(table, "child_id")).is_not(None)) for table, at, who in _OF_CHILD
    ]
    queries.append(_corrected(None, None))
    children = {
        row_id: (number, cohort_id)
        for row_id, number, cohort_id in s.execute(
            select(col(Child.id), col(Child.number), col(Child.cohort_id))
        )
    }
    found = [
        Changed(at, officer_id, table, of)
        for query in queries
        for at, officer_id, table, of in s.execute(query)
        if of in children and child_id in (None, of)
    ]
    return tuple((one, *children[one.child_id]) for one in sorted(found, key=lambda one: one.at))


def _written(table: type[SQLModel], at: Any, who: Any, where: ColumnElement[bool]) -> Select[Any]:
    name = literal(str(table.__tablename__))
    query = select(col(at), col(who), name, col(_of(table, "child_id"))).where(where, col(at).is_not(None))
    return query.order_by(col(at).desc())


def _corrected(child_id: int | None, case_id: int | None) -> Select[Any]:
    table, row_id = ("cases", case_id) if case_id is not None else ("children", child_id)
    columns: list[Any] = [
        Correction.corrected_at,
        Correction.officer_id,
        literal("corrections"),
        Correction.row_id,
    ]
    query: Select[Any] = select(*columns).where(col(Correction.of_table) == table)
    query = query if row_id is None else query.where(col(Correction.row_id) == row_id)
    return query.order_by(col(Correction.corrected_at).desc())


def _of(table: type[SQLModel], name: str) -> Any:
    return getattr(table, name)
