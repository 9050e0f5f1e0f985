"""Angkatan, schools, children, and how long each child belongs."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.types import EncryptedText, Word, one_of


class LeaveReason(StrEnum):
    """Why a child does not belong (any more). Reserves and those not accepted never did, and count nowhere."""

    SICK = "sakit"
    WENT_HOME = "pulang lebih awal"
    CANCELLED = "batal ikut"
    REFERRED = "dirujuk"
    SCHOOL_WITHDREW = "sekolah mundur"
    ENDED = "selesai"
    RESERVE = "cadangan"
    REFUSED = "tidak diterima"


NOT_MEMBERS = (LeaveReason.RESERVE, LeaveReason.REFUSED)  # by the selection (SOP 9.2.03 step 2)


class FlagKind(StrEnum):
    """`assessment`: needs special care (SOP 9.2.09 step 4); `nurse`: marked for the nurse at a weigh-in."""

    ASSESSMENT = "assessment"
    NURSE = "nurse"


class Cohort(SQLModel, table=True):
    """An angkatan: the children of some schools, who arrive on day 0 and leave on the last day."""

    __tablename__ = "cohorts"
    __table_args__ = (
        CheckConstraint("departure_on > arrival_on", name="ck_cohorts_departure_after_arrival"),
    )

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(sa_type=Text, unique=True)
    arrival_on: date
    departure_on: date
    opened_at: datetime
    opened_by_id: int | None = Field(default=None, foreign_key="officers.id")
    closed_at: datetime | None = None
    plan_taken_at: datetime | None = (
        None  # when it left the calendar it was opened with for the pack's new one
    )


class CohortMove(SQLModel, table=True):
    """One change of the dates of an angkatan: from which to which, by whom, why."""

    __tablename__ = "cohort_moves"

    id: int | None = Field(default=None, primary_key=True)
    cohort_id: int = Field(foreign_key="cohorts.id", index=True)
    arrival_from: date
    arrival_on: date
    departure_from: date
    departure_on: date
    reason: str = Field(sa_type=EncryptedText("cohort_moves.reason"))
    officer_id: int | None = Field(default=None, foreign_key="officers.id")  # None: from the command line
    moved_at: datetime
    update_id: int | None = Field(default=None, sa_type=BigInteger)


class School(SQLModel, table=True):
    """A school that takes part in one cohort."""

    __tablename__ = "schools"
    __table_args__ = (UniqueConstraint("cohort_id", "name", name="uq_schools_cohort_name"),)

    id: int | None = Field(default=None, primary_key=True)
    cohort_id: int = Field(foreign_key="cohorts.id")
    name: str = Field(sa_type=Text)
    withdrew_on: date | None = None
    kabupaten: str | None = Field(default=None, sa_type=Text)  # of which Kab/Kota it is, as people call it


class Child(SQLModel, table=True):
    """A child is its number within the cohort: two may have one name."""

    __tablename__ = "children"
    __table_args__ = (
        UniqueConstraint("cohort_id", "number", name="uq_children_cohort_number"),
        CheckConstraint("number >= 1", name="ck_children_number_positive"),
        CheckConstraint("sex IN ('L', 'P')", name="ck_children_sex"),
    )

    id: int | None = Field(default=None, primary_key=True)
    cohort_id: int = Field(foreign_key="cohorts.id")
    school_id: int = Field(foreign_key="schools.id", index=True)
    number: int
    sex: str = Field(sa_type=Text)
    name: str = Field(sa_type=EncryptedText("children.name"))
    name_key: str = Field(sa_type=Text)  # keyed hash of the folded name: finds exact duplicates
    born_on: str | None = Field(default=None, sa_type=EncryptedText("children.born_on"))
    parent_name: str | None = Field(default=None, sa_type=EncryptedText("children.parent_name"))
    phone: str | None = Field(default=None, sa_type=EncryptedText("children.phone"))
    address: str | None = Field(default=None, sa_type=EncryptedText("children.address"))


class Membership(SQLModel, table=True):
    """From when to when a child belongs to its cohort. After `until_on` nothing is asked about it."""

    __tablename__ = "memberships"
    __table_args__ = (
        Index("uq_memberships_open", "child_id", unique=True, sqlite_where=text("until_on IS NULL"),
              postgresql_where=text("until_on IS NULL")),
        CheckConstraint("(until_on IS NULL) = (reason IS NULL)", name="ck_memberships_reason_when_ended"),
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="ck_memberships_until_after_from"),
        one_of("reason", LeaveReason, "ck_memberships_reason"),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    child_id: int = Field(foreign_key="children.id", index=True)
    from_on: date
    until_on: date | None = None
    reason: LeaveReason | None = Field(default=None, sa_type=Word(LeaveReason))
    note: str | None = Field(default=None, sa_type=EncryptedText("memberships.note"))
    ended_by_id: int | None = Field(default=None, foreign_key="officers.id")


class ChildFlag(SQLModel, table=True):
    """A mark on a child; a cleared mark stays as evidence."""

    __tablename__ = "child_flags"
    __table_args__ = (
        Index("uq_child_flags_set", "child_id", "kind", unique=True, sqlite_where=text("cleared_at IS NULL"),
              postgresql_where=text("cleared_at IS NULL")),
        Index("ix_child_flags_child", "child_id"),
        one_of("kind", FlagKind, "ck_child_flags_kind"),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    child_id: int = Field(foreign_key="children.id")
    kind: FlagKind = Field(sa_type=Word(FlagKind))
    set_at: datetime
    set_by_id: int = Field(foreign_key="officers.id")
    cleared_at: datetime | None = None


class Correction(SQLModel, table=True):
    """A slip that was put right: of which row and which fact, from what to what, by whom, why."""

    __tablename__ = "corrections"
    __table_args__ = (Index("ix_corrections_row", "of_table", "row_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    of_table: str = Field(sa_type=Text)  # children, schools, cohorts, officers
    row_id: int
    fact: str = Field(sa_type=Text)  # its column
    before: str | None = Field(default=None, sa_type=EncryptedText("corrections.before"))
    after: str | None = Field(default=None, sa_type=EncryptedText("corrections.after"))
    reason: str = Field(sa_type=EncryptedText("corrections.reason"))
    officer_id: int = Field(foreign_key="officers.id")
    corrected_at: datetime
    update_id: int | None = Field(default=None, sa_type=BigInteger)
