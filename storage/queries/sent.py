"""Reminders that went out, by the message that carried them; and those still to come."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from storage.tables import Reminder, ReminderKind, ReminderState

_UNTURNED = select(Reminder).where(
    col(Reminder.message_id).in_(bindparam("messages", expanding=True)),
    Reminder.officer_id == bindparam("officer"),
    col(Reminder.turned_at).is_(None),
)


def list_in_message(s: Session, officer_id: int, message_id: int) -> tuple[Reminder, ...]:
    """What one push of an officer carried; not the notices that changed it later."""
    return tuple(
        s.exec(
            select(Reminder)
            .where(
                Reminder.officer_id == officer_id,
                Reminder.message_id == message_id,
                col(Reminder.edits_message_id).is_(None),
            )
            .order_by(col(Reminder.id))
        )
    )


def list_sent_digests(
    s: Session, officer_id: int, since: datetime | None = None, limit: int | None = None
) -> tuple[Reminder, ...]:
    """The morning lists that went out to an officer after `since` (aware, UTC), the last first."""
    query = select(Reminder).where(
        Reminder.officer_id == officer_id,
        Reminder.kind == ReminderKind.DIGEST,
        Reminder.state == ReminderState.SENT,
    )
    if since is not None:
        query = query.where(col(Reminder.sent_at) > since)
    return tuple(s.exec(query.order_by(col(Reminder.sent_at).desc(), col(Reminder.id).desc()).limit(limit)))


def list_unturned(s: Session, officer_id: int, message_ids: Collection[int | None]) -> tuple[Reminder, ...]:
    """What these messages of an officer carried as pushes, if they still show that."""
    return tuple(s.exec(_UNTURNED, params={"messages": message_ids, "officer": officer_id}))


def list_coming(
    s: Session, officer_id: int | None, task_ids: Collection[int] | None = None
) -> tuple[Reminder, ...]:
    """Reminders of tasks still to be sent, by time: of one officer, of some tasks, or both."""
    query = select(Reminder).where(
        Reminder.state == ReminderState.PENDING,
        Reminder.kind != ReminderKind.NOTICE,
        col(Reminder.task_id).is_not(None),
    )
    if officer_id is not None:
        query = query.where(Reminder.officer_id == officer_id)
    if task_ids is not None:
        query = query.where(col(Reminder.task_id).in_(list(task_ids)))
    return tuple(s.exec(query.order_by(col(Reminder.due_at), col(Reminder.id))))


def list_about(s: Session, task_ids: Collection[int]) -> tuple[Reminder, ...]:
    """Every reminder of these tasks whatever became of it, notices left out, by due time."""
    query = select(Reminder).where(
        col(Reminder.task_id).in_(list(task_ids)), Reminder.kind != ReminderKind.NOTICE
    )
    return tuple(s.exec(query.order_by(col(Reminder.due_at), col(Reminder.id))))
