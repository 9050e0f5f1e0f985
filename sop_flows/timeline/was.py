"""What reminders about some tasks became: sent, refused, or dropped and why."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from sqlmodel import col, select

from sop_flows.core.states import is_late
from sop_flows.core.work import Institution, Work
from sop_flows.timeline.moment import Moment
from storage.tables import (
    DigestItem,
    DroppedWhy,
    Officer,
    Reminder,
    ReminderKind,
    ReminderState,
    Task,
    TaskPart,
)


def reminders_of(work: Work, rows: Iterable[Reminder], tasks: Mapping[int, Task]) -> Iterable[Moment]:
    """What these reminders of these tasks became, and those still to be sent.

    What was planned otherwise before its time came is left out, and what another reminder stands for.
    """
    rows = tuple(rows)
    kept = {_about(work.institution, row) for row in rows if row.state != ReminderState.DROPPED}
    for row in rows:
        task, to = tasks[row.task_id or 0], (work.session.get_one(Officer, row.officer_id),)
        if row.state == ReminderState.PENDING:
            yield Moment(row.due_at, "coming", task, to, row)
        elif row.state == ReminderState.SENT:
            yield Moment(row.sent_at or row.due_at, "sent", task, to, row)
        elif row.state == ReminderState.FAILED:
            yield Moment(row.due_at, "failed", task, to, row)
        elif (
            row.due_at <= work.now
            and row.dropped_why != DroppedWhy.HANDED_ON  # the other officer's stands in the list
            and _about(work.institution, row) not in kept
        ):
            yield Moment(row.due_at, "dropped", task, to, row, why=row.dropped_why)


def _about(institution: Institution, row: Reminder) -> tuple[object, ...]:
    return (row.task_id, row.officer_id, row.child_id, row.rule, institution.today(row.due_at))


def told_heads(work: Work, tasks: Iterable[Task]) -> Iterable[Moment]:
    """The morning lists in which heads were told that the task is late."""
    late = {task.id: task for task in tasks if is_late(task, work.now)}
    if not late:
        return
    first = min(task.due_at for task in late.values() if task.due_at is not None)
    rows = work.session.exec(
        select(Reminder, DigestItem.level, TaskPart.task_id)
        .join(DigestItem, col(DigestItem.reminder_id) == col(Reminder.id))
        .join(TaskPart, col(TaskPart.id) == col(DigestItem.task_part_id))
        .where(
            col(TaskPart.task_id).in_(late),
            Reminder.kind == ReminderKind.DIGEST,
            Reminder.due_at > first - timedelta(days=1),
            Reminder.state == ReminderState.SENT,
        )
        .distinct()
        .order_by(col(Reminder.id), col(DigestItem.level))
    )
    for row, level, task_id in rows:
        task, at = late[task_id], row.sent_at or row.due_at
        if task.due_at is not None and at >= task.due_at:
            head = work.session.get_one(Officer, row.officer_id)
            yield Moment(at, "told", task, (head,), level="top" if level == "top" else "head")
