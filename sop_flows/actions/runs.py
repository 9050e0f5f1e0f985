"""Starting the SOPs of an angkatan when it is opened."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime

from sqlmodel import Session, col, select

from sop_flows.actions import agenda
from sop_flows.calendar.dates import resolve, start_on
from sop_flows.calendar.events import choice_of
from sop_flows.calendar.plan import PlannedStep, planned_steps
from sop_flows.core.states import move
from sop_flows.core.work import (
    Institution,
    Subject,
    Work,
    anchors_of,
    cohort_anchors,
    day_begins,
    schools_of,
    sops_of,
    subject_ids,
    subjects_after,
)
from sop_flows.declarations.sop import Sop, Step
from sop_flows.engine.chain import add_run, grid, live_run, open_run, open_step, plan_occurrences
from sop_flows.engine.events import propose_late
from sop_flows.engine.withdraw import MOVED
from storage.tables import (
    Cohort,
    DueKind,
    Run,
    RunState,
    School,
    Task,
    TaskPart,
    TaskState,
)


def open_cohort_runs(work: Work, cohort: Cohort) -> tuple[Task, ...]:
    """Start every SOP of the angkatan by its declared rule; returns what should have been done before today.

    An arrival in the past, or preparations whose days are over, is the ordinary first day of use: those steps
    become tasks "before Pandu", confirmed in bulk and never late.
    """
    anchors = cohort_anchors(work.institution, cohort)
    over = steps_over(work.institution, work.pack.sops, cohort)
    before: list[Task] = []
    for sop in work.pack.sops.values():
        for about in subjects_of(work.session, cohort, sop):
            if gone := over.get(sop.number):
                run = add_run(work, sop, about, min(one.opens_at for one in gone))
                before += open_in_the_middle(work, sop, run, gone)
                continue
            for start in sop.starts:
                if start.at is not None:
                    on = start_on(start.at, anchors, sop, work.office)
                    # A start that is over (the parents' visit opens on day 1) is now: nothing was owed before.
                    add_run(work, sop, about, max(day_begins(work.institution, on), work.now))
    start_what_follows(work, cohort, over)
    agenda.advance(work)
    return tuple(before)


def subjects_of(s: Session, cohort: Cohort, sop: Sop) -> tuple[Subject, ...]:
    """For whom a SOP starts when the angkatan is opened."""
    if sop.subject == "school":
        return schools_of(s, cohort.id or 0)
    return (cohort,) if sop.subject == "cohort" else ()


def start_for_school(work: Work, school: School) -> None:
    """A school that joins an angkatan later has its own runs: what should have begun by now begins now."""
    anchors = cohort_anchors(work.institution, work.session.get_one(Cohort, school.cohort_id))
    for sop in sops_of(work, school).values():
        for start in sop.starts:
            if sop.subject == "school" and start.at is not None:
                on = start_on(start.at, anchors, sop, work.office)
                add_run(work, sop, school, max(day_begins(work.institution, on), work.now))
    agenda.advance(work)


def steps_over(
    institution: Institution, sops: Mapping[str, Sop], cohort: Cohort
) -> dict[str, list[PlannedStep]]:
    """By SOP: the steps that were over on the day on which the angkatan was opened, or took the calendar of these SOPs,
    had all been done on time."""
    since = day_begins(institution, institution.today(cohort.plan_taken_at or cohort.opened_at))
    over: dict[str, list[PlannedStep]] = defaultdict(list)
    for planned in planned_steps(sops, cohort_anchors(institution, cohort), institution.office):
        if planned.due_at < since:
            over[planned.sop].append(planned)
    return over


def open_in_the_middle(work: Work, sop: Sop, run: Run, over: list[PlannedStep]) -> list[Task]:
    """A run that began before Pandu: what is over waits to be confirmed in bulk, the next step is owed."""
    begun_at = min(one.opens_at for one in over)
    move(work, run, RunState.OPEN, opens_at=begun_at, opened_at=begun_at)
    work.session.flush()
    over = still_over(work, sop, run, over)
    tasks = [before_planned(work, sop, run, one) for one in over]
    gone = {one.step for one in over}
    following = next((step for step in sop.chained_steps if step.step not in gone), None)
    if following is not None and not set(sop.gated.get(following.step, ())) - gone:
        open_step(work, run, sop, following)
    for step in sop.asked_steps:
        if step.every is not None:
            plan_occurrences(work, run, sop, step)
        elif step.beside and step.step not in gone:
            open_step(work, run, sop, step)
    return tasks


def still_over(work: Work, sop: Sop, run: Run, over: list[PlannedStep]) -> list[PlannedStep]:
    """What of it is over as the run is found: what is done by the day of its event is not, while that day is ahead."""
    if choice_of(sop) is None:
        return over
    if run.event_on is None:
        propose_late(work, run, sop)
    anchors = anchors_of(work, run)
    ahead = [
        step.step
        for step in sop.asked_steps
        for by in (step.due, step.target, step.opens)
        if by is not None and by.anchor == "event" and resolve(by, anchors) >= work.today
    ]
    return [one for one in over if one.step < min(ahead, default=one.step + 1)]


def before_planned(work: Work, sop: Sop, run: Run, planned: PlannedStep) -> Task:
    step = sop.step(planned.step)
    on = next((one.on for one in grid(work, run, step) if one.number == planned.occurrence), None)
    return add_before(
        work.session, run, sop, step, planned.opens_at, planned.due_at, (planned.occurrence, on)
    )


def add_before(
    s: Session,
    run: Run,
    sop: Sop,
    step: Step,
    opens_at: datetime,
    due_at: datetime,
    occurrence: tuple[int, date | None] = (0, None),
) -> Task:
    """A task that should have been done before anybody could be asked: it waits to be confirmed in bulk.

    Args:
        occurrence: its number, 0 for a step that does not recur, and its day.
    """
    number, on = occurrence
    task = Task(
        run_id=run.id or 0,
        cohort_id=run.cohort_id,
        school_id=run.school_id,
        sop=sop.number,
        step=step.step,
        occurrence=number,
        occurrence_on=on,
        card=None if step.every is None else step.every.card,
        state=TaskState.BEFORE_PANDU,
        opens_at=opens_at,
        opened_at=opens_at,
        due_at=due_at,
        due_kind=DueKind.DATE if step.every is not None else DueKind.TARGET,
    )
    s.add(task)
    s.flush()
    for position, role in enumerate(step.executors):
        s.add(TaskPart(task_id=task.id or 0, position=position, role=role, state=TaskState.OPEN))
    s.flush()
    return task


def start_what_follows(work: Work, cohort: Cohort, over: Mapping[str, list[PlannedStep]]) -> None:
    """SOPs that come after one that is wholly over start now: nobody will confirm their way into them."""
    sops = sops_of(work, cohort)
    for sop in sops.values():
        afters = (start.after for start in sop.starts if start.after is not None and start.after_step is None)
        after = next((one for one in afters if one in sops), None)
        if after is None:
            continue
        gone = {one.step for one in over.get(after, ())}
        if not all(step.step in gone for step in sops[after].chained_steps):
            continue
        run = live_run(work.session, after, f"cohort:{cohort.id}")
        if run is None or live_run(work.session, sop.number, f"cohort:{cohort.id}") is not None:
            continue
        for about in subjects_after(work.session, run, sop):
            subject = subject_ids(about).subject
            if live_run(work.session, sop.number, subject) is None:
                since = _moved_since(work.session, sop.number, subject) or work.now
                open_run(work.at(since), add_run(work, sop, about, since))


def _moved_since(s: Session, sop: str, subject: str) -> datetime | None:
    """When a run began that was taken back as the dates moved: dates that are moved back are as if they never moved."""
    former = s.exec(
        select(Run)
        .where(Run.sop == sop, Run.subject == subject, Run.close_reason == MOVED)
        .order_by(col(Run.id).desc())
        .limit(1)
    ).first()
    return None if former is None else former.opened_at
