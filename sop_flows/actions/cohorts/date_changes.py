"""What a change of the dates of an angkatan changes: said before it is made, and to those concerned. Nothing is written."""

from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session, col, select

from sop_flows.calendar.dates import Anchors, OfficeHours, occurrences, resolve, start_on
from sop_flows.calendar.events import choice_of, window
from sop_flows.core.work import Work, cohort_anchors, sop_of, sops_of
from sop_flows.declarations.sop import Sop, Step
from storage.tables import LIVE, Cohort, DueKind, Run, RunState, Task, TaskState

OF_A_STAY = ("cohort", "school", "child")


@dataclass(frozen=True)
class SopStep:
    """A step with its SOP."""

    sop: Sop
    step: Step

    @property
    def key(self) -> str:
        """ "9.2.15/4"."""
        return f"{self.sop.number}/{self.step.step}"


@dataclass(frozen=True)
class Changes:
    """Attributes:
    done: how many steps are done and stay so.
    moved: the steps, not done, whose times move.
    gone, added: occurrences (step, number) that the stay no longer has, or now has; daily ones are left out.
    """

    done: int
    moved: tuple[SopStep, ...]
    gone: tuple[tuple[SopStep, int], ...]
    added: tuple[tuple[SopStep, int], ...]


def changes_of(work: Work, cohort: Cohort, arrival_on: date, departure_on: date) -> Changes:
    """What would change if the angkatan came and left on these days instead."""
    old = cohort_anchors(work.institution, cohort)
    new = Anchors(old.opening, arrival_on, departure_on)
    sops, begun = _sops_of(work, cohort)
    settled, done = _settled(work.session, cohort)
    moved, gone, added = [], [], []
    for sop in sops:
        for step in sop.asked_steps:
            one = SopStep(sop, step)
            if (sop.number, step.step) in settled:
                continue
            if _times(one, old, work.office, sop.number in begun) != _times(
                one, new, work.office, sop.number in begun
            ):
                moved.append(one)
            had, has = _count(step, old), _count(step, new)
            gone += [(one, number) for number in range(has + 1, had + 1)]
            added += [(one, number) for number in range(had + 1, has + 1)]
    return Changes(len(done), tuple(moved), tuple(gone), tuple(added))


def _sops_of(work: Work, cohort: Cohort) -> tuple[list[Sop], frozenset[str]]:
    """The SOPs of the stay, each in the version of its run; and those whose run has begun."""
    runs = work.session.exec(
        select(Run).where(Run.cohort_id == cohort.id, Run.state != RunState.WITHDRAWN)
    ).all()
    versions = {run.sop: sop_of(work.session, run) for run in runs}
    begun = {run.sop for run in runs if run.state != RunState.WAITING}
    known = {**sops_of(work, cohort), **versions}
    return [sop for sop in known.values() if sop.subject in OF_A_STAY], frozenset(begun)


def _settled(s: Session, cohort: Cohort) -> tuple[set[tuple[str, int]], set[tuple[str, int]]]:
    """Steps whose times don't move (closed, before Pandu, or put on a day by an officer), and those that are done."""
    tasks = s.exec(
        select(Task).where(Task.cohort_id == cohort.id, col(Task.state) != TaskState.WITHDRAWN)
    ).all()
    done = {(task.sop, task.step) for task in tasks if task.state == TaskState.DONE}
    still = {(task.sop, task.step) for task in tasks if task.state in LIVE and task.due_kind != DueKind.MOVED}
    fixed = {(task.sop, task.step) for task in tasks if task.occurrence == 0} - still
    return fixed, done


def _times(one: SopStep, anchors: Anchors, office: OfficeHours, begun: bool) -> tuple[object, ...]:
    """Every date of the step that comes from the dates of the stay."""
    sop, step = one.sop, one.step
    found: list[object] = []
    if not begun:
        found += [start_on(start.at, anchors, sop, office) for start in sop.starts if start.at is not None]
    anchors = _of_run(sop, anchors, office)
    own = (step.opens, step.due, step.lasting, step.target if step.standard is None else None)
    # What counts from a start that no date gives moves only with the work before it.
    found += [
        resolve(offset, anchors)
        for offset in own
        if offset is not None and getattr(anchors, offset.anchor) is not None
    ]
    if step.choose_date is not None and anchors.arrival is not None:
        found.append(window(step.choose_date, anchors))
    if step.every is not None and step.every.days is not None:
        found.append(occurrences(step.every, anchors))
    return tuple(found)


def _of_run(sop: Sop, anchors: Anchors, office: OfficeHours) -> Anchors:
    """The dates of its run as they follow from the stay: its start, where a date gives it, and the first day that its
    event can be."""
    dates = [start.at for start in sop.starts if start.at is not None]
    if dates:
        anchors = replace(anchors, start=start_on(dates[0], anchors, sop, office))
    choice = choice_of(sop)
    if choice is not None and getattr(anchors, choice.earliest.anchor) is not None:
        anchors = replace(anchors, event=resolve(choice.earliest, anchors))
    return anchors


def _count(step: Step, anchors: Anchors) -> int:
    """How often it comes in the stay; 0 of a daily step, whose number says nothing."""
    if step.every is None or step.every.days in (None, 1):
        return 0
    return len(occurrences(step.every, anchors))
