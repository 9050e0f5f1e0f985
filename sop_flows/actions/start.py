"""Starting an SOP by hand (/mulai): which ones an officer may start, for whom, and taking a start back."""

from datetime import timedelta

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from sop_flows.core.states import move, parts_of
from sop_flows.core.work import Subject, Work, lock_about, lock_subject, sops_of, subject_ids
from sop_flows.declarations.loader import Pack
from sop_flows.declarations.sop import Sop
from sop_flows.engine.chain import add_run, open_run
from sop_flows.engine.withdraw import withdraw_task
from sop_flows.errors import (
    AlreadyRunningError,
    NotFoundError,
    NotYoursError,
    UndoNotYoursError,
    UndoRefusedError,
    UndoTooLateError,
)
from sop_flows.limits import UNDO_MINUTES
from sop_flows.notifications.planning import tell_no_longer, tell_started
from sop_flows.staffing.children import sees_child
from sop_flows.staffing.responsibility import acting_roles, knows, may_see, name_of, who_worked_on
from sop_flows.staffing.roster import heads_of, roles_of
from storage.queries import children
from storage.queries.cohorts import list_open
from storage.tables import (
    Case,
    Child,
    Cohort,
    Officer,
    Run,
    RunState,
    School,
    Task,
    TaskState,
)


def by_hand(pack: Pack) -> tuple[Sop, ...]:
    """The SOPs that start by hand, in the order of the pack."""
    return tuple(sop for sop in pack.sops.values() if any(start.by_hand for start in sop.starts))


def starters(sop: Sop) -> frozenset[str]:
    """The roles that may start it: those that execute a step of it. Their heads may, too."""
    return frozenset(role for step in sop.asked_steps for role in step.executors)


def startable(work: Work, officer: Officer) -> tuple[Sop, ...]:
    """The SOPs that the officer may start by hand, for somebody."""
    assert officer.id is not None
    mine = roles_of(work, officer.id) | heads_of(work, officer.id)
    return tuple(sop for sop in by_hand(work.pack) if mine & starters(sop))


def find_startable(work: Work, officer: Officer, number: str) -> Sop:
    """The SOP of this number. Raises NotFoundError: it does not start by hand; NotYoursError: others start it."""
    sop = next((one for one in by_hand(work.pack) if one.number == number), None)
    if sop is None:
        raise NotFoundError
    if sop not in startable(work, officer):
        raise NotYoursError(tuple(sorted(starters(sop))))
    return sop


def cohorts_for(work: Work, officer: Officer) -> tuple[Cohort, ...]:
    """The open angkatan that the officer sees, by arrival."""
    return tuple(one for one in list_open(work.session) if may_see(work, officer, one.id or 0))


_OPEN_CASES = select(Case).where(col(Case.closed_at).is_(None)).order_by(col(Case.code_name))


def cases_for(work: Work, officer: Officer) -> tuple[Case, ...]:
    """The open cases that the officer knows, or holds an open step of, by code name."""
    return tuple(case for case in work.session.exec(_OPEN_CASES) if is_involved(work, officer, case))


_OPEN_IN_CASE = select(Task).where(Task.case_id == bindparam("case"), Task.state == TaskState.OPEN)


def is_involved(work: Work, officer: Officer, case: Case) -> bool:
    """Whether the officer knows the child, or has an open step of the case."""
    if knows(work, officer, case):
        return True
    tasks = work.session.exec(_OPEN_IN_CASE, params={"case": case.id})
    return any(acting_roles(work, officer, task) for task in tasks)


_RUNNING = (
    select(Run)
    .where(Run.sop == bindparam("sop"), Run.subject == bindparam("subject"), Run.state == RunState.OPEN)
    .order_by(col(Run.nth).desc())
)


def running(s: Session, sop: Sop, about: Subject) -> Run | None:
    """The run of this SOP that is open for this angkatan, school, child or case."""
    return s.exec(_RUNNING, params={"sop": sop.number, "subject": subject_ids(about).subject}).first()


def already(s: Session, run: Run) -> AlreadyRunningError:
    """What is said when it runs: since when, and who started it."""
    return AlreadyRunningError(run.id or 0, name_of(s, run.started_by_id), run.opened_at)


def start(work: Work, officer: Officer, number: str, about: Subject) -> Run:
    """Start the SOP for an angkatan, a school or child of it, or a case; whose step comes first is told.

    Raises:
        NotFoundError: no such SOP, or it is about somebody else; a child who has left, a closed angkatan or case.
        NotYoursError: others start it. AlreadyRunningError: it runs for them, since when and by whom.
    """
    sop = find_startable(work, officer, number)
    check_about(work, officer, sop, about)
    lock_about(work.session, about)
    former = running(work.session, sop, about)
    if former is not None:
        raise already(work.session, former)
    run = add_run(work, sops_of(work, about).get(number, sop), about, work.now)
    run.started_by_id = officer.id
    work = work.because(None)
    open_run(work, run)
    for task in work.opened.tasks:
        tell_started(work, task, parts_of(work.session, task), officer)
    return run


def check_about(work: Work, officer: Officer, sop: Sop, about: Subject) -> None:
    """Raises NotFoundError: the SOP is not about that, it is closed, or the officer may not see it; NotYoursError."""
    kinds: dict[str, type[Subject]] = {"cohort": Cohort, "school": School, "child": Child, "case": Case}
    if not isinstance(about, kinds.get(sop.subject, ())):
        raise NotFoundError
    if isinstance(about, Case):
        if about.closed_at is not None or not is_involved(work, officer, about):
            raise NotFoundError
        return
    cohort = about if isinstance(about, Cohort) else work.session.get_one(Cohort, about.cohort_id)
    if cohort.closed_at is not None or not may_see(work, officer, cohort.id or 0):
        raise NotFoundError
    if isinstance(about, School) and about.withdrew_on is not None:
        raise NotFoundError
    if isinstance(about, Child):
        row = children.find_child(work.session, about.id or 0)
        if row is None or not row.is_present or not sees_child(work, officer, about.id):
            raise NotFoundError
    assert officer.id is not None
    # A guru pendamping of another angkatan starts nothing here.
    if not (roles_of(work, officer.id, cohort.id) | heads_of(work, officer.id)) & starters(sop):
        raise NotYoursError(tuple(sorted(starters(sop))))


def may_take_back(work: Work, officer: Officer, run: Run) -> bool:
    """Whether "Urungkan" is still offered to this officer."""
    return (
        run.state == RunState.OPEN
        and run.started_by_id == officer.id
        and run.opened_at is not None
        and work.now - run.opened_at <= timedelta(minutes=UNDO_MINUTES)
        and _built_on(work.session, run) is None
    )


def take_back(work: Work, officer: Officer, run_id: int) -> Run:
    """Urungkan on a start: the run and what it opened are withdrawn, and who was told hears so.

    Raises:
        NotFoundError: not started by hand. UndoNotYoursError: somebody else started it.
        UndoTooLateError: more than UNDO_MINUTES ago, or taken back already. UndoRefusedError: a step was confirmed, by whom.
    """
    run = work.session.get(Run, run_id)
    if run is None or run.started_by_id is None:
        raise NotFoundError
    lock_subject(work.session, run)
    work.session.refresh(run)
    if run.started_by_id != officer.id:
        raise UndoNotYoursError(name_of(work.session, run.started_by_id) or "")
    if run.state == RunState.WITHDRAWN or run.opened_at is None:
        raise UndoTooLateError("undone")
    built = _built_on(work.session, run)
    if built is not None:
        raise UndoRefusedError(*built[:2])
    if work.now - run.opened_at > timedelta(minutes=UNDO_MINUTES):
        raise UndoTooLateError
    for task in work.session.exec(
        select(Task).where(Task.run_id == run.id, Task.state != TaskState.WITHDRAWN)
    ).all():
        tell_no_longer(work, task, officer, started=True)
        withdraw_task(work, task, "undone")
    move(work, run, RunState.WITHDRAWN, closed_at=work.now, close_reason="undone")
    work.session.flush()
    return run


def _built_on(s: Session, run: Run) -> tuple[str, int, str] | None:
    """Who confirmed which step of the run, or recorded a child of it; None while nothing was."""
    return who_worked_on(s, s.exec(select(Task).where(Task.run_id == run.id).order_by(col(Task.id))))
