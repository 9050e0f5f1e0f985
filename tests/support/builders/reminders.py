"""Reminders and vital signs."""

from typing import Any

from sqlmodel import Session

from storage.tables import Acknowledgement, DigestItem, ItemKind, Reminder, ReminderKind, Vital
from tests.support.builders.officers import build_officer
from tests.support.builders.rows import SOME_TIME, add, id_of, next_number
from tests.support.builders.tasks import build_task, build_task_part


def build_reminder(s: Session, **fields: Any) -> Reminder:
    """A reminder that is owed on the morning of the due day."""
    if "officer_id" not in fields:
        fields["officer_id"] = id_of(build_officer(s))
    if "task_id" not in fields:
        fields["task_id"] = id_of(build_task(s))
    return add(
        s, Reminder, fields,
        key=f"reminder{next_number()}", kind=ReminderKind.MORNING, role="penyantunan", rule="morning",
        due_at=SOME_TIME, created_at=SOME_TIME,
    )  # fmt: skip


def build_digest_item(s: Session, **fields: Any) -> DigestItem:
    """A morning list of a head."""
    if "reminder_id" not in fields:
        digest = build_reminder(s, task_id=None, kind=ReminderKind.DIGEST, rule="digest")
        fields["reminder_id"] = id_of(digest)
    return add(s, DigestItem, fields, kind=ItemKind.AS_HEAD)


def build_acknowledgement(s: Session, **fields: Any) -> Acknowledgement:
    """A head took a late step on."""
    if "task_part_id" not in fields:
        fields["task_part_id"] = id_of(build_task_part(s))
    if "officer_id" not in fields:
        fields["officer_id"] = id_of(build_officer(s))
    return add(s, Acknowledgement, fields, due_at=SOME_TIME, acknowledged_at=SOME_TIME)


def build_vital(s: Session, **fields: Any) -> Vital:
    """A small fact of the running bot."""
    return add(s, Vital, fields, name=f"fact{next_number()}", value="1", at=SOME_TIME)
