"""How an angkatan stands against its plan: what should be done by now, and what is held up by a late step."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sop_flows.calendar.plan import PlannedStep, planned_steps
from sop_flows.core.subjects import cohort_anchors
from sop_flows.core.work import Work
from sop_flows.declarations.sop import Sop
from storage.queries.status import PartRow
from storage.tables import Cohort, TaskState

AHEAD = timedelta(days=7)  # what is held up is told a week before it is due
PLANS_KEPT = 8  # plans in memory: the open angkatan, before and after their dates move

Place = tuple[str, int, int]  # SOP, step, occurrence


@dataclass(frozen=True)
class PhaseProgress:
    """One phase of the stay: steps that should be done by now, and how many of those are."""

    phase: str
    planned: int
    done: int


@dataclass(frozen=True)
class HeldUp:
    """A step that has not opened because the one before it is late.

    Attributes:
        due_on: when it is due by the plan; it may be over.
        waits_for: the open part that holds it up.
    """

    sop: str
    step: int
    short: str
    role: str
    due_on: date
    waits_for: PartRow


@dataclass(frozen=True)
class Progress:
    """Plan beside done, for some roles."""

    phases: tuple[PhaseProgress, ...]
    held_up: tuple[HeldUp, ...]

    @property
    def planned(self) -> int:
        """How many steps should be done by now."""
        return sum(one.planned for one in self.phases)

    @property
    def done(self) -> int:
        """How many of those are done, skipped with a reason, or were done before Pandu."""
        return sum(one.done for one in self.phases)


def progress_of(
    work: Work, cohort: Cohort, rows: Collection[PartRow], by_run: Mapping[int, Sop], roles: Collection[str]
) -> Progress:
    """The progress of these roles' steps, as far as they come in every stay.

    Args:
        rows: all parts of the angkatan's tasks that are owed or closed.
        by_run: the declarations of its runs, by the run's id.
    """
    sops = {**work.pack.sops, **{sop.number: sop for sop in by_run.values()}}
    plan = [
        one
        for one in _plan(work, cohort, sops)
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
            for phase in work.unit.phases.get("petirahan", tuple(phases))
            if (of_phase := phases.get(phase))
        ),
        tuple(_held_up(work, sops, plan, by_place)),
    )


def _plan(work: Work, cohort: Cohort, sops: Mapping[str, Sop]) -> tuple[PlannedStep, ...]:
    anchors = cohort_anchors(work.institution, cohort)
    key = (anchors, *sorted((sop.number, sop.digest) for sop in sops.values()))
    kept = work.institution.plans
    if key not in kept:
        while len(kept) >= PLANS_KEPT:
            kept.pop(next(iter(kept)))
        kept[key] = planned_steps(sops, anchors, work.office)
    return kept[key]


def _held_up(
    work: Work,
    sops: Mapping[str, Sop],
    plan: Collection[PlannedStep],
    by_place: Mapping[Place, list[PartRow]],
) -> list[HeldUp]:
    found = []
    for one in plan:
        if (
            one.due_at > work.now + AHEAD
            or one.occurrence > 1
            or (one.sop, one.step, one.occurrence) in by_place
        ):
            continue
        sop = sops[one.sop]
        before = next((step for step in reversed(sop.asked_steps) if step.step < one.step), None)
        if before is None:
            continue
        late = [
            row
            for row in by_place.get((one.sop, before.step, 0), [])
            if row.is_open and row.is_past(work.now)
        ]
        if late:
            due_on = work.institution.today(one.due_at)
            step = sop.step(one.step)
            found.append(HeldUp(one.sop, one.step, step.short, step.executors[0], due_on, late[0]))
    return sorted(found, key=lambda one: (one.due_on, one.sop, one.step))
