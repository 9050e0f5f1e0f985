"""The passing of time: opens what has come due to open, in the order in which it came due."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam
from sqlmodel import col, select

from sop_flows.actions import offer
from sop_flows.actions.cohorts.cohort_end import end_what_is_over
from sop_flows.actions.cohorts.membership import erase_refused
from sop_flows.actions.leave import passing as absences
from sop_flows.core.states import RECURS_AND_IS_OPEN, NextChanges, next_change_at, next_changes
from sop_flows.core.work import Work, day_begins, lock_subject, sop_of
from sop_flows.engine.chain import activate, activate_occurrence, close_task, end_run_if_done, open_run
from sop_flows.engine.shifts import end_duties, shift_changes
from sop_flows.notifications.digest_times import coming_mornings, ensure_digests
from sop_flows.notifications.planning import settle
from storage.tables import (
    Run,
    RunState,
    Task,
    TaskState,
)

MAX_STEPS_PER_ADVANCE = 5_000  # openings in one go: a 30-day stay has about 150

_NEXT_RUN = (
    select(Run)
    .where(Run.state == RunState.WAITING, col(Run.opens_at) <= bindparam("at"))
    .order_by(col(Run.opens_at), col(Run.id))
    .limit(1)
)
_NEXT_TASK = (
    select(Task)
    .where(Task.state == TaskState.WAITING, col(Task.opens_at) <= bindparam("at"))
    .order_by(col(Task.opens_at), col(Task.id))
    .limit(1)
)
_NEXT_END = (
    select(Task)
    .where(*RECURS_AND_IS_OPEN, col(Task.ends_at) <= bindparam("at"))
    .order_by(col(Task.ends_at), col(Task.id))
    .limit(1)
)


def next_upkeep_at(work: Work) -> datetime:
    """When `advance` has something to do again: the next change, the next day, or the next morning list to be made."""
    tomorrow = day_begins(work.institution, work.today + timedelta(days=1))
    times: list[datetime] = [tomorrow, *coming_mornings(work).values()]
    if (shift := shift_changes(work.institution, work.now)) is not None:
        times.append(shift[1])
    change = next_change_at(work.session)
    return min(times if change is None else [*times, change])


def advance(work: Work) -> bool:
    """Open everything whose time has come by `now`; returns whether anything changed.

    Events happen at their own time, oldest first, so that a bot that was away for three days finds the same
    rows as one that was not. Safe to call again and again.
    """
    changed, ended = False, None
    absences.step_back(work)
    for _ in range(MAX_STEPS_PER_ADVANCE):
        changes = next_changes(work.session)
        at = changes.at
        if at is None or at > work.now:
            break
        ended = _end_shift(work, at, ended)
        _open_next(work.because(None), at, changes)
        settle(work)  # as of its own moment: what a later one falls due of is owed
        changed = True
    _end_shift(work, work.now, ended)
    end_what_is_over(work)
    erase_refused(work)
    ensure_digests(work)
    settle(work)
    return changed


def _end_shift(work: Work, at: datetime, ended: datetime | None) -> datetime | None:
    """End the duties of shifts that are over at that moment, unless that was done; returns what has been looked at."""
    shift = shift_changes(work.institution, at)
    if shift is None or shift[0] == ended:
        return ended
    end_duties(work.at(at))
    return shift[0]


def _open_next(work: Work, at: datetime, changes: NextChanges) -> None:
    """The first of what changes at that moment: who comes back or goes, an offer, a run, a task, what recurs."""
    if at in (changes.leave, changes.leave_over) and absences.pass_one(work, at):
        return
    if at == changes.offer and offer.lapse_one(work, at):
        return
    run = work.session.exec(_NEXT_RUN, params={"at": at}).first() if at == changes.run else None
    if run is not None:
        lock_subject(work.session, run)
        work.session.refresh(run)
        if run.state == RunState.WAITING and run.opens_at is not None:
            open_run(work.at(run.opens_at), run)
        return
    task = work.session.exec(_NEXT_TASK, params={"at": at}).first() if at == changes.task else None
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
    task = work.session.exec(_NEXT_END, params={"at": at}).first()
    if task is None:
        return
    lock_subject(work.session, task)
    work.session.refresh(task)
    if task.state != TaskState.OPEN or task.ends_at is None:
        return
    close_task(work.at(task.ends_at), task, TaskState.MISSED)
    run = work.session.get_one(Run, task.run_id)
    end_run_if_done(work.at(task.closed_at or at), run, sop_of(work.session, run))
