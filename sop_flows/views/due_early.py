"""Tomorrow's early ones: what is due before the next morning's work can begin, so that today is the day for it."""

from datetime import datetime, time, timedelta

from sqlmodel import Session

from sop_flows.core.institution import House
from sop_flows.staffing.working_days import works_every_day, works_on
from sop_flows.views.task_views import TaskLine, my_tasks
from storage.tables import Officer

EARLY_UNTIL = time(10, 0)  # seen in the list of the day itself, at 07.30, there is too little time for it


def early_until(s: Session, house: House, officer: Officer, now: datetime) -> datetime:
    """10.00 of the next day on which the officer works; on a day off of the next day, for the care of children."""
    today = house.today(now)
    tomorrow = today + timedelta(days=1)
    is_off = not house.office.is_working_day(today)
    next_day = (
        tomorrow if is_off or works_every_day(s, house, officer) else house.office.next_working_day(tomorrow)
    )
    return house.office.at(next_day, EARLY_UNTIL)


def early_tasks(s: Session, house: House, officer: Officer, now: datetime) -> tuple[TaskLine, ...]:
    """Open tasks of the officer's that are due after today and up to `early_until`, by due: before a weekend also
    what falls on its days. On a day off, calendar tasks only.

    Source: issue "today, late, tomorrow's early ones"; design section 5.
    """
    today, until = house.today(now), early_until(s, house, officer, now)
    works = works_on(s, house, officer, today)
    return tuple(
        line
        for line in my_tasks(s, house, officer, now)
        if line.due_at is not None
        and house.today(line.due_at) > today
        and line.due_at <= until
        and (works or line.sop.clock == "kalender")
    )
