"""Closing an angkatan after its departure: the children's memberships end, what is still open is no longer owed."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from sop_flows.errors import NotFoundError, NotYetError
from sop_flows.house import House
from sop_flows.people.permissions import require_opener
from sop_flows.recurring import day_begins
from sop_flows.withdrawing import LIVE_RUNS, LIVE_TASKS, withdraw_task
from storage.queries import children, cohorts
from storage.tables import Cohort, LeaveReason, Officer, Run, RunState, Task


def is_over(cohort: Cohort, house: House, now: datetime) -> bool:
    """Whether the children have left: the day after the departure has come."""
    return house.today(now) > cohort.departure_on


def list_open_tasks(s: Session, cohort_id: int) -> tuple[Task, ...]:
    """What would no longer be owed."""
    return tuple(s.exec(select(Task).where(Task.cohort_id == cohort_id, col(Task.state).in_(LIVE_TASKS))))


def close_cohort(s: Session, house: House, officer: Officer, cohort_id: int, now: datetime) -> Cohort:
    """Close the angkatan. What was noted stays; nothing more is asked or reminded.

    Raises NotPermittedError (the officer opens no angkatan), NotFoundError (no such open one), NotYetError (still here).
    """
    require_opener(s, house, officer)
    cohort = cohorts.lock(s, cohort_id)
    if cohort is None or cohort.closed_at is not None:
        raise NotFoundError
    if not is_over(cohort, house, now):
        raise NotYetError(day_begins(house, cohort.departure_on + timedelta(days=1)))
    for task in list_open_tasks(s, cohort_id):
        withdraw_task(s, task, now, "closed")
    for run in s.exec(select(Run).where(Run.cohort_id == cohort_id, col(Run.state).in_(LIVE_RUNS))).all():
        run.state, run.closed_at, run.close_reason = RunState.CLOSED, now, "closed"
    for row in children.list_children(s, [cohort_id]):
        if row.is_present:
            row.membership.until_on = max(cohort.departure_on, row.membership.from_on)
            row.membership.reason = LeaveReason.ENDED
            row.membership.ended_by_id = officer.id
    cohort.closed_at = now
    s.flush()
    return cohort
