"""SOP versions and the runs made of them."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.types import Word, one_of


class RunState(StrEnum):
    """`waiting`: its start date is known and ahead; `open`; `closed`; `withdrawn`: opened by what was undone."""

    WAITING = "waiting"
    OPEN = "open"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


LIVE_RUNS = (RunState.WAITING, RunState.OPEN)


class SopVersion(SQLModel, table=True):
    """The text of an SOP declaration as some run was opened with: an open run keeps its version."""

    __tablename__ = "sop_versions"

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(sa_type=Text, index=True)
    digest: str = Field(sa_type=Text, unique=True)
    source: str = Field(sa_type=Text)


class Run(SQLModel, table=True):
    """One execution of one SOP for one subject (an angkatan, a school or child of it, or a case)."""

    __tablename__ = "runs"
    __table_args__ = (
        UniqueConstraint("sop", "subject", "nth", name="uq_runs_sop_subject_nth"),
        one_of("state", RunState, "ck_runs_state"),
        CheckConstraint("(state = 'closed') <= (closed_at IS NOT NULL)", name="ck_runs_closed_has_time"),
        CheckConstraint("(state = 'open') <= (opened_at IS NOT NULL)", name="ck_runs_open_has_time"),
        CheckConstraint("(state = 'waiting') <= (opens_at IS NOT NULL)", name="ck_runs_waiting_has_time"),
        CheckConstraint("(cohort_id IS NULL) <> (case_id IS NULL)", name="ck_runs_cohort_or_case"),
        Index("ix_runs_cohort", "cohort_id", "sop"),
        Index("ix_runs_case", "case_id", "sop"),
        Index("ix_runs_waiting", "opens_at", sqlite_where=text("state = 'waiting'"),
              postgresql_where=text("state = 'waiting'")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    sop: str = Field(sa_type=Text)  # number as printed, "9.2.15"
    sop_version_id: int = Field(foreign_key="sop_versions.id")
    cohort_id: int | None = Field(default=None, foreign_key="cohorts.id")
    case_id: int | None = Field(default=None, foreign_key="cases.id")
    child_id: int | None = Field(default=None, foreign_key="children.id")
    school_id: int | None = Field(default=None, foreign_key="schools.id")
    subject: str = Field(sa_type=Text)  # "cohort:3", "school:9", "child:17" or "case:5"
    nth: int = 1  # a run may be repeated for the same subject
    state: RunState = Field(sa_type=Word(RunState))
    opens_at: datetime | None = None
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    started_by_id: int | None = Field(default=None, foreign_key="officers.id")  # by hand; None: by its rule
    close_reason: str | None = Field(default=None, sa_type=Text)
    event_on: date | None = None  # local: the day of its event, chosen or proposed
