"""Incidents of a child."""

from datetime import datetime

from sqlmodel import Session, col, select

from storage.tables import Incident


def list_open_of(s: Session, child_id: int) -> tuple[Incident, ...]:
    """Those that nobody has closed, the newest first."""
    query = select(Incident).where(Incident.child_id == child_id, col(Incident.closed_at).is_(None))
    return tuple(s.exec(query.order_by(col(Incident.id).desc())))


def find_last_of(s: Session, child_id: int, since: datetime) -> Incident | None:
    """The newest one reported since then."""
    query = select(Incident).where(Incident.child_id == child_id, Incident.reported_at >= since)
    return s.exec(query.order_by(col(Incident.id).desc())).first()
