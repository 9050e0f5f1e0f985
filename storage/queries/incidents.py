"""What somebody has to look at about a child: incidents, marks for the nurse, weight that was lost."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from storage.tables import Child, Incident, IncidentKind


class OpenIncident(NamedTuple):
    """One that nobody has closed, with its child's number and angkatan."""

    incident: Incident
    number: int
    cohort_id: int


_OPEN = (
    select(Incident, Child.number, Child.cohort_id)
    .join(Child, col(Child.id) == col(Incident.child_id))
    .where(col(Incident.closed_at).is_(None), col(Child.cohort_id).in_(bindparam("cohorts", expanding=True)))
    .order_by(col(Incident.is_grave).desc(), col(Incident.id))
)


def list_open(s: Session, cohort_ids: Collection[int]) -> tuple[OpenIncident, ...]:
    """Those of the children of these angkatan that nobody has closed: grave ones first, then as they were reported."""
    return tuple(OpenIncident(*row) for row in s.exec(_OPEN, params={"cohorts": list(cohort_ids)}))


_OPEN_OF_CHILD = (
    select(Incident)
    .where(Incident.child_id == bindparam("child"), col(Incident.closed_at).is_(None))
    .order_by(col(Incident.id).desc())
)


def list_open_of(s: Session, child_id: int) -> tuple[Incident, ...]:
    """Those of the child that nobody has closed, the newest first."""
    return tuple(s.exec(_OPEN_OF_CHILD, params={"child": child_id}))


_OF_CHILDREN = (
    col(Incident.closed_at).is_(None),
    col(Incident.child_id).in_(bindparam("children", expanding=True)),
)
_MARKED = select(Incident).where(Incident.kind == IncidentKind.MARKED, *_OF_CHILDREN)


def list_marked(s: Session, child_ids: Collection[int]) -> dict[int, Incident]:
    """The open marks for the nurse on these children, by child."""
    return {one.child_id: one for one in s.exec(_MARKED, params={"children": list(child_ids)})}


_LOST_AT = select(Incident).where(
    Incident.kind == IncidentKind.LOST, Incident.task_id == bindparam("task"), *_OF_CHILDREN
)


def list_lost_at(s: Session, task_id: int, child_ids: Collection[int]) -> dict[int, Incident]:
    """What these children lost at that weigh-in and nobody has answered, by child."""
    rows = s.exec(_LOST_AT, params={"task": task_id, "children": list(child_ids)})
    return {one.child_id: one for one in rows}


_LAST_OF = (
    select(Incident)
    .where(
        Incident.child_id == bindparam("child"),
        Incident.kind == IncidentKind.REPORTED,
        Incident.reported_at >= bindparam("since"),
    )
    .order_by(col(Incident.id).desc())
)


def find_last_of(s: Session, child_id: int, since: datetime) -> Incident | None:
    """The newest one reported in words since then."""
    return s.exec(_LAST_OF, params={"child": child_id, "since": since}).first()
