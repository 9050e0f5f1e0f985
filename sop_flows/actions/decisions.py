"""A decision that several sections take together (SOP 9.1.33 step 5).

One role proposes, the others agree or object, each for its own part. An objection goes to the head, who decides.
What stands is read from the parts: an undone statement leaves its record as evidence and counts no more.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from sop_flows.actions.confirm import close_part
from sop_flows.core.institution import House
from sop_flows.core.parts import parts_of
from sop_flows.core.result import Outcome
from sop_flows.core.versions import declared
from sop_flows.declarations.decision import Decision
from sop_flows.declarations.step import Step
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
from sop_flows.notifications.notices import notify
from sop_flows.notifications.quiet_hours import speaking_time
from sop_flows.notifications.turn_notices import tell_handed
from sop_flows.staffing.assignment import assign_sole
from sop_flows.staffing.permissions import recipients
from sop_flows.staffing.task_rows import lock_task, name_of, own_parts, refuse_closed
from storage.tables import Officer, Record, Task, TaskPart, TaskState

STANCE = "stance"  # key of the record that says what a role thinks of the proposal


@dataclass(frozen=True)
class Voice:
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
        proposal: what was proposed, by `proposed_by` (a name); None before.
        voices: the roles that have answered, in the order of the parts.
        missing: roles that have still to say something; the head among them after an objection.
        settled: what the head decided, by `settled_by`.
    """

    choices: tuple[str, ...]
    proposes: str
    settles: str
    proposal: str | None
    proposed_by: str | None
    voices: tuple[Voice, ...]
    missing: tuple[str, ...]
    settled: str | None
    settled_by: str | None


def standing_of(s: Session, house: House, task: Task) -> Standing:
    """Where the decision of this task stands now. Raises NotFoundError for a step without one."""
    decision, step = _decision(s, task)
    parts = parts_of(s, task)
    proposal, settled = outcome.proposed(s, task, decision), outcome.settled(s, task, decision)
    return Standing(
        choices=step.outcomes,
        proposes=decision.proposes,
        settles=decision.settles,
        proposal=proposal,
        proposed_by=_doer_of(s, parts, decision.proposes) if proposal is not None else None,
        voices=tuple(_voices(s, task, parts, decision)),
        missing=tuple(part.role for part in parts if part.state == TaskState.OPEN),
        settled=settled,
        settled_by=_doer_of(s, parts, decision.settles) if settled is not None else None,
    )


def propose(
    s: Session,
    house: House,
    officer: Officer,
    task_id: int,
    choice: str,
    now: datetime,
    *,
    update_id: int | None,
) -> Outcome:
    """The role that proposes says what should happen; its own part is done with it.

    Raises UnknownChoiceError, AlreadyDoneError when it was proposed already, and as `confirming.confirm`.
    """
    task = lock_task(s, task_id)
    decision, step = _decision(s, task)
    part = _own_part(s, house, officer, task, decision.proposes)
    _refuse_unknown(choice, step)
    _record(s, house, task, FORM, {decision.field: choice}, officer, now, update_id)
    done = close_part(s, house, task, part, officer, officer, now, house.today(now), update_id, None)
    _tell_proposed(s, house, task, officer, now)
    return done


def _tell_proposed(s: Session, house: House, task: Task, officer: Officer, now: datetime) -> None:
    """Who has to agree or object is told: whoever looked before found nothing to answer."""
    at = speaking_time(s, house, task, now)
    to = {
        one.id: one
        for part in parts_of(s, task)
        if part.state == TaskState.OPEN
        for one in recipients(s, house, task, part)
        if one.id != officer.id
    }
    for officer_id in to:
        notify(s, officer_id or 0, "proposed", {"officer": officer.id}, now, task_id=task.id, at=at)


def agree(
    s: Session, house: House, officer: Officer, task_id: int, now: datetime, *, update_id: int | None
) -> Outcome:
    """Setuju: the officer's section agrees with the proposal.

    Raises NothingProposedError, and as `confirming.confirm`.
    """
    task = lock_task(s, task_id)
    part = _answering_part(s, house, officer, task)
    _record(s, house, task, STANCE, {"role": part.role, "agrees": True}, officer, now, update_id)
    return close_part(s, house, task, part, officer, officer, now, house.today(now), update_id, None)


def object_to(
    s: Session,
    house: House,
    officer: Officer,
    task_id: int,
    reason: str,
    now: datetime,
    *,
    update_id: int | None,
) -> Outcome:
    """Keberatan: the officer's section objects, with a reason; the head is told and decides.

    Raises NeedsReasonError, NothingProposedError, and as `confirming.confirm`.
    """
    task = lock_task(s, task_id)
    decision, _step = _decision(s, task)
    part = _answering_part(s, house, officer, task)
    if not reason.strip():
        raise NeedsReasonError
    words: dict[str, object] = {"role": part.role, "agrees": False, "reason": reason.strip()}
    _record(s, house, task, STANCE, words, officer, now, update_id)
    head = _ask_head(s, house, task, decision.settles, now)
    done = close_part(s, house, task, part, officer, officer, now, house.today(now), update_id, None)
    tell_handed(s, house, task, (head,), done.confirmation, now)
    return done


def settle(
    s: Session,
    house: House,
    officer: Officer,
    task_id: int,
    choice: str,
    now: datetime,
    *,
    update_id: int | None,
) -> Outcome:
    """The head decides after an objection; who has not answered yet need not any more.

    Raises UnknownChoiceError, NotYoursError, and as `confirming.confirm`.
    """
    task = lock_task(s, task_id)
    decision, step = _decision(s, task)
    part = _own_part(s, house, officer, task, decision.settles)
    _refuse_unknown(choice, step)
    _record(s, house, task, SETTLED, {decision.field: choice}, officer, now, update_id)
    for other in parts_of(s, task):
        if other.state == TaskState.OPEN and other.id != part.id:
            other.state = TaskState.WITHDRAWN
    s.flush()
    return close_part(s, house, task, part, officer, officer, now, house.today(now), update_id, None)


def after_undo(s: Session, task: Task) -> None:
    """What an undone statement had set in motion: without an objection the head is not asked; what the head's
    word made needless is needed again."""
    step = declared(s, task)[1]
    if step.decision is None:
        return
    parts = parts_of(s, task)
    head = _part(parts, step.decision.settles)
    for part in parts:
        if part.state == TaskState.WITHDRAWN and part.role != step.decision.settles:
            part.state = TaskState.OPEN
    objects = any(not voice.agrees for voice in _voices(s, task, parts, step.decision))
    if head is not None and step.decision.settles not in step.executors and not objects:
        head.state = TaskState.WITHDRAWN
        head.done_at = head.done_on = head.done_by_id = None
    s.flush()


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


def _own_part(s: Session, house: House, officer: Officer, task: Task, role: str) -> TaskPart:
    refuse_closed(s, task)
    part = next((part for part in own_parts(s, house, officer, task) if part.role == role), None)
    if part is None or part.state == TaskState.WITHDRAWN:
        raise NotYoursError((role,))
    if part.state != TaskState.OPEN:
        raise AlreadyDoneError(part.state, name_of(s, part.done_by_id), part.done_at)
    return part


def _answering_part(s: Session, house: House, officer: Officer, task: Task) -> TaskPart:
    decision, _step = _decision(s, task)
    refuse_closed(s, task)
    apart = (decision.proposes, decision.settles)
    mine = [part for part in own_parts(s, house, officer, task) if part.role not in apart]
    if not mine:
        raise NotYoursError(tuple(part.role for part in parts_of(s, task) if part.role not in apart))
    proposing = _part(parts_of(s, task), decision.proposes)
    if proposing is None or proposing.state != TaskState.DONE:
        raise NothingProposedError(decision.proposes)
    if mine[0].state != TaskState.OPEN:
        raise AlreadyDoneError(mine[0].state, name_of(s, mine[0].done_by_id), mine[0].done_at)
    return mine[0]


def _ask_head(s: Session, house: House, task: Task, role: str, now: datetime) -> TaskPart:
    parts = parts_of(s, task)
    part = _part(parts, role)
    if part is None:
        part = TaskPart(task_id=task.id or 0, position=len(parts), role=role, state=TaskState.OPEN)
        s.add(part)
    elif part.state == TaskState.WITHDRAWN:
        part.state = TaskState.OPEN
    assign_sole(s, house, task, part, now)
    s.flush()
    return part


def _refuse_unknown(choice: str, step: Step) -> None:
    if choice not in step.outcomes:
        raise UnknownChoiceError(step.outcomes)


def _voices(s: Session, task: Task, parts: tuple[TaskPart, ...], decision: Decision) -> list[Voice]:
    rows = s.exec(
        select(Record).where(Record.task_id == task.id, Record.key == STANCE).order_by(col(Record.id))
    ).all()
    said = {str(row.data.get("role")): row for row in rows}
    voices = []
    for part in parts:
        row = said.get(part.role)
        if row is None or part.state != TaskState.DONE or part.done_at is None:
            continue
        reason = row.data.get("reason")
        who = name_of(s, part.done_by_id) or ""
        agrees = bool(row.data.get("agrees"))
        voices.append(Voice(part.role, who, part.done_at, agrees, str(reason) if reason else None))
    return voices


def _record(
    s: Session,
    house: House,
    task: Task,
    key: str,
    data: dict[str, object],
    officer: Officer,
    now: datetime,
    update_id: int | None,
) -> None:
    s.add(
        Record(
            task_id=task.id or 0,
            key=key,
            data=data,
            done_on=house.today(now),
            recorded_at=now,
            officer_id=officer.id or 0,
            recorded_by_id=officer.id or 0,
            update_id=update_id,
        )
    )
    s.flush()
