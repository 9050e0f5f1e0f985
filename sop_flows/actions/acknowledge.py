""" "Saya tangani": a head takes a late step on; it is not told to that head again for a while."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from sop_flows.core.notices import TakenOn
from sop_flows.core.work import Work, declared
from sop_flows.errors import NotFoundError
from sop_flows.notifications.escalation.notified import shown_in
from sop_flows.notifications.escalation.taken_on import own_taking, rests_until
from sop_flows.staffing.responsibility import responsibility_of
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


def take_on(
    work: Work, reminder_id: int, *, page: int = 0, only: int | None = None
) -> tuple[tuple[Reminder, ...], datetime | None]:
    """Take on every step that is still late of those that stand on this page of the message's list (0: on the message
    itself): never what the officer has not seen; of one task only, when `only` names it.

    Twice says nothing new. Raises NotFoundError: no such message of this officer's.

    Returns:
        The rows of the message, and until when the first of the steps taken on is not told again; None: none was.
    """
    rows, late = _late_on(work, reminder_id, page, only)
    quiet: list[datetime] = []
    for task, part in late:
        if task.due_at is None or task.due_at >= work.now:
            continue
        if own_taking(work.session, work.officer, task, part) is None:
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
            _tell(work, task, part, TakenOn(officer=work.officer.id or 0))
        by_calendar = declared(work.session, task)[0].clock == "kalender"
        until = rests_until(work, work.officer, task, part, by_calendar=by_calendar)
        quiet += [] if until is None else [until]
    return rows, min(quiet, default=None)


def take_back(
    work: Work, reminder_id: int, *, page: int = 0, only: int | None = None
) -> tuple[Reminder, ...]:
    """The officer does not handle them after all: they are told again. Returns the rows of the message.

    Raises NotFoundError: no such message of this officer's.
    """
    rows, late = _late_on(work, reminder_id, page, only)
    for task, part in late:
        if (taken := own_taking(work.session, work.officer, task, part)) is not None:
            taken.taken_back_at = work.now
            work.session.add(taken)
            _tell(work, task, part, TakenOn(officer=work.officer.id or 0, back=True))
    work.session.flush()
    return rows


def _tell(work: Work, task: Task, part: TaskPart, notice: TakenOn) -> None:
    """Of an emergency whoever is to do it hears who handles it: two would go, or nobody."""
    if not declared(work.session, task)[0].emergency:
        return
    for holder in responsibility_of(work, task, part).holders:
        if holder.id != work.officer.id:
            work.notify(holder.id or 0, notice, task)


def _late_on(
    work: Work, reminder_id: int, page: int, only: int | None
) -> tuple[tuple[Reminder, ...], Sequence[tuple[Task, TaskPart]]]:
    """The rows of the message, and the open parts that a page of its list shows."""
    rows = carried_with(work.session, work.officer, reminder_id)
    ids = {part_id for row in rows for part_id in shown_in(work.session, row, page)}
    query = (
        select(Task, TaskPart)
        .join(TaskPart, col(TaskPart.task_id) == col(Task.id))
        .where(col(TaskPart.id).in_(ids), Task.state == TaskState.OPEN, TaskPart.state == TaskState.OPEN)
        .order_by(col(TaskPart.id))
    )
    found = work.session.exec(query).all()
    return rows, [(task, part) for task, part in found if only in (None, task.id)]
