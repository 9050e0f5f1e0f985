""" "Giliran Anda": a step was handed over by another role, services began, or it was taken back."""

from sqlmodel import Session, select

from sop_flows.core.work import Work
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


def tell_handed(work: Work, task: Task, parts: tuple[TaskPart, ...], cause: Confirmation | None) -> None:
    """Tell the PJ that a step is theirs now, when another role's confirmation opened it.

    A stand-in (perawat, for 9.2.06 step 4) is of another role than who finished the step before it.
    With several members and no PJ it stays in /tugas and the digest; with nobody in the role, who answers is told.
    """
    if cause is None or task.before_pandu:
        return
    for part in parts:
        if part.state != TaskState.OPEN or (
            part.role == cause.role and not _has_stand_in(work.session, task, part)
        ):
            continue
        # Who confirmed sees it in the card of the step just confirmed.
        _hand(work, task, part, (cause.officer_id, cause.recorded_by_id))
    work.session.flush()


def tell_started(work: Work, task: Task, parts: tuple[TaskPart, ...], starter: Officer) -> None:
    """Tell the PJ that a step is theirs now, when somebody of another role started its SOP by hand."""
    own = roles_of(work.session, starter.id or 0)
    for part in parts:
        if part.state == TaskState.OPEN and part.role not in own:
            _hand(work, task, part, (starter.id or 0,))
    work.session.flush()


def _hand(work: Work, task: Task, part: TaskPart, but: tuple[int, ...]) -> None:
    """A push "your turn" to whoever has the part, except the officers `but`."""
    to = recipients(work, task, part)
    # What runs for months is in no list of tasks: each of several members hears of it when it begins.
    shared = part.assignee_id is None and len(to) > 1 and not task.running
    if shared and to != answering(work, part.role, task.within):
        return
    for officer in to:
        if officer.id in but:
            continue
        work.session.add(
            Reminder(
                key=f"{task.id}:{part.role}:{officer.id}:handed@{work.now:%Y%m%dT%H%M%S}",
                kind=ReminderKind.HANDED,
                officer_id=officer.id or 0,
                task_id=task.id,
                role=part.role,
                rule="handed",
                due_at=speaking_time(work, task, work.now),
                created_at=work.now,
            )
        )


def tell_no_longer(work: Work, opened: Task, officer: Officer, *, started: bool = False) -> None:
    """Whoever was told that a step is theirs now hears that it is not: `officer` took back the step before it, or
    (`started`) the start of its SOP."""
    for row in work.session.exec(
        select(Reminder).where(
            Reminder.task_id == opened.id,
            Reminder.kind == ReminderKind.HANDED,
            Reminder.state == ReminderState.SENT,
        )
    ).all():
        told = {"sop": opened.sop, "step": opened.step, "officer": officer.id, "started": started}
        notify_changed(work, row, "undone", told, opened)


def _has_stand_in(s: Session, task: Task, part: TaskPart) -> bool:
    """Whether the PJ is not of the part's own role."""
    return part.assignee_id is not None and part.role not in roles_of(s, part.assignee_id, task.cohort_id)
