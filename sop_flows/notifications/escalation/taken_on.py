"""Who said "Saya tangani" about a late step, and until when that head is not told of it again."""

from datetime import datetime

from sqlalchemy import bindparam
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

_TAKEN_ON = (
    select(Acknowledgement)
    .where(
        Acknowledgement.task_part_id == bindparam("part"),
        Acknowledgement.due_at == bindparam("due_at"),
        col(Acknowledgement.taken_back_at).is_(None),
    )
    .order_by(col(Acknowledgement.id).desc())
)


def taken_on(s: Session, task: Task, part: TaskPart) -> Acknowledgement | None:
    """The last "Saya tangani" about the part's present due time."""
    return s.exec(_TAKEN_ON, params={"part": part.id, "due_at": task.due_at}).first()


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


_OWN_TAKING = _TAKEN_ON.where(Acknowledgement.officer_id == bindparam("officer"))


def own_taking(s: Session, officer: Officer, task: Task, part: TaskPart) -> Acknowledgement | None:
    """The officer's own last "Saya tangani" about the part; a date that moved makes it another lateness."""
    own = {"part": part.id, "due_at": task.due_at, "officer": officer.id}
    return s.exec(_OWN_TAKING, params=own).first()
