"""When a late step has been late for so long that a head is told: pure arithmetic."""

from datetime import datetime, timedelta

from sop_flows.calendar.dates import OfficeHours
from sop_flows.declarations.sop import Duration


def late_for(office: OfficeHours, since: datetime, after: Duration, *, by_calendar: bool) -> datetime:
    """The instant at which something that is late since `since` has been late for the whole of `after`.

    Args:
        since: aware, UTC.
        after: days; hours only by the calendar.
        by_calendar: days of 24 hours, for the care of children and emergencies; else working days, of which the
            day of `since` is none: due on Monday, one day late when the office closes on Tuesday.

    Returns:
        Aware, UTC; never before `since`.

    Raises:
        NaiveTimeError: `since` has no zone.
        NoWorkingDayError: the calendar never opens.
    """
    if after.unit == "jam":
        return since + timedelta(hours=after.amount)
    if by_calendar:
        return since + timedelta(days=after.amount)
    return max(since, office.add_days(since, after.amount))
