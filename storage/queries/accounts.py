"""Telegram accounts: whose chat it is, and who has blocked the bot."""

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from storage.tables import Account, Officer
from storage.types import every

_OF_CHAT = (
    select(Officer, Account)
    .join(Account, col(Account.officer_id) == col(Officer.id))
    .where(
        col(Account.chat_key).in_(bindparam("chat_keys", expanding=True)), col(Account.unbound_at).is_(None)
    )
    .where(col(Officer.removed_at).is_(None))
)


def find_officer_of_chat(s: Session, chat_key: str) -> tuple[Officer, Account] | None:
    """The officer whose chat this is; None for a stranger or an officer who was removed."""
    found = s.execute(_OF_CHAT, {"chat_keys": every(chat_key)}).first()
    return None if found is None else (found[0], found[1])


_OF_OFFICER = select(Account).where(
    col(Account.officer_id) == bindparam("officer"), col(Account.unbound_at).is_(None)
)


def find_account_of(s: Session, officer_id: int) -> Account | None:
    """The account that the officer uses now."""
    return s.execute(_OF_OFFICER, {"officer": officer_id}).scalars().first()


_CHATS = (
    select(col(Account.chat_id))
    .join(Officer, col(Officer.id) == col(Account.officer_id))
    .where(col(Account.unbound_at).is_(None), col(Officer.removed_at).is_(None))
)


def list_chats(s: Session) -> tuple[int, ...]:
    """The chats of all officers."""
    return tuple(int(chat_id) for chat_id in s.execute(_CHATS).scalars())


def list_blocked(s: Session) -> tuple[tuple[int, datetime], ...]:
    """Officers who have blocked the bot, and since when: their reminders reach nobody."""
    found = s.execute(
        select(col(Account.officer_id), col(Account.blocked_at))
        .where(col(Account.blocked_at).is_not(None), col(Account.unbound_at).is_(None))
        .order_by(col(Account.officer_id))
    )
    return tuple((officer_id, at) for officer_id, at in found if at is not None)
