"""Tomorrow's early ones: what is due before the next morning's work can begin, so that today is the day for it."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlmodel import Session

from sop_flows.house import House
from sop_flows.people.permissions import roles_of
from sop_flows.task_views import TaskLine
from storage.tables import Officer

EARLY_UNTIL = time(
    10, 0
)  # who sees it in the morning list of the day itself, at 07.30, has too little time for it


def early_until(s: Session, house: House, officer: Officer, now: datetime) -> datetime:
    """10.00 of the next day on which the officer works; on a day off of the next day, for the care of children."""
    today = house.today(now)
    tomorrow = today + timedelta(days=1)
    is_off = not house.office.is_working_day(today)
    next_day = (
        tomorrow if is_off or _every_day(s, house, officer) else house.office.next_working_day(tomorrow)
    )
    return house.office.at(next_day, EARLY_UNTIL)


def early_tasks(
    s: Session, house: House, officer: Officer, now: datetime, mine: Sequence[TaskLine]
) -> tuple[TaskLine, ...]:
    """Open tasks of the officer's that are due after today and up to `early_until`, by due: before a weekend also
    what falls on its days. On a day off, calendar tasks only.

    Args:
        mine: `my_tasks`.

    Source: issue "today, late, tomorrow's early ones"; design section 5.
    """
    today, until = house.today(now), early_until(s, house, officer, now)
    works = house.office.is_working_day(today) or _every_day(s, house, officer)
    return tuple(
        line
        for line in mine
        if line.due_at is not None
        and house.today(line.due_at) > today
        and line.due_at <= until
        and (works or line.sop.clock == "kalender")
    )


def _every_day(s: Session, house: House, officer: Officer) -> bool:
    roles = house.pack.unit.roles
    return any(roles[role].works == "every day" for role in roles_of(s, officer.id or 0) if role in roles)
