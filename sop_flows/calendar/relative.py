"""Dates relative to the stay of the children."""

from datetime import date, timedelta

from sop_flows.calendar.office_hours import OfficeHours
from sop_flows.declarations.offset import Offset
from sop_flows.declarations.sop import Clock


def resolve(offset: Offset, arrival: date, departure: date) -> date:
    """The calendar date of `offset`; `arrival - 21 hari` of 1 December is 10 November."""
    anchor = arrival if offset.anchor == "arrival" else departure
    return anchor + timedelta(days=offset.days)


def start_on(offset: Offset, arrival: date, departure: date, clock: Clock, office: OfficeHours) -> date:
    """The day on which a SOP with this offset starts.

    Offsets are calendar days. Office work that would start on an off-day moves forward after its anchor and
    back before it, so that nothing before the arrival is pushed towards it.
    """
    on = resolve(offset, arrival, departure)
    if clock == "kalender":
        return on
    return office.next_working_day(on) if offset.days >= 0 else office.previous_working_day(on)
