"""On which days an officer works: those of the office, or every day where one of the roles works in shifts."""

from datetime import date, timedelta

from sqlmodel import Session

from sop_flows.house import House
from sop_flows.people.permissions import roles_of

SEARCHED_DAYS = 60  # no office is closed for longer


def works_on(s: Session, house: House, officer_id: int, on: date) -> bool:
    """Whether that local day is a working day of the officer's."""
    unit = house.pack.unit
    return house.office.is_working_day(on) or any(
        unit.roles[role].works == "every day" for role in roles_of(s, officer_id) if role in unit.roles
    )


def last_worked_before(s: Session, house: House, officer_id: int, on: date) -> date:
    """The officer's last working day before `on`; the day before when there was none for long."""
    days = (on - timedelta(days=back) for back in range(1, SEARCHED_DAYS))
    return next((day for day in days if works_on(s, house, officer_id, day)), on - timedelta(days=1))
