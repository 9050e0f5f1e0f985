"""Everything of an angkatan, or of a case, that is not done is planned anew by the dates as they are now."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from sop_flows.actions import agenda
from sop_flows.actions.replanning.occurrence_times import replan_occurrences
from sop_flows.actions.replanning.run_starts import (
    Over,
    begins_by_date,
    list_runs,
    replan_start,
    withdraw_premature,
)
from sop_flows.actions.replanning.task_times import give_time, replan_task
from sop_flows.actions.runs import start_what_follows, steps_over
from sop_flows.actions.snooze import end_snoozes_after
from sop_flows.core.states import reopen
from sop_flows.core.work import Work, sop_of, sops_of
from sop_flows.declarations.sop import Sop
from sop_flows.engine.chain import end_run_if_done, grid, list_occurrences, unplanned
from sop_flows.engine.events import TOO_SHORT, can_be_held, live_tasks, renew_events
from sop_flows.notifications.dropping import drop
from sop_flows.notifications.planning import PLANNED
from storage.tables import (
    LIVE,
    LIVE_RUNS,
    UNFINISHED,
    Case,
    Cohort,
    DroppedWhy,
    DueKind,
    Reminder,
    ReminderState,
    Run,
    RunState,
    Task,
    TaskState,
)


@dataclass(frozen=True)
class Replanned:
    """What planning anew came to: tasks whose chosen date is void now."""

    void: tuple[Task, ...] = ()


def replan_cohort(work: Work, cohort: Cohort) -> Replanned:
    """Plan anew what is not done of an angkatan. With nothing changed, it changes nothing.

    Runs begin, tasks open and are due, occurrences fall by the dates of the angkatan as they are now. What was
    done, what somebody has begun, and a day that an officer set within the stay, stay as they are. Call it after
    `agenda.advance`, with the angkatan locked.
    """
    runs = list_runs(work.session, cohort_id=cohort.id)
    versions = {run.sop: sop_of(work.session, run) for run in runs}
    over = steps_over(work.institution, {**sops_of(work, cohort), **versions}, cohort)
    if cohort.plan_taken_at is not None:
        _leave_begun(work.session, runs, over)
    return _replan(work, runs, over, {"cohort_id": cohort.id or 0}, cohort)


def _leave_begun(s: Session, runs: tuple[Run, ...], over: Over) -> None:
    """What was open when the angkatan took another calendar is as it was made then."""
    for run in runs:
        if run.state == RunState.OPEN and run.sop in over:
            tasks = s.exec(select(Task).where(Task.run_id == run.id, Task.state != TaskState.WITHDRAWN))
            listed = {task.step for task in tasks if task.is_before_pandu}
            over[run.sop][:] = [one for one in over[run.sop] if one.step in listed]


def replan_case(work: Work, case: Case) -> Replanned:
    """Plan anew what is not done of a case: its dates don't move, but the days on which the office works may."""
    return _replan(work, list_runs(work.session, case_id=case.id), {}, {"case_id": case.id or 0})


def _replan(
    work: Work, runs: tuple[Run, ...], over: Over, about: dict[str, int], cohort: Cohort | None = None
) -> Replanned:
    last_reminder = work.session.exec(select(func.max(col(Reminder.id)))).one() or 0
    before = _dues(work.session, about)
    for run in runs:
        if withdraw_premature(work, run, sop_of(work.session, run), over):
            continue
        if run.state in LIVE_RUNS:
            replan_start(work, run, sop_of(work.session, run), over)
    void = renew_events(work, runs)
    for run in runs:
        _replan_run(work, run)
    agenda.advance(work)
    if cohort is not None:
        start_what_follows(work, cohort, over)
    for task in _live(work.session, about):
        _spare(work, task, before)
        was = before.get((task.run_id, task.step, task.occurrence))
        if task.due_at is not None and was is not None and task.due_at < was:
            end_snoozes_after(work.session, task, task.due_at, up_to=was)
        work.touch(task)
    _drop_what_is_behind(work, last_reminder)
    return Replanned(tuple(task for task in void if task.state in (*LIVE, TaskState.DONE)))


def _replan_run(work: Work, run: Run) -> None:
    sop = sop_of(work.session, run)
    if run.close_reason == TOO_SHORT:
        _take_up(work, run, sop)
    recurring = [step for step in sop.asked_steps if step.every is not None and not step.running]
    if run.state == RunState.CLOSED and run.close_reason == "done":
        missing = any(
            unplanned(list_occurrences(work.session, run, step), grid(work, run, step)) for step in recurring
        )
        if not missing:
            return
        reopen(work, run, RunState.OPEN)  # the stay is longer
        work.session.flush()
    if run.state != RunState.OPEN:
        return
    for task in live_tasks(work.session, run):
        replan_task(work, task)
    for step in recurring:
        replan_occurrences(work, run, sop, step)
    end_run_if_done(work, run, sop)


def _take_up(work: Work, run: Run, sop: Sop) -> None:
    """A run that was left out waits for its day again, if that is ahead now; where it has come, the stay may be longer, and
    the event has a day, unless its days are over."""
    begins, was = begins_by_date(work, run, sop), (run.opens_at, run.opened_at)
    opens_at = max(begins or run.opens_at or work.now, work.now)
    run.opens_at, run.opened_at = opens_at, None  # what its window may count from
    if opens_at > work.now or can_be_held(work, run, sop, opens_at):
        reopen(work, run, RunState.WAITING)
    else:
        run.opens_at, run.opened_at = was
    work.session.flush()


def _live(s: Session, about: dict[str, int]) -> tuple[Task, ...]:
    return tuple(
        s.exec(select(Task).filter_by(**about).where(col(Task.state).in_(UNFINISHED)).order_by(col(Task.id)))
    )


def _dues(s: Session, about: dict[str, int]) -> dict[tuple[int, int, int], datetime | None]:
    """When what is owed is due; what was before Pandu is not late by it."""
    return {
        (task.run_id, task.step, task.occurrence): task.due_at
        for task in _live(s, about)
        if task.state in LIVE
    }


def _spare(work: Work, task: Task, before: dict[tuple[int, int, int], datetime | None]) -> None:
    """Nobody is late because dates moved. What was late before stays late."""
    if task.state not in LIVE or task.occurrence or task.due_at is None or task.due_at >= work.now:
        return
    was = before.get((task.run_id, task.step, task.occurrence))
    if was is not None and (was < work.now or task.due_kind == DueKind.MOVED):
        return
    give_time(work, task)


def _drop_what_is_behind(work: Work, last_reminder: int) -> None:
    """A run that begins again as of last week does not remind of last week."""
    for row in work.session.exec(
        select(Reminder).where(
            col(Reminder.id) > last_reminder,
            Reminder.state == ReminderState.PENDING,
            col(Reminder.kind).in_(PLANNED),
            Reminder.due_at < work.now,
        )
    ):
        drop(row, DroppedWhy.MOVED)
    work.session.flush()
