"""The passing of time: opens what has come due to open, in the order in which it came due."""

from datetime import UTC, datetime, timedelta

import sqlalchemy
from sqlalchemy import func
from sqlmodel import Session, col, select

from sop_flows.actions import offer
from sop_flows.actions.cohorts.cohort_end import end_what_is_over
from sop_flows.actions.leave import passing as absences
from sop_flows.core.institution import day_begins
from sop_flows.core.subjects import lock_subject
from sop_flows.core.versions import sop_of
from sop_flows.core.work import Work
from sop_flows.engine.chain import activate, activate_occurrence, close_task, end_run_if_done, open_run
from sop_flows.notifications.digest_times import coming_mornings, ensure_digests
from sop_flows.notifications.settle import settle
from storage.engine import Written
from storage.tables import (
    LIVE_RUNS,
    Absence,
    Account,
    Cohort,
    Handover,
    HandoverState,
    Officer,
    Reminder,
    ReminderState,
    Run,
    RunState,
    Task,
    TaskState,
)

_RECURS_AND_IS_OPEN = (
    col(Task.state) == TaskState.OPEN,
    col(Task.ends_at).is_not(None),
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


AT_ONCE = datetime.min.replace(tzinfo=UTC)


def next_upkeep_at(work: Work) -> datetime:
    """When `advance` has something to do again: the next change, the next day, or the next morning list to be made."""
    tomorrow = day_begins(work.institution, work.today + timedelta(days=1))
    times: list[datetime] = [tomorrow, *coming_mornings(work).values()]
    change = next_change_at(work.session)
    return min(times if change is None else [*times, change])


def due_by(written: Written) -> tuple[datetime | None, datetime | None]:
    """From when on `advance`, and whoever sends, have something to do because of what was written; None: of no time."""
    changes = [at for row in written.rows if (at := _change_of(row)) is not None]
    sending = [
        row.due_at for row in written.rows if isinstance(row, Reminder) and row.state == ReminderState.PENDING
    ]
    looks = [AT_ONCE for row in written.rows if _asks_for_upkeep(row)]
    if not written.tables.isdisjoint(
        ("runs", "tasks", "absences", "handovers", "officers", "accounts", "cohorts")
    ):
        looks.append(AT_ONCE)
    if "reminders" in written.tables:
        sending.append(AT_ONCE)
    return min((*changes, *looks), default=None), min((*changes, *sending), default=None)


def _change_of(row: object) -> datetime | None:
    """When the row is one of the next changes."""
    match row:
        case Run(state=RunState.WAITING) | Task(state=TaskState.WAITING):
            return row.opens_at
        case Task(state=TaskState.OPEN):
            return row.ends_at
        case Absence(ended_at=None, begun_at=begun_at):
            return row.begins_at if begun_at is None else row.returns_at
        case Handover(state=HandoverState.OFFERED):
            return row.ends_at
    return None


def _asks_for_upkeep(row: object) -> bool:
    """Who came or went may lack a morning list; an angkatan may be over."""
    return isinstance(row, Officer | Account | Cohort) or (
        isinstance(row, Run) and row.state not in LIVE_RUNS
    )


def advance(work: Work) -> bool:
    """Open everything whose time has come by `now`; returns whether anything changed.

    Events happen at their own time, oldest first, so that a bot that was away for three days finds the same
    rows as one that was not. Safe to call again and again.
    """
    changed = False
    absences.step_back(work)
    for _ in range(MAX_STEPS_PER_ADVANCE):
        at = next_change_at(work.session)
        if at is None or at > work.now:
            break
        _open_next(work.because(None), at)
        settle(work)  # as of its own moment: what a later one falls due of is owed
        changed = True
    end_what_is_over(work)
    ensure_digests(work)
    settle(work)
    return changed


def _open_next(work: Work, at: datetime) -> None:
    if absences.pass_one(work, at) or offer.lapse_one(work, at):
        return
    run = work.session.exec(
        select(Run)
        .where(Run.state == RunState.WAITING, col(Run.opens_at) <= at)
        .order_by(col(Run.opens_at), col(Run.id))
    ).first()
    if run is not None:
        lock_subject(work.session, run)
        work.session.refresh(run)
        if run.state == RunState.WAITING and run.opens_at is not None:
            open_run(work.at(run.opens_at), run)
        return
    task = work.session.exec(
        select(Task)
        .where(Task.state == TaskState.WAITING, col(Task.opens_at) <= at)
        .order_by(col(Task.opens_at), col(Task.id))
    ).first()
    if task is None:
        _end_next(work, at)
        return
    lock_subject(work.session, task)
    work.session.refresh(task)
    if task.state != TaskState.WAITING or task.opens_at is None:
        return
    if task.occurrence:
        activate_occurrence(work.at(task.opens_at), task)
    else:
        activate(work.at(task.opens_at), task)


def _end_next(work: Work, at: datetime) -> None:
    """The stay is over: an occurrence that nobody entered closes as missed, and with the last one its run."""
    task = work.session.exec(
        select(Task)
        .where(*_RECURS_AND_IS_OPEN, col(Task.ends_at) <= at)
        .order_by(col(Task.ends_at), col(Task.id))
    ).first()
    if task is None:
        return
    lock_subject(work.session, task)
    work.session.refresh(task)
    if task.state != TaskState.OPEN or task.ends_at is None:
        return
    close_task(work.at(task.ends_at), task, TaskState.MISSED)
    run = work.session.get_one(Run, task.run_id)
    end_run_if_done(work.at(task.closed_at or at), run, sop_of(work.session, run))
