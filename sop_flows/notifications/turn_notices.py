""" "Giliran Anda": a step was handed over by another role, services began, or it was taken back."""

from datetime import datetime

from sqlmodel import Session, select

from sop_flows.core.institution import House
from sop_flows.notifications.notices import notify_changed
from sop_flows.notifications.quiet_hours import speaking_time
from sop_flows.staffing.permissions import answering, recipients, roles_of
from storage.tables import (
    Confirmation,
    Officer,
    Reminder,
    ReminderKind,
    ReminderState,
    Task,
    TaskPart,
    TaskState,
)


def tell_handed(
    s: Session,
    house: House,
    task: Task,
    parts: tuple[TaskPart, ...],
    cause: Confirmation | None,
    now: datetime,
) -> None:
    """Tell the PJ that a step is theirs now, when another role's confirmation opened it.

    A stand-in (perawat, for 9.2.06 step 4) is of another role than who finished the step before it.
    With several members and no PJ it stays in /tugas and the digest; with nobody in the role, who answers is told.
    """
    if cause is None or task.before_pandu:
        return
    for part in parts:
        if part.state != TaskState.OPEN or (part.role == cause.role and not _has_stand_in(s, task, part)):
            continue
        # Who confirmed sees it in the card of the step just confirmed.
        _hand(s, house, task, part, (cause.officer_id, cause.recorded_by_id), now)
    s.flush()


def tell_started(
    s: Session, house: House, task: Task, parts: tuple[TaskPart, ...], starter: Officer, now: datetime
) -> None:
    """Tell the PJ that a step is theirs now, when somebody of another role started its SOP by hand."""
    own = roles_of(s, starter.id or 0)
    for part in parts:
        if part.state == TaskState.OPEN and part.role not in own:
            _hand(s, house, task, part, (starter.id or 0,), now)
    s.flush()


def _hand(s: Session, house: House, task: Task, part: TaskPart, but: tuple[int, ...], now: datetime) -> None:
    """A push "your turn" to whoever has the part, except the officers `but`."""
    to = recipients(s, house, task, part)
    # What runs for months is in no list of tasks: each of several members hears of it when it begins.
    shared = part.assignee_id is None and len(to) > 1 and not task.running
    if shared and to != answering(s, house, part.role, task.within):
        return
    for officer in to:
        if officer.id in but:
            continue
        s.add(
            Reminder(
                key=f"{task.id}:{part.role}:{officer.id}:handed@{now:%Y%m%dT%H%M%S}",
                kind=ReminderKind.HANDED,
                officer_id=officer.id or 0,
                task_id=task.id,
                role=part.role,
                rule="handed",
                due_at=speaking_time(s, house, task, now),
                created_at=now,
            )
        )


def tell_no_longer(
    s: Session, house: House, opened: Task, officer: Officer, now: datetime, *, started: bool = False
) -> None:
    """Whoever was told that a step is theirs now hears that it is not: `officer` took back the step before it, or
    (`started`) the start of its SOP."""
    for row in s.exec(
        select(Reminder).where(
            Reminder.task_id == opened.id,
            Reminder.kind == ReminderKind.HANDED,
            Reminder.state == ReminderState.SENT,
        )
    ).all():
        told = {"sop": opened.sop, "step": opened.step, "officer": officer.id, "started": started}
        notify_changed(s, house, row, "undone", told, opened, now)


def _has_stand_in(s: Session, task: Task, part: TaskPart) -> bool:
    """Whether the PJ is not of the part's own role."""
    return part.assignee_id is not None and part.role not in roles_of(s, part.assignee_id, task.cohort_id)
