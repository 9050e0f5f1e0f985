"""Officers, their roles and accounts, invitations, strangers."""

from datetime import timedelta
from typing import Any

from sqlmodel import Session

from storage.tables import Account, CasePin, Invitation, Officer, OfficerRole, StrangerVisit
from tests.support.builders.rows import SOME_TIME, add, id_of, next_number


def build_officer(s: Session, **fields: Any) -> Officer:
    """An officer without a role."""
    return add(s, Officer, fields, name=f"Petugas Rekaan {next_number()}", enrolled_at=SOME_TIME)


def build_officer_role(s: Session, **fields: Any) -> OfficerRole:
    """An ordinary member of Penyantunan."""
    if "officer_id" not in fields:
        fields["officer_id"] = id_of(build_officer(s))
    return add(s, OfficerRole, fields, role="penyantunan")


def build_account(s: Session, **fields: Any) -> Account:
    """A bound Telegram account."""
    number = next_number()
    if "officer_id" not in fields:
        fields["officer_id"] = id_of(build_officer(s))
    return add(s, Account, fields, chat_key=f"key{number}", chat_id=str(9_000 + number), bound_at=SOME_TIME)


def build_case_pin(s: Session, **fields: Any) -> CasePin:
    """A PIN that is half typed."""
    if "officer_id" not in fields:
        fields["officer_id"] = id_of(build_officer(s))
    return add(s, CasePin, fields, pin="2580", typing={"mode": "enter", "digits": "25"})


def build_invitation(s: Session, **fields: Any) -> Invitation:
    """An invitation that can be used for a week."""
    return add(
        s, Invitation, fields,
        code_key=f"code{next_number()}", grant={"name": "Petugas Rekaan", "roles": ["peksos"]},
        created_at=SOME_TIME, expires_at=SOME_TIME + timedelta(days=7),
    )  # fmt: skip


def build_stranger_visit(s: Session, **fields: Any) -> StrangerVisit:
    """A stranger who was refused."""
    return add(s, StrangerVisit, fields, chat_key=f"stranger{next_number()}", refused_at=SOME_TIME)
