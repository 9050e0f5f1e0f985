"""Which cases an officer sees, where a case stands, and what was done in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from sop_flows.actions.cases.keeping import moves_of
from sop_flows.actions.cases.monthly import Service, services_of
from sop_flows.actions.cases.opening import open_steps
from sop_flows.core.states import is_overdue
from sop_flows.core.work import Work, at_hand, declared, sop_of
from sop_flows.declarations.sop import Sop, Step
from sop_flows.recording.records import FORM, LOG
from sop_flows.staffing.responsibility import is_knowing_head, knows, may_see_task
from sop_flows.views.task_views import TaskLine, task_lines
from storage.queries.step_records import list_standing
from storage.tables import (
    LIVE_RUNS,
    Case,
    Confirmation,
    ConfirmationKind,
    Correction,
    Officer,
    Record,
    Report,
    Run,
    RunState,
    Task,
    TaskState,
)

TOLD = (
    ConfirmationKind.DONE,
    ConfirmationKind.PART_DONE,
    ConfirmationKind.SKIPPED,
    ConfirmationKind.OBSTACLE,
    ConfirmationKind.UNDONE,
    ConfirmationKind.RESCHEDULED,
    ConfirmationKind.TAKEN,
    ConfirmationKind.DELEGATED,
)  # what stands in the history of a case


@dataclass(frozen=True)
class CaseLine:
    """One case in a list.

    Attributes:
        knows: the officer may open the case itself; else only the steps below.
        steps: open steps that the officer sees, without running services, late ones first.
        running: services that run for months in which the officer has a part.
        late: how many of both are late.
    """

    case: Case
    knows: bool
    steps: tuple[TaskLine, ...]
    running: int
    late: int


@dataclass(frozen=True)
class CasePage:
    """A case for an officer who knows the child.

    Attributes:
        day: 1 on the day of the opening.
        phases: of the SOPs that are under way, in the order of the unit.
        coming: SOPs that wait for their date (9.1.33 three months after the opening), with the day they open.
    """

    case: Case
    day: int
    phases: tuple[str, ...]
    steps: tuple[TaskLine, ...]
    services: tuple[Service, ...]
    coming: tuple[Run, ...]


_OPEN_CASES = select(Case).where(col(Case.closed_at).is_(None)).order_by(col(Case.id))
_CLOSED_CASES = select(Case).where(col(Case.closed_at).is_not(None)).order_by(col(Case.id))
_OPEN_IN_CASES = (
    select(Task)
    .where(col(Task.case_id).in_(bindparam("cases", expanding=True)), Task.state == TaskState.OPEN)
    .order_by(col(Task.due_at), col(Task.id))
)


def list_cases(work: Work, officer: Officer, *, closed: bool = False) -> tuple[CaseLine, ...]:
    """The cases of which the officer knows the child, and those with an open step of the officer's; oldest first.

    Args:
        closed: those that are over instead; only for who knows the child.
    """
    cases = work.session.exec(_CLOSED_CASES if closed else _OPEN_CASES).all()
    open_now = work.session.exec(_OPEN_IN_CASES, params={"cases": [case.id for case in cases]}).all()
    by_case: dict[int, list[TaskLine]] = {}
    for line in task_lines(work, open_now, officer):
        by_case.setdefault(line.task.case_id or 0, []).append(line)
    heads_all = is_knowing_head(work, officer)
    found = []
    for case in cases:
        known = heads_all or knows(work, officer, case)
        lines = [line for line in by_case.get(case.id or 0, []) if known or line.mine]
        if known or (lines and not closed):
            found.append(_case_line(work, case, lines, known=known))
    return tuple(found)


def own_line(work: Work, officer: Officer, case: Case) -> CaseLine | None:
    """The case as one line for an officer with an open step or a running service in it; None for everybody else."""
    return next((line for line in list_cases(work, officer) if line.case.id == case.id), None)


def _case_line(work: Work, case: Case, lines: list[TaskLine], *, known: bool) -> CaseLine:
    steps = sorted((line for line in lines if not line.task.running), key=lambda line: not line.is_late)
    running = sum(line.task.running for line in lines)
    return CaseLine(case, known, tuple(steps), running, _late(work, lines))


def _late(work: Work, lines: list[TaskLine]) -> int:
    """How many are late; past our target alone is not."""
    return sum(is_overdue(line.task, line.step, work.now) for line in lines)


_RUNS = select(Run).where(Run.case_id == bindparam("case"), col(Run.state).in_(LIVE_RUNS))


def case_page(work: Work, officer: Officer, case: Case) -> CasePage:
    """Where the case stands. The caller has checked that the officer knows the child."""
    runs = work.session.exec(_RUNS, params={"case": case.id}).all()
    under_way = {sop_of(work.session, run).phase for run in runs if run.state == RunState.OPEN}
    order = [phase for phases in work.unit.phases.values() for phase in phases]
    ended_on = work.institution.today(case.closed_at or work.now)
    steps = task_lines(work, open_steps(work.session, case.id or 0), officer)
    return CasePage(
        case=case,
        day=(ended_on - work.institution.today(case.opened_at)).days + 1,
        phases=tuple(sorted(under_way, key=lambda one: order.index(one) if one in order else len(order))),
        steps=tuple(sorted(steps, key=lambda line: not line.is_late)),
        services=services_of(work, case.id or 0),
        coming=tuple(
            sorted(
                (run for run in runs if run.state == RunState.WAITING and run.opens_at is not None),
                key=lambda run: (run.opens_at or work.now, run.id or 0),
            )
        ),
    )


@dataclass(frozen=True)
class CaseSaid:
    """One thing that was said in a case: the confirmation, and the step it is about."""

    said: Confirmation
    task: Task
    sop: Sop
    step: Step


@dataclass(frozen=True)
class CaseAnswer:
    """What was said about a report: asked or answered in these words, or, without any, that it is accepted."""

    at: datetime
    officer_id: int
    what: Literal["asked", "answered", "accepted"]
    words: str
    task: Task


Voice = CaseSaid | CaseAnswer | Correction


_TOLD = (
    select(Confirmation, Task)
    .join(Task, col(Task.id) == col(Confirmation.task_id))
    .where(Task.case_id == bindparam("case"), col(Confirmation.kind).in_(TOLD))
    .order_by(col(Confirmation.id).desc())
)


def history(work: Work, case: Case) -> tuple[Voice, ...]:
    """What was said in the case, the newest first: steps done, skipped, taken on, what hindered, taken back; about reports; and
    of it as a whole: handed over, closed, opened again, called otherwise."""
    rows = work.session.exec(_TOLD, params={"case": case.id}).all()
    kept = at_hand(work.session, [task for _said, task in rows])  # noqa: F841  # while somebody holds it
    said: list[Voice] = [CaseSaid(row, task, *declared(work.session, task)) for row, task in rows]
    voices = [*said, *_about_reports(work.session, case), *moves_of(work.session, case)]
    return tuple(sorted(voices, key=_said_at, reverse=True))


_REPORTS = (
    select(Report, Task)
    .join(Task, col(Task.id) == col(Report.task_id))
    .where(Task.case_id == bindparam("case"))
    .order_by(col(Report.id))
)


def _about_reports(s: Session, case: Case) -> Iterator[CaseAnswer]:
    for report, task in s.exec(_REPORTS, params={"case": case.id}).all():
        if report.question and report.asked_at is not None:
            yield CaseAnswer(report.asked_at, report.asked_by_id or 0, "asked", report.question, task)
        if report.answer and report.answered_at is not None:
            yield CaseAnswer(report.answered_at, report.reported_by_id, "answered", report.answer, task)
        if report.closed_at is not None and report.closed_by_id is not None:
            yield CaseAnswer(report.closed_at, report.closed_by_id, "accepted", "", task)


def _said_at(one: Voice) -> tuple[datetime, int]:
    match one:
        case CaseAnswer():
            return one.at, 0
        case CaseSaid():
            return one.said.recorded_at, one.said.id or 0
    return one.corrected_at, 0


_TASK_IDS = select(Task.id).where(Task.case_id == bindparam("case"))


def case_file(work: Work, case: Case) -> tuple[tuple[Record, Task], ...]:
    """What was recorded and noted at the steps of the case and stands, from the opening on."""
    ids = [one for one in work.session.exec(_TASK_IDS, params={"case": case.id}) if one is not None]
    both = [one for key in (FORM, LOG) for one in list_standing(work.session, ids, key)]
    found = sorted(both, key=lambda one: one.id or 0)
    return tuple((record, work.session.get_one(Task, record.task_id)) for record in found)


_COMING = (
    select(Task)
    .where(Task.case_id == bindparam("case"), Task.state == TaskState.WAITING)
    .order_by(col(Task.opens_at), col(Task.id))
)


def coming_tasks(s: Session, case: Case) -> tuple[Task, ...]:
    """Steps of the case that wait for a date of their own, by that date."""
    return tuple(s.exec(_COMING, params={"case": case.id}))


def seen_services(work: Work, officer: Officer, case: Case) -> tuple[Service, ...]:
    """The services of the case that the officer may look at: all for who knows the child, else the own section's."""
    return tuple(
        service
        for service in services_of(work, case.id or 0)
        if may_see_task(work, officer, service.task, case)
    )


_CASES = select(Case)


def find_by_code(s: Session, code: str) -> Case | None:
    """The case with this code name, whatever its letters' case."""
    wanted = " ".join(code.split()).casefold()
    return next((case for case in s.exec(_CASES) if case.code_name.casefold() == wanted), None)


_LAST_DONE = (
    select(Task)
    .where(
        Task.case_id == bindparam("case"),
        Task.state == TaskState.DONE,
        col(Task.sop).in_(bindparam("sops", expanding=True)),
    )
    .order_by(col(Task.closed_at).desc(), col(Task.id).desc())
)


def last_decision(work: Work, case: Case) -> Task | None:
    """The step at which the sections decided last about the case (SOP 9.1.33 step 5); None: they have not yet."""
    numbers = [sop.number for sop in work.pack.sops.values() if sop.decision_step is not None]
    newest = work.session.exec(_LAST_DONE, params={"case": case.id, "sops": numbers}).all()
    return next((task for task in newest if declared(work.session, task)[1].decision is not None), None)


def hand_over_of(work: Work, case: Case) -> tuple[Record, Task] | None:
    """Where the child went, once that is recorded (SOP 9.1.35 step 2)."""
    if case.services_ended_at is None:
        return None
    for record, task in reversed(case_file(work, case)):
        form = declared(work.session, task)[1].record
        if record.key == FORM and form is not None and form.effect == "handed_over":
            return (record, task) if task.state == TaskState.DONE else None
    return None
