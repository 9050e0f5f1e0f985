"""Opening a shelter case: who may, for which social worker, what is asked once, and what starts with it."""

from dataclasses import dataclass

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from sop_flows.actions import agenda
from sop_flows.actions.cases.codes import check_code
from sop_flows.actions.cases.intake import Intake, answers, check_intake
from sop_flows.actions.cases.starting import start_sops
from sop_flows.core.notices import CaseGiven, CaseOpened
from sop_flows.core.work import Institution, Work, declared
from sop_flows.declarations.unit import CaseRules
from sop_flows.errors import NotFoundError, NotPermittedError
from sop_flows.recording import records
from sop_flows.staffing.responsibility import NO_COHORT, is_knowing_head
from sop_flows.staffing.roster import active_in, enrolled, heads_of, roles_of
from storage.tables import Case, Officer, Task, TaskState


@dataclass(frozen=True)
class Opened:
    """A new case and the steps that are owed now, in the order in which they opened."""

    case: Case
    tasks: tuple[Task, ...]


def case_rules(institution: Institution) -> CaseRules:
    """What the pack says of cases. Raises NotFoundError: this unit has none."""
    rules = institution.pack.unit.case
    if rules is None:
        raise NotFoundError
    return rules


def may_open_case(work: Work, officer: Officer) -> bool:
    """Whether the officer may open a case: of the keeper role (peksos), or a head who answers for it."""
    rules = work.unit.case
    if rules is None or officer.id is None:
        return False
    return rules.keeper in roles_of(work, officer.id, NO_COHORT) | heads_of(work, officer.id)


def keepers(work: Work) -> tuple[Officer, ...]:
    """Who may have a case: the active officers of the keeper role, oldest first."""
    return tuple(
        officer for officer, _head in active_in(work, case_rules(work.institution).keeper, NO_COHORT)
    )


def may_choose_keeper(work: Work, officer: Officer) -> bool:
    """Whether the officer may open a case for somebody else: a head of the keeper role."""
    return case_rules(work.institution).keeper in heads_of(work, officer.id or 0)


def open_case(work: Work, intake: Intake, *, peksos_id: int | None = None) -> Opened:
    """Open a case, record what SOP 9.1.20 step 1 asks, and start every SOP that begins with the opening.

    Args:
        peksos_id: whose case it is; the opener's own when None. Another one only a head may name, who is told.

    Raises:
        NotPermittedError: the officer opens no cases, or names somebody without being a head.
        NotFoundError: the unit has no cases; the named officer does not exist or holds no such role.
        IntakeOddError, TooOldError, CodeOddError, CodeTellsError, CodeTakenError.
    """
    rules = case_rules(work.institution)
    if not may_open_case(work, work.officer):
        raise NotPermittedError("case")
    keeper_id = work.officer.id if peksos_id is None else peksos_id
    if keeper_id != work.officer.id and not may_choose_keeper(work, work.officer):
        raise NotPermittedError("case")
    if keeper_id not in {one.id for one in keepers(work)}:
        raise NotFoundError
    known = check_intake(rules, intake)
    case = Case(
        code_name=check_code(work.session, known.code_name, known.name or known.mother),
        sex=known.sex,
        age_years=known.age_years,
        unborn=known.unborn,
        age_is_about=known.age_is_about,
        in_house=known.in_house,
        at_school=known.at_school,
        mother=known.mother,
        name=known.name,
        address=known.address,
        reason=known.reason,
        categories=list(known.categories),
        opened_at=work.now,
        opened_by_id=work.officer.id or 0,
        peksos_id=keeper_id or 0,
    )
    work.session.add(case)
    work.session.flush()
    start_sops(work, case)
    owed = open_steps(work.session, case.id or 0)
    _record_intake(work, owed, known)
    if keeper_id != work.officer.id:
        _tell(work, case, owed, work.officer)
    for head in enrolled(work):
        if is_knowing_head(work, head) and head.id not in (work.officer.id, keeper_id):
            opened = CaseOpened(officer=work.officer.id or 0, case=case.id or 0)
            work.notify(head.id or 0, opened)
    agenda.advance(work)
    return Opened(case, owed)


_OPEN_STEPS = (
    select(Task)
    .where(Task.case_id == bindparam("case"), Task.state == TaskState.OPEN, col(Task.running).is_(False))
    .order_by(col(Task.due_at), col(Task.id))
)


def open_steps(s: Session, case_id: int) -> tuple[Task, ...]:
    """The steps of a case that are owed now, without the services that run for months, by due time."""
    return tuple(s.exec(_OPEN_STEPS, params={"case": case_id}))


def _record_intake(work: Work, tasks: tuple[Task, ...], intake: Intake) -> None:
    """The forms that the opening answers are filled in; their steps are still to be confirmed."""
    for task in tasks:
        _sop, step = declared(work.session, task)
        values = None if step.record is None or step.per is not None else answers(step.record, intake)
        if values is not None:
            records.write(work, task, values, work.officer, work.officer, work.today)
    work.session.flush()


def _tell(work: Work, case: Case, tasks: tuple[Task, ...], officer: Officer) -> None:
    first = tasks[0] if tasks else None
    work.notify(case.peksos_id, CaseGiven(officer=officer.id or 0, case=case.id or 0), first)
