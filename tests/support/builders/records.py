"""Weights, forms, files."""

from datetime import date
from typing import Any

from sqlmodel import Session

from storage.tables import Record, StoredFile, Task, Weight
from tests.support.builders.cohorts import build_child
from tests.support.builders.officers import build_officer
from tests.support.builders.rows import SOME_TIME, add, id_of, next_number
from tests.support.builders.tasks import build_task


def build_weight(s: Session, **fields: Any) -> Weight:
    """23,5 kg."""
    _fill_in_who(s, fields)
    return add(
        s, Weight, fields,
        weight_g=23_500, weighed_on=date(2026, 12, 11), recorded_at=SOME_TIME, recorded_by_id=fields["officer_id"],
    )  # fmt: skip


def build_record(s: Session, **fields: Any) -> Record:
    """A form's answer."""
    _fill_in_who(s, fields)
    return add(
        s, Record, fields,
        key="form", data={"hasil": "sehat"}, done_on=date(2026, 12, 2), recorded_at=SOME_TIME,
        recorded_by_id=fields["officer_id"],
    )  # fmt: skip


def build_stored_file(s: Session, **fields: Any) -> StoredFile:
    """A photo."""
    _fill_in_who(s, fields)
    return add(
        s, StoredFile, fields,
        content_key=f"file{next_number()}", mime="image/jpeg", size_bytes=12_345, stored_at=SOME_TIME,
    )  # fmt: skip


def _fill_in_who(s: Session, fields: dict[str, Any]) -> None:
    task = s.get_one(Task, fields["task_id"]) if "task_id" in fields else build_task(s)
    fields["task_id"] = id_of(task)
    if "child_id" not in fields:
        fields["child_id"] = id_of(build_child(s, cohort_id=task.cohort_id))
    if "officer_id" not in fields:
        fields["officer_id"] = id_of(build_officer(s))
