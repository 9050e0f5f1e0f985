"""Dates relative to the stay of the children."""

import calendar
from datetime import date, timedelta
from typing import Literal

from sop_flows.calendar.anchors import Anchors
from sop_flows.calendar.errors import MissingAnchorError
from sop_flows.calendar.office_hours import OfficeHours
from sop_flows.declarations.duration import Duration
from sop_flows.declarations.offset import Offset
from sop_flows.declarations.sop import Clock


def resolve(offset: Offset | Literal["closed"], anchors: Anchors) -> date:
    """The calendar date of `offset`; `arrival - 21 hari` of 1 December is 10 November.

    Raises:
        MissingAnchorError: it counts from a day that the subject does not have.
    """
    if offset == "closed":
        raise MissingAnchorError("closed")
    return add_months(anchors.day(offset.anchor), offset.months) + timedelta(days=offset.days)


def add_months(on: date, months: int) -> date:
    """The same day so many months later, or the last day of that month (31 January + 1 is 28 February)."""
    years, month = divmod(on.month - 1 + months, 12)
    year, month = on.year + years, month + 1
    return date(year, month, min(on.day, calendar.monthrange(year, month)[1]))


def start_on(offset: Offset, anchors: Anchors, clock: Clock, office: OfficeHours) -> date:
    """The day on which a SOP with this offset starts.

    Offsets are calendar days. Office work that would start on an off-day moves forward after its anchor and
    back before it, so that nothing before the arrival is pushed towards it.
    """
    on = resolve(offset, anchors)
    if clock == "kalender":
        return on
    return (
        office.next_working_day(on) if offset.days + offset.months >= 0 else office.previous_working_day(on)
    )


def later_on(on: date, later: Duration) -> date:
    """The day so long after `on`: months by the calendar, days as calendar days. Raises ValueError for hours."""
    if later.unit == "bulan":
        return add_months(on, later.amount)
    if later.unit == "hari":
        return on + timedelta(days=later.amount)
    raise ValueError(f"{later} is no number of days or months")


def age_on(born_on: date, today: date) -> int:
    """Whole years of somebody born on that day."""
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))
