"""Drafts of forms."""

from sqlmodel import Session, col, select

from storage.tables import Record


def find_draft(s: Session, task_id: int, child_id: int | None, officer_id: int, key: str) -> Record | None:
    """The officer's draft about one child; None: about the step itself."""
    return s.exec(
        select(Record).where(
            Record.task_id == task_id,
            col(Record.child_id).is_(None) if child_id is None else col(Record.child_id) == child_id,
            Record.key == key,
            Record.recorded_by_id == officer_id,
        )
    ).first()
