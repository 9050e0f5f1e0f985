"""On which days an officer works: when the office is open, and in shifts every day (unit.yaml `works`)."""

from datetime import date

from sqlmodel import Session

from sop_flows.house import House
from sop_flows.people.permissions import roles_of
from storage.tables import Officer


def works_every_day(s: Session, house: House, officer: Officer) -> bool:
    """Whether one of the officer's roles works in shifts."""
    roles = house.pack.unit.roles
    return any(roles[role].works == "every day" for role in roles_of(s, officer.id or 0) if role in roles)


def works_on(s: Session, house: House, officer: Officer, on: date) -> bool:
    """Whether that local day is a working day of the officer's."""
    return house.office.is_working_day(on) or works_every_day(s, house, officer)
