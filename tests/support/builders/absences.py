"""Leave, and tasks offered to a colleague."""

from datetime import date, timedelta
from typing import Any

from sqlmodel import Session

from storage.tables import Absence, Handover
from tests.support.builders.officers import build_officer
from tests.support.builders.rows import SOME_TIME, add, id_of
from tests.support.builders.tasks import build_task


def build_absence(s: Session, **fields: Any) -> Absence:
    """Two days of leave that have not begun, without a deputy."""
    if "officer_id" not in fields:
        fields["officer_id"] = id_of(build_officer(s))
    return add(
        s, Absence, fields,
        from_on=date(2026, 12, 7), until_on=date(2026, 12, 8), begins_at=SOME_TIME,
        returns_at=SOME_TIME + timedelta(days=2), recorded_by_id=fields["officer_id"], recorded_at=SOME_TIME,
    )  # fmt: skip


def build_handover(s: Session, **fields: Any) -> Handover:
    """An offer that nobody has answered yet."""
    if "task_id" not in fields:
        fields["task_id"] = id_of(build_task(s))
    for side in ("from_id", "to_id"):
        if side not in fields:
            fields[side] = id_of(build_officer(s))
    return add(
        s, Handover, fields,
        role="penyantunan", offered_at=SOME_TIME, ends_at=SOME_TIME + timedelta(days=1),
    )  # fmt: skip
