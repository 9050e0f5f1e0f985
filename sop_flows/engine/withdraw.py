"""No longer owed: tasks and runs that an undo, a leave or the end of a case takes away; kept as evidence."""

from sqlmodel import col, select

from sop_flows.core.parts import parts_of
from sop_flows.core.work import Work
from sop_flows.notifications.planning import drop_for_task
from sop_flows.recording import entries
from storage.tables import Run, RunState, Task, TaskState

LIVE_TASKS = (TaskState.OPEN, TaskState.WAITING)
LIVE_RUNS = (RunState.OPEN, RunState.WAITING)


def withdraw_task(work: Work, task: Task, reason: str) -> None:
    """No longer owed; kept as evidence. `reason` is a word: undone, left, ended, terminated, moved."""
    task.state = TaskState.WITHDRAWN
    task.closed_at = work.now
    task.close_reason = reason
    for part in parts_of(work.session, task):
        if part.state in LIVE_TASKS:
            part.state = TaskState.WITHDRAWN
    entries.withdraw_open(work, task)
    work.session.flush()
    drop_for_task(work.session, task)


def withdraw_open_tasks(work: Work, run: Run, reason: str) -> tuple[Task, ...]:
    """Withdraw what the run still owes; returns it."""
    tasks = work.session.exec(
        select(Task).where(Task.run_id == run.id, col(Task.state).in_(LIVE_TASKS))
    ).all()
    for task in tasks:
        withdraw_task(work, task, reason)
    return tuple(tasks)


def end_run(work: Work, run: Run, reason: str) -> None:
    """The run goes no further: what it still owes is withdrawn. One that had not begun is withdrawn itself."""
    withdraw_open_tasks(work, run, reason)
    run.state = RunState.CLOSED if run.state == RunState.OPEN else RunState.WITHDRAWN
    run.closed_at = work.now
    run.close_reason = reason
    work.session.flush()
