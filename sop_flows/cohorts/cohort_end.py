"""Closing an angkatan after its departure: the children's memberships end, what is still open is no longer owed."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from sop_flows import reminders
from sop_flows.declarations.sop import Sop
from sop_flows.errors import NotFoundError, NotYetError
from sop_flows.house import House
from sop_flows.people.permissions import admins, answering, holding, require_opener
from sop_flows.recurring import day_begins
from sop_flows.versions import sop_of
from sop_flows.withdrawing import LIVE_RUNS, LIVE_TASKS, withdraw_task
from storage.queries import children, cohorts
from storage.tables import Cohort, LeaveReason, Officer, Run, RunState, Task, TaskState

KEPT_OPEN_DAYS = 7  # after the last run: the head still reads the figures in /status


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
    _end_memberships(s, cohort, officer)
    cohort.closed_at = now
    s.flush()
    return cohort


# --- by itself ----------------------------------------------------------------------------------------------


def end_what_is_over(s: Session, house: House, now: datetime) -> None:
    """After the departure an angkatan ends by itself; who answers for it hears so, once, with numbers.

    The children belong no longer when nothing of the stay is owed any more; follow-up (SOP 9.1.18, 9.1.19) goes on
    without them. A week after its last run the angkatan closes: until then its figures are in /status, and the last
    step can be corrected. What is late keeps it open: then only an officer closes it.
    """
    for cohort in cohorts.list_departed(s, house.today(now)):
        runs = s.exec(select(Run).where(Run.cohort_id == cohort.id, Run.state != RunState.WITHDRAWN)).all()
        owed = [run for run in runs if run.state in LIVE_RUNS]
        if not runs or not all(_follows_the_stay(sop_of(s, run)) for run in owed):
            continue
        if cohorts.lock(s, cohort.id or 0) is None:
            continue
        _end_memberships(s, cohort, None)
        last = max((run.closed_at for run in runs if run.closed_at is not None), default=now)
        if not owed and (house.today(now) - house.today(last)).days >= KEPT_OPEN_DAYS:
            cohort.closed_at = now
            _tell_closed(s, house, cohort, now)
    s.flush()


def _follows_the_stay(sop: Sop) -> bool:
    return any(
        start.at is not None and start.at.anchor == "departure" and start.at.days + start.at.months > 0
        for start in sop.starts
    )


def _end_memberships(s: Session, cohort: Cohort, officer: Officer | None) -> None:
    for row in children.list_children(s, [cohort.id or 0]):
        if row.is_present:
            row.membership.until_on = max(cohort.departure_on, row.membership.from_on)
            row.membership.reason = LeaveReason.ENDED
            row.membership.ended_by_id = None if officer is None else officer.id


def _tell_closed(s: Session, house: House, cohort: Cohort, now: datetime) -> None:
    cohort_id = cohort.id or 0
    count = cohorts.count_children(s, cohort_id)
    tasks = s.exec(select(Task.state, Task.close_reason).where(Task.cohort_id == cohort_id)).all()
    payload = {
        "cohort": cohort.name,
        "present": count.present,
        "total": count.total,
        "done": sum(state == TaskState.DONE for state, _reason in tasks),
        "missed": sum(state == TaskState.SKIPPED and reason == "missed" for state, reason in tasks),
    }
    sections = [code for code, role in house.pack.unit.roles.items() if role.head == code]
    heads = [officer for code in sections for officer in answering(s, house, code, cohort_id)]
    at = reminders.speaking_time(s, house, None, now)
    for officer_id in {o.id for o in (*admins(s), *holding(s, house, "opens_cohorts", cohort_id), *heads)}:
        reminders.notify(s, officer_id or 0, "cohort_closed", payload, now, at=at)
