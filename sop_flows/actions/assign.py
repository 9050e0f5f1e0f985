"""Who takes a task: "Saya kerjakan", "Saya piket", "Serahkan ke rekan"."""

from datetime import datetime

from sqlmodel import Session, col, select

from sop_flows.actions.confirm import say
from sop_flows.actions.offer import HandoverRefusedError, close_offers, offer
from sop_flows.actions.snooze import end_others_snoozes
from sop_flows.core.institution import House
from sop_flows.core.parts import parts_of
from sop_flows.core.result import Outcome
from sop_flows.errors import AlreadyDoneError, NotFoundError, NotYoursError
from sop_flows.notifications.notices import notify
from sop_flows.notifications.planning import plan_task
from sop_flows.notifications.quiet_hours import speaking_time
from sop_flows.staffing.assignment import assign
from sop_flows.staffing.away import is_away
from sop_flows.staffing.permissions import is_head_for, may_act
from sop_flows.staffing.task_rows import lock_task, name_of, own_parts, refuse_closed
from storage.tables import (
    AssignedHow,
    ConfirmationKind,
    Handover,
    Officer,
    Reminder,
    ReminderKind,
    ReminderState,
    Task,
    TaskPart,
    TaskState,
)

PUSHED = (ReminderKind.LEAD, ReminderKind.MORNING, ReminderKind.DUE, ReminderKind.HANDED)


def take(
    s: Session, house: House, officer: Officer, task_id: int, now: datetime, *, update_id: int | None
) -> Outcome:
    """Saya kerjakan: the officer is in charge of the part from now on; the others' pushes say so.

    Raises AlreadyDoneError with state "taken" when a colleague was first, and as `confirm`.
    """
    task = lock_task(s, task_id)
    mine = [part for part in own_parts(s, house, officer, task) if part.state != TaskState.DONE]
    if task.state != TaskState.WAITING:
        refuse_closed(s, task)
    if not mine:
        raise NotFoundError
    part = mine[0]
    if part.assignee_id == officer.id:
        raise AlreadyDoneError("yours", officer.name, part.assigned_at)
    if part.assignee_id is not None and not is_away(s, part.assignee_id):
        raise AlreadyDoneError("taken", name_of(s, part.assignee_id), part.assigned_at)
    close_offers(s, task, part.role, now)
    assign(part, officer, AssignedHow.TAKEN, now)
    confirmation = say(
        s, task, ConfirmationKind.TAKEN, officer, officer, now, role=part.role, update_id=update_id
    )
    _tell_taken(s, task, part, officer, now)
    end_others_snoozes(s, house, task, part.role, officer)
    plan_task(s, house, task, now)
    return Outcome(task, confirmation, parts_of(s, task))


def _tell_taken(s: Session, task: Task, part: TaskPart, officer: Officer, now: datetime) -> None:
    """The messages that others got about this part are edited to "sudah diambil ...".

    Not those that their officers have turned into another screen: its buttons say who has the part.
    """
    told: set[tuple[int, int | None]] = set()
    for row in s.exec(
        select(Reminder).where(
            Reminder.task_id == task.id,
            Reminder.role == part.role,
            Reminder.officer_id != officer.id,
            Reminder.state == ReminderState.SENT,
            col(Reminder.turned_at).is_(None),
            col(Reminder.kind).in_(PUSHED),
        )
    ).all():
        if row.message_id is None or (row.officer_id, row.message_id) in told:
            continue
        told.add((row.officer_id, row.message_id))
        notify(
            s,
            row.officer_id,
            "taken",
            {"officer": officer.id},
            now,
            task_id=task.id,
            edits_message_id=row.message_id,
        )


def take_duty(
    s: Session, house: House, officer: Officer, cohort_id: int, now: datetime, *, update_id: int | None
) -> tuple[Task, ...]:
    """Saya piket: the officer has the daily tasks of the cohort until the next person says so.

    Raises NotYoursError when no daily task is the officer's, NotFoundError when none is open.
    """
    found = s.exec(
        select(Task)
        .where(Task.cohort_id == cohort_id, col(Task.card).is_not(None), Task.state == TaskState.OPEN)
        .order_by(col(Task.id))
    ).all()
    if not found:
        raise NotFoundError
    taken = []
    for row in found:
        task = lock_task(s, row.id or 0)
        parts = [
            p for p in parts_of(s, task) if p.state == TaskState.OPEN and may_act(s, house, officer, task, p)
        ]
        for part in parts:
            if part.assignee_id == officer.id and part.assigned_how == AssignedHow.DUTY:
                continue
            close_offers(s, task, part.role, now)
            assign(part, officer, AssignedHow.DUTY, now)
            end_others_snoozes(s, house, task, part.role, officer)
            say(s, task, ConfirmationKind.TAKEN, officer, officer, now, role=part.role, update_id=update_id)
        if parts:
            taken.append(task)
            plan_task(s, house, task, now)
    if not taken:
        raise NotYoursError(tuple(part.role for part in parts_of(s, found[0])))
    return tuple(taken)


def delegate(
    s: Session,
    house: House,
    officer: Officer,
    task_id: int,
    to: Officer,
    now: datetime,
    *,
    update_id: int | None,
) -> Handover | None:
    """Serahkan ke rekan: `to` is asked, and the officer stays in charge until it is accepted. A head who names the
    PJ is not asked back: `to` is in charge at once, and is told.

    Returns the offer; None when `to` is in charge now.

    Raises:
        NotYoursError: `to` may not do the step, or the officer neither has it nor heads the role.
        HandoverRefusedError: `to` is on leave, or the part is offered already.
    """
    task = lock_task(s, task_id)
    if task.state != TaskState.WAITING:
        refuse_closed(s, task)
    for part in parts_of(s, task):
        if part.state == TaskState.DONE or to.removed_at is not None or not may_act(s, house, to, task, part):
            continue
        if is_head_for(s, house, officer, part.role):
            if is_away(s, to.id):
                raise HandoverRefusedError("away", to.name)
            put_in_charge(s, house, officer, task, part, to, now, update_id=update_id)
            return None
        if to.id != officer.id and _may_give(s, house, officer, task, part):
            return offer(s, house, officer, task, part, to, now, update_id=update_id)
    raise NotYoursError(tuple(part.role for part in parts_of(s, task)))


def _may_give(s: Session, house: House, officer: Officer, task: Task, part: TaskPart) -> bool:
    """Whether the part is the officer's to hand on: in charge, nobody is, or who is in charge is away."""
    if part.assignee_id == officer.id:
        return True
    free = part.assignee_id is None or is_away(s, part.assignee_id)
    return free and may_act(s, house, officer, task, part)


def put_in_charge(
    s: Session,
    house: House,
    officer: Officer,
    task: Task,
    part: TaskPart,
    to: Officer,
    now: datetime,
    *,
    update_id: int | None,
) -> Outcome:
    """`to` is in charge of the part from now on, named by the officer; who is and who was in charge is told."""
    former_id = part.assignee_id
    close_offers(s, task, part.role, now)
    assign(part, to, AssignedHow.NAMED, now)
    confirmation = say(
        s, task, ConfirmationKind.DELEGATED, to, officer, now, role=part.role, update_id=update_id
    )
    at = speaking_time(s, house, task, now)
    if to.id != officer.id:
        notify(s, to.id or 0, "assigned", {"officer": officer.id}, now, task_id=task.id, at=at)
    if former_id not in (None, officer.id, to.id):
        told = {"officer": officer.id, "to": to.id}
        notify(s, former_id or 0, "given_away", told, now, task_id=task.id, at=at)
    end_others_snoozes(s, house, task, part.role, to)
    plan_task(s, house, task, now)
    return Outcome(task, confirmation, parts_of(s, task))
