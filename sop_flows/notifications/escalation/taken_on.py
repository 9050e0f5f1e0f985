"""Who said "Saya tangani" about a late step, and until when that head is not told of it again."""

from datetime import datetime

from sqlmodel import Session, col, select

from sop_flows.calendar.escalating import late_for
from sop_flows.core.work import Work
from sop_flows.staffing.responsibility import name_of
from storage.tables import (
    Acknowledgement,
    Officer,
    Task,
    TaskPart,
)


def taken_on(s: Session, task: Task, part: TaskPart) -> Acknowledgement | None:
    """The last "Saya tangani" about the part's present due time."""
    return s.exec(
        select(Acknowledgement)
        .where(
            Acknowledgement.task_part_id == part.id,
            Acknowledgement.due_at == task.due_at,
            col(Acknowledgement.taken_back_at).is_(None),
        )
        .order_by(col(Acknowledgement.id).desc())
    ).first()


def last_taken_on(s: Session, task: Task, part: TaskPart) -> str | None:
    """Who took it on last; None when nobody did."""
    found = taken_on(s, task, part)
    return None if found is None else name_of(s, found.officer_id)


def rests_until(
    work: Work, officer: Officer, task: Task, part: TaskPart, *, by_calendar: bool
) -> datetime | None:
    """Until when the officer, who took the part on, is not told of it again; None when it was not taken on."""
    found = own_taking(work.session, officer, task, part)
    if found is None:
        return None
    again = work.unit.escalation.again_after
    return late_for(work.office, found.acknowledged_at, again, by_calendar=by_calendar)


def own_taking(s: Session, officer: Officer, task: Task, part: TaskPart) -> Acknowledgement | None:
    """The officer's own last "Saya tangani" about the part; a date that moved makes it another lateness."""
    return s.exec(
        select(Acknowledgement)
        .where(
            Acknowledgement.task_part_id == part.id,
            Acknowledgement.officer_id == officer.id,
            Acknowledgement.due_at == task.due_at,
            col(Acknowledgement.taken_back_at).is_(None),
        )
        .order_by(col(Acknowledgement.id).desc())
    ).first()
