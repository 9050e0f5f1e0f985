"""When the unit is open, and working days and hours counted in it."""

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sop_flows.calendar.errors import ClosedDayError, NaiveTimeError, NoWorkingDayError
from sop_flows.calendar.public_holidays import holidays_of
from sop_flows.declarations.hours import WEEKDAYS, CalendarFile, Hours
from sop_flows.declarations.unit import Unit

SEARCH_DAYS = 366  # no institution is closed for a year; a calendar that says so is wrong
DAY = timedelta(days=1)


class OfficeHours:
    """The unit's calendar: hours with breaks, half days, seasons, holidays, local changes.

    Which rule speaks for a day, first to last: `added` closes it; a half day opens it; a holiday or a closing day
    of the unit that is not in `removed` closes it; the season's hours; the weekday's hours.

    Args:
        calendar: hours, half days, seasons and closing days of the pack.
        timezone: IANA name, such as Asia/Makassar.
        added: days off by local decree, with their names.
        removed: holidays of the package, or closing days of the pack, on which the unit works after all.
        shifts: roles that work every day.
    """

    def __init__(
        self,
        calendar: CalendarFile,
        timezone: str,
        added: Mapping[date, str] | None = None,
        removed: Collection[date] = (),
        shifts: Collection[str] = (),
    ) -> None:
        self.calendar = calendar
        self.timezone = timezone
        self.zone = ZoneInfo(timezone)
        self.added = dict(added or {})
        self.removed = frozenset(removed)
        self.shifts = frozenset(shifts)

    @classmethod
    def of(
        cls, unit: Unit, added: Mapping[date, str] | None = None, removed: Collection[date] = ()
    ) -> "OfficeHours":
        """The calendar of a unit, with the roles that work in shifts."""
        shifts = (code for code, role in unit.roles.items() if role.works == "every day")
        return cls(unit.calendar, unit.timezone, added, removed, tuple(shifts))

    def is_working_day(self, on: date) -> bool:
        """Whether the unit's office is open at all on that day."""
        return self._hours(on) is not None

    def holiday_name(self, on: date) -> str | None:
        """Name of the holiday or the unit's own day off, None on other days (a plain Sunday has no name)."""
        if on in self.added:
            return self.added[on]
        if on in self.removed or on in self.calendar.half_days:
            return None
        return holidays_of(on.year).get(on) or self._closing_name(on)

    def next_working_day(self, on: date) -> date:
        """`on` itself if the office works then, else the first working day after it.

        Raises:
            NoWorkingDayError: the calendar never opens.
        """
        return self._search(on, DAY)

    def previous_working_day(self, on: date) -> date:
        """`on` itself if the office works then, else the last working day before it.

        Raises:
            NoWorkingDayError: the calendar never opens.
        """
        return self._search(on, -DAY)

    def works(self, on: date, roles: Collection[str]) -> bool:
        """Whether all these roles work on that day."""
        return self.is_working_day(on) or self.shifts.issuperset(roles)

    def worked_from(self, on: date, roles: Collection[str]) -> date:
        """`on` itself if all these roles work then, else their first working day after it. Raises NoWorkingDayError."""
        return on if self.works(on, roles) else self.next_working_day(on)

    def worked_before(self, on: date, roles: Collection[str]) -> date:
        """`on` itself if all these roles work then, else their last working day before it. Raises NoWorkingDayError."""
        return on if self.works(on, roles) else self.previous_working_day(on)

    def opens_at(self, on: date) -> datetime:
        """Opening time of a working day; aware, UTC. Raises ClosedDayError on other days."""
        return self.at(on, self._open_hours(on).spans[0].start)

    def closes_at(self, on: date) -> datetime:
        """Closing time of a working day; aware, UTC. Raises ClosedDayError on other days."""
        return self.at(on, self._open_hours(on).spans[-1].end)

    def add_days(self, opened_at: datetime, n: int) -> datetime:
        """Closing time of the n-th working day after the local day of `opened_at`.

        Args:
            opened_at: aware, UTC. Its own day does not count.
            n: working days, at least 1.

        Returns:
            Aware, UTC.

        Raises:
            NaiveTimeError: `opened_at` has no zone.
            ValueError: `n` is less than 1.
            NoWorkingDayError: the calendar never opens.

        Source: SOP 9.2.01 step 5, "2 hari": opened Friday 20 November 2026, due Tuesday the 24th.
        """
        if n < 1:
            raise ValueError(f"{n} working days: at least 1")
        on = self.local_date(opened_at)
        for _ in range(n):
            on = self.next_working_day(on + DAY)
        return self.closes_at(on)

    def add_hours(self, opened_at: datetime, hours: int) -> datetime:
        """The instant at which so many open hours have passed since `opened_at`.

        Breaks, closing time and days off do not count. Hours that end exactly when the office closes end
        then, not the next morning.

        Args:
            opened_at: aware, UTC; may be outside the open hours, counting then starts when they do.
            hours: open hours; 0 gives `opened_at` back.

        Returns:
            Aware, UTC.

        Raises:
            NaiveTimeError: `opened_at` has no zone.
            ValueError: `hours` is negative.
            NoWorkingDayError: the calendar never opens.

        Source: SOP 9.2.02 steps 2-6, "1 jam" and "2 jam".
        """
        if hours < 0:
            raise ValueError(f"{hours} hours: not negative")
        on = self.local_date(opened_at)
        left, at = timedelta(hours=hours), opened_at.astimezone(UTC)
        if not left:
            return at
        while True:
            on = self.next_working_day(on)
            for start, end in self._open_spans(on):
                begins = max(at, start)
                if begins < end:
                    if left <= end - begins:
                        return begins + left
                    left -= end - begins
            on += DAY

    def local_date(self, at: datetime) -> date:
        """The unit's local date at an instant. Raises NaiveTimeError for one without a zone."""
        if at.utcoffset() is None:
            raise NaiveTimeError(at)
        return at.astimezone(self.zone).date()

    def at(self, on: date, at: time) -> datetime:
        """A local date and time as an aware UTC instant."""
        return datetime.combine(on, at, self.zone).astimezone(UTC)

    def _closing_name(self, on: date) -> str | None:
        return next((days.name for days in self.calendar.closing_days if days.include(on)), None)

    def _hours(self, on: date) -> Hours | None:
        if on in self.added:
            return None
        if on in self.calendar.half_days:
            return self.calendar.half_days[on]
        if on not in self.removed and (on in holidays_of(on.year) or self._closing_name(on) is not None):
            return None
        weekday = WEEKDAYS[on.weekday()]
        for season in self.calendar.seasons:
            if season.first_on <= on <= season.last_on and weekday in season.hours:
                return season.hours[weekday]
        return self.calendar.hours.get(weekday)

    def _open_hours(self, on: date) -> Hours:
        hours = self._hours(on)
        if hours is None:
            raise ClosedDayError(on)
        return hours

    def _open_spans(self, on: date) -> Iterator[tuple[datetime, datetime]]:
        for span in self._open_hours(on).spans:
            yield self.at(on, span.start), self.at(on, span.end)

    def _search(self, on: date, step: timedelta) -> date:
        found = on
        for _ in range(SEARCH_DAYS):
            if self.is_working_day(found):
                return found
            found += step
        raise NoWorkingDayError(on)
