"""The day that an officer chooses within a window: of a run's event, or of the step itself (the parents' visit, 9.1.09)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from sop_flows.calendar.dates import (
    Anchors,
    OfficeHours,
    due_for,
    moved_day,
    occurrences,
    resolve,
    start_on,
    visit_day,
)
from sop_flows.calendar.moments import MORNING
from sop_flows.declarations.sop import Sop
from sop_flows.declarations.timing import ChooseDate, Event, Remind

DAY = timedelta(days=1)


def window(choice: ChooseDate | Event, anchors: Anchors) -> tuple[date, date]:
    """First and last day that may be chosen. Of a stay that is too short the last lies before the first."""
    earliest, latest = resolve(choice.earliest, anchors), resolve(choice.latest, anchors)
    if anchors.departure is None:
        return earliest, latest
    if isinstance(choice, Event):
        latest = min(latest, resolve(choice.before, anchors) - DAY)
    elif earliest < anchors.departure:  # nobody visits children who have gone
        latest = min(latest, anchors.departure - DAY)
    return earliest, latest


def choice_of(sop: Sop) -> ChooseDate | Event | None:
    """What of the SOP has a day that is chosen; None: nothing."""
    step = sop.choosing_step
    return None if step is None else step.event or step.choose_date


def possible_days(
    sop: Sop, opened_at: datetime, anchors: Anchors, office: OfficeHours, taken: Collection[date] = ()
) -> tuple[date, ...]:
    """The days on which the event of a run can be, earliest first: in its window, when nothing else of the angkatan
    is, and late enough to be chosen and prepared in time. Empty: the stay is too short for it.

    An event whose window counts from the start of its run is held late: on the first day that is free, before the day
    from which the end of its window counts.

    Args:
        opened_at: when the run opened, aware UTC.
        taken: days of other events, and of weigh-ins.
    """
    choice = choice_of(sop)
    if choice is None:
        return ()
    first, last = window(choice, anchors)
    chosen_on = _chosen_on(sop, opened_at, anchors, office)
    found = [
        on
        for on in _days(first, last)
        if on not in taken and _is_in_time(sop, on, chosen_on, anchors, office)
    ]
    if (
        found
        or isinstance(choice, ChooseDate)
        or "start" not in (choice.earliest.anchor, choice.latest.anchor)
    ):
        return tuple(found)
    ends = max(first, last) + timedelta(days=31)
    if choice.latest.anchor != "start":  # in time for what its window is before: the children's arrival
        ends = min(ends, anchors.day(choice.latest.anchor) - DAY)
    later = _days(max(first, office.local_date(opened_at)), ends)
    free = (on for on in later if on not in taken and _is_in_time(sop, on, chosen_on, anchors, office))
    return tuple(free)[:1]


def proposed_day(
    sop: Sop,
    opened_at: datetime,
    anchors: Anchors,
    office: OfficeHours,
    taken: Collection[date] = (),
    needed: Collection[date] = (),
) -> date | None:
    """The day that stands unless somebody chooses another; None: the stay is too short for the event.

    Args:
        needed: days that are the only ones of other events (`needed_days`): left to them where there are more.
    """
    choice = choice_of(sop)
    possible = possible_days(sop, opened_at, anchors, office, taken)
    days = tuple(on for on in possible if on not in needed) or possible
    if isinstance(choice, ChooseDate):
        wanted = visit_day(choice, replace(anchors, event=None))
        # The nearest free one, the day before first: parents come most easily at the end of a week.
        return min(days, key=lambda on: (abs((on - wanted).days), on), default=wanted)
    if choice is None or not days:
        return None
    if choice.propose_weekday is not None:
        return next((on for on in days if on.weekday() == choice.propose_weekday), days[0])
    if choice.propose_working_day is not None:
        # Of all days of the window: what else is chosen later does not move the proposal.
        known = possible_days(sop, opened_at, anchors, office)
        working = [on for on in known if office.is_working_day(on)] or [*known]
        wanted = working[: choice.propose_working_day][-1]
    else:
        assert choice.propose is not None
        wanted = resolve(choice.propose, anchors)
    return next((on for on in days if on >= wanted), days[-1])


def days_of_events(
    sops: Mapping[str, Sop], anchors: Anchors, office: OfficeHours
) -> dict[str, tuple[date, ...]]:
    """The days on which the events of an angkatan can be when nothing else is, by SOP; of those that begin by a date."""
    found = {}
    for number, sop in sops.items():
        starts = [start.at for start in sop.starts if start.at is not None]
        if sop.subject == "cohort" and starts and isinstance(choice_of(sop), Event):
            begins = start_on(starts[0], anchors, sop, office)
            opened_at = office.at(begins, MORNING)
            found[number] = possible_days(sop, opened_at, anchors.of_run(begins), office)
    return found


def needed_days(
    days: Mapping[str, Collection[date]], taken: Collection[date], settled: Collection[str]
) -> frozenset[date]:
    """The days that are the only one left for an event of the angkatan which has no day yet.

    Args:
        days: see `days_of_events`.
        taken: days of other events, and of weigh-ins.
        settled: the SOPs whose event has a day, or none any more, and the one that asks.
    """
    left = (set(its).difference(taken) for number, its in days.items() if number not in settled)
    return frozenset(on for its in left if len(its) == 1 for on in its)


def weigh_in_days(sops: Mapping[str, Sop], anchors: Anchors) -> frozenset[date]:
    """The days on which the children of a stay are weighed again: nothing else is then."""
    if anchors.arrival is None:
        return frozenset()
    return frozenset(
        one.due_on
        for sop in sops.values()
        for step in sop.asked_steps
        if step.every is not None and step.every.days not in (None, 1) and step.weighs
        for one in occurrences(step.every, anchors)
    )


def choice_closes_on(choice: ChooseDate, reminds: Iterable[Remind], arrival: date, proposed: date) -> date:
    """The day on which the head is told that nobody chose, and the proposal stands.

    `chosen_by`, or earlier when the proposed day is so early that its longest lead would be missed: for a
    visit on day 7 with a lead of 3 days it is day 3, not day 4.
    """
    lead = max((remind.days for remind in reminds), default=0)
    before_lead = proposed - timedelta(days=lead + 1)
    return min(arrival + timedelta(days=choice.chosen_by.days), before_lead)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _chosen_on(sop: Sop, opened_at: datetime, anchors: Anchors, office: OfficeHours) -> date | None:
    """The day by which the day of the run's event is chosen; None where a step chooses its own day."""
    step = sop.choosing_step
    if step is None or step.event is None:
        return None
    return office.local_date(due_for(step, sop, opened_at, anchors, office).at)


def _is_in_time(sop: Sop, on: date, chosen_on: date | None, anchors: Anchors, office: OfficeHours) -> bool:
    """Whether what prepares the event on that day comes after its day has been chosen, one step after the other."""
    step = sop.choosing_step
    if step is None or chosen_on is None:
        return True
    day, its = chosen_on, anchors.with_event(on)
    for later in sop.chained_steps:
        if later.step > step.step and later.due is not None and later.due.anchor == "event":
            if later.due.days > 0:
                break
            due_on = moved_day(later.due, later, sop, its, office)
            if due_on < day:
                return False
            day = due_on
    return day <= on
