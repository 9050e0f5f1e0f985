"""Stays of 14, 20, 30 and 45 days that arrive on each of 365 days: what their plans say is what such a house can live.

Each time one in five of them, other ones each day; all in `make soak`."""

import itertools
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from sop_flows.calendar.dates import Anchors, OfficeHours
from sop_flows.calendar.events import choice_of, days_of_events, weigh_in_days, window
from sop_flows.calendar.plan import PlannedStep, first_day, planned
from sop_flows.declarations.sop import Sop, Step
from tests.support.packs import real_pack
from tests.support.sample import one_in

PACK = real_pack()
OFFICE = OfficeHours.of(PACK.unit)
FIRST_ARRIVAL = date(2026, 11, 1)
STAYS = (14, 20, 30, 45)
ON_DEPARTURE = 6  # things due on that day at the most, without the daily ones
LESSONS = ("9.1.01", 5)  # what goes on from when they have begun
GUIDANCE = tuple((number, 6) for number in ("9.1.02", "9.1.03", "9.1.04", "9.1.05", "9.1.06"))
DRAWN = 5
FOURTH, SIXTH = timedelta(days=3), timedelta(days=5)
# What is done on the day itself: farewell, the seats by school, and bringing the children home.
OF_THE_DAY = {("9.1.15", 4), ("9.1.17", 3), ("9.1.17", 4)}


def is_daily(one: PlannedStep) -> bool:
    every = step_of(one).every
    return every is not None and every.days == 1


def sop_of(one: PlannedStep) -> Sop:
    return PACK.sops[one.sop]


def step_of(one: PlannedStep) -> Step:
    return sop_of(one).step(one.step)


def wrong_of(arrival: date, days: int) -> Iterator[str]:
    """What no stay of that length should be like."""
    departure = arrival + timedelta(days=days)
    known = Anchors(None, arrival, departure)
    anchors = Anchors(first_day(PACK.sops, known, OFFICE), arrival, departure)
    plan = planned(PACK.sops, anchors, OFFICE)
    steps = [one for one in plan.steps if not is_daily(one)]
    yield from wrong_on_departure(steps, departure)
    yield from wrong_beginnings(steps, arrival)
    yield from wrong_days(steps, arrival, departure)
    yield from wrong_order(plan.steps)
    weigh_ins = weigh_in_days(PACK.sops, anchors)
    for number, on in plan.events.items():
        choice = choice_of(PACK.sops[number])
        assert choice is not None
        first, last = window(choice, anchors.of_run(plan.started[number]))
        if not first <= on <= last or on >= departure:
            yield f"{number}: its event on {on} is not in its window"
        if on in weigh_ins or list(plan.events.values()).count(on) > 1:
            yield f"{number}: its event on {on} is not alone"
    possible = days_of_events(PACK.sops, anchors, OFFICE)
    for number in plan.left_out:
        if any(one.sop == number for one in steps):
            yield f"{number} is left out and planned"
        if free := set(possible[number]) - weigh_ins - set(plan.events.values()):
            yield f"{number} is left out, and could be on {min(free)}"
    with_event = {number for number, sop in PACK.sops.items() if choice_of(sop) and sop.subject == "cohort"}
    if {*plan.events, *plan.left_out} != with_event:
        yield f"{sorted(with_event - {*plan.events, *plan.left_out})}: no word of the event"


def wrong_on_departure(steps: list[PlannedStep], departure: date) -> Iterator[str]:
    on_it = {(one.sop, one.step): one for one in steps if OFFICE.local_date(one.due_at) == departure}
    if len(on_it) > ON_DEPARTURE:
        yield f"{len(on_it)} things on the day of departure: {sorted(on_it)}"
    # A home visit has the time of the document, and a child is counselled until the end: neither prepares anything.
    care = {at for at, one in on_it.items() if one.kind == "standard" or sop_of(one).subject == "child"}
    if not on_it.keys() <= OF_THE_DAY | care:
        yield f"a preparation on the day of departure: {sorted(on_it.keys() - OF_THE_DAY - care)}"


def wrong_beginnings(steps: list[PlannedStep], arrival: date) -> Iterator[str]:
    for (number, step), by in ((LESSONS, arrival + FOURTH), *((one, arrival + SIXTH) for one in GUIDANCE)):
        latest = OFFICE.worked_from(by, PACK.sops[number].step(step).executors)
        begun = [OFFICE.local_date(one.opens_at) for one in steps if (one.sop, one.step) == (number, step)]
        if begun != [on for on in begun if on <= latest] or not begun:
            yield f"{number} step {step} begins on {begun}, not by {latest}"


def wrong_days(steps: list[PlannedStep], arrival: date, departure: date) -> Iterator[str]:
    """Office work due on a day on which nobody of it works."""
    for one in steps:
        on = OFFICE.local_date(one.due_at)
        step = step_of(one)
        is_event = step.due is not None and step.due.anchor == "event" and not step.due.days
        may_be_off = is_event or on in (arrival, departure) or sop_of(one).clock == "kalender"
        if not may_be_off and not OFFICE.works(on, step.executors):
            yield f"{one.sop} step {one.step} is due on {on}, a day off"


def wrong_order(steps: tuple[PlannedStep, ...]) -> Iterator[str]:
    done = {(one.sop, one.step): one.done_at for one in steps if not one.occurrence}
    for one in steps:
        if one.due_at < one.opens_at:
            yield f"{one.sop} step {one.step} is due before it opens"
        before = None if step_of(one).opens_by_itself else previous(sop_of(one), one.step)
        if before is not None and one.opens_at < done.get((one.sop, before), one.opens_at):
            yield f"{one.sop} step {one.step} opens before step {before} is done"


def previous(sop: Sop, step: int) -> int | None:
    return next((one.step for one in reversed(sop.chained_steps) if one.step < step), None)


@pytest.mark.slow
def test_every_stay_of_a_year_can_be_lived() -> None:
    found: Counter[str] = Counter()
    arrivals = [FIRST_ARRIVAL + timedelta(days=number) for number in range(365)]
    for days, arrival in one_in(DRAWN, itertools.product(STAYS, arrivals)):
        found.update(f"{days} days: {line}" for line in wrong_of(arrival, days))
    assert not found, "\n".join(f"{line}" for line, _count in found.most_common(40))


def test_an_event_leaves_the_only_day_of_another_one_alone() -> None:
    """Arrival on Tuesday 3 November 2026, 14 days: the outing has Saturday and Sunday of days 11 and 12, of which the
    parents' visit takes the Sunday. The recreation, which could be on that Saturday too, is on another day."""
    anchors = Anchors(date(2026, 9, 24), date(2026, 11, 3), date(2026, 11, 17))
    plan = planned(PACK.sops, anchors, OFFICE)
    days = {number: plan.events[number] for number in ("9.2.07", "9.1.09", "9.1.13")}
    assert days == {
        "9.2.07": date(2026, 11, 14),
        "9.1.09": date(2026, 11, 15),
        "9.1.13": date(2026, 11, 10),
    }
    assert plan.left_out == ("9.1.07",)  # its window begins on the day of departure
