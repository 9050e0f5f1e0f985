"""What a section has reported to the head of the house: open until it was read and accepted."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlmodel import Field, SQLModel

from storage.types import EncryptedText

OPEN = text("closed_at IS NULL")


class Report(SQLModel, table=True):
    """One report, by what was confirmed. Closed by nobody: it was taken back. Question and answer are the last ones."""

    __tablename__ = "reports"
    __table_args__ = (
        CheckConstraint("(question IS NULL) = (asked_by_id IS NULL)", name="ck_reports_asked_by"),
        CheckConstraint("closed_by_id IS NULL OR closed_at IS NOT NULL", name="ck_reports_closed_by"),
        Index("ix_reports_open", "id", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_reports_task", "task_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="tasks.id")
    confirmation_id: int = Field(foreign_key="confirmations.id")
    role: str = Field(sa_type=Text)  # the section that reports
    to_role: str = Field(sa_type=Text)  # who reads it
    reported_by_id: int = Field(foreign_key="officers.id")
    reported_at: datetime
    question: str | None = Field(default=None, sa_type=EncryptedText("reports.question"))
    asked_by_id: int | None = Field(default=None, foreign_key="officers.id")
    asked_at: datetime | None = None
    answer: str | None = Field(default=None, sa_type=EncryptedText("reports.answer"))
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by_id: int | None = Field(default=None, foreign_key="officers.id")
