""" "Giliran Anda": a step was handed over by another role, services began, or it was taken back."""

from sqlmodel import select

from sop_flows.core.notices import Undone
from sop_flows.core.work import Work
from sop_flows.notifications.notices import notify_changed
from sop_flows.notifications.quiet_hours import speaking_time
from sop_flows.staffing.permissions import roles_of
from sop_flows.staffing.responsibility import responsibility_of
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

    A backup role (perawat, for 9.2.06 step 4) is another than that of who finished the step before it.
    With several members and no PJ it stays in /tugas and the digest; with nobody in the role, who answers is told.
    """
    if cause is None:
        return
    for part in parts:
        if part.state != TaskState.OPEN or (
            part.role == cause.role and not _is_of_another_role(work, task, part)
        ):
            continue
        # Who confirmed sees it in the card of the step just confirmed.
        _hand(work, task, part, (cause.officer_id, cause.recorded_by_id))
    work.session.flush()


def tell_started(work: Work, task: Task, parts: tuple[TaskPart, ...], starter: Officer) -> None:
    """Tell the PJ that a step is theirs now, when somebody of another role started its SOP by hand."""
    own = roles_of(work, starter.id or 0)
    for part in parts:
        if part.state == TaskState.OPEN and part.role not in own:
            _hand(work, task, part, (starter.id or 0,))
    work.session.flush()


def _hand(work: Work, task: Task, part: TaskPart, but: tuple[int, ...]) -> None:
    """A push "your turn" to whoever has the part, except the officers `but`."""
    its = responsibility_of(work, task, part)
    # What runs for months is in no list of tasks: each of several members hears of it when it begins.
    shared = its.assignee is None and len(its.holders) > 1 and not task.running
    if shared and its.holders != its.accountable:
        return
    for officer in its.holders:
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
        undone = Undone(officer=officer.id or 0, sop=opened.sop, started=started)
        notify_changed(work, row, undone, opened)


def _is_of_another_role(work: Work, task: Task, part: TaskPart) -> bool:
    """Whether the PJ is not of the part's own role."""
    return part.assignee_id is not None and part.role not in roles_of(work, part.assignee_id, task.cohort_id)
