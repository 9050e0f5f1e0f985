"""What shows afterwards who looked, and whether what was recorded is still what it was."""

from datetime import date, datetime

from sqlalchemy import JSON, Index, Text
from sqlmodel import Field, SQLModel


class ReadEntry(SQLModel, table=True):
    """Who looked at a child's or a case's personal data, when, on which screen and phone (UU 27/2022); never changed."""

    __tablename__ = "read_log"
    __table_args__ = (
        Index("ix_read_log_child", "child_id", "id"),
        Index("ix_read_log_case", "case_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    officer_id: int = Field(foreign_key="officers.id")
    child_id: int | None = Field(default=None, foreign_key="children.id")
    case_id: int | None = Field(default=None, foreign_key="cases.id")
    screen: str = Field(sa_type=Text)
    read_at: datetime
    account_id: int | None = Field(default=None, foreign_key="accounts.id")  # the phone; None: of before 0016


class DayDigest(SQLModel, table=True):
    """What stood in the records on a day, as one number that follows from them and from that of the day before."""

    __tablename__ = "day_digests"

    id: int | None = Field(default=None, primary_key=True)
    day: date  # local; the rows of before that day, and those of its first hours
    parts: dict[str, tuple[int, str]] = Field(
        sa_type=JSON
    )  # by table: up to which id, and the SHA-256 of its rows
    digest: str = Field(sa_type=Text)  # SHA-256 of the one before, the day and the parts
