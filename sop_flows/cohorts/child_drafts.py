"""Drafts of a form that is answered question by question: they survive a restart, /batal and another question."""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from sop_flows.house import House
from sop_flows.rolls.roll_call import Roll
from storage.queries import drafts as queries
from storage.tables import Officer, Record, StoredFile

DRAFT = "draft"  # key of the record that holds it; deleted when the form is saved


@dataclass
class Draft:
    """Answers so far. A field that was left out has None; one not yet asked is missing.

    Attributes:
        files: ids of stored files by field, while photos are still coming.
        done_on: the local date of the visit when it was not today (ISO), "" otherwise.
        begun_at: when the draft was begun.
    """

    values: dict[str, Any] = field(default_factory=dict)
    files: dict[str, list[int]] = field(default_factory=dict)
    done_on: str = ""
    begun_at: datetime | None = None

    @property
    def worked_on(self) -> date | None:
        """The date of the work, None for today."""
        return date.fromisoformat(self.done_on) if self.done_on else None


def find_draft(s: Session, officer: Officer, roll: Roll, child_id: int) -> Draft | None:
    """The officer's own draft about the child."""
    row = queries.find_draft(s, roll.task_id, child_id, officer.id or 0, DRAFT)
    if row is None:
        return None
    data: dict[str, Any] = deepcopy(row.data)  # what is changed inside the row's own value is not noticed
    return Draft(data.get("values", {}), data.get("files", {}), data.get("done_on", ""), row.recorded_at)


def keep_draft(s: Session, officer: Officer, roll: Roll, child_id: int, draft: Draft, now: datetime) -> None:
    """Write the draft down. It is no evidence: unlike a record it is changed in place."""
    data: dict[str, Any] = {"values": draft.values, "files": draft.files, "done_on": draft.done_on}
    row = queries.find_draft(s, roll.task_id, child_id, officer.id or 0, DRAFT)
    if row is None:
        row = Record(
            task_id=roll.task_id,
            child_id=child_id,
            key=DRAFT,
            data=data,
            done_on=roll.today,
            recorded_at=now,
            officer_id=officer.id or 0,
            recorded_by_id=officer.id or 0,
        )
    row.data = data
    s.add(row)
    s.flush()


def drop_draft(s: Session, officer: Officer, roll: Roll, child_id: int) -> None:
    """The draft was saved as a record, or is not wanted."""
    row = queries.find_draft(s, roll.task_id, child_id, officer.id or 0, DRAFT)
    if row is not None:
        s.delete(row)
        s.flush()


def store_file(
    s: Session,
    house: House,
    officer: Officer,
    roll: Roll,
    child_id: int,
    content: bytes,
    mime: str,
    now: datetime,
) -> int:
    """Store a photo for the child, encrypted; returns its id."""
    row = StoredFile(
        content_key=house.cabinet.put(content),
        mime=mime,
        size_bytes=len(content),
        task_id=roll.task_id,
        child_id=child_id,
        officer_id=officer.id or 0,
        stored_at=now,
    )
    s.add(row)
    s.flush()
    return row.id or 0
