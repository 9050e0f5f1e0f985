"""The parts of a task, one a role."""

from sqlmodel import Session, col, select

from storage.tables import Task, TaskPart


def parts_of(s: Session, task: Task) -> tuple[TaskPart, ...]:
    """The parts of a task in the order of the reference."""
    return tuple(s.exec(select(TaskPart).where(TaskPart.task_id == task.id).order_by(col(TaskPart.position))))
