"""When runs begin, by the dates as they are now: waiting ones, and those that opened too early."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from sop_flows.actions.replanning.worked_on import is_opened_by_work, is_run_worked_on
from sop_flows.actions.runs import open_in_the_middle
from sop_flows.calendar.dates import start_on
from sop_flows.calendar.plan import PlannedStep
from sop_flows.core.states import move, reopen
from sop_flows.core.work import Institution, Work, anchors_of, day_begins, sop_of
from sop_flows.declarations.sop import Sop
from sop_flows.engine.chain import live_run
from sop_flows.engine.events import TOO_SHORT
from sop_flows.engine.withdraw import MOVED, withdraw_open_tasks, withdraw_task
from storage.tables import Run, RunState, Task, TaskState

Over = Mapping[str, list[PlannedStep]]  # by SOP: what was over when the angkatan was opened


def replan_start(work: Work, run: Run, sop: Sop, over: Over) -> None:
    """Let a run that has not begun, or that nobody has worked on, begin when its dates say."""
    begins = begins_by_date(work, run, sop)
    if begins is None:
        _keep_off_closed_days(work.institution, run, sop)
    elif run.state == RunState.WAITING:
        _replan_waiting(work, run, sop, begins, over.get(sop.number, []))
    elif (
        run.state == RunState.OPEN
        and _is_opened_by_date(work.session, run)
        and not is_run_worked_on(work.session, run)
    ):
        _replan_untouched(work, run, sop, begins, over.get(sop.number, []))


def _is_opened_by_date(s: Session, run: Run) -> bool:
    """Whether a date opened the run: no confirmation did, and nobody by hand."""
    return run.started_by_id is None and not is_opened_by_work(s, run)


def begins_by_date(work: Work, run: Run, sop: Sop) -> datetime | None:
    """Midnight of the day on which its date lets the run begin; None when no date does.

    Of several dates each made a run when the subject was opened, in their order.
    """
    dates = [start.at for start in sop.starts if start.at is not None]
    if not dates:
        return None
    offset = dates[min(run.nth, len(dates)) - 1]
    return day_begins(work.institution, start_on(offset, anchors_of(work, run), sop, work.office))


def _keep_off_closed_days(institution: Institution, run: Run, sop: Sop) -> None:
    """A run that waits for so long after another one (a month after a decision) begins on a working day."""
    if run.state == RunState.WAITING and run.opens_at is not None and sop.clock == "kerja":
        on = institution.today(run.opens_at)
        if not institution.office.is_working_day(on):
            run.opens_at = day_begins(institution, institution.office.next_working_day(on))


def _replan_waiting(work: Work, run: Run, sop: Sop, begins: datetime, over: list[PlannedStep]) -> None:
    if over and begins <= work.now:
        open_in_the_middle(work, sop, run, over)
        return
    # One that was open before goes on counting from then: dates that are moved back are as if they never moved.
    run.opens_at = begins if begins > work.now else run.opened_at or work.now
    work.session.flush()


def _replan_untouched(work: Work, run: Run, sop: Sop, begins: datetime, over: list[PlannedStep]) -> None:
    tasks = work.session.exec(
        select(Task).where(Task.run_id == run.id, Task.state != TaskState.WITHDRAWN)
    ).all()
    # Occurrences follow their grid by themselves.
    listed = {task.step for task in tasks if task.is_before_pandu and not task.occurrence}
    if begins <= work.now and listed == {one.step for one in over if not one.occurrence}:
        return
    for task in tasks:
        withdraw_task(work, task, MOVED)
    run.event_on = None  # proposed when it begins
    if any(task.is_before_pandu for task in tasks):
        run.opened_at = None  # it did not begin then, it was only listed
    reopen(work, run, RunState.WAITING)
    work.session.flush()
    _replan_waiting(work, run, sop, begins, over)


def withdraw_premature(work: Work, run: Run, sop: Sop, over: Over) -> bool:
    """A run that began because the SOP before it was over by its dates is taken back when that is not so any more.

    One that an officer's word opened, or that somebody worked on, stays; one that the stay was too short for does not.
    Returns whether it was taken back.
    """
    if (
        not (run.state == RunState.OPEN or run.close_reason == TOO_SHORT)
        or not _is_opened_by_date(work.session, run)
        or is_run_worked_on(work.session, run)
    ):
        return False
    if not sop.starts or not all(
        start.after is not None and start.after_step is None for start in sop.starts
    ):
        return False
    for start in sop.starts:
        before = live_run(work.session, start.after or "", run.subject)
        if before is None:  # taken back itself
            continue
        if before.state == RunState.CLOSED:
            return False
        gone = {one.step for one in over.get(before.sop, ())}
        if all(step.step in gone for step in sop_of(work.session, before).chained_steps):
            return False
    withdraw_open_tasks(work, run, MOVED)
    move(work, run, RunState.WITHDRAWN, closed_at=work.now, close_reason=MOVED)
    work.session.flush()
    return True


def list_runs(s: Session, *, cohort_id: int | None = None, case_id: int | None = None) -> tuple[Run, ...]:
    """The runs of an angkatan or a case that were not withdrawn, in the order in which they were made."""
    query = select(Run).where(Run.state != RunState.WITHDRAWN).order_by(col(Run.id))
    if cohort_id is not None:
        return tuple(s.exec(query.where(Run.cohort_id == cohort_id)))
    return tuple(s.exec(query.where(Run.case_id == case_id)))
