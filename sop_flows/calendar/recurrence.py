"""The fixed grid of a recurring step."""

from dataclasses import dataclass
from datetime import date, time, timedelta

from sop_flows.calendar.anchors import Anchors
from sop_flows.calendar.errors import MissingAnchorError
from sop_flows.calendar.moments import AFTERNOON_DUE, DAILY_DUE, EVENING
from sop_flows.calendar.relative import add_months, resolve
from sop_flows.declarations.timing import Every

MONTHLY_MAX = 36  # months; the document says 3 to 6


@dataclass(frozen=True)
class Occurrence:
    """One time that a recurring step is owed."""

    number: int  # from 1
    on: date  # its day on the grid
    opens_on: date
    due_on: date
    due_time: time  # local


def occurrences(every: Every, anchors: Anchors) -> tuple[Occurrence, ...]:
    """All occurrences of a stay, from the anchor on, up to and including `until`.

    One that falls on the day of departure is owed the evening before: that day belongs to the farewell. What
    is done every day stays on its day, the last one too: the children still eat before they leave.

    Raises:
        MissingAnchorError: a grid of months, or of a subject without a stay.

    Source: SOP 9.2.15 step 4, days 10, 20, 30 of a stay of 30; SOP 9.2.12 steps 3-6, every day.
    """
    if every.days is None or every.first_at is None:
        raise MissingAnchorError("opening of the step, which a grid of months counts from")
    first = resolve(every.anchor, anchors) + timedelta(days=every.first_at)
    until = resolve(every.until, anchors)
    count = (until - first).days // every.days + 1
    grid = (first + timedelta(days=number * every.days) for number in range(count))
    return tuple(_occurrence(number, on, every, anchors.departure) for number, on in enumerate(grid, start=1))


def monthly(months: int, opened_on: date) -> tuple[Occurrence, ...]:
    """The days on which a running service is asked about, so many months apart, from its opening on.

    They go on until the service ends; as many as anybody could need are given.

    Source: SOP 9.1.24 step 3 and 9.1.29 step 4, a standard time of 3-6 months.
    """
    days = (add_months(opened_on, number * months) for number in range(1, MONTHLY_MAX + 1))
    return tuple(
        Occurrence(number, on, opens_on=on, due_on=on, due_time=AFTERNOON_DUE)
        for number, on in enumerate(days, start=1)
    )


def _occurrence(number: int, on: date, every: Every, departure: date | None) -> Occurrence:
    if every.days == 1:
        return Occurrence(number, on, opens_on=on, due_on=on, due_time=DAILY_DUE)
    if on == departure:
        eve = on - timedelta(days=1)
        return Occurrence(number, on, opens_on=eve, due_on=eve, due_time=EVENING)
    return Occurrence(number, on, opens_on=on, due_on=on, due_time=AFTERNOON_DUE)
