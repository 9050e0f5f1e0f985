"""For whom somebody did a step while the officer in charge was away."""

from sqlmodel import Session, col, select

from storage.tables import Absence, Confirmation, Officer, TaskPart


def said_for(s: Session, said: Confirmation) -> Officer | None:
    """The PJ who was away when somebody else said this; None when nobody deputised for anybody.

    Looked up from rows that stay: the PJ is not rewritten by a leave, and a leave keeps when it began and ended.
    """
    part = s.exec(
        select(TaskPart).where(TaskPart.task_id == said.task_id, TaskPart.role == said.role)
    ).one_or_none()
    if part is None or part.assignee_id is None or part.assignee_id == said.officer_id:
        return None
    was_away = s.exec(
        select(Absence.id).where(
            Absence.officer_id == part.assignee_id,
            col(Absence.begun_at) <= said.recorded_at,
            col(Absence.ended_at).is_(None) | (col(Absence.ended_at) > said.recorded_at),
        )
    ).first()
    return None if was_away is None else s.get(Officer, part.assignee_id)
