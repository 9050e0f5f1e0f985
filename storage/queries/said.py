"""What has been said about a task, and what was attached to it."""

from sqlalchemy import bindparam, func
from sqlmodel import Session, col, select

from storage.tables import Confirmation, StoredFile

_OF_TASK = (
    select(Confirmation).where(Confirmation.task_id == bindparam("task")).order_by(col(Confirmation.id))
)
_FILES = select(func.count()).where(StoredFile.task_id == bindparam("task"))


def list_confirmations(s: Session, task_id: int) -> tuple[Confirmation, ...]:
    """Everything officers said about the task, oldest first."""
    return tuple(s.exec(_OF_TASK, params={"task": task_id}))


def count_files(s: Session, task_id: int) -> int:
    """How many photos and documents are attached to the task."""
    return s.exec(_FILES, params={"task": task_id}).one()
