"""Handing a case to another social worker, and closing one by hand; who of it is told."""

from collections.abc import Iterable

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from sop_flows.actions.cases.opening import case_rules, keepers
from sop_flows.core.notices import CaseClosed, CaseGiven, CaseMoved, CaseReopened, CaseTaken
from sop_flows.core.states import live_parts, parts_of
from sop_flows.core.work import Work, sop_of
from sop_flows.engine.services import live_runs
from sop_flows.engine.withdraw import end_run, take_up
from sop_flows.errors import AlreadyDoneError, NeedsReasonError, NotFoundError, NotPermittedError
from sop_flows.notifications.dropping import drop
from sop_flows.staffing.case_access import knowing_heads
from sop_flows.staffing.responsibility import (
    assign,
    is_knowing_head,
    keeps,
    known_case,
    name_of,
)
from sop_flows.staffing.roster import heads_of
from storage.tables import (
    LIVE,
    UNFINISHED,
    AssignedHow,
    Case,
    Correction,
    DroppedWhy,
    Officer,
    Reminder,
    ReminderState,
    Run,
    Task,
    TaskState,
)

CLOSED_BY_HAND = "closed"  # why the runs of a case ended
NO_REASON = "–"  # of what was changed without one
AFTERCARE = "aftercare"  # the same, but what follows the hand-over of the child goes on
KEEPER, CLOSED, CODE = "peksos_id", "closed_at", "code_name"  # what of a case was changed


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


def hand_over(work: Work, officer: Officer, case_id: int, to_id: int, reason: str = "") -> Case:
    """Another social worker has the case from now on: the open steps follow, and the former one sees it no more. The
    heads who know it hear so; why stands in its history.

    Raises as `kept_case`; NotFoundError: `to_id` is nobody to whom it can be handed.
    """
    case = kept_case(work, officer, case_id)
    to = next((one for one in successors(work, case) if one.id == to_id), None)
    if to is None:
        raise NotFoundError
    former_id = case.peksos_id
    note_move(work, case, KEEPER, name_of(work.session, former_id), to.name, reason)
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
    moved = CaseMoved(officer=officer.id or 0, code=case.code_name, to=to.id or 0)
    for head in knowing_heads(work, officer.id):
        if head.id not in (to.id, former_id):
            work.notify(head.id or 0, moved)
    return case


_OVER = select(Task.step).where(
    Task.run_id == bindparam("run"), col(Task.state).not_in((*UNFINISHED, TaskState.WITHDRAWN))
)


def is_last_step(work: Work, task: Task) -> bool:
    """Whether the case closes when this step does: the last part of the last step that is owed, of the SOP that ends it."""
    if task.case_id is None or task.state not in LIVE:
        return False
    run = work.session.get_one(Run, task.run_id)
    sop = sop_of(work.session, run)
    if not sop.closes_subject or live_runs(work.session, task.case_id, but=run.id):
        return False
    if len(live_parts(parts_of(work.session, task))) > 1:
        return False
    done = {*work.session.exec(_OVER, params={"run": run.id}).all(), task.step}
    return done >= {step.step for step in sop.asked_steps}


def close_case(work: Work, officer: Officer, case_id: int, reason: str) -> Case:
    """Close the case before its last SOP: what is still owed is withdrawn, whoever held a step of it is told, and the heads
    who know it. What follows the hand-over of the child goes on, and closes the case when it is done; alone, it ends too.

    Raises as `kept_case`; NeedsReasonError without words.
    """
    case = kept_case(work, officer, case_id)
    if not reason.strip():
        raise NeedsReasonError
    aftercare = aftercare_of(work, case)
    rest = [run for run in live_runs(work.session, case_id) if run not in aftercare]
    kept = tuple(aftercare) if rest else ()
    ended = rest or aftercare
    ids = {run.id for run in ended}
    gone = [task for task in _live_tasks(work.session, case_id) if task.run_id in ids]
    holders = _holders(work.session, gone)
    for run in ended:
        end_run(work, run, CLOSED_BY_HAND)
    case.services_ended_at = case.services_ended_at or work.now
    if not kept:
        case.closed_at, case.close_reason = work.now, reason.strip()
    work.session.flush()
    note_move(work, case, CLOSED, None, AFTERCARE if kept else CLOSED_BY_HAND, reason)
    heads = {one.id for one in knowing_heads(work, officer.id)}
    closed = CaseClosed(officer=officer.id or 0, code=case.code_name, aftercare=bool(kept))
    for holder_id in (holders | heads | {case.peksos_id}) - {officer.id}:
        work.notify(holder_id or 0, closed)
    return case


def aftercare_of(work: Work, case: Case) -> list[Run]:
    """What follows the hand-over of the child and is not over: visits, the last report (SOP 9.1.35 steps 3 to 5)."""
    return [
        run
        for run in live_runs(work.session, case.id or 0)
        if run.event_on is not None and sop_of(work.session, run).hands_over
    ]


def reopen_case(work: Work, officer: Officer, case_id: int, reason: str) -> Case:
    """A case that was closed by hand goes on where it stood: by a head who knows it. Those who heard of its end hear so.

    Raises NotFoundError, NotPermittedError ("case", "head"); NeedsReasonError; AlreadyDoneError: it was not closed by hand.
    """
    known_case(work, officer, case_id)
    case = work.session.exec(select(Case).where(Case.id == case_id).with_for_update()).one()
    if not is_knowing_head(work, officer):
        raise NotPermittedError("head")
    if closed_by(work.session, case) is None:
        raise AlreadyDoneError("case_closed", None, case.closed_at)
    if not reason.strip():
        raise NeedsReasonError
    note_move(work, case, CLOSED, CLOSED_BY_HAND, None, reason)
    case.closed_at, case.close_reason = None, None
    runs = work.session.exec(select(Run).where(Run.case_id == case_id)).all()
    if not any(run.event_on is not None and sop_of(work.session, run).hands_over for run in runs):
        case.services_ended_at = None  # the child is still here
    work.session.flush()
    take_up(work, select(Run).where(Run.case_id == case_id), CLOSED_BY_HAND)
    reopened = CaseReopened(officer=officer.id or 0, case=case_id)
    heads = {one.id for one in knowing_heads(work, officer.id)}
    for told_id in (_holders(work.session, _live_tasks(work.session, case_id)) | heads | {case.peksos_id}) - {
        officer.id
    }:
        work.notify(told_id or 0, reopened)
    return case


def closed_by(s: Session, case: Case) -> Correction | None:
    """Who closed the case by hand, or all of it but the aftercare, when and why; None when nobody did, or it goes on."""
    found = next((one for one in moves_of(s, case) if one.fact == CLOSED), None)
    return None if found is None or found.after is None else found


_MOVES = (
    select(Correction)
    .where(Correction.of_table == "cases", Correction.row_id == bindparam("case"))
    .order_by(col(Correction.id).desc())
)


def moves_of(s: Session, case: Case) -> tuple[Correction, ...]:
    """What was said of the case as a whole, the newest first: another keeper, its end, going on."""
    return tuple(s.exec(_MOVES, params={"case": case.id}))


def note_move(
    work: Work, case: Case, fact: str, before: str | None, after: str | None, reason: str = ""
) -> None:
    """Note in the history of the case what was changed of it as a whole, and why."""
    work.session.add(
        Correction(
            of_table="cases",
            row_id=case.id or 0,
            fact=fact,
            before=before,
            after=after,
            reason=reason.strip() or NO_REASON,
            officer_id=work.officer.id or 0,
            corrected_at=work.now,
            update_id=work.update_id,
        )
    )
    work.session.flush()


def keeper_name(s: Session, case: Case) -> str:
    """The social worker of the case, by name."""
    return name_of(s, case.peksos_id) or ""


_LIVE_TASKS = (
    select(Task).where(Task.case_id == bindparam("case"), col(Task.state).in_(LIVE)).order_by(col(Task.id))
)


def _live_tasks(s: Session, case_id: int) -> tuple[Task, ...]:
    return tuple(s.exec(_LIVE_TASKS, params={"case": case_id}))


def holders_of(s: Session, case_id: int) -> set[int | None]:
    """The officers who have a step of the case now."""
    return _holders(s, _live_tasks(s, case_id))


def _holders(s: Session, tasks: Iterable[Task]) -> set[int | None]:
    return {
        part.assignee_id
        for task in tasks
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
