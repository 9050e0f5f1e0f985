"""The inbox: raw updates in, chats claimed by workers, replies that are still to be said."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from storage.tables import ChatLease, InboxRow

LEASE = timedelta(seconds=60)  # how long a chat stays with a worker that no longer speaks
KEPT = timedelta(days=8)  # Telegram keeps an update for one day; ids begin anew after a quiet week


@dataclass(frozen=True)
class Received:
    """One raw update as it came: `identity` is the same for the same update only, `raw` is JSON text."""

    update_id: int
    identity: str
    chat_key: str
    raw: str


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
            "received_at": now,
            "attempts": 0,
        }
        put = insert(InboxRow).values(row).on_conflict_do_nothing(index_elements=["update_id", "identity"])
        new += s.execute(put.returning(col(InboxRow.id))).first() is not None
    return new


def claim_chats(
    s: Session, owner: str, real_now: datetime, limit: int, busy: Collection[str] = ()
) -> tuple[str, ...]:
    """Lease up to `limit` chats that have something unhandled, longest waiting first.

    Args:
        owner: the process that claims.
        real_now: real time, never the simulator's: a lease is about processes.
        busy: chats this process works on already.
    """
    if limit <= 0:
        return ()
    unhandled = (
        select(col(InboxRow.chat_key))
        .where(col(InboxRow.handled_at).is_(None), col(InboxRow.set_aside_at).is_(None))
        .where(col(InboxRow.chat_key).not_in(list(busy)))
        .group_by(col(InboxRow.chat_key))
        .order_by(func.min(col(InboxRow.id)))
    )
    waiting = [key for (key,) in s.execute(unhandled)]
    if not waiting:
        return ()
    leases = {
        lease.chat_key: lease
        for lease in s.execute(
            select(ChatLease).where(col(ChatLease.chat_key).in_(waiting)).with_for_update(skip_locked=True)
        ).scalars()
    }
    claimed: list[str] = []
    for key in waiting:
        if len(claimed) == limit:
            break
        if key in leases:
            lease = leases[key]
            if lease.owner != owner and lease.until > real_now:
                continue
            lease.owner, lease.until = owner, real_now + LEASE
            s.add(lease)
            claimed.append(key)
        elif _insert_lease(s, key, owner, real_now):
            claimed.append(key)
    return tuple(claimed)


def _insert_lease(s: Session, key: str, owner: str, real_now: datetime) -> bool:
    insert = postgresql.insert if s.get_bind().dialect.name == "postgresql" else sqlite.insert
    put = insert(ChatLease).values(chat_key=key, owner=owner, until=real_now + LEASE).on_conflict_do_nothing()
    return s.execute(put.returning(col(ChatLease.chat_key))).first() is not None


def has_unhandled(s: Session, busy: Collection[str] = ()) -> bool:
    """Whether any chat but those in `busy` has something waiting."""
    waiting = (
        select(col(InboxRow.id))
        .where(col(InboxRow.handled_at).is_(None), col(InboxRow.set_aside_at).is_(None))
        .where(col(InboxRow.chat_key).not_in(list(busy)))
        .limit(1)
    )
    return s.execute(waiting).first() is not None


def release_chat(s: Session, chat_key: str, owner: str) -> None:
    """Give the chat free."""
    s.execute(delete(ChatLease).where(col(ChatLease.chat_key) == chat_key, col(ChatLease.owner) == owner))


def list_leases(s: Session) -> tuple[ChatLease, ...]:
    """Every lease: a starting process takes those whose owner is dead."""
    return tuple(s.execute(select(ChatLease)).scalars())


def list_unhandled(s: Session, chat_key: str, limit: int) -> tuple[InboxRow, ...]:
    """The chat's updates still to be handled, in order."""
    return tuple(
        s.execute(
            select(InboxRow)
            .where(
                col(InboxRow.chat_key) == chat_key,
                col(InboxRow.handled_at).is_(None),
                col(InboxRow.set_aside_at).is_(None),
            )
            .order_by(col(InboxRow.id))
            .limit(limit)
        ).scalars()
    )


def find_unhandled(s: Session, row_id: int) -> InboxRow | None:
    """This row if it is still to be handled, locked against another worker.

    Not by update id: two chats may have updates of one number, when a server begins anew.
    """
    return (
        s.execute(
            select(InboxRow)
            .where(
                col(InboxRow.id) == row_id,
                col(InboxRow.handled_at).is_(None),
                col(InboxRow.set_aside_at).is_(None),
            )
            .with_for_update()
        )
        .scalars()
        .first()
    )


def list_unreplied(s: Session, lock: bool = False) -> tuple[InboxRow, ...]:
    """Updates whose answer is still to be said, oldest first; with `lock`, those nobody else has locked."""
    query = (
        select(InboxRow)
        .where(col(InboxRow.replied_at).is_(None), col(InboxRow.reply).is_not(None))
        .order_by(col(InboxRow.id))
    )
    return tuple(s.execute(query.with_for_update(skip_locked=True) if lock else query).scalars())


def count_unhandled(s: Session) -> int:
    """How many updates wait."""
    query = select(func.count()).where(
        col(InboxRow.handled_at).is_(None), col(InboxRow.set_aside_at).is_(None)
    )
    return int(s.execute(query).scalar_one())


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
