""" "Ingatkan lagi": the reminder moves, the due date stays."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam
from sqlmodel import Session, select

from sop_flows.calendar.moments import THIS_AFTERNOON, THIS_AFTERNOON_UNTIL, after_quiet
from sop_flows.core.work import Institution, Work, declared
from sop_flows.errors import FutureWorkError, NotFoundError, NotYoursError
from sop_flows.limits import SNOOZE_DAYS
from sop_flows.notifications.dropping import drop
from sop_flows.notifications.quiet_hours import speaking_time
from sop_flows.staffing.own_morning import ChoseMorning, morning_of
from sop_flows.staffing.responsibility import acting_roles
from sop_flows.staffing.roster import is_head_for
from storage.tables import (
    UNFINISHED,
    DroppedWhy,
    Officer,
    Reminder,
    ReminderKind,
    ReminderState,
    Task,
)


def snooze_choices(
    institution: Institution, now: datetime, officer: ChoseMorning | None = None, *, emergency: bool = False
) -> tuple[tuple[str, datetime], ...]:
    """What "Ingatkan lagi" offers: in an hour (of an emergency at night, too), this afternoon (until 14.30), the officer's
    own morning tomorrow."""
    local = now.astimezone(institution.zone)
    hour = now + timedelta(hours=1)
    choices = [("hour", hour if emergency else after_quiet(hour, institution.zone))]
    if local.time() <= THIS_AFTERNOON_UNTIL:
        choices.append(("afternoon", institution.office.at(local.date(), THIS_AFTERNOON)))
    choices.append(("morning", morning_of(institution, local.date() + timedelta(days=1), officer)))
    return tuple(choices)


def snooze(work: Work, officer: Officer, task_id: int, child_id: int | None, at: datetime) -> Reminder:
    """Move the officer's reminder of this task to `at`; the due date stays.

    Raises:
        NotFoundError: no such open task.
        NotYoursError: the officer has no part in it.
        FutureWorkError: `at` is not ahead, or too far.
    """
    task = work.session.get(Task, task_id)
    if task is None or task.state not in UNFINISHED:
        raise NotFoundError
    roles = acting_roles(work, officer, task)
    if not roles:
        raise NotYoursError(tuple(declared(work.session, task)[1].executors))
    latest = work.today + timedelta(days=SNOOZE_DAYS)
    if at <= work.now or work.institution.today(at) > latest:
        raise FutureWorkError(work.institution.today(at), work.today, latest)
    at = speaking_time(work, task, at)
    for row in _pending(work.session, task):
        if row.officer_id == officer.id and row.child_id == child_id:
            drop(row, DroppedWhy.SNOOZED)
    work.session.flush()
    reminder = Reminder(
        key=f"{task_id}:{officer.id}:{child_id or 0}:snooze@{at:%Y%m%dT%H%M}",
        kind=ReminderKind.SNOOZE,
        officer_id=officer.id or 0,
        task_id=task_id,
        role=roles[0],
        child_id=child_id,
        rule="snooze",
        due_at=at,
        created_at=work.now,
    )
    work.session.add(reminder)
    work.session.flush()
    work.touch(task)
    return reminder


def end_others_snoozes(work: Work, task: Task, role: str, to: Officer) -> None:
    """`to` is in charge of the part now: colleagues who had put it off are not reminded of it; heads are."""
    for row in _pending(work.session, task):
        if row.role != role or row.officer_id == to.id:
            continue
        if not is_head_for(work, work.session.get_one(Officer, row.officer_id), role):
            drop(row, DroppedWhy.TAKEN)
    work.session.flush()


def end_snoozes_after(
    s: Session, task: Task, due_at: datetime, child_id: int | None = None, *, up_to: datetime | None = None
) -> None:
    """The due date moved to `due_at`: what was put off beyond it is said by the reminders of the new date.

    Args:
        child_id: only of this child's entry; None: of the task and all its entries.
        up_to: only what was put off to this time at the latest, the due date before.
    """
    for row in _pending(s, task):
        if child_id is not None and row.child_id != child_id:
            continue
        if row.due_at > due_at and (up_to is None or row.due_at <= up_to):
            drop(row, DroppedWhy.MOVED)
    s.flush()


_PENDING = select(Reminder).where(
    Reminder.task_id == bindparam("task"),
    Reminder.state == ReminderState.PENDING,
    Reminder.kind == ReminderKind.SNOOZE,
)


def _pending(s: Session, task: Task) -> tuple[Reminder, ...]:
    return tuple(s.exec(_PENDING, params={"task": task.id}))
