"""When a reminder may be said: not in the quiet hours, unless it is of an emergency."""

from datetime import datetime

from sop_flows.calendar.moments import after_quiet
from sop_flows.core.work import Work, declared
from storage.tables import (
    Task,
)


def speaking_time(work: Work, task: Task | None, at: datetime) -> datetime:
    """`at`, or 06.00 when that is in the quiet hours and the step is no emergency."""
    if task is not None and declared(work.session, task)[0].emergency:
        return at
    return after_quiet(at, work.zone)
