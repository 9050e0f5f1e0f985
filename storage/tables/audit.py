"""What shows afterwards who looked, and whether what was recorded is still what it was."""

from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, Index, Text
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


class ShownMessage(SQLModel, table=True):
    """A message in an officer's chat that showed a child or a case, so that it can be taken back when that is erased."""

    __tablename__ = "shown_messages"
    __table_args__ = (Index("ix_shown_messages_message", "account_id", "message_id", "shown_at"),)

    of_table: str = Field(sa_type=Text, primary_key=True)  # "children" or "cases"
    row_id: int = Field(primary_key=True)
    account_id: int = Field(foreign_key="accounts.id", primary_key=True)
    message_id: int = Field(sa_type=BigInteger, primary_key=True)
    shown_at: datetime  # last; what the message showed before is no longer there
    is_file: bool  # a picture or document: Telegram lets no words take its place


class DayDigest(SQLModel, table=True):
    """What stood in the records on a day, as one number that follows from them and from that of the day before."""

    __tablename__ = "day_digests"

    id: int | None = Field(default=None, primary_key=True)
    day: date  # local; the rows of before that day, and those of its first hours
    parts: dict[str, tuple[int, str]] = Field(
        sa_type=JSON
    )  # by table: up to which id, and the SHA-256 of its rows
    digest: str = Field(sa_type=Text)  # SHA-256 of the one before, the day and the parts
