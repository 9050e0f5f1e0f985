"""Handing a case to another social worker, and closing one by hand; who of it is told."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from sop_flows.actions.cases.opening import case_rules, keepers
from sop_flows.core.notices import CaseClosed, CaseGiven, CaseTaken
from sop_flows.core.states import live_parts, parts_of
from sop_flows.core.work import Work
from sop_flows.engine.services import live_runs
from sop_flows.engine.withdraw import end_run
from sop_flows.errors import AlreadyDoneError, NeedsReasonError, NotFoundError, NotPermittedError
from sop_flows.notifications.dropping import drop
from sop_flows.staffing.responsibility import assign, keeps, known_case, name_of
from sop_flows.staffing.roster import heads_of
from storage.tables import (
    LIVE,
    AssignedHow,
    Case,
    DroppedWhy,
    Officer,
    Reminder,
    ReminderState,
    Task,
)

CLOSED_BY_HAND = "closed"  # why the runs of a case ended


def may_keep(work: Work, officer: Officer, case: Case) -> bool:
    """Whether the officer may hand the case over or close it: its social worker, or a head of that role."""
    keeper = case_rules(work.institution).keeper
    return keeps(work, officer, case) or keeper in heads_of(work, officer.id or 0)


def kept_case(work: Work, officer: Officer, case_id: int) -> Case:
    """The case, locked, for an officer who may hand it over or close it.

    Raises NotFoundError, NotPermittedError ("case") for whoever may not even know of it, AlreadyDoneError: closed.
    """
    known_case(work, officer, case_id)
    case = work.session.exec(select(Case).where(Case.id == case_id).with_for_update()).one()
    work.session.refresh(case)
    if not may_keep(work, officer, case):
        raise NotPermittedError("case")
    if case.closed_at is not None:
        raise AlreadyDoneError("case_closed", None, case.closed_at)
    return case


def successors(work: Work, case: Case) -> tuple[Officer, ...]:
    """To whom the case can be handed."""
    return tuple(one for one in keepers(work) if one.id != case.peksos_id)


def hand_over(work: Work, officer: Officer, case_id: int, to_id: int) -> Case:
    """Another social worker has the case from now on: the open steps follow, and the former one sees it no more.

    Raises as `kept_case`; NotFoundError: `to_id` is nobody to whom it can be handed.
    """
    case = kept_case(work, officer, case_id)
    to = next((one for one in successors(work, case) if one.id == to_id), None)
    if to is None:
        raise NotFoundError
    former_id = case.peksos_id
    case.peksos_id = to.id or 0
    work.session.flush()
    tasks = _live_tasks(work.session, case_id)
    for task in tasks:
        for part in live_parts(parts_of(work.session, task)):
            if part.role == case_rules(work.institution).keeper:
                assign(part, to, AssignedHow.SOLE, work.now)
    _forget(work.session, former_id, tasks)
    work.session.flush()
    for task in tasks:
        work.touch(task)
    first = tasks[0] if tasks else None
    if to.id != officer.id:
        work.notify(to.id or 0, CaseGiven(officer=officer.id or 0, case=case.id or 0), first)
    if former_id != officer.id:
        work.notify(former_id, CaseTaken(officer=officer.id or 0, code=case.code_name, to=to.id or 0))
    return case


def close_case(work: Work, officer: Officer, case_id: int, reason: str) -> Case:
    """Close the case before its last SOP: what is still owed is withdrawn, whoever held a step of it is told.

    Raises as `kept_case`; NeedsReasonError without words.
    """
    case = kept_case(work, officer, case_id)
    if not reason.strip():
        raise NeedsReasonError
    holders = holders_of(work.session, case_id)
    for run in live_runs(work.session, case_id):
        end_run(work, run, CLOSED_BY_HAND)
    case.closed_at = work.now
    case.close_reason = reason.strip()
    case.services_ended_at = case.services_ended_at or work.now
    work.session.flush()
    for holder_id in (holders | {case.peksos_id}) - {officer.id}:
        work.notify(holder_id or 0, CaseClosed(officer=officer.id or 0, code=case.code_name))
    return case


def keeper_name(s: Session, case: Case) -> str:
    """The social worker of the case, by name."""
    return name_of(s, case.peksos_id) or ""


def _live_tasks(s: Session, case_id: int) -> tuple[Task, ...]:
    found = s.exec(
        select(Task).where(Task.case_id == case_id, col(Task.state).in_(LIVE)).order_by(col(Task.id))
    )
    return tuple(found)


def holders_of(s: Session, case_id: int) -> set[int | None]:
    """The officers who have a step of the case now."""
    return {
        part.assignee_id
        for task in _live_tasks(s, case_id)
        for part in live_parts(parts_of(s, task))
        if part.assignee_id is not None
    }


def _forget(s: Session, officer_id: int, tasks: Iterable[Task]) -> None:
    """The former social worker is owed nothing more of this case, not even what was asked for again."""
    ids = [task.id for task in tasks]
    for row in s.exec(
        select(Reminder).where(
            Reminder.officer_id == officer_id,
            col(Reminder.task_id).in_(ids),
            Reminder.state == ReminderState.PENDING,
        )
    ):
        drop(row, DroppedWhy.TAKEN)
    s.flush()
