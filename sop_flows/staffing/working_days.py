"""On which days an officer works: when the office is open, and in shifts every day (unit.yaml `works`)."""

from datetime import date, timedelta

from sop_flows.core.work import Work
from sop_flows.staffing.roster import roles_of
from storage.tables import Officer

SEARCHED_DAYS = 60  # no office is closed for longer


def works_every_day(work: Work, officer: Officer) -> bool:
    """Whether one of the officer's roles works in shifts."""
    roles = work.unit.roles
    return any(roles[role].works == "every day" for role in roles_of(work, officer.id or 0) if role in roles)


def works_on(work: Work, officer: Officer, on: date) -> bool:
    """Whether that local day is a working day of the officer's."""
    return work.office.is_working_day(on) or works_every_day(work, officer)


def last_worked_before(work: Work, officer: Officer, on: date) -> date:
    """The officer's last working day before `on`; the day before when there was none for long."""
    days = (on - timedelta(days=back) for back in range(1, SEARCHED_DAYS))
    return next((day for day in days if works_on(work, officer, day)), on - timedelta(days=1))
