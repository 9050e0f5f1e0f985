"""Telegram accounts: whose chat it is, and who has blocked the bot."""

from sqlalchemy import select
from sqlmodel import Session, col

from storage.tables import Account, Officer


def find_officer_of_chat(s: Session, chat_key: str) -> tuple[Officer, Account] | None:
    """The officer whose chat this is; None for a stranger or an officer who was removed."""
    found = s.execute(
        select(Officer, Account)
        .join(Account, col(Account.officer_id) == col(Officer.id))
        .where(col(Account.chat_key) == chat_key, col(Account.unbound_at).is_(None))
        .where(col(Officer.removed_at).is_(None))
    ).first()
    return None if found is None else (found[0], found[1])


def find_account_of(s: Session, officer_id: int) -> Account | None:
    """The account that the officer uses now."""
    return (
        s.execute(
            select(Account).where(col(Account.officer_id) == officer_id, col(Account.unbound_at).is_(None))
        )
        .scalars()
        .first()
    )


def list_blocked(s: Session) -> tuple[Account, ...]:
    """Accounts in use whose owner has blocked the bot: their reminders reach nobody."""
    return tuple(
        s.execute(
            select(Account)
            .where(col(Account.blocked_at).is_not(None), col(Account.unbound_at).is_(None))
            .order_by(col(Account.officer_id))
        ).scalars()
    )
