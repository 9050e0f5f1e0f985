"""On which days an officer works: when the office is open, and in shifts every day (unit.yaml `works`)."""

from datetime import date, timedelta

from sqlmodel import Session

from sop_flows.core.institution import House
from sop_flows.staffing.permissions import roles_of
from storage.tables import Officer

SEARCHED_DAYS = 60  # no office is closed for longer


def works_every_day(s: Session, house: House, officer: Officer) -> bool:
    """Whether one of the officer's roles works in shifts."""
    roles = house.pack.unit.roles
    return any(roles[role].works == "every day" for role in roles_of(s, officer.id or 0) if role in roles)


def works_on(s: Session, house: House, officer: Officer, on: date) -> bool:
    """Whether that local day is a working day of the officer's."""
    return house.office.is_working_day(on) or works_every_day(s, house, officer)


def last_worked_before(s: Session, house: House, officer: Officer, on: date) -> date:
    """The officer's last working day before `on`; the day before when there was none for long."""
    days = (on - timedelta(days=back) for back in range(1, SEARCHED_DAYS))
    return next((day for day in days if works_on(s, house, officer, day)), on - timedelta(days=1))
