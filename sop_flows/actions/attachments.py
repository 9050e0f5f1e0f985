"""Photos and documents that belong to a task."""

from sop_flows.core.work import Work
from sop_flows.staffing.task_rows import find_task, own_parts
from storage.tables import Officer, StoredFile


def attach(work: Work, officer: Officer, task_id: int, content: bytes, mime: str) -> StoredFile:
    """Store the file, encrypted, and its row.

    Raises:
        NotFoundError: no such task.
        NotYoursError: the officer has no part in it.
    """
    task = find_task(work.session, task_id)
    own_parts(work, officer, task)
    row = StoredFile(
        content_key=work.institution.cabinet.put(content),
        mime=mime,
        size_bytes=len(content),
        task_id=task_id,
        child_id=task.child_id,
        officer_id=officer.id or 0,
        stored_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    return row
