"""What a confirmation changed, row by row: read backwards when it is undone."""

from enum import StrEnum

from sqlalchemy import JSON, Index, Text
from sqlmodel import Field, SQLModel

from storage.types import Word, one_of


class Change(StrEnum):
    """`opened`: made, or begun; `closed`; `moved`: other values, the state stays; `dropped`: of a reminder."""

    OPENED = "opened"
    CLOSED = "closed"
    MOVED = "moved"
    DROPPED = "dropped"


class JournalEntry(SQLModel, table=True):
    """One row that one confirmation changed."""

    __tablename__ = "journal"
    __table_args__ = (
        one_of("change", Change, "ck_journal_change"),
        Index("ix_journal_row", "of_table", "row_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    confirmation_id: int = Field(foreign_key="confirmations.id", index=True)
    change: Change = Field(sa_type=Word(Change))
    of_table: str = Field(sa_type=Text)
    row_id: int
    # States, times and ids by column, before and after; nothing before of a row that was made.
    old: dict[str, str | int | None] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    new: dict[str, str | int | None] = Field(sa_type=JSON(none_as_null=True))
