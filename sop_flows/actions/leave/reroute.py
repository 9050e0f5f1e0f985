"""Reminders follow the deputy: when a leave begins or ends, what is owed goes to whoever does the work now."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from sop_flows.core.notices import NOTICES
from sop_flows.core.states import parts_of
from sop_flows.core.work import Work, case_of
from sop_flows.notifications.dropping import drop
from sop_flows.notifications.escalation.expected import LATE, escalations_of
from sop_flows.notifications.planning import KEPT_WAITING, NOT_CHOSEN, PLANNED
from sop_flows.staffing.own_morning import morning_of
from sop_flows.staffing.responsibility import (
    MAY_COME_TO,
    acting_roles,
    comes_to,
    keeping_now,
    responsibility_of,
)
from sop_flows.staffing.roster import away, deputy_of, heads_of, is_away, officer_of
from storage.tables import LIVE, DroppedWhy, Officer, Reminder, ReminderKind, ReminderState, Task, TaskPart

FOR = "for"  # key of a payload: whose reminder it was before the leave; it goes back there


def follow(work: Work, officer: Officer) -> None:
    """Plan anew what is owed about the officer's work, after the officer went or came back.

    What had come due and is not sent yet (an outage), "your turn" and "Ingatkan lagi" move with it: nobody's
    leave makes a reminder vanish.
    """
    for task in _concerned(work, officer):
        move_pending(work, task)
        work.touch(task)


def pass_on(work: Work, gone: Officer) -> None:
    """What had come due for an officer who was removed, "your turn" and "Ingatkan lagi" go to who does it now.

    The caller plans the tasks anew and drops what is left.
    """
    owed = select(Reminder.task_id).where(
        Reminder.officer_id == gone.id,
        Reminder.state == ReminderState.PENDING,
        Reminder.kind != ReminderKind.NOTICE,
    )
    for task in work.session.exec(select(Task).where(col(Task.id).in_(owed)).order_by(col(Task.id))).all():
        move_pending(work, task)


def pass_notices_on(work: Work, officer: Officer) -> None:
    """What the officer was still to be told in office goes to the deputy, who hears nothing twice, and nothing of
    a step that does not come to the deputy."""
    deputy = deputy_of(work, officer.id or 0)
    if deputy is None:
        return
    to = deputy.id or 0
    waiting = select(Reminder).where(
        Reminder.state == ReminderState.PENDING,
        Reminder.kind == ReminderKind.NOTICE,
        col(Reminder.rule).in_([word for word, kind in NOTICES.items() if kind.of_the_office]),
    )
    known = [
        (row.rule, row.task_id, row.payload)
        for row in work.session.exec(waiting.where(Reminder.officer_id == to))
    ]
    for row in work.session.exec(waiting.where(Reminder.officer_id == officer.id)).all():
        if row.task_id is not None and not _concerns(work, deputy, work.session.get_one(Task, row.task_id)):
            continue
        if (row.rule, row.task_id, row.payload) in known:
            drop(row, DroppedWhy.HANDED_ON)
        else:
            row.officer_id = to
    work.session.flush()


def _concerns(work: Work, officer: Officer, task: Task) -> bool:
    roles = {part.role for part in parts_of(work.session, task)}
    return bool(acting_roles(work, officer, task) or roles & heads_of(work, officer.id or 0))


_OWED = select(Reminder.task_id).where(
    Reminder.state == ReminderState.PENDING, Reminder.kind != ReminderKind.NOTICE
)
_KEPT_WAITING = _OWED.where(Reminder.rule == KEPT_WAITING)  # told to whoever has the case
_CONCERNED = (
    select(Task)
    .join(TaskPart, col(TaskPart.task_id) == col(Task.id))
    .where(
        col(TaskPart.state).in_(LIVE),
        MAY_COME_TO | col(Task.id).in_(_KEPT_WAITING),
        col(Task.state).in_(LIVE),
        col(Task.id).in_(_OWED),
    )
    .distinct()
    .order_by(col(Task.id))
)


def _concerned(work: Work, officer: Officer) -> tuple[Task, ...]:
    """Tasks of which a reminder is owed and that are the officer's, or may come to the officer."""
    absent = away(work)  # whose deputy the officer may be
    return tuple(work.session.exec(_CONCERNED, params=comes_to(work, officer, also=absent)).all())


def move_pending(work: Work, task: Task) -> None:
    """What had come due about the task goes to whoever has it now."""
    rows = work.session.exec(
        select(Reminder)
        .where(
            Reminder.task_id == task.id,
            Reminder.state == ReminderState.PENDING,
            Reminder.kind != ReminderKind.NOTICE,
        )
        .order_by(col(Reminder.id))
    ).all()
    parts = {part.role: part for part in parts_of(work.session, task)}
    for row in rows:
        part = parts.get(row.role or "")
        if part is None or (row.kind in PLANNED and row.due_at > work.now):
            continue  # what is still to come is planned from the task
        to = _whose(work, task, part, row)
        if row.officer_id in to or not to:
            continue
        was_for = (row.payload or {}).get(FOR)
        if row.kind == ReminderKind.SNOOZE:
            if _is_here(work, row.officer_id) and was_for is None:
                continue  # asked for by somebody who may, and gets it
            if isinstance(was_for, int) and was_for in to:
                to = (was_for,)
        _hand_on(work, row, to)
    work.session.flush()


def _whose(work: Work, task: Task, part: TaskPart, row: Reminder) -> tuple[int, ...]:
    if row.kind == ReminderKind.ESCALATION:
        level = row.rule.removeprefix(LATE)
        told = (one.officers for one in escalations_of(work, task, part) if one.level == level)
        found = next(told, ())
    elif row.rule == NOT_CHOSEN:
        found = responsibility_of(work, task, part).accountable
    elif row.rule == KEPT_WAITING:
        case = case_of(work.session, task)
        keeper = None if case is None else keeping_now(work, case)
        found = () if keeper is None else (keeper,)
    else:
        found = responsibility_of(work, task, part).holders
    return tuple(one.id or 0 for one in found)


def _is_here(work: Work, officer_id: int) -> bool:
    return officer_of(work, officer_id) is not None and not is_away(work, officer_id)


def _hand_on(work: Work, row: Reminder, to: Sequence[int]) -> None:
    whose = work.session.get_one(Officer, row.officer_id)
    in_the_morning = row.due_at > work.now and row.due_at == morning_of(
        work.institution, work.institution.today(row.due_at), whose
    )
    was_for = (row.payload or {}).get(FOR, row.officer_id)
    drop(row, DroppedWhy.HANDED_ON)
    work.session.flush()
    for officer_id in to:
        key = _key(row, officer_id)
        had = (ReminderState.PENDING, ReminderState.SENT)  # each of several had a row of their own
        if work.session.exec(
            select(Reminder.id).where(Reminder.key == key, col(Reminder.state).in_(had))
        ).first():
            continue
        work.session.add(
            Reminder(
                key=key,
                kind=row.kind,
                officer_id=officer_id,
                task_id=row.task_id,
                role=row.role,
                child_id=row.child_id,
                rule=row.rule,
                due_at=_own_morning(work, officer_id, row.due_at) if in_the_morning else row.due_at,
                ends_at=row.ends_at,
                payload=None if officer_id == was_for else {**(row.payload or {}), FOR: was_for},
                created_at=work.now,
            )
        )


def _own_morning(work: Work, officer_id: int, at: datetime) -> datetime:
    """The officer's own morning of the day of `at`, or `at` when that has passed."""
    own = morning_of(work.institution, work.institution.today(at), work.session.get_one(Officer, officer_id))
    return own if own > work.now else at


def _key(row: Reminder, officer_id: int) -> str:
    """The key of the same reminder for another officer: it is owed once, whoever planned it."""
    pieces = row.key.split(":")
    pieces[1 if row.kind == ReminderKind.SNOOZE else 2] = str(officer_id)
    return ":".join(pieces)
