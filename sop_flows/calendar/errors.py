"""What the calendar refuses.

CalendarError
├── NaiveTimeError     an instant without a zone
├── MissingAnchorError a date relative to a day that the run's subject does not have
├── ClosedDayError     opening or closing time of a day on which the unit is closed
└── NoWorkingDayError  a calendar that never opens
"""

from datetime import date, datetime


class CalendarError(ValueError):
    """The calendar can't answer."""


class NaiveTimeError(CalendarError):
    """An instant without a zone: nobody can say when it is."""

    def __init__(self, at: datetime) -> None:
        super().__init__(f"{at.isoformat()} has no zone; instants are aware, UTC")


class MissingAnchorError(CalendarError):
    """A date counts from a day that is not known here: a case has no arrival, a run no event."""

    def __init__(self, anchor: str) -> None:
        super().__init__(f"no day of {anchor} is known here")
        self.anchor = anchor


class ClosedDayError(CalendarError):
    """The unit is closed on that day."""

    def __init__(self, on: date) -> None:
        super().__init__(f"the unit is closed on {on.isoformat()}")
        self.on = on


class NoWorkingDayError(CalendarError):
    """No working day within a year: the calendar is wrong."""

    def __init__(self, on: date) -> None:
        super().__init__(f"no working day within a year of {on.isoformat()}")
        self.on = on
