"""No longer owed: tasks and runs that an undo, a leave or the end of a case takes away; kept as evidence."""

from datetime import datetime

from sqlmodel import Session, col, select

from sop_flows.core.parts import parts_of
from sop_flows.notifications.planning import drop_for_task
from sop_flows.recording import entries
from storage.tables import Run, RunState, Task, TaskState

LIVE_TASKS = (TaskState.OPEN, TaskState.WAITING)
LIVE_RUNS = (RunState.OPEN, RunState.WAITING)


def withdraw_task(s: Session, task: Task, now: datetime, reason: str) -> None:
    """No longer owed; kept as evidence. `reason` is a word: undone, left, ended, terminated, moved."""
    task.state = TaskState.WITHDRAWN
    task.closed_at = now
    task.close_reason = reason
    for part in parts_of(s, task):
        if part.state in LIVE_TASKS:
            part.state = TaskState.WITHDRAWN
    entries.withdraw_open(s, task, now)
    s.flush()
    drop_for_task(s, task)


def withdraw_open_tasks(s: Session, run: Run, now: datetime, reason: str) -> tuple[Task, ...]:
    """Withdraw what the run still owes; returns it."""
    tasks = s.exec(select(Task).where(Task.run_id == run.id, col(Task.state).in_(LIVE_TASKS))).all()
    for task in tasks:
        withdraw_task(s, task, now, reason)
    return tuple(tasks)


def end_run(s: Session, run: Run, now: datetime, reason: str) -> None:
    """The run goes no further: what it still owes is withdrawn. One that had not begun is withdrawn itself."""
    withdraw_open_tasks(s, run, now, reason)
    run.state = RunState.CLOSED if run.state == RunState.OPEN else RunState.WITHDRAWN
    run.closed_at = now
    run.close_reason = reason
    s.flush()
