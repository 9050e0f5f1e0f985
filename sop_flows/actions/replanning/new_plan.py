"""The pack has a new calendar: an angkatan or a case that began by the former one keeps it, or takes the new one.

Taken, what is not done goes on by the new one: what has not begun begins by it, what it puts in the past waits to be
confirmed in bulk and is not late. What was done stays, and so does a task that somebody has begun or that is late
already, with whatever comes after it.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session, col, select

from sop_flows.actions import agenda
from sop_flows.actions.cases.opening import case_rules
from sop_flows.actions.cohorts.before_pandu import ask_sections
from sop_flows.actions.replanning.replan import replan_case, replan_cohort
from sop_flows.actions.replanning.run_starts import list_runs
from sop_flows.actions.replanning.worked_on import is_task_worked_on
from sop_flows.actions.runs import before_planned, open_in_the_middle, steps_over, still_over, subjects_of
from sop_flows.calendar.dates import start_on
from sop_flows.calendar.events import choice_of
from sop_flows.calendar.plan import PlannedStep
from sop_flows.core.notices import NewPlan, PlanTaken
from sop_flows.core.states import is_late
from sop_flows.core.work import (
    Opened,
    Subject,
    Work,
    case_anchors,
    cohort_anchors,
    day_begins,
    sop_of,
    sops_of,
    subject_ids,
    version_id,
)
from sop_flows.declarations.sop import Sop, Start
from sop_flows.engine.chain import add_run, live_run, open_run, open_step, plan_occurrences
from sop_flows.engine.events import live_tasks, propose_late
from sop_flows.engine.outcome import child_is
from sop_flows.engine.withdraw import MOVED, withdraw_task
from sop_flows.errors import NotFoundError, NotPermittedError
from sop_flows.notifications.planning import settle
from sop_flows.staffing.responsibility import NO_COHORT, accountable_for, accountable_for_all
from sop_flows.staffing.roster import heads_of, holding_here, may_open
from storage.queries import cohorts
from storage.tables import (
    CLOSED,
    UNFINISHED,
    Case,
    Cohort,
    Officer,
    Run,
    RunState,
    Task,
    TaskState,
    Vital,
)

TOLD_OF = "new_plan"  # name of the row that remembers of which calendar was told


@dataclass(frozen=True)
class SopMove:
    """How one SOP moves.

    Attributes:
        was, on: the next day of it that is not over, by the calendar of before and by the new one; None: none.
        over: how many steps the new calendar puts in the past.
    """

    sop: Sop
    was: date | None
    on: date | None
    over: int


# --- who, and whether -------------------------------------------------------------------------------------------


def keeps_former(work: Work, about: Cohort | Case) -> bool:
    """Whether it is open and goes on by a calendar that the pack keeps as a former one."""
    return about.closed_at is None and sops_of(work, about) is not work.pack.sops


def may_take(work: Work, officer: Officer, about: Cohort | Case) -> bool:
    """Whether the officer decides on the calendar: who opens angkatan, and the Kepala; the heads of who keeps a case."""
    if isinstance(about, Case):
        return case_rules(work.institution).keeper in heads_of(work, officer.id or 0)
    above = holding_here(work, "answers_for_all", about.id or 0)
    return may_open(work, officer) or officer.id in {one.id for one in above}


def require(work: Work, officer: Officer, about: Cohort | Case) -> None:
    """Raises NotFoundError: it goes by the pack's calendar, or is closed; NotPermittedError: others decide."""
    if not may_take(work, officer, about):
        raise NotPermittedError("case" if isinstance(about, Case) else "opens_cohorts")
    if not keeps_former(work, about):
        raise NotFoundError


# --- telling of it ----------------------------------------------------------------------------------------------


def tell_of_new_plan(work: Work) -> bool:
    """At start: who decides hears once of a calendar that what is open does not go by. Returns whether anybody did."""
    former = work.pack.former
    if not former:
        return False
    new = [sop for number, sop in work.pack.sops.items() if number in former]
    calendar = [sop.digest for sop in (*former.values(), *new)]
    digest = hashlib.sha256(" ".join(sorted(calendar)).encode()).hexdigest()[:32]
    row = work.session.get(Vital, TOLD_OF, with_for_update=True)
    if row is not None and row.value == digest:
        return False
    row = row or Vital(name=TOLD_OF, value=digest, at=work.now)
    row.value, row.at = digest, work.now
    work.session.add(row)
    told = False
    for about in _open_ones(work.session):
        if keeps_former(work, about):
            for officer in _deciders(work, about):
                work.notify(officer.id or 0, NewPlan(**_named(about)))
                told = True
    settle(work)
    return told


def _open_ones(s: Session) -> Iterator[Cohort | Case]:
    yield from cohorts.list_open(s)
    yield from s.exec(select(Case).where(col(Case.closed_at).is_(None)).order_by(col(Case.id)))


def _deciders(work: Work, about: Cohort | Case) -> tuple[Officer, ...]:
    if isinstance(about, Case):
        return accountable_for(work, case_rules(work.institution).keeper, NO_COHORT)
    openers = holding_here(work, "opens_cohorts", about.id or 0)
    above = accountable_for_all(work, about.id or 0)
    return tuple({one.id: one for one in (*openers, *above)}.values())


def _named(about: Cohort | Case) -> dict[str, int]:
    return {"of_case" if isinstance(about, Case) else "of_cohort": about.id or 0}


# --- looking, and taking ----------------------------------------------------------------------------------------


def foresee(work: Work, officer: Officer, about: Cohort | Case) -> tuple[SopMove, ...]:
    """What `take` would move; nothing is changed, nobody is told. Raises as that."""
    require(work, officer, about)
    tried = work.session.begin_nested()
    try:
        return _take(replace(work, opened=Opened(), touched={}, notices=[], known={}), about)
    finally:
        tried.rollback()
        work.session.expire_all()


def take(work: Work, officer: Officer, about: Cohort | Case) -> tuple[SopMove, ...]:
    """Let it go on by the pack's calendar. The heads of whose steps move are told. There is no way back: the former
    calendar is kept for what goes by it still.

    Raises NotFoundError: it does already, or is closed; NotPermittedError.
    """
    locked = select(type(about)).where(type(about).id == about.id).with_for_update()
    work.session.exec(locked).one()
    work.session.refresh(about)
    require(work, officer, about)
    moves = _take(work, about)
    if isinstance(about, Cohort):
        ask_sections(work, about)
    roles = {role for one in moves for step in one.sop.asked_steps for role in step.executors}
    cohort_id = NO_COHORT if isinstance(about, Case) else about.id or 0
    heads = {one.id for role in roles for one in accountable_for(work, role, cohort_id)}
    if isinstance(about, Case):
        heads.add(about.peksos_id)
    for head in heads - {officer.id}:
        work.notify(head or 0, PlanTaken(officer=officer.id or 0, **_named(about)))
    return moves


def _take(work: Work, about: Cohort | Case) -> tuple[SopMove, ...]:
    agenda.advance(work)  # what came due by the former calendar has happened
    before = _state(work, about)
    about.plan_taken_at = work.now
    work.session.add(about)
    work.session.flush()
    work.forget()
    over = {} if isinstance(about, Case) else steps_over(work.institution, work.pack.sops, about)
    for run in _runs(work, about):
        _renew(work, run, over.get(run.sop, []))
    _begin(work, about, over)
    if isinstance(about, Case):
        replan_case(work, about)
    else:
        replan_cohort(work, about)
    return _compare(work, before, _state(work, about))


def _runs(work: Work, about: Cohort | Case) -> tuple[Run, ...]:
    if isinstance(about, Case):
        return list_runs(work.session, case_id=about.id)
    return list_runs(work.session, cohort_id=about.id)


def _renew(work: Work, run: Run, over: Sequence[PlannedStep]) -> None:
    """A run that is not over goes on by the pack's text of its SOP."""
    old, sop = sop_of(work.session, run), work.pack.sops.get(run.sop)
    if run.state not in (RunState.WAITING, RunState.OPEN) or sop is None or sop.digest == old.digest:
        return
    tasks = live_tasks(work.session, run)
    begun = [task for task in tasks if is_task_worked_on(work.session, task)]
    if any(_is_another(old, sop, task) for task in begun):
        return  # a list of children that is half filled in is filled in to its end
    run.sop_version_id = version_id(work.session, sop)
    work.session.flush()
    if run.state == RunState.OPEN:
        if choice_of(sop) is not None and run.event_on is None:
            propose_late(work, run, sop)
        _renew_open(work, run, sop, old, [] if run.child_id is not None else [*over])


def _is_another(old: Sop, new: Sop, task: Task) -> bool:
    """Whether the step asks about each child, or school, in one text of the SOP and not in the other."""
    return old.step(task.step).per != new.step(task.step).per


def _renew_open(work: Work, run: Run, sop: Sop, old: Sop, over: list[PlannedStep]) -> None:
    s = work.session
    over = [one for one in still_over(work, sop, run, over) if not one.occurrence]
    gone = {one.step for one in over}
    goes_on = False
    for task in live_tasks(s, run):
        stays = is_late(task, work.now) or is_task_worked_on(s, task)
        if not stays and (task.step in gone or _is_another(old, sop, task)):
            withdraw_task(work, task, MOVED)
        elif not sop.step(task.step).opens_by_itself:
            goes_on = True  # what comes after it follows when it is done
    there = set(s.exec(select(Task.step).where(Task.run_id == run.id, Task.state != TaskState.WITHDRAWN)))
    for one in over:
        by_itself = sop.step(one.step).opens_by_itself
        if one.step not in there and (by_itself or not goes_on):
            before_planned(work, sop, run, one)
            there.add(one.step)
    following = next((step for step in sop.chained_steps if step.step not in there), None)
    if following is not None and not goes_on and not set(sop.gated.get(following.step, ())) - there:
        open_step(work, run, sop, following)
    goes_on_now = {task.step for task in live_tasks(s, run) if task.state == TaskState.OPEN}
    for step in sop.asked_steps:
        if step.beside and step.step not in there:
            open_step(work, run, sop, step)
        elif step.first_due is not None and step.step in goes_on_now:
            plan_occurrences(work, run, sop, step)


def _begin(work: Work, about: Cohort | Case, over: dict[str, list[PlannedStep]]) -> None:
    """What would have begun by now by the new calendar, and has no run, begins."""
    for sop in work.pack.sops.values():
        if (sop.subject == "case") is not isinstance(about, Case):
            continue
        subjects = (about,) if isinstance(about, Case) else subjects_of(work.session, about, sop)
        for subject in subjects:
            if live_run(work.session, sop.number, subject_ids(subject).subject) is None:
                _begin_one(work, subject, sop, over.get(sop.number, []))


def _begin_one(work: Work, about: Subject, sop: Sop, over: list[PlannedStep]) -> None:
    anchors = (
        case_anchors(work.institution, about)
        if isinstance(about, Case)
        else cohort_anchors(work.institution, work.session.get_one(Cohort, subject_ids(about).cohort_id))
    )
    starts = [one for one in sop.starts if one.child is None or _is_so(work, about, one)]
    dates = [start_on(start.at, anchors, sop, work.office) for start in starts if start.at is not None]
    if not dates and not any(_has_come(work, about, start) for start in starts):
        return
    if over:
        run = add_run(work, sop, about, min(one.opens_at for one in over))
        open_in_the_middle(work, sop, run, over)
    elif dates:
        add_run(work, sop, about, max(day_begins(work.institution, min(dates)), work.now))
    else:
        open_run(work, add_run(work, sop, about, work.now))


def _is_so(work: Work, about: Subject, start: Start) -> bool:
    """Whether that is known of the child of the case."""
    return isinstance(about, Case) and start.child is not None and child_is(work, about, start.child)


def _has_come(work: Work, about: Subject, start: Start) -> bool:
    """Whether what it starts after is done."""
    if start.after is None or start.when or start.later is not None:
        return False
    run = live_run(work.session, start.after, subject_ids(about).subject)
    if run is None:
        return False
    if start.after_step is None:
        return run.state == RunState.CLOSED
    done = select(Task.id).where(
        Task.run_id == run.id, Task.step == start.after_step, col(Task.state).in_(CLOSED)
    )
    return work.session.exec(done.limit(1)).first() is not None


# --- what moves -------------------------------------------------------------------------------------------------


Standing = dict[
    str, tuple[date | None, int]
]  # by SOP: the next day of it, and how many steps are to be confirmed


def _state(work: Work, about: Cohort | Case) -> Standing:
    today = work.institution.today
    days: dict[str, list[date]] = {}
    over: Counter[str] = Counter()
    for run in _runs(work, about):
        of_run = days.setdefault(run.sop, [])
        if run.state == RunState.WAITING and run.opens_at is not None:
            of_run.append(today(run.opens_at))
        for task in work.session.exec(
            select(Task).where(
                Task.run_id == run.id, col(Task.state).in_(UNFINISHED), col(Task.card).is_(None)
            )
        ):
            if task.state == TaskState.BEFORE_PANDU:
                over[run.sop] += 1
            elif task.due_at is not None:
                of_run.append(today(task.due_at))
    return {number: (min(found, default=None), over[number]) for number, found in days.items()}


def _compare(work: Work, before: Standing, after: Standing) -> tuple[SopMove, ...]:
    found = []
    for number, sop in work.pack.sops.items():
        (was, had), (on, has) = before.get(number, (None, 0)), after.get(number, (None, 0))
        if was != on or has != had:
            found.append(SopMove(sop, was, on, has - had))
    return tuple(found)
