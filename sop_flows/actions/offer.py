"""Serahkan ke rekan: a task is offered; the colleague accepts or returns it, and until then nothing changes."""

from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from sop_flows.actions.confirm import say
from sop_flows.actions.snooze import end_others_snoozes
from sop_flows.core import notices
from sop_flows.core.result import Result
from sop_flows.core.states import parts_of
from sop_flows.core.work import Work
from sop_flows.errors import NotFoundError, NotYoursError, RuleError
from sop_flows.notifications.dropping import drop
from sop_flows.notifications.notices import notify_changed
from sop_flows.staffing.open_offers import is_givers, open_offer
from sop_flows.staffing.responsibility import assign, lock_task, name_of, refuse_closed, responsibility_of
from sop_flows.staffing.roster import is_away
from storage.tables import (
    AssignedHow,
    ConfirmationKind,
    DroppedWhy,
    Handover,
    HandoverState,
    Officer,
    Reminder,
    ReminderState,
    Task,
    TaskPart,
    TaskState,
)


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


def offer(work: Work, task: Task, part: TaskPart, to: Officer) -> Handover:
    """Ask the colleague to take the part over; answered by the due time, at the latest in one working day.

    The caller has locked the task and judged that the officer may give the part and the colleague may do it.

    Raises HandoverRefusedError.
    """
    if is_away(work, to.id):
        raise HandoverRefusedError("away", to.name)
    former = open_offer(work, task, part.role)
    if former is not None:
        raise HandoverRefusedError("offered", name_of(work.session, former.to_id) or "")
    close_offers(work, task, part.role)
    ends_at = work.office.add_days(work.now, 1)
    if task.due_at is not None and task.due_at > work.now:
        ends_at = min(ends_at, task.due_at)
    row = Handover(
        task_id=task.id or 0,
        role=part.role,
        from_id=work.officer.id or 0,
        to_id=to.id or 0,
        offered_at=work.now,
        ends_at=ends_at,
        update_id=work.update_id,
    )
    work.session.add(row)
    work.session.flush()
    work.notify(row.to_id, notices.Offered(officer=row.from_id, offer=row.id or 0), task, ends_at=ends_at)
    return row


def accept(work: Work, offer_id: int) -> Result:
    """Terima: the colleague is in charge from now on, and the giver is told.

    Raises NotFoundError, AlreadyDoneError (the step is closed), HandoverRefusedError (the offer is over).
    """
    row, task = _answerable(work, work.officer, offer_id)
    part = next(part for part in parts_of(work.session, task) if part.role == row.role)
    if not responsibility_of(work, task, part).permits(work.officer):
        raise NotYoursError((part.role,))
    giver = work.session.get_one(Officer, row.from_id)
    assign(part, work.officer, AssignedHow.NAMED, work.now)
    _answer(row, HandoverState.ACCEPTED, work.now)
    confirmation = say(work, task, ConfirmationKind.DELEGATED, work.officer, giver, role=part.role)
    work.notify(row.from_id, notices.OfferAccepted(officer=row.to_id), task)
    end_others_snoozes(work, task, part.role, work.officer)
    work.touch(task)
    return Result(task, confirmation, parts_of(work.session, task))


def give_back(work: Work, officer: Officer, offer_id: int, reason: str | None) -> Handover:
    """Kembalikan: the giver stays in charge and is told, with the reason if there is one. Raises as `accept`."""
    row, task = _answerable(work, officer, offer_id)
    _answer(row, HandoverState.RETURNED, work.now)
    row.reason = (reason or "").strip() or None
    work.notify(row.from_id, notices.OfferReturned(officer=row.to_id, reason=row.reason), task)
    return row


def take_back(work: Work, officer: Officer, offer_id: int) -> Handover:
    """Tarik kembali, by the giver: possible until it is accepted; what the colleague was sent says so.

    Raises NotFoundError, HandoverRefusedError.
    """
    row = work.session.get(Handover, offer_id)
    if row is None or row.from_id != officer.id:
        raise NotFoundError
    task = lock_task(work.session, row.task_id)
    work.session.refresh(row)
    _refuse_over(work, task, row)
    _unsay(work, row, task)
    return row


_OFFERED = select(Handover).where(Handover.state == HandoverState.OFFERED)
_OFFERED_OF_PART = _OFFERED.where(Handover.task_id == bindparam("task"), Handover.role == bindparam("role"))


def close_offers(work: Work, task: Task, role: str) -> None:
    """What was offered of this part is overtaken: somebody else has it now."""
    for row in work.session.exec(_OFFERED_OF_PART, params={"task": task.id, "role": role}).all():
        _answer(row, HandoverState.WITHDRAWN, work.now)
        _drop_unsent(work.session, row)
    work.session.flush()


_UNANSWERED = _OFFERED.where(Handover.ends_at <= bindparam("at")).order_by(
    col(Handover.ends_at), col(Handover.id)
)


def lapse_one(work: Work, at: datetime) -> bool:
    """End the offer that was to be answered by `at`, the earliest; the giver hears it. False when there is none."""
    row = work.session.exec(_UNANSWERED, params={"at": at}).first()
    if row is None:
        return False
    task = lock_task(work.session, row.task_id)
    work.session.refresh(row)
    if row.state != HandoverState.OFFERED:
        return True
    if not is_givers(work, task, row):
        _answer(row, HandoverState.WITHDRAWN, row.ends_at)
    else:
        _answer(row, HandoverState.LAPSED, row.ends_at)
        work.at(row.ends_at).notify(row.from_id, notices.OfferLapsed(officer=row.to_id), task)
    _drop_unsent(work.session, row)
    work.session.flush()
    return True


_OFFERED_TO = _OFFERED.where(Handover.to_id == bindparam("officer")).order_by(col(Handover.id))


def return_offers(work: Work, gone: Officer) -> None:
    """The officer went on leave or was removed and answers no more: what was offered stays with the givers, who hear
    it."""
    for row in work.session.exec(_OFFERED_TO, params={"officer": gone.id}).all():
        task = lock_task(work.session, row.task_id)
        work.session.refresh(row)
        if row.state != HandoverState.OFFERED:
            continue
        if is_givers(work, task, row):
            _answer(row, HandoverState.LAPSED, work.now)
            work.notify(row.from_id, notices.OfferUnanswered(officer=row.to_id), task)
        else:
            _answer(row, HandoverState.WITHDRAWN, work.now)
        _drop_unsent(work.session, row)
    work.session.flush()


def check_answerable(work: Work, officer: Officer, offer_id: int) -> None:
    """Raises what `accept` would, before the colleague is asked for a reason."""
    _answerable(work, officer, offer_id)


def _answerable(work: Work, officer: Officer, offer_id: int) -> tuple[Handover, Task]:
    s = work.session
    row = s.get(Handover, offer_id)
    if row is None or row.to_id != officer.id:
        raise NotFoundError
    task = lock_task(s, row.task_id)
    s.refresh(row)
    if row.state == HandoverState.OFFERED and task.state != TaskState.WAITING:
        refuse_closed(s, task)
    _refuse_over(work, task, row)
    return row, task


def _refuse_over(work: Work, task: Task, row: Handover) -> None:
    if row.state != HandoverState.OFFERED:
        raise HandoverRefusedError(row.state, name_of(work.session, row.to_id) or "", row.answered_at)
    if not is_givers(work, task, row):
        raise HandoverRefusedError("withdrawn", name_of(work.session, row.to_id) or "")


def _answer(row: Handover, state: HandoverState, now: datetime) -> None:
    row.state = state
    row.answered_at = now


def _unsay(work: Work, row: Handover, task: Task) -> None:
    """Taken back: the question to the colleague is changed where it was sent, and not sent where it was not."""
    _answer(row, HandoverState.WITHDRAWN, work.now)
    _drop_unsent(work.session, row)
    sent = next((said for said in _asked(work.session, row) if said.state == ReminderState.SENT), None)
    if sent is not None:
        notify_changed(work, sent, notices.OfferTakenBack(officer=row.from_id), task)
    work.session.flush()


def _drop_unsent(s: Session, row: Handover) -> None:
    for said in _asked(s, row):
        if said.state == ReminderState.PENDING:
            drop(said, DroppedWhy.RENEWED)


def _asked(s: Session, row: Handover) -> list[Reminder]:
    found = notices.find_notices(
        s, notices.Offered, Reminder.task_id == row.task_id, Reminder.officer_id == row.to_id
    )
    return [said for said, offered in found if offered.offer == row.id]
