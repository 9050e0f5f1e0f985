"""Drafts of forms."""

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from storage.tables import Record

_DRAFT = select(Record).where(
    Record.task_id == bindparam("task"),
    col(Record.child_id).is_not_distinct_from(bindparam("child")),
    Record.key == bindparam("key"),
    Record.recorded_by_id == bindparam("officer"),
)


def find_draft(s: Session, task_id: int, child_id: int | None, officer_id: int, key: str) -> Record | None:
    """The officer's draft about one child; None: about the step itself."""
    whose = {"task": task_id, "child": child_id, "officer": officer_id}
    return s.exec(_DRAFT, params={**whose, "key": key}).first()
