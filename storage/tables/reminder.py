"""Reminders: a message owed to an officer at a time. A row before it is a message."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, text
from sqlmodel import Field, SQLModel

from storage.types import EncryptedJson, Word, one_of


class ReminderKind(StrEnum):
    LEAD = "lead"  # n days before, 07.30
    MORNING = "morning"  # 07.30 of the day itself
    DUE = "due"  # at the due time
    HANDED = "handed"  # another role has just finished: it is yours now
    SNOOZE = "snooze"  # "Ingatkan lagi"
    DIGEST = "digest"  # 07.30: what is due today and what is late
    ESCALATION = "escalation"  # an emergency step is late: to a head, at once
    NOTICE = "notice"  # anything said to anyone but the officer who tapped


class ReminderState(StrEnum):
    """`dropped`: no longer true when its time came; `failed`: refused by Telegram, shown by doctor."""

    PENDING = "pending"
    SENT = "sent"
    DROPPED = "dropped"
    FAILED = "failed"


class DroppedWhy(StrEnum):
    """Why a reminder was not sent."""

    DONE = "done"
    SKIPPED = "skipped"  # or missed
    WITHDRAWN = "withdrawn"
    CHILD_DONE = "child_done"
    OFFICER_GONE = "officer_gone"
    MOVED = "moved"  # its date, or the calendar
    SNOOZED = "snoozed"  # "Ingatkan lagi" for a later time
    CHOSEN = "chosen"  # the date that it asked for
    TAKEN = "taken"  # a colleague has it
    HANDED_ON = "handed_on"  # another officer is reminded instead, on leave
    LATER_ONE = "later_one"  # after an outage the last of several is enough
    SWITCHED_OFF = "switched_off"
    RENEWED = "renewed"  # said otherwise, or taken back before it was said
    OVER = "over"  # its time was over
    NOTHING = "nothing"  # there was nothing to say


def _partial(name: str, rows: str, *columns: str, unique: bool = False) -> Index:
    """An index of some rows only: what a wake asks for costs the same however many others there are."""
    return Index(name, *columns, unique=unique, sqlite_where=text(rows), postgresql_where=text(rows))


class Reminder(SQLModel, table=True):
    """One owed message; several of one officer may go out as one Telegram message (same `message_id`)."""

    __tablename__ = "reminders"
    __table_args__ = (
        one_of("kind", ReminderKind, "ck_reminders_kind"),
        one_of("state", ReminderState, "ck_reminders_state"),
        one_of("dropped_why", DroppedWhy, "ck_reminders_dropped_why"),
        CheckConstraint("dropped_why IS NULL OR state = 'dropped'", name="ck_reminders_why_of_dropped"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="ck_reminders_sent_has_time"),
        CheckConstraint("task_id IS NOT NULL OR kind IN ('digest', 'notice')", name="ck_reminders_has_task"),
        _partial("uq_reminders_pending_key", "state = 'pending'", "key", unique=True),
        _partial("ix_reminders_unsent", "state = 'pending'", "due_at"),
        Index("ix_reminders_task", "task_id", "due_at"),
        _partial("ix_reminders_in_hand", "state = 'pending' AND lease_until IS NOT NULL", "lease_until"),
        _partial("ix_reminders_officer_unsent", "state = 'pending'", "officer_id", "due_at"),
        _partial("ix_reminders_officer_sent", "state = 'sent'", "officer_id", "sent_at"),
        _partial("ix_reminders_message", "message_id IS NOT NULL", "message_id", "officer_id"),
        _partial("ix_reminders_digests", "kind = 'digest'", "due_at", "officer_id"),
        _partial("ix_reminders_notices", "kind = 'notice'", "rule", "created_at"),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(sa_type=Text)  # what makes it the same reminder: task, officer, child, rule
    kind: ReminderKind = Field(sa_type=Word(ReminderKind))
    officer_id: int = Field(foreign_key="officers.id", index=True)
    account_id: int | None = Field(
        default=None, foreign_key="accounts.id"
    )  # a former phone; None: the present one
    task_id: int | None = Field(default=None, foreign_key="tasks.id")
    role: str | None = Field(default=None, sa_type=Text)
    child_id: int | None = Field(default=None, foreign_key="children.id")
    rule: str = Field(sa_type=Text)  # "lead:1", "morning", "due", "handed", "taken", ...
    due_at: datetime
    state: ReminderState = Field(default=ReminderState.PENDING, sa_type=Word(ReminderState))
    dropped_why: DroppedWhy | None = Field(default=None, sa_type=Word(DroppedWhy))
    ends_at: datetime | None = None  # after this it is no longer true
    payload: dict[str, object] | None = Field(default=None, sa_type=EncryptedJson("reminders.payload"))
    edits_message_id: int | None = Field(
        default=None, sa_type=BigInteger
    )  # a notice that changes an earlier push
    claimed_epoch: int | None = None  # the `owner_epoch` of the process that is sending it
    lease_until: datetime | None = None
    attempts: int = 0
    sent_at: datetime | None = None
    message_id: int | None = Field(default=None, sa_type=BigInteger)
    turned_at: datetime | None = None  # when a tap turned that message into another screen
    error: str | None = Field(default=None, sa_type=Text)
    created_at: datetime
    shown: dict[str, object] | None = Field(
        default=None, sa_type=EncryptedJson("reminders.shown")
    )  # as of an inbox row; on the first of the rows that one message carries


class ItemKind(StrEnum):
    LATE = "late"  # a part that stays late, told to a head
    OBSTACLE = "obstacle"  # somebody reported a hindrance
    MISSED = "missed"  # a missed occurrence, asked about
    AS_HEAD = (
        "as_head"  # the list is that of a head: an obstacle of before that it leaves out is still to be told
    )


class DigestItem(SQLModel, table=True):
    """One thing that a morning list says, decided before its text is made; those of one kind in their order."""

    __tablename__ = "digest_items"
    __table_args__ = (
        one_of("kind", ItemKind, "ck_digest_items_kind"),
        CheckConstraint("(kind = 'late') = (task_part_id IS NOT NULL)", name="ck_digest_items_late_part"),
        CheckConstraint(
            "(kind = 'late') = (level IS NOT NULL AND page IS NOT NULL)", name="ck_digest_items_late_page"
        ),
        CheckConstraint(
            "(kind = 'obstacle') = (confirmation_id IS NOT NULL)", name="ck_digest_items_obstacle"
        ),
        CheckConstraint("(kind = 'missed') = (task_id IS NOT NULL)", name="ck_digest_items_missed_task"),
    )

    id: int | None = Field(default=None, primary_key=True)
    reminder_id: int = Field(foreign_key="reminders.id", ondelete="CASCADE", index=True)
    kind: ItemKind = Field(sa_type=Word(ItemKind))
    task_part_id: int | None = Field(default=None, foreign_key="task_parts.id")
    level: str | None = Field(default=None, sa_type=Text)  # "head" or "top"
    page: int | None = None  # of the list of late steps, from 1
    confirmation_id: int | None = Field(default=None, foreign_key="confirmations.id")
    task_id: int | None = Field(default=None, foreign_key="tasks.id")


class Acknowledgement(SQLModel, table=True):
    """A head said "Saya tangani" about a part of a task that was late by `due_at`; the row stays when it is taken back."""

    __tablename__ = "acknowledgements"

    id: int | None = Field(default=None, primary_key=True)
    task_part_id: int = Field(foreign_key="task_parts.id", index=True)
    officer_id: int = Field(foreign_key="officers.id")
    due_at: datetime  # a date that moved makes it another lateness
    acknowledged_at: datetime
    taken_back_at: datetime | None = None
    update_id: int | None = Field(default=None, sa_type=BigInteger)


class Vital(SQLModel, table=True):
    """Small facts of the running bot: the dispatcher's heartbeat, the last outage, the key check."""

    __tablename__ = "vitals"

    name: str = Field(sa_type=Text, primary_key=True)
    value: str = Field(sa_type=Text)
    at: datetime
