"""Whether somebody has worked on a task or a run already: then it is never put back or taken away."""

from sqlmodel import Session, col, select

from storage.tables import (
    Change,
    Confirmation,
    ConfirmationKind,
    EntryState,
    JournalEntry,
    Record,
    Run,
    StoredFile,
    Task,
    TaskEntry,
    TaskState,
    Weight,
)

# Taking a task, or being put in charge of it, is no work yet.
WORK = (
    ConfirmationKind.DONE,
    ConfirmationKind.PART_DONE,
    ConfirmationKind.SKIPPED,
    ConfirmationKind.OBSTACLE,
    ConfirmationKind.RESCHEDULED,
)


def is_task_worked_on(s: Session, task: Task) -> bool:
    """Whether anything was said, recorded, attached or chosen about it that was not taken back."""
    if task.state == TaskState.DONE or task.chosen_on is not None:
        return True
    said = s.exec(select(Confirmation).where(Confirmation.task_id == task.id)).all()
    undone = {row.refers_to_id for row in said if row.kind == ConfirmationKind.UNDONE}
    if any(row.kind in WORK and row.id not in undone for row in said):
        return True
    entries = select(TaskEntry.id).where(
        TaskEntry.task_id == task.id,
        col(TaskEntry.state).in_((EntryState.DONE, EntryState.EXCUSED))
        | col(TaskEntry.put_off_at).is_not(None),
    )
    kept = (
        entries,
        select(Record.id).where(Record.task_id == task.id),
        select(Weight.id).where(Weight.task_id == task.id),
        select(StoredFile.id).where(StoredFile.task_id == task.id),
    )
    return any(s.exec(query.limit(1)).first() is not None for query in kept)


def is_run_worked_on(s: Session, run: Run) -> bool:
    """Whether any of its tasks was worked on."""
    tasks = s.exec(select(Task).where(Task.run_id == run.id, Task.state != TaskState.WITHDRAWN)).all()
    return any(is_task_worked_on(s, task) for task in tasks)


def is_opened_by_work(s: Session, run: Run) -> bool:
    """Whether a confirmation opened it: then no date does."""
    return (
        s.exec(
            select(JournalEntry.id)
            .where(JournalEntry.of_table == Run.__tablename__, JournalEntry.row_id == run.id)
            .where(JournalEntry.change == Change.OPENED)
            .limit(1)
        ).first()
        is not None
    )
