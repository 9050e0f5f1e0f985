""" "Ingatkan lagi": the reminder moves, the due date stays."""

from datetime import datetime, timedelta

from sqlmodel import Session, select

from sop_flows.calendar.moments import THIS_AFTERNOON, THIS_AFTERNOON_UNTIL, after_quiet
from sop_flows.errors import FutureWorkError, NotFoundError, NotYoursError
from sop_flows.house import House
from sop_flows.people.permissions import acting_roles
from sop_flows.reminders.own_morning import ChoseMorning, morning_of
from sop_flows.reminders.planning import LIVE, plan_task
from sop_flows.reminders.speaking import speaking_time
from sop_flows.versions import declared
from storage.tables import (
    Officer,
    Reminder,
    ReminderKind,
    ReminderState,
    Task,
)


def snooze_choices(
    house: House, now: datetime, officer: ChoseMorning | None = None
) -> tuple[tuple[str, datetime], ...]:
    """What "Ingatkan lagi" offers: in an hour, this afternoon (until 14.30), the officer's own morning tomorrow."""
    local = now.astimezone(house.zone)
    choices = [("hour", after_quiet(now + timedelta(hours=1), house.zone))]
    if local.time() <= THIS_AFTERNOON_UNTIL:
        choices.append(("afternoon", house.office.at(local.date(), THIS_AFTERNOON)))
    choices.append(("morning", morning_of(house, local.date() + timedelta(days=1), officer)))
    return tuple(choices)


def snooze(
    s: Session,
    house: House,
    officer: Officer,
    task_id: int,
    child_id: int | None,
    at: datetime,
    now: datetime,
) -> Reminder:
    """Move the officer's reminder of this task to `at`; the due date stays.

    Raises:
        NotFoundError: no such open task.
        NotYoursError: the officer has no part in it.
        FutureWorkError: `at` is not ahead.
    """
    task = s.get(Task, task_id)
    if task is None or task.state not in LIVE:
        raise NotFoundError
    roles = acting_roles(s, house, officer, task)
    if not roles:
        raise NotYoursError(tuple(declared(s, task)[1].executors))
    if at <= now:
        raise FutureWorkError(house.today(at), house.today(now), house.today(now) + timedelta(days=60))
    at = speaking_time(s, house, task, at)
    for row in s.exec(
        select(Reminder).where(
            Reminder.task_id == task_id,
            Reminder.officer_id == officer.id,
            Reminder.state == ReminderState.PENDING,
            Reminder.kind == ReminderKind.SNOOZE,
        )
    ):
        if row.child_id == child_id:
            row.state = ReminderState.DROPPED
    s.flush()
    reminder = Reminder(
        key=f"{task_id}:{officer.id}:{child_id or 0}:snooze@{at:%Y%m%dT%H%M}",
        kind=ReminderKind.SNOOZE,
        officer_id=officer.id or 0,
        task_id=task_id,
        role=roles[0],
        child_id=child_id,
        rule="snooze",
        due_at=at,
        created_at=now,
    )
    s.add(reminder)
    s.flush()
    plan_task(s, house, task, now)
    return reminder
