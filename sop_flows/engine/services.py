"""The services that run for months beside each other (standard time 3-6 bulan), and how they end."""

from datetime import datetime

from sqlmodel import Session, col, select

from sop_flows.core.work import Work
from sop_flows.engine.withdraw import LIVE_RUNS, end_run
from storage.tables import Case, Run, RunState, Task, TaskPart, TaskState

TERMINATED = "terminated"
ENDED = "ended"  # of a monthly card: nothing that it asks about runs any more


def running_tasks(s: Session, case_id: int, role: str | None = None) -> tuple[Task, ...]:
    """The running services of a case that are not finished, by SOP and step; with `role`, of this role."""
    query = (
        select(Task)
        .join(TaskPart, col(TaskPart.task_id) == col(Task.id))
        .where(Task.case_id == case_id, col(Task.running).is_(True), Task.state == TaskState.OPEN)
        .distinct()
    )
    if role is not None:
        query = query.where(TaskPart.role == role)
    return tuple(s.exec(query.order_by(col(Task.sop), col(Task.step))))


def live_runs(s: Session, case_id: int, but: int | None = None) -> tuple[Run, ...]:
    """The runs of a case that are open or wait for their date; without the run `but`."""
    found = s.exec(
        select(Run).where(Run.case_id == case_id, col(Run.state).in_(LIVE_RUNS)).order_by(col(Run.id))
    )
    return tuple(run for run in found if run.id != but)


def end_services(work: Work, run: Run) -> None:
    """The case is terminated (SOP 9.1.34): its services and whatever was still planned end with it."""
    if run.case_id is None:
        return
    case = work.session.get_one(Case, run.case_id)
    case.services_ended_at = work.now
    for other in live_runs(work.session, run.case_id, but=run.id):
        end_run(work, other, TERMINATED)
    work.session.flush()


def close_when_finished(work: Work, run: Run) -> None:
    """The last SOP of the case is done (SOP 9.1.35): the case is closed, unless another run is still open."""
    if run.case_id is None or live_runs(work.session, run.case_id, but=run.id):
        return
    case = work.session.get_one(Case, run.case_id)
    case.closed_at = work.now
    case.close_reason = TERMINATED
    work.session.flush()


def reopen_ended(s: Session, case: Case, at: datetime) -> tuple[Task, ...]:
    """Take back what `end_services` or `close_when_finished` ended at `at` (aware, UTC): its cause was undone.

    Returns the tasks that are owed again; their reminders are to be planned anew.
    """
    if case.closed_at == at:
        case.closed_at = case.close_reason = None
    if case.services_ended_at != at:
        return ()
    case.services_ended_at = None
    for run in s.exec(select(Run).where(Run.case_id == case.id, Run.close_reason == TERMINATED)).all():
        if run.closed_at == at:
            run.state = RunState.OPEN if run.opened_at is not None else RunState.WAITING
            run.closed_at = run.close_reason = None
    return _owed_again(s, case, TERMINATED, at)


def reopen_monthly(s: Session, case: Case, at: datetime) -> tuple[Task, ...]:
    """Bring back the monthly cards that ended at `at` (aware, UTC) with the last service they asked about: its end was
    undone.

    Returns them; their reminders are to be planned anew.
    """
    again = _owed_again(s, case, ENDED, at)
    for run in {task.run_id: s.get_one(Run, task.run_id) for task in again}.values():
        if run.state == RunState.CLOSED and run.closed_at == at:
            run.state = RunState.OPEN
            run.closed_at = run.close_reason = None
    s.flush()
    return again


def _owed_again(s: Session, case: Case, reason: str, at: datetime) -> tuple[Task, ...]:
    again = []
    for task in s.exec(select(Task).where(Task.case_id == case.id, Task.close_reason == reason)).all():
        if task.closed_at != at:
            continue
        state = TaskState.OPEN if task.opened_at is not None else TaskState.WAITING
        task.state = state
        task.closed_at = task.close_reason = None
        for part in s.exec(select(TaskPart).where(TaskPart.task_id == task.id)):
            if part.state == TaskState.WITHDRAWN:
                part.state = state
        again.append(task)
    s.flush()
    return tuple(again)
