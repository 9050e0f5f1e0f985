"""What officers said, and what it opened."""

from datetime import date
from typing import Any

from sqlmodel import Session

from storage.tables import Change, Confirmation, ConfirmationKind, JournalEntry
from tests.support.builders.officers import build_officer
from tests.support.builders.rows import SOME_TIME, add, id_of
from tests.support.builders.tasks import build_task


def build_confirmation(s: Session, **fields: Any) -> Confirmation:
    """Done, said by who did it."""
    if "task_id" not in fields:
        fields["task_id"] = id_of(build_task(s))
    if "officer_id" not in fields:
        fields["officer_id"] = id_of(build_officer(s))
    return add(
        s, Confirmation, fields,
        role="penyantunan", kind=ConfirmationKind.DONE, recorded_by_id=fields["officer_id"],
        done_on=date(2026, 11, 23), recorded_at=SOME_TIME,
    )  # fmt: skip


def build_journal_entry(s: Session, **fields: Any) -> JournalEntry:
    """A task that a confirmation opened."""
    if "confirmation_id" not in fields:
        fields["confirmation_id"] = id_of(build_confirmation(s))
    if "row_id" not in fields:
        fields["row_id"] = id_of(build_task(s))
    return add(s, JournalEntry, fields, change=Change.OPENED, of_table="tasks", new={"state": "open"})
