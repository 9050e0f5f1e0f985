"""The parts of a task, one a role."""

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from storage.tables import Task, TaskPart

_PARTS = (
    select(TaskPart)
    .where(TaskPart.task_id == bindparam("task"))
    .order_by(col(TaskPart.position))
    .execution_options(populate_existing=True)
)


def parts_of(s: Session, task: Task) -> tuple[TaskPart, ...]:
    """The parts of a task in the order of the reference, as they are now.

    Read anew each time: a card may have read them before the task was locked.
    """
    return tuple(s.exec(_PARTS, params={"task": task.id}))
