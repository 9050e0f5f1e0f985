"""Dates relative to the stay of the children."""

import calendar
from collections.abc import Collection
from datetime import date, timedelta
from typing import Literal

from sop_flows.calendar.anchors import Anchors
from sop_flows.calendar.errors import MissingAnchorError
from sop_flows.calendar.office_hours import OfficeHours
from sop_flows.declarations.duration import Duration
from sop_flows.declarations.offset import Offset
from sop_flows.declarations.sop import Clock, Sop


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


def start_on(offset: Offset, anchors: Anchors, sop: Sop, office: OfficeHours) -> date:
    """The day on which a SOP with this offset starts: for whoever does its first step, as `day_of_work`."""
    return day_of_work(offset, sop.asked_steps[0].executors, sop.clock, anchors, office)


def day_of_work(
    offset: Offset, roles: Collection[str], clock: Clock, anchors: Anchors, office: OfficeHours
) -> date:
    """The date of `offset`, moved to a day on which all these roles work. Offsets are calendar days.

    Office work moves forward from the arrival, the opening and the start of its run; back from the departure and, as
    a preparation, from the event; and back, too, where that would be the day of departure or later. What runs by the calendar does not move, nor does an event; on the days of arrival
    and departure everybody works.
    """
    on = resolve(offset, anchors)
    if clock == "kalender" or (offset.anchor == "event" and not offset.days):
        return on
    if on in (anchors.arrival, anchors.departure):
        return on
    if offset.anchor in ("departure", "event") and offset.days + offset.months < 0:
        return office.worked_before(on, roles)
    found = office.worked_from(on, roles)
    if anchors.arrival is None or anchors.departure is None or not on < anchors.departure <= found:
        return found
    # Days off up to the departure: on the last day on which they work, the arrival at the earliest.
    return max(office.worked_before(anchors.departure - timedelta(days=1), roles), anchors.arrival)


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
