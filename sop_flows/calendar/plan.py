"""The forward plan of a stay: every step as if all were done on time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sop_flows.calendar.anchors import Anchors
from sop_flows.calendar.due import due_for
from sop_flows.calendar.moments import MORNING
from sop_flows.calendar.office_hours import OfficeHours
from sop_flows.calendar.recurrence import occurrences
from sop_flows.calendar.relative import resolve, start_on
from sop_flows.declarations.loader import Pack
from sop_flows.declarations.sop import Sop
from sop_flows.declarations.start import Start
from sop_flows.declarations.step import Step

# A week of arrivals in a month without holidays: a chain may fit a Monday and not a Friday.
ORDINARY_ARRIVALS = tuple(date(2026, 11, day) for day in range(2, 9))


@dataclass(frozen=True)
class PlannedStep:
    """One task of an ideal stay."""

    sop: str
    step: int
    occurrence: int  # from 1; 0 for a step that does not recur
    opens_at: datetime  # aware, UTC
    due_at: datetime  # aware, UTC


@dataclass
class _Stay:
    sops: Mapping[str, Sop]
    anchors: Anchors
    office: OfficeHours


def planned_steps(sops: Mapping[str, Sop], anchors: Anchors, office: OfficeHours) -> tuple[PlannedStep, ...]:
    """The tasks of a stay in which everything is done on time, by due date.

    A step with a standard time is taken to be done when it is due, one with a target or a date in the morning
    of that day: several steps of a day then follow each other within it. SOPs that start only by hand, and
    cases, are not in the plan; one that starts for flagged children is in it once.
    """
    stay = _Stay(sops, anchors, office)
    done: dict[tuple[str, int], datetime] = {}  # when a chained step is done
    planned: list[PlannedStep] = []
    waiting = [sop for sop in sops.values() if sop.subject != "case"]
    while waiting:
        ready = [(sop, at) for sop in waiting if (at := _starts_at(sop, stay, done)) is not None]
        if not ready:
            break  # the rest starts by hand
        for sop, at in ready:
            planned += _planned_run(sop, at, stay, done)
            waiting.remove(sop)
    return tuple(sorted(planned, key=lambda task: (task.due_at, task.sop, task.step)))


def check_plan(pack: Pack, office: OfficeHours) -> list[str]:
    """What an ordinary stay would owe after the children have left; one line per step, empty when all fits.

    Steps with a date of their own and SOPs that start after the departure may lie there.
    """
    problems: dict[tuple[str, int], str] = {}
    for arrival in ORDINARY_ARRIVALS:
        departure = arrival + timedelta(days=pack.unit.stay_days)
        for task in planned_steps(pack.sops, Anchors(None, arrival, departure), office):
            sop = pack.sops[task.sop]
            step = sop.step(task.step)
            due_on = office.local_date(task.due_at)
            if sop.subject == "case" or due_on <= departure or step.due is not None:
                continue
            if any(_is_after_departure(start) for start in sop.starts):
                continue
            late = (due_on - departure).days
            what = f"{task.sop}.yaml: step {task.step} would be due {late} days after the departure of a stay of "
            what += f"{pack.unit.stay_days} days that begins on {arrival.isoformat()}; give it a target"
            problems.setdefault((task.sop, task.step), what)
    return list(problems.values())


def _is_after_departure(start: Start) -> bool:
    return start.at is not None and start.at.anchor == "departure" and start.at.days + start.at.months > 0


def _starts_at(sop: Sop, stay: _Stay, done: Mapping[tuple[str, int], datetime]) -> datetime | None:
    """When the run opens: the earliest of its starts that can be known already, None if there is none."""
    found = []
    for start in sop.starts:
        if start.at is not None:
            on = start_on(start.at, stay.anchors, sop.clock, stay.office)
            found.append(_day_begins(sop, on, stay.office))
        elif (before := start.after or start.flagged_in) is not None and before in stay.sops:
            other = stay.sops[before]
            last = start.after_step if start.after_step is not None else _last_chained(other)
            if last is not None and (other.number, last) in done:
                found.append(done[other.number, last])
    return min(found, default=None)


def _planned_run(
    sop: Sop, starts_at: datetime, stay: _Stay, done: dict[tuple[str, int], datetime]
) -> Iterator[PlannedStep]:
    at = starts_at
    for step in sop.asked_steps:
        if step.every is not None:
            yield from _planned_occurrences(sop, step, stay)
            continue
        opens_at = _opens_at(sop, step, starts_at if step.beside else at, stay)
        due = due_for(step, sop, opens_at, stay.anchors, stay.office)
        yield PlannedStep(sop.number, step.step, 0, opens_at, due.at)
        done_at = due.at if due.kind == "standard" else max(opens_at, _morning_of(due.at, sop, stay.office))
        done[sop.number, step.step] = done_at
        if not step.beside:
            at = done_at


def _planned_occurrences(sop: Sop, step: Step, stay: _Stay) -> Iterator[PlannedStep]:
    assert step.every is not None
    for one in occurrences(step.every, stay.anchors):
        opens_at = stay.office.at(one.opens_on, MORNING)
        yield PlannedStep(
            sop.number, step.step, one.number, opens_at, stay.office.at(one.due_on, one.due_time)
        )


def _opens_at(sop: Sop, step: Step, before_done_at: datetime, stay: _Stay) -> datetime:
    if step.opens is None:
        return before_done_at
    on = resolve(step.opens, stay.anchors)
    return max(before_done_at, _day_begins(sop, on, stay.office))


def _last_chained(sop: Sop) -> int | None:
    return sop.chained_steps[-1].step if sop.chained_steps else None


def _day_begins(sop: Sop, on: date, office: OfficeHours) -> datetime:
    if sop.clock == "kerja" and office.is_working_day(on):
        return office.opens_at(on)
    return office.at(on, MORNING)


def _morning_of(at: datetime, sop: Sop, office: OfficeHours) -> datetime:
    return _day_begins(sop, office.local_date(at), office)
