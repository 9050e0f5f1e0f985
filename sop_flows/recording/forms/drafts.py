"""Drafts of a form that is answered question by question: they survive a restart, /batal and another question."""

from copy import deepcopy
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from sop_flows.core.work import Work
from storage.queries import drafts as queries
from storage.tables import Officer, Record, StoredFile

DRAFT = "draft"  # key of the record that holds it; deleted when the form is saved


@dataclass
class Draft:
    """Answers so far. A field that was left out has None; one not yet asked is missing.

    Attributes:
        files: ids of stored files by field, while photos are still coming.
        ticked: choices ticked so far by field, until "Lanjut".
        people: complete rows by field, while somebody's second part is still missing.
        lacking: names without it, by field.
        done_on: the local date of the work when it was not today (ISO), "" otherwise.
        done_by: the colleague who did the work; 0: whoever saves.
        note: what the confirmation will say, such as an unmet requirement.
        corrects: the record that this one is to replace; 0: a first one.
        begun_at: when the draft was begun.
    """

    values: dict[str, Any] = field(default_factory=dict)
    files: dict[str, list[int]] = field(default_factory=dict)
    ticked: dict[str, list[str]] = field(default_factory=dict)
    people: dict[str, list[list[str]]] = field(default_factory=dict)
    lacking: dict[str, list[str]] = field(default_factory=dict)
    done_on: str = ""
    done_by: int = 0
    note: str = ""
    corrects: int = 0
    begun_at: datetime | None = None

    @property
    def worked_on(self) -> date | None:
        """The date of the work, None for today."""
        return date.fromisoformat(self.done_on) if self.done_on else None

    def forget(self, key: str) -> None:
        """The answer to one question is asked anew."""
        for kept in (self.values, self.files, self.ticked, self.people, self.lacking):
            kept.pop(key, None)


def find_draft(
    s: Session, officer: Officer, task_id: int, child_id: int | None, key: str = DRAFT
) -> Draft | None:
    """The officer's own draft: about the child of a roll or of a run, or (None) about the step; `key` is that of a school
    or Kab/Kota of the step."""
    row = queries.find_draft(s, task_id, child_id, officer.id or 0, key)
    if row is None:
        return None
    known = {one.name for one in fields(Draft)} - {"begun_at"}
    data: dict[str, Any] = deepcopy(row.data)  # what is changed inside the row's own value is not noticed
    return Draft(**{key: value for key, value in data.items() if key in known}, begun_at=row.recorded_at)


def keep_draft(
    work: Work,
    officer: Officer,
    task_id: int,
    child_id: int | None,
    draft: Draft,
    key: str = DRAFT,
) -> None:
    """Write the draft down. It is no evidence: unlike a record it is changed in place."""
    data: dict[str, Any] = {key: value for key, value in asdict(draft).items() if key != "begun_at"}
    row = queries.find_draft(work.session, task_id, child_id, officer.id or 0, key)
    if row is None:
        row = Record(
            task_id=task_id,
            child_id=child_id,
            key=key,
            data=data,
            done_on=work.today,
            recorded_at=work.now,
            officer_id=officer.id or 0,
            recorded_by_id=officer.id or 0,
        )
    row.data = data
    work.session.add(row)
    work.session.flush()


def drop_draft(s: Session, officer: Officer, task_id: int, child_id: int | None, key: str = DRAFT) -> None:
    """The draft was saved as a record, or is not wanted."""
    row = queries.find_draft(s, task_id, child_id, officer.id or 0, key)
    if row is not None:
        s.delete(row)
        s.flush()


def store_file(
    work: Work, officer: Officer, task_id: int, child_id: int | None, content: bytes, mime: str
) -> int:
    """Store a photo for the child or the step, encrypted; returns its id."""
    row = StoredFile(
        content_key=work.institution.cabinet.put(content),
        mime=mime,
        size_bytes=len(content),
        task_id=task_id,
        child_id=child_id,
        officer_id=officer.id or 0,
        stored_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    return row.id or 0
