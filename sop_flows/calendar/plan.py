"""The forward plan of a stay or a case: every step as if all were done on time."""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import count
from typing import Literal

from sop_flows.calendar.dates import (
    Anchors,
    Occurrence,
    OfficeHours,
    add_months,
    asked_about,
    begins_on,
    due_for,
    occurrence_due,
    occurrences,
    opened_after,
    opened_with_run,
    opens_on,
    recurs,
    start_on,
    started_after,
)
from sop_flows.calendar.events import choice_of, days_of_events, needed_days, proposed_day, weigh_in_days
from sop_flows.calendar.moments import MORNING
from sop_flows.declarations.loader import Pack
from sop_flows.declarations.offset import Offset
from sop_flows.declarations.sop import Sop, Start, Step

# A week of arrivals in a month without holidays: a chain may fit a Monday and not a Friday.
ORDINARY_ARRIVALS = tuple(date(2026, 11, day) for day in range(2, 9))
PREPARATION = timedelta(days=30)  # an ordinary angkatan is opened so long before its arrival


@dataclass(frozen=True)
class PlannedStep:
    """One task of an ideal stay or case.

    Attributes:
        occurrence: from 1; 0 for a step that does not recur.
        opens_at, due_at: aware, UTC.
        done_at: when it is taken to be done, so that the next step opens; aware, UTC.
        nth: which run of the SOP it is of, from 1.
        when: the outcomes of the decision on which its run starts; empty when it starts in any case.
        flagged: it is only for children who are flagged.
        asked_at: of a service of 3-6 months: from when on it is asked whether it is finished; aware, UTC.
        kind: by which kind of rule it is due; clamped: not on the day that it says, which would be too early or too late.
    """

    sop: str
    step: int
    occurrence: int
    opens_at: datetime
    due_at: datetime
    done_at: datetime
    nth: int = 1
    when: tuple[str, ...] = ()
    flagged: bool = False
    asked_at: datetime | None = None
    kind: Literal["standard", "target", "date"] = "date"
    clamped: bool = False


@dataclass(frozen=True, order=True)
class _Opening:
    """A run that is to be opened. `order` keeps openings of one moment in the order in which they were caused."""

    at: datetime
    order: int
    sop: str = field(compare=False)
    nth: int = field(compare=False)
    when: tuple[str, ...] = field(compare=False, default=())
    flagged: bool = field(compare=False, default=False)


@dataclass
class _Plan:
    """The plan in the making."""

    sops: Mapping[str, Sop]
    anchors: Anchors
    office: OfficeHours
    openings: list[_Opening] = field(default_factory=list)
    order: Iterator[int] = field(default_factory=count)
    runs: dict[str, int] = field(default_factory=dict)  # how many were planned, by SOP
    steps: list[PlannedStep] = field(default_factory=list)
    services_end_at: datetime | None = None
    events: dict[str, date] = field(default_factory=dict)  # the day of each SOP's event
    started: dict[str, date] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)  # SOPs for whose event the stay is too short
    chosen: Mapping[str, date] = field(default_factory=dict)  # the days of events that are known
    weigh_ins: frozenset[date] = frozenset()

    @cached_property
    def possible(self) -> Mapping[str, tuple[date, ...]]:
        """The days that each event can be on, by SOP."""
        return {} if self.anchors.arrival is None else days_of_events(self.sops, self.anchors, self.office)

    def anchors_of_run(self, sop: Sop, opening: _Opening) -> Anchors | None:
        """The dates of a run, with the day of its event; None: the stay is too short for it."""
        anchors = self.anchors.of_run(self.office.local_date(opening.at))
        self.started.setdefault(sop.number, self.office.local_date(opening.at))
        if choice_of(sop) is None:
            return anchors
        taken = self.weigh_ins.union(self.events.values(), self.chosen.values())
        settled = {sop.number, *self.events, *self.left_out, *self.chosen}
        needed = needed_days(self.possible, taken, settled)
        on = self.chosen.get(sop.number) or proposed_day(sop, opening.at, anchors, self.office, taken, needed)
        if on is None:
            self.left_out.append(sop.number)
            return None
        self.events[sop.number] = on
        return anchors.with_event(on)

    def open(self, sop: Sop, at: datetime, when: tuple[str, ...] = (), *, flagged: bool = False) -> None:
        """Plan a run for this moment."""
        nth = self.runs[sop.number] = self.runs.get(sop.number, 0) + 1
        heapq.heappush(self.openings, _Opening(at, next(self.order), sop.number, nth, when, flagged))


@dataclass(frozen=True)
class Planned:
    """An ideal stay or case, in which every proposal of a day stands.

    Attributes:
        steps: its tasks by due date.
        events: the day of each SOP's event.
        started: when the first run of each SOP begins.
        left_out: the SOPs for whose event the stay is too short.
    """

    steps: tuple[PlannedStep, ...]
    events: Mapping[str, date]
    started: Mapping[str, date]
    left_out: tuple[str, ...]


def planned_steps(
    sops: Mapping[str, Sop], anchors: Anchors, office: OfficeHours, chosen: Mapping[str, date] | None = None
) -> tuple[PlannedStep, ...]:
    """The tasks of `planned`."""
    return planned(sops, anchors, office, chosen).steps


def planned(
    sops: Mapping[str, Sop], anchors: Anchors, office: OfficeHours, chosen: Mapping[str, date] | None = None
) -> Planned:
    """The tasks of a stay, or of a case when there is no arrival, in which everything is done on time, by due date.

    A step with a standard time is taken to be done when it is due, one with a target or a date in the morning
    of that day: several steps of a day then follow each other within it. SOPs that start only by hand are not
    in the plan; one that starts for flagged children is in it once. After a decision every outcome is planned,
    each once: `when` tells them apart. What runs for months ends with the services of the case.

    Args:
        chosen: the days of events that are known, by SOP; the others are proposed.
    """
    plan = _made(sops, anchors, office, chosen or {})
    found = plan.steps
    if plan.services_end_at is not None:
        found = [
            replace(one, done_at=min(one.done_at, plan.services_end_at)) if one.asked_at is not None else one
            for one in plan.steps
            if not (_is_monthly(plan, one) and one.opens_at > plan.services_end_at)
        ]
    steps = tuple(sorted(found, key=lambda one: (one.due_at, one.sop, one.step)))
    return Planned(steps, plan.events, plan.started, tuple(plan.left_out))


def _made(
    sops: Mapping[str, Sop], anchors: Anchors, office: OfficeHours, chosen: Mapping[str, date]
) -> _Plan:
    in_case = anchors.arrival is None
    mine = {number: sop for number, sop in sops.items() if (sop.subject == "case") is in_case}
    plan = _Plan(mine, anchors, office, chosen=chosen, weigh_ins=weigh_in_days(mine, anchors))
    for sop in mine.values():
        dates = [start.at for start in sop.starts if start.at is not None]
        if dates:
            plan.open(sop, min(_first_moment(sop, at, plan) for at in dates))
    while plan.openings:
        _plan_run(plan, heapq.heappop(plan.openings))
    return plan


def first_day(sops: Mapping[str, Sop], anchors: Anchors, office: OfficeHours) -> date:
    """The day on which the first SOP of a stay starts by its date: an angkatan opened then misses nothing."""
    starts = [
        start_on(start.at, anchors, sop, office)
        for sop in sops.values()
        for start in sop.starts
        if sop.subject != "case" and start.at is not None and start.at.anchor != "opening"
    ]
    return min(starts, default=anchors.day("arrival"))


def check_plan(pack: Pack, office: OfficeHours) -> list[str]:
    """What an ordinary stay would owe after the children have left; one line per step, empty when all fits.

    Steps with a date of their own and SOPs that start after the departure may lie there.
    """
    problems: dict[tuple[str, int], str] = {}
    for arrival in ORDINARY_ARRIVALS:
        departure = arrival + timedelta(days=pack.unit.stay_days)
        for task in planned_steps(pack.sops, _ordinary_stay(arrival, departure), office):
            sop = pack.sops[task.sop]
            step = sop.step(task.step)
            due_on = office.local_date(task.due_at)
            if sop.subject == "case" or due_on <= departure or step.due is not None:
                continue
            if any(_is_after_departure(start) for start in sop.starts):
                continue
            late = (due_on - departure).days
            what = f"{pack.place(task.sop, task.step)}: step {task.step} would be due {late} days after the departure"
            what += f" of a stay of {pack.unit.stay_days} days that begins on {arrival.isoformat()}; give it a target"
            problems.setdefault((task.sop, task.step), what)
    return list(problems.values())


def plan_warnings(pack: Pack, office: OfficeHours) -> list[str]:
    """What of an ordinary stay is no mistake, and hardly meant: one line a step.

    A date that rests on a clamp; a step that opens on its last day; a date of the calendar on a day on which nobody of
    the role works. What is due at the arrival, the departure or the event opens and ends on one day by its nature.
    """
    found: dict[tuple[str, int], str] = {}
    for arrival in ORDINARY_ARRIVALS:
        stay = _ordinary_stay(arrival, arrival + timedelta(days=pack.unit.stay_days))
        for one in planned_steps(pack.sops, stay, office):
            sop = pack.sops[one.sop]
            what = _warning(one, sop, stay, office)
            if what is not None and sop.subject != "case":
                place = pack.place(one.sop, one.step)
                found.setdefault((one.sop, one.step), f"{place}: step {one.step} {what} (arrival {arrival})")
    return list(found.values())


def _warning(one: PlannedStep, sop: Sop, stay: Anchors, office: OfficeHours) -> str | None:
    step, on = sop.step(one.step), office.local_date(one.due_at)
    if one.clamped and on == stay.departure:
        return f"would be due when the children have left, and is due on {on}, the day of departure"
    if on in (stay.arrival, stay.departure):
        return None
    if one.clamped:
        return f"would be due before it opens, and is due on {on}"
    if step.lasting is not None and office.local_date(one.opens_at) >= on:
        return f"opens on its last day, {on}"
    by = step.target or step.due
    of_stay = by is not None and by.anchor != "event"
    if sop.clock == "kalender" and of_stay and not office.works(on, step.executors):
        return f"is due on {on}, on which nobody of {', '.join(step.executors)} works"
    return None


def _ordinary_stay(arrival: date, departure: date) -> Anchors:
    return Anchors(arrival - PREPARATION, arrival, departure)


def _is_after_departure(start: Start) -> bool:
    return start.at is not None and start.at.anchor == "departure" and start.at.days + start.at.months > 0


# --- runs ---------------------------------------------------------------------------------------------------


def _plan_run(plan: _Plan, opening: _Opening) -> None:
    """All steps of one run, and the runs that it starts."""
    sop = plan.sops[opening.sop]
    anchors = plan.anchors_of_run(sop, opening)
    if anchors is None:
        _start_after(plan, opening, sop, None, opening.at)
        return
    steps = [
        replace(one, nth=opening.nth, when=opening.when, flagged=one.flagged or opening.flagged)
        for one in _steps_of_run(sop, opening.at, anchors, plan)
    ]
    plan.steps += steps
    if not steps:
        return
    for one in steps:
        if not one.occurrence:
            _start_after(plan, opening, sop, one.step, one.done_at)
    # A run that goes on for months ends with the services, and starts nothing.
    if any(one.asked_at is not None for one in steps):
        return
    ends_at = max(one.done_at for one in steps)
    _start_after(plan, opening, sop, None, ends_at)
    if sop.ends_services:
        plan.services_end_at = min(filter(None, (plan.services_end_at, ends_at)))


def _start_after(plan: _Plan, opening: _Opening, before: Sop, step: int | None, at: datetime) -> None:
    """Plan what starts after this SOP, or after this step of it."""
    for sop, start in started_after(plan.sops, before.number, step):
        if not plan.runs.get(sop.number) or _is_repeated(plan, opening, sop, start):
            on = begins_on(sop, start, plan.office.local_date(at), plan.office)
            opens_at = at if on is None else _day_begins(sop, on, plan.office)
            plan.open(sop, opens_at, start.when or opening.when, flagged=opening.flagged)
    if step != _flagging(before):
        return
    for sop in plan.sops.values():
        if any(start.flagged_in == before.number for start in sop.starts) and not plan.runs.get(sop.number):
            plan.open(sop, at, opening.when, flagged=True)


def _is_repeated(plan: _Plan, opening: _Opening, sop: Sop, start: Start) -> bool:
    """Whether a decision starts the SOP once more: planned once, or the plan would have no end."""
    return bool(start.when) and not opening.when and plan.runs[sop.number] < 2


def _flagging(sop: Sop) -> int | None:
    """The step that flags children."""
    return next((step.step for step in sop.steps if step.record is not None and step.record.flag), None)


# --- steps --------------------------------------------------------------------------------------------------


def _steps_of_run(sop: Sop, starts_at: datetime, anchors: Anchors, plan: _Plan) -> Iterator[PlannedStep]:
    done: dict[int, datetime] = {}
    for first in opened_with_run(sop):
        if first.every is not None and recurs(first):
            yield from _recurring(sop, first, occurrences(first.every, plan.anchors), plan)
            continue
        step: Step | None = first
        at = starts_at
        while step is not None:
            planned = _planned(sop, step, at, anchors, plan)
            yield planned
            if step.asked_meanwhile:
                grid = asked_about(step, sop, planned.opens_at, plan.office)
                for one in _recurring(sop, step, _within(grid, planned.due_at, plan), plan):
                    opens_at = max(one.opens_at, planned.opens_at)
                    yield replace(one, opens_at=opens_at, done_at=opens_at)
            done[step.step] = planned.done_at
            if step.record is not None and step.record.effect == "handed_over":
                anchors = anchors.with_event(plan.office.local_date(planned.done_at))
                plan.services_end_at = min(filter(None, (plan.services_end_at, planned.done_at)))
            step, at = opened_after(sop, step), planned.done_at
            if step is not None and (gates := sop.gated.get(step.step)):
                if not done.keys() >= set(gates):
                    break
                at = max(done[gate] for gate in gates)


def _planned(sop: Sop, step: Step, after: datetime, anchors: Anchors, plan: _Plan) -> PlannedStep:
    """The task of a step that is opened at `after`, or on a later day of its own."""
    on = opens_on(step, anchors)
    opens_at = after if on is None else max(after, _day_begins(sop, on, plan.office))
    due = due_for(step, sop, opens_at, anchors, plan.office)
    done_at = due.at if due.kind == "standard" else max(opens_at, _morning_of(due.at, sop, plan.office))
    asked_at = None
    if step.running and step.standard is not None:
        asked_on = add_months(plan.office.local_date(opens_at), step.standard.amount)
        asked_at = plan.office.at(asked_on, MORNING)
    return PlannedStep(
        sop.number,
        step.step,
        0,
        opens_at,
        due.at,
        done_at,
        flagged=step.per == "flagged child",
        asked_at=asked_at,
        kind=due.kind,
        clamped=due.clamped,
    )


def _within(grid: Sequence[Occurrence], until: datetime, plan: _Plan) -> tuple[Occurrence, ...]:
    """The occurrences before the service is late: it does not run longer when all is done on time."""
    last = plan.office.local_date(until)
    return tuple(one for one in grid if one.on <= last)


def _recurring(sop: Sop, step: Step, grid: Sequence[Occurrence], plan: _Plan) -> Iterator[PlannedStep]:
    office = plan.office
    for one in grid:
        opens_at = office.at(one.opens_on, MORNING)
        due_at = occurrence_due(step, one, office)
        flagged = step.per == "flagged child"
        yield PlannedStep(sop.number, step.step, one.number, opens_at, due_at, opens_at, flagged=flagged)


def _is_monthly(plan: _Plan, one: PlannedStep) -> bool:
    return one.occurrence > 0 and plan.sops[one.sop].step(one.step).running


def _first_moment(sop: Sop, at: Offset, plan: _Plan) -> datetime:
    """When a run that starts on a date opens. The opening of a case is a start at once, also on a day off."""
    if sop.subject == "case" and not (at.days or at.months):
        return plan.office.at(plan.anchors.day("opening"), MORNING)
    return _day_begins(sop, start_on(at, plan.anchors, sop, plan.office), plan.office)


def _day_begins(sop: Sop, on: date, office: OfficeHours) -> datetime:
    if sop.clock == "kerja" and office.is_working_day(on):
        return office.opens_at(on)
    return office.at(on, MORNING)


def _morning_of(at: datetime, sop: Sop, office: OfficeHours) -> datetime:
    return _day_begins(sop, office.local_date(at), office)
