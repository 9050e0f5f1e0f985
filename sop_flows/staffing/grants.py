"""The roles that were granted to an officer."""

from sqlmodel import Session, select

from storage.remembered import remembered
from storage.tables import OfficerRole


def grants_of(s: Session, officer_id: int) -> tuple[OfficerRole, ...]:
    """The role rows of an officer."""
    return remembered(
        s,
        ("grants_of", officer_id),
        lambda: tuple(s.exec(select(OfficerRole).where(OfficerRole.officer_id == officer_id))),
    )
