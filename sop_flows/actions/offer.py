"""Serahkan ke rekan: a task is offered; the colleague accepts or returns it, and until then nothing changes."""

from datetime import datetime

from sqlmodel import Session, col, select

from sop_flows.actions.confirm import say
from sop_flows.actions.snooze import end_others_snoozes
from sop_flows.core.institution import House
from sop_flows.core.parts import parts_of
from sop_flows.core.result import Outcome
from sop_flows.errors import NotFoundError, NotYoursError, RuleError
from sop_flows.notifications.notices import notify, notify_changed
from sop_flows.notifications.planning import plan_task
from sop_flows.notifications.quiet_hours import speaking_time
from sop_flows.staffing.assignment import assign
from sop_flows.staffing.away import is_away
from sop_flows.staffing.open_offers import _holds, open_offer
from sop_flows.staffing.permissions import may_act
from sop_flows.staffing.task_rows import lock_task, name_of, refuse_closed
from storage.tables import (
    AssignedHow,
    ConfirmationKind,
    Handover,
    HandoverState,
    Officer,
    Reminder,
    ReminderKind,
    ReminderState,
    Task,
    TaskPart,
    TaskState,
)

OFFERED = "offered"  # the notice that asks the colleague


class HandoverRefusedError(RuleError):
    """Attributes:
    why: "away" (the colleague is on leave), "offered" (to somebody already: `name`), or how the offer ended:
        "accepted", "returned", "lapsed", "withdrawn".
    name: the colleague.
    at: when it ended.
    """

    def __init__(self, why: str, name: str = "", at: datetime | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.name = name
        self.at = at


def offer(
    s: Session,
    house: House,
    officer: Officer,
    task: Task,
    part: TaskPart,
    to: Officer,
    now: datetime,
    *,
    update_id: int | None,
) -> Handover:
    """Ask the colleague to take the part over; answered by the due time, at the latest in one working day.

    The caller has locked the task and judged that the officer may give the part and the colleague may do it.

    Raises HandoverRefusedError.
    """
    if is_away(s, to.id):
        raise HandoverRefusedError("away", to.name)
    former = open_offer(s, task, part.role)
    if former is not None:
        raise HandoverRefusedError("offered", name_of(s, former.to_id) or "")
    close_offers(s, task, part.role, now)
    ends_at = house.office.add_days(now, 1)
    if task.due_at is not None and task.due_at > now:
        ends_at = min(ends_at, task.due_at)
    row = Handover(
        task_id=task.id or 0,
        role=part.role,
        from_id=officer.id or 0,
        to_id=to.id or 0,
        offered_at=now,
        ends_at=ends_at,
        update_id=update_id,
    )
    s.add(row)
    s.flush()
    said = _tell(s, house, row, row.to_id, OFFERED, task, now)
    said.ends_at = ends_at
    return row


def accept(
    s: Session, house: House, officer: Officer, offer_id: int, now: datetime, *, update_id: int | None
) -> Outcome:
    """Terima: the colleague is in charge from now on, and the giver is told.

    Raises NotFoundError, AlreadyDoneError (the step is closed), HandoverRefusedError (the offer is over).
    """
    row, task = _answerable(s, officer, offer_id)
    part = next(part for part in parts_of(s, task) if part.role == row.role)
    if not may_act(s, house, officer, task, part):
        raise NotYoursError((part.role,))
    giver = s.get_one(Officer, row.from_id)
    assign(part, officer, AssignedHow.NAMED, now)
    _answer(row, HandoverState.ACCEPTED, now)
    confirmation = say(
        s, task, ConfirmationKind.DELEGATED, officer, giver, now, role=part.role, update_id=update_id
    )
    _tell(s, house, row, row.from_id, "offer_accepted", task, now)
    end_others_snoozes(s, house, task, part.role, officer)
    plan_task(s, house, task, now)
    return Outcome(task, confirmation, parts_of(s, task))


def give_back(
    s: Session, house: House, officer: Officer, offer_id: int, reason: str | None, now: datetime
) -> Handover:
    """Kembalikan: the giver stays in charge and is told, with the reason if there is one. Raises as `accept`."""
    row, task = _answerable(s, officer, offer_id)
    _answer(row, HandoverState.RETURNED, now)
    row.reason = (reason or "").strip() or None
    _tell(s, house, row, row.from_id, "offer_returned", task, now, reason=row.reason or "")
    return row


def take_back(s: Session, house: House, officer: Officer, offer_id: int, now: datetime) -> Handover:
    """Tarik kembali, by the giver: possible until it is accepted; what the colleague was sent says so.

    Raises NotFoundError, HandoverRefusedError.
    """
    row = s.get(Handover, offer_id)
    if row is None or row.from_id != officer.id:
        raise NotFoundError
    task = lock_task(s, row.task_id)
    s.refresh(row)
    _refuse_over(s, task, row)
    _unsay(s, house, row, task, now)
    return row


def close_offers(s: Session, task: Task, role: str, now: datetime) -> None:
    """What was offered of this part is overtaken: somebody else has it now."""
    for row in s.exec(
        select(Handover).where(
            Handover.task_id == task.id, Handover.role == role, Handover.state == HandoverState.OFFERED
        )
    ).all():
        _answer(row, HandoverState.WITHDRAWN, now)
        _drop_unsent(s, row)
    s.flush()


def lapse_one(s: Session, house: House, at: datetime) -> bool:
    """End the offer that was to be answered by `at`, the earliest; the giver hears it. False when there is none."""
    row = s.exec(
        select(Handover)
        .where(Handover.state == HandoverState.OFFERED, Handover.ends_at <= at)
        .order_by(col(Handover.ends_at), col(Handover.id))
    ).first()
    if row is None:
        return False
    task = lock_task(s, row.task_id)
    s.refresh(row)
    if row.state != HandoverState.OFFERED:
        return True
    if not _holds(s, task, row):
        _answer(row, HandoverState.WITHDRAWN, row.ends_at)
    else:
        _answer(row, HandoverState.LAPSED, row.ends_at)
        _tell(s, house, row, row.from_id, "offer_lapsed", task, row.ends_at)
    _drop_unsent(s, row)
    s.flush()
    return True


def return_offers(s: Session, house: House, gone: Officer, now: datetime) -> None:
    """The officer went on leave or was removed and answers no more: what was offered stays with the givers, who hear
    it."""
    for row in s.exec(
        select(Handover)
        .where(Handover.to_id == gone.id, Handover.state == HandoverState.OFFERED)
        .order_by(col(Handover.id))
    ).all():
        task = lock_task(s, row.task_id)
        s.refresh(row)
        if row.state != HandoverState.OFFERED:
            continue
        if _holds(s, task, row):
            _answer(row, HandoverState.LAPSED, now)
            _tell(s, house, row, row.from_id, "offer_unanswered", task, now)
        else:
            _answer(row, HandoverState.WITHDRAWN, now)
        _drop_unsent(s, row)
    s.flush()


def check_answerable(s: Session, officer: Officer, offer_id: int) -> None:
    """Raises what `accept` would, before the colleague is asked for a reason."""
    _answerable(s, officer, offer_id)


def _answerable(s: Session, officer: Officer, offer_id: int) -> tuple[Handover, Task]:
    row = s.get(Handover, offer_id)
    if row is None or row.to_id != officer.id:
        raise NotFoundError
    task = lock_task(s, row.task_id)
    s.refresh(row)
    if row.state == HandoverState.OFFERED and task.state != TaskState.WAITING:
        refuse_closed(s, task)
    _refuse_over(s, task, row)
    return row, task


def _refuse_over(s: Session, task: Task, row: Handover) -> None:
    if row.state != HandoverState.OFFERED:
        raise HandoverRefusedError(row.state, name_of(s, row.to_id) or "", row.answered_at)
    if not _holds(s, task, row):
        raise HandoverRefusedError("withdrawn", name_of(s, row.to_id) or "")


def _answer(row: Handover, state: HandoverState, now: datetime) -> None:
    row.state = state
    row.answered_at = now


def _unsay(s: Session, house: House, row: Handover, task: Task, now: datetime) -> None:
    """Taken back: the question to the colleague is changed where it was sent, and not sent where it was not."""
    _answer(row, HandoverState.WITHDRAWN, now)
    _drop_unsent(s, row)
    sent = next((said for said in _asked(s, row) if said.state == ReminderState.SENT), None)
    if sent is not None:
        told = {"officer": row.from_id}
        notify_changed(s, house, sent, "offer_taken_back", told, task, now)
    s.flush()


def _drop_unsent(s: Session, row: Handover) -> None:
    for said in _asked(s, row):
        if said.state == ReminderState.PENDING:
            said.state = ReminderState.DROPPED


def _asked(s: Session, row: Handover) -> list[Reminder]:
    found = s.exec(
        select(Reminder).where(
            Reminder.task_id == row.task_id,
            Reminder.officer_id == row.to_id,
            Reminder.kind == ReminderKind.NOTICE,
            Reminder.rule == OFFERED,
        )
    ).all()
    return [said for said in found if (said.payload or {}).get("offer") == row.id]


def _tell(
    s: Session, house: House, row: Handover, to: int, what: str, task: Task, now: datetime, reason: str = ""
) -> Reminder:
    other = row.from_id if to == row.to_id else row.to_id
    payload: dict[str, object] = {"officer": other, "offer": row.id, "until": row.ends_at.isoformat()}
    if reason:
        payload["reason"] = reason
    return notify(s, to, what, payload, now, task_id=task.id, at=speaking_time(s, house, task, now))
