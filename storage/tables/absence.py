"""Leave of officers, who deputises for them, and tasks offered to a colleague."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, text
from sqlmodel import Field, SQLModel

from storage.types import EncryptedText, Word, one_of


class Absence(SQLModel, table=True):
    """An officer is away from one local day to another, both inclusive.

    It is in force between `begun_at` and `ended_at`, which the passing of time sets: whoever asks who does a
    step finds the same rows as the reminders that were planned anew then. An absence with `ended_at` alone was
    taken back before it began.
    """

    __tablename__ = "absences"
    __table_args__ = (
        CheckConstraint("until_on >= from_on", name="ck_absences_until_after_from"),
        CheckConstraint("returns_at > begins_at", name="ck_absences_returns_after_begins"),
        CheckConstraint("stand_in_id IS NULL OR stand_in_id <> officer_id", name="ck_absences_stand_in_is_another"),
        Index("ix_absences_unfinished", "begins_at", sqlite_where=text("ended_at IS NULL"),
              postgresql_where=text("ended_at IS NULL")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    officer_id: int = Field(foreign_key="officers.id", index=True)
    from_on: date
    until_on: date
    begins_at: datetime  # local midnight of `from_on`
    returns_at: datetime  # local midnight after `until_on`
    deputy_id: int | None = Field(
        default=None, foreign_key="officers.id", sa_column_kwargs={"name": "stand_in_id"}
    )
    recorded_by_id: int = Field(foreign_key="officers.id")
    recorded_at: datetime
    nobody_told_at: datetime | None = None  # the heads heard that nobody of a role is left
    begun_at: datetime | None = None
    ended_at: datetime | None = None


class HandoverState(StrEnum):
    """`offered`: not answered yet; `lapsed`: not answered in time; `withdrawn`: taken back, or overtaken."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class Handover(SQLModel, table=True):
    """One part of a task offered to a colleague, who accepts or returns it; until then nothing changes."""

    __tablename__ = "handovers"
    __table_args__ = (
        one_of("state", HandoverState, "ck_handovers_state"),
        CheckConstraint("(state = 'offered') = (answered_at IS NULL)", name="ck_handovers_answered_has_time"),
        CheckConstraint("from_id <> to_id", name="ck_handovers_to_another"),
        Index("uq_handovers_offered", "task_id", "role", unique=True, sqlite_where=text("state = 'offered'"),
              postgresql_where=text("state = 'offered'")),
        Index("ix_handovers_ends", "ends_at", sqlite_where=text("state = 'offered'"),
              postgresql_where=text("state = 'offered'")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="tasks.id", index=True)
    role: str = Field(sa_type=Text)
    from_id: int = Field(foreign_key="officers.id")
    to_id: int = Field(foreign_key="officers.id")
    offered_at: datetime
    ends_at: datetime  # the due time of the task, at the latest one working day
    state: HandoverState = Field(default=HandoverState.OFFERED, sa_type=Word(HandoverState))
    answered_at: datetime | None = None
    reason: str | None = Field(default=None, sa_type=EncryptedText("handovers.reason"))
    update_id: int | None = Field(default=None, sa_type=BigInteger)
