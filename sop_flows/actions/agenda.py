"""The passing of time: opens what has come due to open, in the order in which it came due."""

from datetime import datetime

import sqlalchemy
from sqlalchemy import func
from sqlmodel import Session, col, select

from sop_flows.actions import offer
from sop_flows.actions.cohorts.cohort_end import end_what_is_over
from sop_flows.actions.leave import passing as absences
from sop_flows.core.effects import Ripple
from sop_flows.core.institution import House
from sop_flows.core.subjects import lock_subject
from sop_flows.core.versions import sop_of
from sop_flows.engine.chain import activate, activate_occurrence, close_task, end_run_if_done, open_run
from sop_flows.notifications.digest_times import ensure_digests
from storage.tables import Absence, Handover, HandoverState, Run, RunState, Task, TaskState

_RECURS_AND_IS_OPEN = (
    col(Task.state) == TaskState.OPEN,
    col(Task.ends_at).is_not(None),
    col(Task.before_pandu).is_(False),
)

# Asked before and after whatever is sent: one statement, put together once.
_NEXT_CHANGES = sqlalchemy.select(
    sqlalchemy.select(func.min(col(Run.opens_at)))
    .where(col(Run.state) == RunState.WAITING)
    .scalar_subquery(),
    sqlalchemy.select(func.min(col(Task.opens_at)))
    .where(col(Task.state) == TaskState.WAITING)
    .scalar_subquery(),
    sqlalchemy.select(func.min(col(Task.ends_at))).where(*_RECURS_AND_IS_OPEN).scalar_subquery(),
    sqlalchemy.select(func.min(col(Absence.begins_at)))
    .where(col(Absence.ended_at).is_(None), col(Absence.begun_at).is_(None))
    .scalar_subquery(),
    sqlalchemy.select(func.min(col(Absence.returns_at)))
    .where(col(Absence.ended_at).is_(None), col(Absence.begun_at).is_not(None))
    .scalar_subquery(),
    sqlalchemy.select(func.min(col(Handover.ends_at)))
    .where(col(Handover.state) == HandoverState.OFFERED)
    .scalar_subquery(),
)

MAX_STEPS_PER_ADVANCE = 5_000  # openings in one go: a 30-day stay has about 150


def next_change_at(s: Session) -> datetime | None:
    """When the next run or task opens, a stay is over for what recurs, a leave begins or ends, or a colleague has not
    answered in time; None when nothing waits for a date."""
    return min((at for at in s.execute(_NEXT_CHANGES).one() if at is not None), default=None)


def advance(s: Session, house: House, now: datetime) -> bool:
    """Open everything whose time has come by `now`; returns whether anything changed.

    Events happen at their own time, oldest first, so that a bot that was away for three days finds the same
    rows as one that was not. Safe to call again and again.
    """
    changed = False
    absences.step_back(s, house, now)
    for _ in range(MAX_STEPS_PER_ADVANCE):
        at = next_change_at(s)
        if at is None or at > now:
            break
        _open_next(s, house, at)
        changed = True
    end_what_is_over(s, house, now)
    ensure_digests(s, house, now)
    return changed


def _open_next(s: Session, house: House, at: datetime) -> None:
    if absences.pass_one(s, house, at) or offer.lapse_one(s, house, at):
        return
    run = s.exec(
        select(Run)
        .where(Run.state == RunState.WAITING, col(Run.opens_at) <= at)
        .order_by(col(Run.opens_at), col(Run.id))
    ).first()
    if run is not None:
        lock_subject(s, run)
        s.refresh(run)
        if run.state == RunState.WAITING and run.opens_at is not None:
            open_run(s, house, run, run.opens_at, Ripple())
        return
    task = s.exec(
        select(Task)
        .where(Task.state == TaskState.WAITING, col(Task.opens_at) <= at)
        .order_by(col(Task.opens_at), col(Task.id))
    ).first()
    if task is None:
        _end_next(s, house, at)
        return
    lock_subject(s, task)
    s.refresh(task)
    if task.state != TaskState.WAITING or task.opens_at is None:
        return
    if task.occurrence:
        activate_occurrence(s, house, task, task.opens_at, Ripple())
    else:
        activate(s, house, task, task.opens_at, Ripple())


def _end_next(s: Session, house: House, at: datetime) -> None:
    """The stay is over: an occurrence that nobody entered closes as missed, and with the last one its run."""
    task = s.exec(
        select(Task)
        .where(*_RECURS_AND_IS_OPEN, col(Task.ends_at) <= at)
        .order_by(col(Task.ends_at), col(Task.id))
    ).first()
    if task is None:
        return
    lock_subject(s, task)
    s.refresh(task)
    if task.state != TaskState.OPEN or task.ends_at is None:
        return
    ripple = Ripple()
    close_task(s, house, task, TaskState.SKIPPED, task.ends_at, ripple, reason="missed")
    run = s.get_one(Run, task.run_id)
    end_run_if_done(s, house, run, sop_of(s, run), task.closed_at or at, ripple)
