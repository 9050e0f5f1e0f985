"""The inbox: raw updates committed before Telegram is told, and the reply stored with `handled`."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.types import EncryptedJson, EncryptedText


class InboxRow(SQLModel, table=True):
    """One update. Finished only by `handled_at`; spoken only by `replied_at`; kept 8 days."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("update_id", "identity", name="uq_inbox_update"),
        Index("ix_inbox_unhandled", "chat_key", "id",
              sqlite_where=text("handled_at IS NULL AND set_aside_at IS NULL"),
              postgresql_where=text("handled_at IS NULL AND set_aside_at IS NULL")),
        Index("ix_inbox_unreplied", "id",
              sqlite_where=text("replied_at IS NULL AND reply IS NOT NULL"),
              postgresql_where=text("replied_at IS NULL AND reply IS NOT NULL")),
        Index("ix_inbox_shown", "chat_key", "id", sqlite_where=text("shown IS NOT NULL"),
              postgresql_where=text("shown IS NOT NULL")),
        CheckConstraint("replied_at IS NULL OR handled_at IS NOT NULL OR set_aside_at IS NOT NULL",
                        name="ck_inbox_replied_after_handled"),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    update_id: int = Field(sa_type=BigInteger)
    identity: str = Field(
        default="", sa_type=Text
    )  # keyed hash of what makes it the same update: ids may begin anew, on Telegram after a quiet week
    chat_key: str = Field(sa_type=Text)  # keyed hash of the chat; "" when the update has none
    raw: str | None = Field(default=None, sa_type=EncryptedText("inbox.raw"))
    received_at: (
        datetime  # of a tap with words behind it, when Telegram got those: a tap has no date of its own
    )
    handled_at: datetime | None = None
    reply: list[dict[str, object]] | None = Field(
        default=None,
        sa_type=EncryptedJson("inbox.reply"),
    )
    replied_at: datetime | None = None
    attempts: int = 0
    error: str | None = Field(default=None, sa_type=Text)  # class and place only, never what was said
    set_aside_at: datetime | None = None
    shown: dict[str, object] | None = Field(default=None, sa_type=EncryptedJson("inbox.shown"))
    """the lines of the list or the task of the card in the reply, see handlers/ui/shown.py"""


class Conversation(SQLModel, table=True):
    """What an officer is being asked: which question, which child is next. One a chat; survives a restart."""

    __tablename__ = "conversations"

    officer_id: int = Field(foreign_key="officers.id", primary_key=True)
    topic: str = Field(sa_type=Text)  # which handler reads the next words, such as "weigh_in"
    task_id: int | None = Field(default=None, foreign_key="tasks.id")
    draft: dict[str, object] = Field(sa_type=EncryptedJson("conversations.draft"))
    card_message_id: int | None = Field(
        default=None, sa_type=BigInteger
    )  # the message that is edited in place
    card_shown_at: datetime | None = None
    updated_at: datetime
