"""Drafts of forms."""

from sqlmodel import Session, select

from storage.tables import Record


def find_draft(s: Session, task_id: int, child_id: int, officer_id: int, key: str) -> Record | None:
    """The officer's draft about one child of a roll."""
    return s.exec(
        select(Record).where(
            Record.task_id == task_id,
            Record.child_id == child_id,
            Record.key == key,
            Record.recorded_by_id == officer_id,
        )
    ).first()
