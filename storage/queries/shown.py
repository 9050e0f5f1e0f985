"""What stood on an officer's phone last: of answers and of reminders."""

from typing import Any

from sqlmodel import Session, col, select

from storage.tables import InboxRow, Reminder, ReminderState
from storage.types import every

LOOKED_AT = 20  # messages with a list or card, of each kind


def list_shown(s: Session, chat_key: str, officer_id: int) -> list[dict[str, Any]]:
    """The last ones, in no order."""
    answers = s.exec(
        select(InboxRow.shown)
        .where(col(InboxRow.chat_key).in_(every(chat_key)), col(InboxRow.shown).is_not(None))
        .order_by(col(InboxRow.id).desc())
        .limit(LOOKED_AT)
    )
    pushes = s.exec(
        select(Reminder.shown)
        .where(
            Reminder.officer_id == officer_id,
            Reminder.state == ReminderState.SENT,
            col(Reminder.shown).is_not(None),
        )
        .order_by(col(Reminder.sent_at).desc())
        .limit(LOOKED_AT)
    )
    return [row for row in (*answers, *pushes) if row is not None]
