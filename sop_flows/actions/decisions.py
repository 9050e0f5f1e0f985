"""A decision that several sections take together (SOP 9.1.33 step 5).

One role proposes, the others agree or object, each for its own part. An objection goes to the head, who decides.
What stands is read from the parts: an undone statement leaves its record as evidence and counts no more.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from sop_flows.actions.confirm import close_part
from sop_flows.core.notices import Decided, Proposed
from sop_flows.core.result import Result
from sop_flows.core.states import live_parts, made, parts_of, reopen
from sop_flows.core.work import Work, case_of, declared
from sop_flows.declarations.decision import Decision
from sop_flows.declarations.sop import Step
from sop_flows.engine import outcome
from sop_flows.engine.outcome import FORM, SETTLED
from sop_flows.errors import (
    AlreadyDoneError,
    NeedsReasonError,
    NotFoundError,
    NothingProposedError,
    NotYoursError,
    UnknownChoiceError,
)
from sop_flows.notifications.planning import tell_handed
from sop_flows.recording import records
from sop_flows.staffing.responsibility import (
    assign_sole,
    lock_task,
    name_of,
    own_parts,
    refuse_closed,
    responsibility_of,
)
from storage.tables import Officer, Record, Task, TaskPart, TaskState

STANCE = "stance"  # key of the record that says what a role thinks of the proposal


@dataclass(frozen=True)
class Vote:
    """What one role said. `reason` is of an objection."""

    role: str
    who: str
    at: datetime
    agrees: bool
    reason: str | None


@dataclass(frozen=True)
class Standing:
    """Where a decision stands.

    Attributes:
        proposal: what was proposed, by `proposed_by` (a name), for which reason; None before, and without one.
        votes: the roles that have answered, in the order of the parts.
        missing: roles that have still to say something; the head among them after an objection.
        settled: what the head decided, by `settled_by`.
    """

    choices: tuple[str, ...]
    proposes: str
    settles: str
    proposal: str | None
    proposed_by: str | None
    reason: str | None
    votes: tuple[Vote, ...]
    missing: tuple[str, ...]
    settled: str | None
    settled_by: str | None


def standing_of(work: Work, task: Task) -> Standing:
    """Where the decision of this task stands now. Raises NotFoundError for a step without one."""
    decision, step = _decision(work.session, task)
    parts = parts_of(work.session, task)
    proposal, settled = (
        outcome.proposed(work.session, task, decision),
        outcome.settled(work.session, task, decision),
    )
    return Standing(
        choices=step.outcomes,
        proposes=decision.proposes,
        settles=decision.settles,
        proposal=proposal,
        proposed_by=_doer_of(work.session, parts, decision.proposes) if proposal is not None else None,
        reason=None if proposal is None else outcome.reason(work.session, task, step),
        votes=tuple(_votes(work.session, task, parts, decision)),
        missing=tuple(part.role for part in parts if part.state == TaskState.OPEN),
        settled=settled,
        settled_by=_doer_of(work.session, parts, decision.settles) if settled is not None else None,
    )


def propose(work: Work, task_id: int, choice: str, reason: str = "") -> Result:
    """The role that proposes says what should happen, and why; its own part is done with it.

    Raises UnknownChoiceError, NeedsReasonError where the step asks for one, AlreadyDoneError when it was proposed already,
    and as `confirm.confirm`.
    """
    task = lock_task(work.session, task_id)
    decision, step = _decision(work.session, task)
    part = _own_part(work, work.officer, task, decision.proposes)
    _refuse_unknown(choice, step)
    why = step.reason
    if why is not None and not why.optional and not reason.strip():
        raise NeedsReasonError
    said = {decision.field: choice} | (
        {why.key: reason.strip()} if why is not None and reason.strip() else {}
    )
    records.note(work, task.id or 0, FORM, said)
    words = ": ".join(one for one in (choice, reason.strip()) if one)
    done = close_part(work, task, part, work.officer, work.officer, work.today, words)
    _tell_proposed(work, task, work.officer)
    return _told(work, done)


def _tell_proposed(work: Work, task: Task, officer: Officer) -> None:
    """Who has to agree or object is told: whoever looked before found nothing to answer."""
    to = {
        one.id: one
        for part in parts_of(work.session, task)
        if part.state == TaskState.OPEN
        for one in responsibility_of(work, task, part).holders
        if one.id != officer.id
    }
    for officer_id in to:
        work.notify(officer_id or 0, Proposed(officer=officer.id or 0), task)


def agree(work: Work, task_id: int) -> Result:
    """Setuju: the officer's section agrees with the proposal.

    Raises NothingProposedError, and as `confirm.confirm`.
    """
    task = lock_task(work.session, task_id)
    part = _answering_part(work, work.officer, task)
    records.note(work, task.id or 0, STANCE, {"role": part.role, "agrees": True})
    return _told(work, close_part(work, task, part, work.officer, work.officer, work.today, None))


def object_to(work: Work, task_id: int, reason: str) -> Result:
    """Keberatan: the officer's section objects, with a reason; the head is told and decides.

    Raises NeedsReasonError, NothingProposedError, and as `confirm.confirm`.
    """
    task = lock_task(work.session, task_id)
    decision, _step = _decision(work.session, task)
    part = _answering_part(work, work.officer, task)
    if not reason.strip():
        raise NeedsReasonError
    words: dict[str, object] = {"role": part.role, "agrees": False, "reason": reason.strip()}
    records.note(work, task.id or 0, STANCE, words)
    head, is_new = _ask_head(work, task, decision.settles)
    done = close_part(work, task, part, work.officer, work.officer, work.today, reason.strip())
    if is_new:
        made(work.because(done.confirmation), head)
    tell_handed(work, task, (head,), done.confirmation)
    return done


def settle(work: Work, task_id: int, choice: str) -> Result:
    """The head decides after an objection; who has not answered yet need not any more.

    Raises UnknownChoiceError, NotYoursError, and as `confirm.confirm`.
    """
    task = lock_task(work.session, task_id)
    decision, step = _decision(work.session, task)
    part = _own_part(work, work.officer, task, decision.settles)
    _refuse_unknown(choice, step)
    records.note(work, task.id or 0, SETTLED, {decision.field: choice})
    others = [one for one in live_parts(parts_of(work.session, task)) if one.id != part.id]
    done = close_part(work, task, part, work.officer, work.officer, work.today, choice, needless=others)
    return _told(work, done, others)


def _told(work: Work, done: Result, needless: Collection[TaskPart] = ()) -> Result:
    """With the last word it is decided: all who took part hear of it, those who need not answer any more, and whoever
    has the case."""
    task = done.task
    if task.state != TaskState.DONE:
        return done
    case = case_of(work.session, task)
    told = {part.done_by_id for part in done.parts} | {None if case is None else case.peksos_id}
    for part in needless:
        told |= {one.id for one in responsibility_of(work, task, part).holders}
    for officer_id in sorted(one for one in told if one is not None and one != work.officer.id):
        work.notify(officer_id, Decided(officer=work.officer.id or 0), task)
    return done


def _decision(s: Session, task: Task) -> tuple[Decision, Step]:
    step = declared(s, task)[1]
    if step.decision is None:
        raise NotFoundError
    return step.decision, step


def _part(parts: tuple[TaskPart, ...], role: str) -> TaskPart | None:
    return next((part for part in parts if part.role == role), None)


def _doer_of(s: Session, parts: tuple[TaskPart, ...], role: str) -> str | None:
    part = _part(parts, role)
    return None if part is None else name_of(s, part.done_by_id)


def _own_part(work: Work, officer: Officer, task: Task, role: str) -> TaskPart:
    refuse_closed(work.session, task)
    part = next((part for part in own_parts(work, officer, task) if part.role == role), None)
    if part is None or part.state == TaskState.WITHDRAWN:
        raise NotYoursError((role,))
    if part.state != TaskState.OPEN:
        raise AlreadyDoneError(part.state, name_of(work.session, part.done_by_id), part.done_at)
    return part


def _answering_part(work: Work, officer: Officer, task: Task) -> TaskPart:
    decision, _step = _decision(work.session, task)
    refuse_closed(work.session, task)
    apart = (decision.proposes, decision.settles)
    mine = [part for part in own_parts(work, officer, task) if part.role not in apart]
    if not mine:
        raise NotYoursError(
            tuple(part.role for part in parts_of(work.session, task) if part.role not in apart)
        )
    proposing = _part(parts_of(work.session, task), decision.proposes)
    if proposing is None or proposing.state != TaskState.DONE:
        raise NothingProposedError(decision.proposes)
    if mine[0].state != TaskState.OPEN:
        raise AlreadyDoneError(mine[0].state, name_of(work.session, mine[0].done_by_id), mine[0].done_at)
    return mine[0]


def _ask_head(work: Work, task: Task, role: str) -> tuple[TaskPart, bool]:
    """The head's part, and whether the head was not asked before."""
    parts = parts_of(work.session, task)
    part = _part(parts, role)
    is_new = part is None or part.state == TaskState.WITHDRAWN
    if part is None:
        part = TaskPart(task_id=task.id or 0, position=len(parts), role=role, state=TaskState.OPEN)
        work.session.add(part)
    elif part.state == TaskState.WITHDRAWN:
        reopen(work, part, TaskState.OPEN)
    assign_sole(work, task, part)
    work.session.flush()
    return part, is_new


def _refuse_unknown(choice: str, step: Step) -> None:
    if choice not in step.outcomes:
        raise UnknownChoiceError(step.outcomes)


def _votes(s: Session, task: Task, parts: tuple[TaskPart, ...], decision: Decision) -> list[Vote]:
    rows = s.exec(
        select(Record).where(Record.task_id == task.id, Record.key == STANCE).order_by(col(Record.id))
    ).all()
    said = {str(row.data.get("role")): row for row in rows}
    votes = []
    for part in parts:
        row = said.get(part.role)
        if row is None or part.state != TaskState.DONE or part.done_at is None:
            continue
        reason = row.data.get("reason")
        who = name_of(s, part.done_by_id) or ""
        agrees = bool(row.data.get("agrees"))
        votes.append(Vote(part.role, who, part.done_at, agrees, str(reason) if reason else None))
    return votes
