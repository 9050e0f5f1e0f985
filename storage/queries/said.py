"""What has been said about a task, and what was attached to it."""

from sqlalchemy import func
from sqlmodel import Session, col, select

from storage.tables import Confirmation, ConfirmationKind, StoredFile


def list_confirmations(s: Session, task_id: int) -> tuple[Confirmation, ...]:
    """Everything officers said about the task, oldest first."""
    return tuple(
        s.exec(select(Confirmation).where(Confirmation.task_id == task_id).order_by(col(Confirmation.id)))
    )


def list_notes(s: Session, task_id: int, kind: ConfirmationKind) -> tuple[Confirmation, ...]:
    """What was said of one kind about the task (obstacles, reschedulings), newest first."""
    return tuple(
        s.exec(
            select(Confirmation)
            .where(Confirmation.task_id == task_id, Confirmation.kind == kind)
            .order_by(col(Confirmation.id).desc())
        )
    )


def count_files(s: Session, task_id: int) -> int:
    """How many photos and documents are attached to the task."""
    return s.exec(select(func.count()).where(StoredFile.task_id == task_id)).one()
