""" "Saya tangani": a head takes a late step on; it is not told to that head again for a while."""

from sqlmodel import Session, col, select

from sop_flows.core.work import Work
from sop_flows.errors import NotFoundError
from sop_flows.notifications.escalation.notified import shown_in
from sop_flows.notifications.escalation.taken_on import own_taking
from storage.tables import (
    Acknowledgement,
    Officer,
    Reminder,
    ReminderKind,
    ReminderState,
    Task,
    TaskPart,
    TaskState,
)


def carried_with(s: Session, officer: Officer, reminder_id: int) -> tuple[Reminder, ...]:
    """The rows of the message in which the officer was told of late steps, by which row it can be named.

    Raises NotFoundError: no such message of this officer's.
    """
    row = s.get(Reminder, reminder_id)
    told = (ReminderKind.DIGEST, ReminderKind.ESCALATION)
    if row is None or row.officer_id != officer.id or row.kind not in told or row.state != ReminderState.SENT:
        raise NotFoundError
    if row.message_id is None:
        return (row,)
    return tuple(
        s.exec(
            select(Reminder)
            .where(
                Reminder.officer_id == officer.id,
                Reminder.message_id == row.message_id,
                Reminder.state == ReminderState.SENT,
            )
            .order_by(col(Reminder.id))
        )
    )


def take_on(work: Work, reminder_id: int, *, page: int = 0) -> tuple[Reminder, ...]:
    """Take on every step that is still late of those that stand on this page of the message's list (0: on the message
    itself): never what the officer has not seen. Returns the rows of the message.

    Twice says nothing new. Raises NotFoundError: no such message of this officer's.
    """
    rows = carried_with(work.session, work.officer, reminder_id)
    ids = {part_id for row in rows for part_id in shown_in(work.session, row, page)}
    late = work.session.exec(
        select(Task, TaskPart)
        .join(TaskPart, col(TaskPart.task_id) == col(Task.id))
        .where(col(TaskPart.id).in_(ids), Task.state == TaskState.OPEN, TaskPart.state == TaskState.OPEN)
        .order_by(col(TaskPart.id))
    ).all()
    for task, part in late:
        if (
            task.due_at is None
            or task.due_at >= work.now
            or own_taking(work.session, work.officer, task, part) is not None
        ):
            continue
        work.session.add(
            Acknowledgement(
                task_part_id=part.id or 0,
                officer_id=work.officer.id or 0,
                due_at=task.due_at,
                acknowledged_at=work.now,
                update_id=work.update_id,
            )
        )
    work.session.flush()
    return rows
