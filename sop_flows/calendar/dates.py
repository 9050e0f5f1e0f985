"""Arithmetic of days and hours: office hours, offsets, recurrence, when a step opens, when it is due."""

import calendar
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from sop_flows.calendar.errors import ClosedDayError, MissingAnchorError, NaiveTimeError, NoWorkingDayError
from sop_flows.calendar.moments import AFTERNOON_DUE, DAILY_DUE, EVENING, MORNING
from sop_flows.calendar.public_holidays import holidays_of
from sop_flows.declarations.hours import WEEKDAYS, CalendarFile, Hours
from sop_flows.declarations.offset import Offset
from sop_flows.declarations.sop import Clock, Duration, Sop, Start, Step
from sop_flows.declarations.timing import ChooseDate, Every, Remind
from sop_flows.declarations.unit import Unit

# --- the dates that times are counted from ----------------------------------------------------------------------


@dataclass(frozen=True)
class Anchors:
    """Local dates. A case has an opening only; None: not known, or there is no such day.

    Attributes:
        start, event: of one run: the day on which it began, and that of its event, chosen or proposed.
    """

    opening: date | None = None
    arrival: date | None = None
    departure: date | None = None
    start: date | None = None
    event: date | None = None

    def day(self, anchor: str) -> date:
        """The date called `opening`, `arrival`, `departure`, `start` or `event`. Raises MissingAnchorError."""
        found: date | None = getattr(self, anchor, None)
        if found is None:
            raise MissingAnchorError(anchor)
        return found

    def of_run(self, start: date, event: date | None = None) -> "Anchors":
        """Return these with the dates of one run."""
        return replace(self, start=start, event=event)

    def with_event(self, event: date) -> "Anchors":
        """Return these with another day of the event."""
        return replace(self, event=event)


# --- working days and hours -------------------------------------------------------------------------------------


LONG = 5  # days off in a row that are worth a word: Christmas with its weekend is four


@dataclass(frozen=True)
class Closure:
    """Days off in a row, both included, with the holidays among them."""

    first: date
    last: date
    names: tuple[str, ...]


def _feast(name: str) -> str:
    """The feast of a day off: "Hari Raya Idul Fitri" of "Cuti Bersama Hari Raya Idul Fitri (perkiraan)"."""
    return name.removeprefix("Cuti Bersama ").removeprefix("Hari kedua dari ").removesuffix(" (perkiraan)")


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

    def closures(self, first: date, last: date, least: int = 1) -> tuple["Closure", ...]:
        """The days off in a row that have a holiday among them, of at least so many days; those that begin or end in
        these days, at their whole length."""
        found: list[Closure] = []
        on = first
        while on <= last:
            if self.is_working_day(on):
                on += DAY
                continue
            begins, ends = self.previous_working_day(on) + DAY, self.next_working_day(on) - DAY
            days = [begins + number * DAY for number in range((ends - begins).days + 1)]
            names = [name for day in days if (name := self.holiday_name(day)) is not None]
            if names and len(days) >= least:
                found.append(Closure(begins, ends, tuple(dict.fromkeys(map(_feast, names)))))
            on = ends + DAY
        return tuple(found)

    def tick_word(self, on: date, word: str) -> str:
        """What a part of that day is called: in Ramadan the breakfast is "sahur"."""
        seasons = (one for one in self.calendar.seasons if one.first_on <= on <= one.last_on)
        return next((one.ticks.get(word, word) for one in seasons), word)

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


# --- dates relative to the stay of the children -----------------------------------------------------------------


def resolve(offset: Offset | Literal["closed"], anchors: Anchors) -> date:
    """The calendar date of `offset`; `arrival - 21 hari` of 1 December is 10 November.

    Raises:
        MissingAnchorError: it counts from a day that the subject does not have.
    """
    if offset == "closed":
        raise MissingAnchorError("closed")
    on = anchors.day(offset.anchor)
    return (add_months(on, offset.months) if offset.months else on) + timedelta(days=offset.days)


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


# --- the fixed grid of a recurring step -------------------------------------------------------------------------


MONTHLY_MAX = 36  # months; the document says 3 to 6
CLOSE = 2  # days before the last one of a stay on which another one says nothing new


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
    is done every day stays on its day, the last one too: the children still eat before they leave. With `closing` the
    last one is on the eve, however long the stay is; one of the grid a day or two before gives way to it.

    Raises:
        MissingAnchorError: a grid of months, or of a subject without a stay.

    Source: SOP 9.2.15 step 4, days 10, 20, 30 of a stay of 30; SOP 9.2.12 steps 3-6, every day.
    """
    if every.days is None or every.first_at is None:
        raise MissingAnchorError("opening of the step, which a grid of months counts from")
    first = resolve(every.anchor, anchors) + timedelta(days=every.first_at)
    until = resolve(every.until, anchors)
    count = (until - first).days // every.days + 1
    grid = [first + timedelta(days=number * every.days) for number in range(count)]
    if every.closing:
        grid = _with_a_close(grid, anchors.day("departure"), resolve(every.anchor, anchors))
    return tuple(_occurrence(number, on, every, anchors.departure) for number, on in enumerate(grid, start=1))


def _with_a_close(grid: list[date], departure: date, begins: date) -> list[date]:
    """The grid with the departure as its last day, unless a day of it is on its eve already."""
    eve = departure - DAY
    if departure in grid or eve in grid or eve <= begins:
        return grid
    return [*(on for on in grid if on < eve - CLOSE * DAY), departure]


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


def asked_about(step: Step, sop: Sop, opened_at: datetime, office: OfficeHours) -> tuple[Occurrence, ...]:
    """The days on which what goes on is asked about while it does: its first note, open from its opening on; then
    month by month.

    Source: SOP 9.1.28 step 3, "pada saat anak masuk"; 9.1.35 step 4, whose 3 days are for the first visit.
    """
    opened_on = office.local_date(opened_at)
    every = step.every
    months = () if every is None or every.months is None else monthly(every.months, opened_on)
    if step.first_due is None:
        return months
    on = office.local_date(_standard(step.first_due, sop, opened_at, office))
    first = Occurrence(1, on, opens_on=opened_on, due_on=on, due_time=AFTERNOON_DUE)
    return (first, *(replace(one, number=one.number + 1) for one in months))


def _occurrence(number: int, on: date, every: Every, departure: date | None) -> Occurrence:
    if every.days == 1:
        return Occurrence(number, on, opens_on=on, due_on=on, due_time=DAILY_DUE)
    if on == departure:
        eve = on - timedelta(days=1)
        return Occurrence(number, on, opens_on=eve, due_on=eve, due_time=EVENING)
    return Occurrence(number, on, opens_on=on, due_on=on, due_time=AFTERNOON_DUE)


# --- what opens, follows and starts, and on which day -----------------------------------------------------------
# Pure, and used twice: the engine asks when something happens, the plan as if all were done on time.


def opened_with_run(sop: Sop) -> tuple[Step, ...]:
    """Return the steps that begin with a run: recurring and `beside` ones, and the first one of the chain."""
    by_themselves = (step for step in sop.asked_steps if recurs(step) or step.beside)
    return (*by_themselves, *(step for step in sop.chained_steps[:1] if step.step not in sop.gated))


def recurs(step: Step) -> bool:
    """Tell whether a step has occurrences only; what runs for months is a task that is asked about as well."""
    return step.every is not None and not step.running


def opened_after(sop: Sop, step: Step) -> Step | None:
    """Return the step that opens when `step` is closed, None where nothing waits for it. One of `Sop.gated` waits for
    others too."""
    if step.opens_by_itself:
        following = sop.next_asked_after(step) if step.beside and sop.gated else None
        return following if following is not None and step.step in sop.gated.get(following.step, ()) else None
    return sop.next_asked_after(step)


def started_after(sops: Mapping[str, Sop], number: str, step: int | None) -> Iterator[tuple[Sop, Start]]:
    """Give what starts after the SOP of this number, or only after this step of it.

    Whether the outcome is one of `Start.when`, the caller knows.
    """
    for sop in sops.values():
        for start in sop.starts:
            if start.after == number and start.after_step == step:
                yield sop, start


def begins_on(sop: Sop, start: Start, on: date, office: OfficeHours) -> date | None:
    """Return the day on which a run begins that `start` lets begin so long after `on`; None: at once."""
    if start.later is None:
        return None
    day = later_on(on, start.later)
    return office.next_working_day(day) if sop.clock == "kerja" else day


def opens_on(step: Step, anchors: Anchors) -> date | None:
    """Return the day before which a step does not open; None: none."""
    return None if step.opens is None else resolve(step.opens, anchors)


def occurrence_due(step: Step, one: Occurrence, office: OfficeHours) -> datetime:
    """Return when an occurrence is due, aware UTC: a question about a running step on a day on which its executors work."""
    if step.running:
        on = office.worked_from(one.due_on, step.executors)
        return office.closes_at(on) if office.is_working_day(on) else office.at(on, AFTERNOON_DUE)
    return office.at(one.due_on, one.due_time)


# --- when a step is due, and when its reminders fall ------------------------------------------------------------


DEFAULT_TARGET_DAYS = 3  # working days; for a step that neither the document nor the pack gives a time


@dataclass(frozen=True)
class Due:
    """When a step is due, and by which kind of rule.

    `standard`: the document's standard time. `target`: ours; digest only, never escalated to the Kepala.
    `date`: a date of its own. `clamped`: that would have been earlier than the step opens, or after the departure.
    """

    at: datetime  # aware, UTC
    kind: Literal["standard", "target", "date"]
    clamped: bool = False


def due_for(step: Step, sop: Sop, opened_at: datetime, anchors: Anchors, office: OfficeHours) -> Due:
    """When a step that opened at `opened_at` is due. Recurring steps: see `recurrence.occurrences`.

    A target or a date of its own that has passed when the step opens is moved to the end of the day on which
    it opens (or of the next one): what opens late is late because of the step before it.

    Args:
        step: a step of `sop`.
        opened_at: aware, UTC. The day after it is the first day that counts.

    Raises:
        NaiveTimeError: `opened_at` has no zone.

    Source: SOP 9.2.01 step 5, "2 hari": opened Friday 20 November 2026, due Tuesday the 24th.
    """
    own = step.due or step.lasting
    if own is not None or step.choose_date is not None:
        if own is not None:
            on = moved_day(own, step, sop, anchors, office)
        else:
            assert step.choose_date is not None
            on = visit_day(step.choose_date, anchors)
        if step.lasting is not None and anchors.start is not None and anchors.departure is not None:
            on = _last_day(step, sop, anchors.start, anchors.departure, office) if on < anchors.start else on
        return _due(office.at(on, AFTERNOON_DUE), "date", step, sop, opened_at, anchors, office)
    if step.standard is not None:
        return Due(_standard(step.standard, sop, opened_at, office), "standard")
    if step.target is not None:
        on = moved_day(step.target, step, sop, anchors, office)
        at = _end_of_day(on, sop, office)
        return _due(at, "target", step, sop, opened_at, anchors, office)
    ordinary = office.add_days(opened_at, DEFAULT_TARGET_DAYS)
    at = _before_they_leave(ordinary, opened_at, anchors, office)
    return Due(at, "target", at != ordinary)


def _last_day(step: Step, sop: Sop, start: date, departure: date, office: OfficeHours) -> date:
    """The end of what should have ended before its run began: the departure; of office work the last working day
    before it, for that day belongs to the farewell."""
    if sop.clock == "kalender":
        return departure
    last = office.worked_before(departure - timedelta(days=1), step.executors)
    return last if last >= start else departure


def visit_day(choice: ChooseDate, anchors: Anchors) -> date:
    """The day of a step whose own day is chosen (SOP 9.1.09 step 1): chosen or proposed, or the day that the pack wants:
    the first of the window on its weekday, else the last of the window."""
    if anchors.event is not None:
        return anchors.event
    earliest, latest = resolve(choice.earliest, anchors), resolve(choice.latest, anchors)
    days = (choice.propose_weekday - earliest.weekday()) % 7
    return min(earliest + timedelta(days=days), latest)


def moved_day(offset: Offset, step: Step, sop: Sop, anchors: Anchors, office: OfficeHours) -> date:
    """The day of a date of this step: a working day of its executors where it is office work. What prepares an event
    comes no later than the preparations after it."""
    own = day_of_work(offset, step.executors, sop.clock, anchors, office)
    if offset.anchor != "event" or offset.days >= 0:
        return own
    later = (
        day_of_work(one.due, one.executors, sop.clock, anchors, office)
        for one in sop.chained_steps
        if one.step > step.step and one.due is not None and one.due.anchor == "event" and one.due.days < 0
    )
    return min((own, *later))


def reminder_times(
    reminds: Iterable[Remind],
    due_at: datetime,
    clock: Clock,
    office: OfficeHours,
    morning: Callable[[date], time] = lambda _on: MORNING,
) -> tuple[tuple[Remind, datetime], ...]:
    """When each reminder of a task falls; aware, UTC, in the order of `reminds`.

    Leads and "pagi hari H" come in the morning; "jatuh tempo" is `due_at` itself. Some may be past already. A morning
    of office work that is a day off is the working day before it: nobody is called to work on a Sunday, and what comes
    earlier is not lost.

    Args:
        morning: the local time of the morning of a day, 07.30 for whoever chose no other.
    """
    due_on = office.local_date(due_at)

    def falls_at(remind: Remind) -> datetime:
        if remind.kind == "due":
            return due_at
        on = due_on - timedelta(days=remind.days)
        if clock == "kerja":
            on = office.previous_working_day(on)
        return office.at(on, morning(on))

    return tuple((remind, falls_at(remind)) for remind in reminds)


def _standard(standard: Duration, sop: Sop, opened_at: datetime, office: OfficeHours) -> datetime:
    # 3-6 bulan: asked about at 3, late only after 6.
    amount = standard.amount_max or standard.amount
    on = office.local_date(opened_at)
    if standard.unit == "bulan":
        return _end_of(add_months(on, amount), sop, office)
    if sop.clock == "kerja":
        return (
            office.add_days(opened_at, amount)
            if standard.unit == "hari"
            else office.add_hours(opened_at, amount)
        )
    if standard.unit == "jam":
        return opened_at + timedelta(hours=amount)
    if sop.emergency:
        return opened_at + timedelta(hours=24 * amount)
    return office.at(on + timedelta(days=amount), AFTERNOON_DUE)


def _before_they_leave(
    due_at: datetime, opened_at: datetime, anchors: Anchors, office: OfficeHours
) -> datetime:
    """Three working days a step would end a long chain after the children have left: what opens during the stay is
    to be done by its last working day, at the latest on the day of departure."""
    if anchors.departure is None:
        return due_at
    last = office.at(anchors.departure, AFTERNOON_DUE)
    if due_at <= last or opened_at >= last:
        return due_at
    closing = office.closes_at(office.previous_working_day(anchors.departure))
    return closing if closing > opened_at else last


def _due(
    due_at: datetime,
    kind: Literal["target", "date"],
    step: Step,
    sop: Sop,
    opened_at: datetime,
    anchors: Anchors,
    office: OfficeHours,
) -> Due:
    """`due_at`, or when that has passed the end of the day on which the step opened, or of the day after."""
    if due_at > opened_at:
        return Due(due_at, kind)
    on = office.local_date(opened_at)
    end = _end_for(on, step, sop, anchors, office)
    if end <= opened_at:
        end = _end_for(on + timedelta(days=1), step, sop, anchors, office)
    return Due(end, kind, clamped=True)


def _end_for(on: date, step: Step, sop: Sop, anchors: Anchors, office: OfficeHours) -> datetime:
    """The end of that day, or of the next one on which all executors work."""
    if sop.clock == "kerja" and on not in (anchors.arrival, anchors.departure):
        on = office.worked_from(on, step.executors)
    return _end_of_day(on, sop, office)


def _end_of_day(on: date, sop: Sop, office: OfficeHours) -> datetime:
    """16.00 of that day; closing time where it is office work and the office is open."""
    if sop.clock == "kerja" and office.is_working_day(on):
        return office.closes_at(on)
    return office.at(on, AFTERNOON_DUE)


def _end_of(on: date, sop: Sop, office: OfficeHours) -> datetime:
    """16.00 of that day on calendar time; closing time, of the next working day if need be, on office time."""
    if sop.clock == "kalender":
        return office.at(on, AFTERNOON_DUE)
    return office.closes_at(office.next_working_day(on))
