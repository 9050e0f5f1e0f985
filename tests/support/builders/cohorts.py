"""Angkatan, schools, children, memberships, marks, and the log of who read what."""

from datetime import date
from typing import Any

from sqlmodel import Session

from storage.tables import (
    Child,
    ChildFlag,
    Cohort,
    CohortMove,
    Correction,
    FlagKind,
    Incident,
    Membership,
    ReadEntry,
    School,
)
from tests.support.builders.officers import build_officer
from tests.support.builders.rows import SOME_TIME, add, id_of, next_number


def build_cohort(s: Session, **fields: Any) -> Cohort:
    """An angkatan that stays from 1 to 31 December 2026."""
    return add(
        s, Cohort, fields,
        name=f"Angkatan {next_number()}", arrival_on=date(2026, 12, 1), departure_on=date(2026, 12, 31),
        opened_at=SOME_TIME,
    )  # fmt: skip


def build_cohort_move(s: Session, **fields: Any) -> CohortMove:
    """An arrival put off by three days."""
    if "cohort_id" not in fields:
        fields["cohort_id"] = id_of(build_cohort(s))
    return add(
        s, CohortMove, fields,
        arrival_from=date(2026, 12, 1), arrival_on=date(2026, 12, 4), departure_from=date(2026, 12, 31),
        departure_on=date(2026, 12, 31), reason="ombak tinggi", moved_at=SOME_TIME,
    )  # fmt: skip


def build_school(s: Session, **fields: Any) -> School:
    """A school of an angkatan."""
    if "cohort_id" not in fields:
        fields["cohort_id"] = id_of(build_cohort(s))
    return add(s, School, fields, name=f"SDN Rekaan {next_number()}")


def build_child(s: Session, **fields: Any) -> Child:
    """A child on the roster; no membership yet."""
    if "school_id" not in fields:
        school = build_school(s, **({"cohort_id": fields["cohort_id"]} if "cohort_id" in fields else {}))
        fields["school_id"], fields["cohort_id"] = id_of(school), school.cohort_id
    number = next_number()
    return add(
        s, Child, fields, number=number, sex="P", name=f"Anak Rekaan {number}", name_key=f"name{number}"
    )


def build_membership(s: Session, **fields: Any) -> Membership:
    """A child that belongs from 1 December 2026 on."""
    if "child_id" not in fields:
        fields["child_id"] = id_of(build_child(s))
    return add(s, Membership, fields, from_on=date(2026, 12, 1))


def build_child_flag(s: Session, **fields: Any) -> ChildFlag:
    """A child marked in the assessment."""
    if "child_id" not in fields:
        fields["child_id"] = id_of(build_child(s))
    if "set_by_id" not in fields:
        fields["set_by_id"] = id_of(build_officer(s))
    return add(s, ChildFlag, fields, kind=FlagKind.ASSESSMENT, set_at=SOME_TIME)


def build_read_entry(s: Session, **fields: Any) -> ReadEntry:
    """An officer looked at something."""
    if "officer_id" not in fields:
        fields["officer_id"] = id_of(build_officer(s))
    return add(s, ReadEntry, fields, screen="child", read_at=SOME_TIME)


def build_correction(s: Session, **fields: Any) -> Correction:
    """The name of a child, put right."""
    if "officer_id" not in fields:
        fields["officer_id"] = id_of(build_officer(s))
    return add(
        s, Correction, fields, of_table="children", row_id=1, fact="name", before="Anak Rekaan",
        after="Anak Benar", reason="salah ketik", corrected_at=SOME_TIME,
    )  # fmt: skip


def build_incident(s: Session, **fields: Any) -> Incident:
    """Something that happened to a child, without a result."""
    if "child_id" not in fields:
        fields["child_id"] = id_of(build_child(s))
    if "reported_by_id" not in fields:
        fields["reported_by_id"] = id_of(build_officer(s))
    return add(s, Incident, fields, words="demam rekaan", reported_at=SOME_TIME)
