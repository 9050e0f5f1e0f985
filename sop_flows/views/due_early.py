"""Tomorrow's early ones: what is due before the next morning's work can begin, so that today is the day for it."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from sop_flows.core.work import Work
from sop_flows.staffing.working_days import works_every_day, works_on
from sop_flows.views.task_views import TaskLine, my_tasks
from storage.tables import Officer

EARLY_UNTIL = time(10, 0)  # seen in the list of the day itself, at 07.30, there is too little time for it


def early_until(work: Work, officer: Officer) -> datetime:
    """10.00 of the next day on which the officer works; on a day off of the next day, for the care of children."""
    today = work.today
    tomorrow = today + timedelta(days=1)
    is_off = not work.office.is_working_day(today)
    next_day = (
        tomorrow if is_off or works_every_day(work, officer) else work.office.next_working_day(tomorrow)
    )
    return work.office.at(next_day, EARLY_UNTIL)


def early_tasks(
    work: Work, officer: Officer, lines: Iterable[TaskLine] | None = None
) -> tuple[TaskLine, ...]:
    """Open tasks of the officer's that are due after today and up to `early_until`, by due: before a weekend also
    what falls on its days. On a day off, calendar tasks only.

    Args:
        lines: what `open_lines` gave, where that is at hand.
    """
    today, until = work.today, early_until(work, officer)
    works = works_on(work, officer, today)
    return tuple(
        line
        for line in my_tasks(work, officer, lines)
        if line.due_at is not None
        and work.institution.today(line.due_at) > today
        and line.due_at <= until
        and (works or line.sop.clock == "kalender")
    )
