"""Who looked at the personal data of a child or a case."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from storage.tables import Child, ReadEntry


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
