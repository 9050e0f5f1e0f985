"""Photos and documents that belong to a task."""

from datetime import datetime

from sqlmodel import Session

from sop_flows.core.institution import House
from sop_flows.staffing.task_rows import find_task, own_parts
from storage.tables import Officer, StoredFile


def attach(
    s: Session, house: House, officer: Officer, task_id: int, content: bytes, mime: str, now: datetime
) -> StoredFile:
    """Store the file, encrypted, and its row.

    Raises:
        NotFoundError: no such task.
        NotYoursError: the officer has no part in it.
    """
    task = find_task(s, task_id)
    own_parts(s, house, officer, task)
    row = StoredFile(
        content_key=house.cabinet.put(content),
        mime=mime,
        size_bytes=len(content),
        task_id=task_id,
        child_id=task.child_id,
        officer_id=officer.id or 0,
        stored_at=now,
    )
    s.add(row)
    s.flush()
    return row
