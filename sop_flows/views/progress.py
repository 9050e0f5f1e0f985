"""How an angkatan stands against its plan: what should be done by now, and what a late step delays."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sop_flows.calendar.plan import PlannedStep, planned_steps
from sop_flows.core.states import is_late, is_open
from sop_flows.core.work import Work, cohort_anchors, sops_of
from sop_flows.declarations.sop import Sop, Step
from storage.queries.status import PartRow
from storage.tables import Cohort, TaskState

AHEAD = timedelta(days=7)  # what is delayed is told a week before it is due
PLANS_KEPT = 8  # plans in memory: the open angkatan, before and after their dates move

Place = tuple[str, int, int]  # SOP, step, occurrence


@dataclass(frozen=True)
class PhaseProgress:
    """One phase of the stay: steps that should be done by now, and how many of those are."""

    phase: str
    planned: int
    done: int


@dataclass(frozen=True)
class Delayed:
    """A step that has not opened because an open one before it is late, or is due only after it.

    Attributes:
        step, waits_for: the step and the open one that holds it up, in a few words.
        due_on: when it is due by the plan; it may be over.
    """

    sop: str
    step: str
    due_on: date
    waits_for: str


@dataclass(frozen=True)
class Progress:
    """Plan beside done, for some roles."""

    phases: tuple[PhaseProgress, ...]
    delayed: tuple[Delayed, ...]

    @property
    def planned(self) -> int:
        """How many steps should be done by now."""
        return sum(one.planned for one in self.phases)

    @property
    def done(self) -> int:
        """How many of those are done, skipped with a reason, or were done before Pandu."""
        return sum(one.done for one in self.phases)


def progress_of(
    work: Work,
    cohort: Cohort,
    rows: Collection[PartRow],
    by_run: Mapping[int, Sop],
    events: Mapping[str, date],
    roles: Collection[str],
) -> Progress:
    """The progress of these roles' steps, as far as they come in every stay.

    Args:
        rows: all parts of the angkatan's tasks that are owed or closed.
        by_run: the declarations of its runs, by the run's id.
        events: the days of its events as they stand, by SOP.
    """
    sops = {**sops_of(work, cohort), **{sop.number: sop for sop in by_run.values()}}
    plan = [
        one
        for one in _plan(work, cohort, sops, events)
        if not one.flagged and not set(sops[one.sop].step(one.step).executors).isdisjoint(roles)
    ]
    by_place: dict[Place, list[PartRow]] = {}
    for row in rows:
        by_place.setdefault((row.task.sop, row.task.step, row.task.occurrence or 0), []).append(row)
    phases: dict[str, list[bool]] = {}
    for one in plan:
        if one.due_at <= work.now:
            found = by_place.get((one.sop, one.step, one.occurrence), [])
            if any(row.task.is_before_pandu for row in found):
                continue  # it has a figure of its own
            is_done = bool(found) and all(row.part.state != TaskState.OPEN for row in found)
            phases.setdefault(sops[one.sop].phase, []).append(is_done)
    return Progress(
        tuple(
            PhaseProgress(phase, len(of_phase), sum(of_phase))
            for phase in dict.fromkeys(one for program in work.unit.phases.values() for one in program)
            if (of_phase := phases.get(phase))
        ),
        tuple(_delayed(work, sops, plan, by_place)),
    )


def plan_of(
    work: Work, cohort: Cohort, by_run: Mapping[int, Sop], events: Mapping[str, date]
) -> tuple[PlannedStep, ...]:
    """The plan of the angkatan, by the declarations of its runs and the days of its events as they stand."""
    sops = {**sops_of(work, cohort), **{sop.number: sop for sop in by_run.values()}}
    return _plan(work, cohort, sops, events)


def _plan(
    work: Work, cohort: Cohort, sops: Mapping[str, Sop], chosen: Mapping[str, date]
) -> tuple[PlannedStep, ...]:
    anchors = cohort_anchors(work.institution, cohort)
    key = (anchors, *sorted(chosen.items()), *sorted((sop.number, sop.digest) for sop in sops.values()))
    kept = work.institution.plans
    if key not in kept:
        while len(kept) >= PLANS_KEPT:
            kept.pop(next(iter(kept)))
        kept[key] = planned_steps(sops, anchors, work.office, chosen)
    return kept[key]


def _delayed(
    work: Work,
    sops: Mapping[str, Sop],
    plan: Collection[PlannedStep],
    by_place: Mapping[Place, list[PartRow]],
) -> list[Delayed]:
    found = []
    for one in plan:
        has_opened = (one.sop, one.step, one.occurrence) in by_place
        if has_opened or one.occurrence > 1 or one.due_at > work.now + AHEAD:
            continue
        sop = sops[one.sop]
        stuck = _stuck_before(work, sops, by_place, sop, sop.step(one.step), one.due_at)
        if stuck is not None:
            due_on = work.institution.today(one.due_at)
            found.append(Delayed(one.sop, sop.step(one.step).short, due_on, stuck.short))
    return sorted(found, key=lambda one: (one.due_on, one.sop))


def _stuck_before(
    work: Work,
    sops: Mapping[str, Sop],
    by_place: Mapping[Place, list[PartRow]],
    sop: Sop,
    step: Step,
    due_at: datetime,
) -> Step | None:
    """The open step that holds this one up: late itself, or due only after it; None when nothing is in its way.

    What stands between them has not opened either, so it is looked through, into the SOP after which this one starts.
    """
    seen = {(sop.number, step.step)}
    waiting = _before(sops, sop, step)
    while waiting:
        places, waiting = waiting, []
        for former, one in places:
            if (former.number, one.step) in seen:
                continue
            seen.add((former.number, one.step))
            rows = by_place.get((former.number, one.step, 0), [])
            if any(
                is_open(row.task, row.part) and (is_late(row.task, work.now) or _ends_after(row, due_at))
                for row in rows
            ):
                return one
            if not rows:
                waiting += _before(sops, former, one)
    return None


def _ends_after(row: PartRow, due_at: datetime) -> bool:
    return row.task.due_at is not None and row.task.due_at > due_at


def _before(sops: Mapping[str, Sop], sop: Sop, step: Step) -> list[tuple[Sop, Step]]:
    """The steps after which this one opens: the one before it in its chain, or those that its SOP starts after."""
    if step.step in [one.step for one in sop.chained_steps[1:]]:
        return [(sop, next(one for one in reversed(sop.chained_steps) if one.step < step.step))]
    found = []
    for start in sop.starts:
        former = None if start.after is None or start.when else sops.get(start.after)
        if former is not None:
            steps = former.asked_steps if start.after_step is None else [former.step(start.after_step)]
            found += [(former, one) for one in steps if one.every is None]
    return found
