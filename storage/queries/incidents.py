"""What somebody has to look at about a child: incidents, marks for the nurse, weight that was lost."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from storage.tables import Child, Incident, IncidentKind


class OpenIncident(NamedTuple):
    """One that nobody has closed, with its child's number and angkatan."""

    incident: Incident
    number: int
    cohort_id: int


def list_open(s: Session, cohort_ids: Collection[int]) -> tuple[OpenIncident, ...]:
    """Those of the children of these angkatan that nobody has closed: grave ones first, then as they were reported."""
    query = (
        select(Incident, Child.number, Child.cohort_id)
        .join(Child, col(Child.id) == col(Incident.child_id))
        .where(col(Incident.closed_at).is_(None), col(Child.cohort_id).in_(cohort_ids))
        .order_by(col(Incident.is_grave).desc(), col(Incident.id))
    )
    return tuple(OpenIncident(*row) for row in s.exec(query))


def list_open_of(s: Session, child_id: int) -> tuple[Incident, ...]:
    """Those of the child that nobody has closed, the newest first."""
    query = select(Incident).where(Incident.child_id == child_id, col(Incident.closed_at).is_(None))
    return tuple(s.exec(query.order_by(col(Incident.id).desc())))


def list_marked(s: Session, child_ids: Collection[int]) -> dict[int, Incident]:
    """The open marks for the nurse on these children, by child."""
    query = select(Incident).where(
        Incident.kind == IncidentKind.MARKED,
        col(Incident.closed_at).is_(None),
        col(Incident.child_id).in_(list(child_ids)),
    )
    return {one.child_id: one for one in s.exec(query)}


def list_lost_at(s: Session, task_id: int, child_ids: Collection[int]) -> dict[int, Incident]:
    """What these children lost at that weigh-in and nobody has answered, by child."""
    query = select(Incident).where(
        Incident.kind == IncidentKind.LOST,
        Incident.task_id == task_id,
        col(Incident.closed_at).is_(None),
        col(Incident.child_id).in_(list(child_ids)),
    )
    return {one.child_id: one for one in s.exec(query)}


def find_last_of(s: Session, child_id: int, since: datetime) -> Incident | None:
    """The newest one reported in words since then."""
    query = select(Incident).where(
        Incident.child_id == child_id,
        Incident.kind == IncidentKind.REPORTED,
        Incident.reported_at >= since,
    )
    return s.exec(query.order_by(col(Incident.id).desc())).first()
