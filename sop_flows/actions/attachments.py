"""Photos and documents that belong to a task; the portrait of a child."""

import mimetypes
from typing import Protocol

from sop_flows.core.work import Work
from sop_flows.errors import NotFoundError, NotPermittedError
from sop_flows.staffing.children import may_keep_children, visible_child
from sop_flows.staffing.responsibility import find_task, own_parts
from sop_flows.views.attachments import portrait_of
from storage.contents import let_go
from storage.tables import Officer, StoredFile

# What an office opens without asking: pictures, PDF, the papers of Word, Excel and their free kin, plain text, sound.
_OPENED = (
    "image/",
    "audio/",
    "text/plain",
    "text/csv",
    "application/pdf",
    "application/rtf",
    "application/msword",
)
_OFFICE = ("application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument.")
_EXCEL = ("application/vnd.ms-excel", "application/vnd.ms-powerpoint")


def mime_of(mime: str, name: str) -> str:
    """The kind of a file: a phone that does not know it says only its name."""
    known = "" if mime == "application/octet-stream" else mime
    return (known or mimetypes.guess_type(name)[0] or mime).lower()


def can_be_opened(mime: str, name: str) -> bool:
    """Whether whoever reads it later can open a file of this kind."""
    return mime_of(mime, name).startswith((*_OPENED, *_OFFICE, *_EXCEL))


class Sent(Protocol):
    """A file that an officer sent."""

    @property
    def content(self) -> bytes: ...
    @property
    def mime(self) -> str: ...
    @property
    def name(self) -> str: ...


def attach(work: Work, officer: Officer, task_id: int, sent: Sent) -> StoredFile:
    """Store the file, encrypted, and its row.

    Raises:
        NotFoundError: no such task.
        NotYoursError: the officer has no part in it.
    """
    key = work.institution.cabinet.put(sent.content)
    return attach_kept(work, officer, task_id, key, sent.mime, len(sent.content), sent.name)


def throw_away(work: Work, content_key: str) -> None:
    """A file that came and belongs to nothing: out of the cabinet, unless the same content is attached somewhere."""
    let_go(work.session, work.institution.cabinet, [content_key], work.now)


def attach_kept(
    work: Work,
    officer: Officer,
    task_id: int,
    content_key: str,
    mime: str,
    size_bytes: int,
    name: str | None = None,
) -> StoredFile:
    """As `attach`, of a file that lies in the cabinet already."""
    task = find_task(work.session, task_id)
    own_parts(work, officer, task)
    row = StoredFile(
        content_key=content_key,
        mime=mime,
        size_bytes=size_bytes,
        name=name,
        task_id=task_id,
        child_id=task.child_id,
        officer_id=officer.id or 0,
        stored_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    return row


def set_portrait(work: Work, child_id: int, sent: Sent) -> StoredFile:
    """Keep the picture as the child's portrait, in place of the one before.

    Raises NotPermittedError: a guru's; NotFoundError: no such child, or it does not belong (any more).
    """
    row = visible_child(work, work.officer, child_id)
    if not may_keep_children(work, work.officer):
        raise NotPermittedError("house")
    if not row.is_present:
        raise NotFoundError
    drop_portrait(work, child_id)
    portrait = StoredFile(
        content_key=work.institution.cabinet.put(sent.content),
        mime=sent.mime,
        size_bytes=len(sent.content),
        child_id=child_id,
        officer_id=work.officer.id or 0,
        stored_at=work.now,
    )
    work.session.add(portrait)
    work.session.flush()
    return portrait


def drop_portrait(work: Work, child_id: int) -> None:
    """Nothing of the portrait is kept, if there is one."""
    former = portrait_of(work.session, child_id)
    if former is not None:
        work.session.delete(former)
        work.session.flush()
        throw_away(work, former.content_key)
