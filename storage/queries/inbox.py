"""The inbox: raw updates in, chats that wait, replies that are still to be said."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from storage.tables import InboxRow

KEPT = timedelta(days=8)  # Telegram keeps an update for one day; ids begin anew after a quiet week

_UNHANDLED = (col(InboxRow.handled_at).is_(None), col(InboxRow.set_aside_at).is_(None))


@dataclass(frozen=True)
class Received:
    """One raw update as it came: `identity` is the same for the same update only, `raw` is JSON text.

    `at`: when it had come to Telegram at the latest, aware UTC, where that is before now.
    """

    update_id: int
    identity: str
    chat_key: str
    raw: str
    at: datetime | None = None


def put_updates(s: Session, updates: Sequence[Received], now: datetime) -> int:
    """Store what is new; what is there already is left as it is. Returns how many were new."""
    new = 0
    insert = postgresql.insert if s.get_bind().dialect.name == "postgresql" else sqlite.insert
    for update in updates:
        row = {
            "update_id": update.update_id,
            "identity": update.identity,
            "chat_key": update.chat_key,
            "raw": update.raw,
            "received_at": min(update.at or now, now),
            "attempts": 0,
        }
        put = insert(InboxRow).values(row).on_conflict_do_nothing(index_elements=["update_id", "identity"])
        new += s.execute(put.returning(col(InboxRow.id))).first() is not None
    return new


def list_waiting_chats(s: Session, limit: int, busy: Collection[str] = ()) -> tuple[str, ...]:
    """Up to `limit` chats that have something unhandled, longest waiting first; those in `busy` are left out."""
    if limit <= 0:
        return ()
    unhandled = (
        select(col(InboxRow.chat_key))
        .where(*_UNHANDLED, col(InboxRow.chat_key).not_in(list(busy)))
        .group_by(col(InboxRow.chat_key))
        .order_by(func.min(col(InboxRow.id)))
        .limit(limit)
    )
    return tuple(key for (key,) in s.execute(unhandled))


def list_unhandled(s: Session, chat_key: str, limit: int) -> tuple[InboxRow, ...]:
    """The chat's updates still to be handled, in order."""
    return tuple(
        s.execute(
            select(InboxRow)
            .where(col(InboxRow.chat_key) == chat_key, *_UNHANDLED)
            .order_by(col(InboxRow.id))
            .limit(limit)
        ).scalars()
    )


def find_unhandled(s: Session, row_id: int) -> InboxRow | None:
    """This row if it is still to be handled.

    Not by update id: two chats may have updates of one number, when a server begins anew.
    """
    return s.execute(select(InboxRow).where(col(InboxRow.id) == row_id, *_UNHANDLED)).scalars().first()


def list_unreplied(s: Session) -> tuple[InboxRow, ...]:
    """Updates whose answer is still to be said, oldest first."""
    query = (
        select(InboxRow)
        .where(col(InboxRow.replied_at).is_(None), col(InboxRow.reply).is_not(None))
        .order_by(col(InboxRow.id))
    )
    return tuple(s.execute(query).scalars())


def count_unhandled(s: Session) -> int:
    """How many updates wait."""
    return int(s.execute(select(func.count()).where(*_UNHANDLED)).scalar_one())


def list_troubled(s: Session) -> tuple[InboxRow, ...]:
    """Updates that were set aside, or whose answer Telegram refused: for doctor."""
    return tuple(
        s.execute(
            select(InboxRow).where(col(InboxRow.error).is_not(None)).order_by(col(InboxRow.id))
        ).scalars()
    )


def delete_old(s: Session, now: datetime) -> int:
    """Remove what is older than eight days and was answered. Returns how many rows went."""
    gone = s.execute(
        delete(InboxRow)
        .where(col(InboxRow.received_at) < now - KEPT)
        .where(col(InboxRow.handled_at).is_not(None) | col(InboxRow.set_aside_at).is_not(None))
        .returning(col(InboxRow.id))
    )
    return len(gone.all())
