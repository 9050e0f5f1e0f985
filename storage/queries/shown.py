"""What stood on an officer's phone last, of answers and of reminders; and which messages showed whom."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel, col, select

from storage.tables import InboxRow, Reminder, ReminderState, ShownMessage
from storage.types import every

LOOKED_AT = 20  # messages with a list or card, of each kind


_ANSWERS = (
    select(InboxRow.shown)
    .where(
        col(InboxRow.chat_key).in_(bindparam("chat_keys", expanding=True)), col(InboxRow.shown).is_not(None)
    )
    .order_by(col(InboxRow.id).desc())
    .limit(LOOKED_AT)
)
_PUSHES = (
    select(Reminder.shown)
    .where(
        Reminder.officer_id == bindparam("officer"),
        Reminder.state == ReminderState.SENT,
        col(Reminder.shown).is_not(None),
    )
    .order_by(col(Reminder.sent_at).desc())
    .limit(LOOKED_AT)
)


def list_shown(s: Session, chat_key: str, officer_id: int) -> list[dict[str, Any]]:
    """The last ones, in no order."""
    answers = s.exec(_ANSWERS, params={"chat_keys": every(chat_key)})
    pushes = s.exec(_PUSHES, params={"officer": officer_id})
    return [row for row in (*answers, *pushes) if row is not None]


_NAMED = SQLModel.metadata.tables["shown_messages"]
_AGAIN = [column.name for column in _NAMED.primary_key]
_NOTE_SQLITE = sqlite.insert(_NAMED)
_NOTE_SQLITE = _NOTE_SQLITE.on_conflict_do_update(
    index_elements=_AGAIN, set_={"shown_at": _NOTE_SQLITE.excluded.shown_at}
)
_NOTE_POSTGRESQL = postgresql.insert(_NAMED)
_NOTE_POSTGRESQL = _NOTE_POSTGRESQL.on_conflict_do_update(
    index_elements=_AGAIN, set_={"shown_at": _NOTE_POSTGRESQL.excluded.shown_at}
)


def note_named(
    s: Session,
    account_id: int,
    named: Iterable[tuple[str, int]],
    messages: Iterable[tuple[int, bool]],
    now: datetime,
) -> None:
    """These messages (id, whether a file) show these children and cases (table, id), in one statement."""
    is_postgresql = s.get_bind().dialect.name == "postgresql"
    rows = [
        {"of_table": table, "row_id": row_id, "account_id": account_id, "message_id": message_id,
         "shown_at": now, "is_file": is_file}
        for message_id, is_file in dict(messages).items() for table, row_id in named
    ]  # fmt: skip
    s.execute(_NOTE_POSTGRESQL if is_postgresql else _NOTE_SQLITE, rows)


def list_naming(s: Session, table: str, row_id: int) -> tuple[ShownMessage, ...]:
    """Messages that show this child or case still, as far as is known: nobody else was shown there later."""
    mine = select(ShownMessage).where(ShownMessage.of_table == table, ShownMessage.row_id == row_id)
    there = aliased(ShownMessage)
    last = (
        select(func.max(there.shown_at))
        .where(there.account_id == ShownMessage.account_id, there.message_id == ShownMessage.message_id)
        .scalar_subquery()
    )
    return tuple(
        s.exec(mine.where(col(ShownMessage.shown_at) >= last).order_by(col(ShownMessage.message_id)))
    )


def forget_naming(s: Session, table: str, row_id: int) -> None:
    """The child or case is erased, and its messages are being taken back."""
    s.execute(
        delete(ShownMessage).where(col(ShownMessage.of_table) == table, col(ShownMessage.row_id) == row_id)
    )
