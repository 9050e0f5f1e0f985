"""What officers said about tasks. Append-only: the database refuses to change or delete a row."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, Text
from sqlmodel import Field, SQLModel

from storage.types import EncryptedText, Word, one_of


class ConfirmationKind(StrEnum):
    DONE = "done"
    PART_DONE = "part_done"  # a named party of a joint step confirmed its own part, others are missing
    SKIPPED = "skipped"
    OBSTACLE = "obstacle"
    UNDONE = "undone"
    DELEGATED = "delegated"
    TAKEN = "taken"
    RESCHEDULED = "rescheduled"


class Confirmation(SQLModel, table=True):
    """One statement. A mistake is corrected by a further row, never by an update or a delete."""

    __tablename__ = "confirmations"
    __table_args__ = (
        one_of("kind", ConfirmationKind, "ck_confirmations_kind"),
        CheckConstraint(
            "(kind = 'undone') <= (refers_to_id IS NOT NULL)", name="ck_confirmations_undone_refers"
        ),
        Index("ix_confirmations_task", "task_id", "id"),
        Index("ix_confirmations_said", "recorded_by_id", "recorded_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="tasks.id")
    role: str | None = Field(default=None, sa_type=Text)  # the part it is about
    child_id: int | None = Field(default=None, foreign_key="children.id")  # an entry of a roll
    kind: ConfirmationKind = Field(sa_type=Word(ConfirmationKind))
    officer_id: int = Field(foreign_key="officers.id")  # who did the work
    recorded_by_id: int = Field(foreign_key="officers.id")  # who said so
    done_on: date | None = None  # local date of the work; None: not known (done before Pandu was used)
    recorded_at: datetime
    note: str | None = Field(default=None, sa_type=EncryptedText("confirmations.note"))
    update_id: int | None = Field(default=None, sa_type=BigInteger)  # not unique: one tap can make several
    refers_to_id: int | None = Field(default=None, foreign_key="confirmations.id")
