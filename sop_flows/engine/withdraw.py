"""No longer owed: tasks and runs that an undo, a leave or the end of a case takes away; kept as evidence."""

from sqlalchemy import bindparam
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from sop_flows.core.states import live_parts, move, parts_of, reopen
from sop_flows.core.work import Work
from sop_flows.notifications.planning import drop_for_task
from sop_flows.recording import entries
from storage.tables import UNFINISHED, EntryState, Run, RunState, Task, TaskEntry, TaskState

MOVED = "moved"  # why a task or a run is withdrawn: the dates or the calendar moved


def withdraw_task(work: Work, task: Task, reason: str) -> None:
    """No longer owed; kept as evidence. `reason` is a word: undone, left, ended, terminated, moved."""
    move(work, task, TaskState.WITHDRAWN, closed_at=work.now, close_reason=reason)
    for part in live_parts(parts_of(work.session, task)):
        move(work, part, TaskState.WITHDRAWN)
    entries.withdraw_open(work, task)
    work.session.flush()
    drop_for_task(work, task)


_OWED = select(Task).where(Task.run_id == bindparam("run"), col(Task.state).in_(UNFINISHED))


def withdraw_open_tasks(work: Work, run: Run, reason: str) -> tuple[Task, ...]:
    """Withdraw what the run still owes; returns it."""
    tasks = work.session.exec(_OWED, params={"run": run.id}).all()
    for task in tasks:
        withdraw_task(work, task, reason)
    return tuple(tasks)


def end_run(work: Work, run: Run, reason: str) -> None:
    """The run goes no further: what it still owes is withdrawn. One that had not begun is withdrawn itself."""
    withdraw_open_tasks(work, run, reason)
    state = RunState.CLOSED if run.state == RunState.OPEN else RunState.WITHDRAWN
    move(work, run, state, closed_at=work.now, close_reason=reason)
    work.session.flush()


def take_up(work: Work, runs: SelectOfScalar[Run], reason: str) -> tuple[Task, ...]:
    """What ended for this reason goes on where it stood: the runs, and the steps that were withdrawn with them."""
    s = work.session
    taken = []
    for run in s.exec(runs).all():
        if run.close_reason != reason:
            continue
        is_over = run.state == RunState.WITHDRAWN and run.opened_at is None
        reopen(work, run, RunState.WAITING if is_over else RunState.OPEN)
        of_run = select(Task).where(
            Task.run_id == run.id, Task.state == TaskState.WITHDRAWN, Task.close_reason == reason
        )
        for task in s.exec(of_run).all():
            closed_at = task.closed_at
            state = TaskState.OPEN if task.opened_at is not None else TaskState.WAITING
            reopen(work, task, state)
            for part in parts_of(s, task):
                if part.state == TaskState.WITHDRAWN:
                    reopen(work, part, state)
            entries_then = select(TaskEntry).where(
                TaskEntry.task_id == task.id,
                TaskEntry.state == EntryState.WITHDRAWN,
                TaskEntry.closed_at == closed_at,
            )
            for entry in s.exec(entries_then).all():
                reopen(work, entry, EntryState.OPEN)
            work.touch(task)
            taken.append(task)
    s.flush()
    return tuple(taken)
