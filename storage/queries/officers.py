"""Officers and their roles, invitations, and what strangers have tried. Accounts: see `accounts`."""

from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from storage.tables import Cohort, Invitation, Officer, OfficerRole, StrangerVisit
from storage.types import every

_ACTIVE = select(Officer).where(col(Officer.removed_at).is_(None))


def list_active(s: Session) -> tuple[Officer, ...]:
    """Every officer who has not been removed, by name."""
    found = s.exec(_ACTIVE).all()
    return tuple(sorted(found, key=lambda officer: (officer.name.casefold(), officer.id or 0)))


def role_counts() -> ColumnElement[bool]:
    """Of a role row: it was not taken, and the angkatan that it is of is not closed."""
    is_open = select(Cohort.id).where(col(Cohort.closed_at).is_(None))
    return col(OfficerRole.ended_at).is_(None) & (
        col(OfficerRole.cohort_id).is_(None) | col(OfficerRole.cohort_id).in_(is_open)
    )


_GRANTS = select(OfficerRole).where(role_counts()).order_by(col(OfficerRole.id))


def list_grants(s: Session) -> dict[int, list[OfficerRole]]:
    """The role rows that count, by officer."""
    grants: dict[int, list[OfficerRole]] = {}
    for row in s.exec(_GRANTS):
        grants.setdefault(row.officer_id, []).append(row)
    return grants


def lock_admins(s: Session) -> tuple[Officer, ...]:
    """Active admins, locked, so that two of them cannot remove each other at once."""
    return tuple(
        s.exec(
            select(Officer)
            .where(col(Officer.is_admin).is_(True), col(Officer.removed_at).is_(None))
            .order_by(col(Officer.id))
            .with_for_update(key_share=True)  # who is given a task meanwhile needs not wait
        )
    )


def lock_invitation(s: Session, code_key: str) -> Invitation | None:
    """The invitation of a code, locked: a code is used once even when two phones send it together."""
    query = select(Invitation).where(col(Invitation.code_key).in_(every(code_key)))
    return s.exec(query.with_for_update()).one_or_none()


def list_live_invitations(s: Session, now: datetime) -> tuple[Invitation, ...]:
    """Invitations that can still be used, newest first."""
    return tuple(
        s.exec(
            select(Invitation)
            .where(col(Invitation.used_at).is_(None), col(Invitation.expires_at) > now)
            .order_by(col(Invitation.id).desc())
        )
    )


def find_visit(s: Session, chat_key: str) -> StrangerVisit | None:
    """What this chat has tried so far, if anything."""
    keys = every(chat_key)
    if len(keys) == 1:
        return s.get(StrangerVisit, chat_key)
    return s.exec(select(StrangerVisit).where(col(StrangerVisit.chat_key).in_(keys))).first()


def visit_of(s: Session, chat_key: str) -> StrangerVisit:
    """As `find_visit`; a new row when it has tried nothing."""
    row = find_visit(s, chat_key)
    if row is None:
        row = StrangerVisit(chat_key=chat_key)
        s.add(row)
    return row
