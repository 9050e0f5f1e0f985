"""Obstacles as their heads hear of them: once, in the morning list."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from sop_flows.house import House
from sop_flows.people.permissions import heads_of
from sop_flows.people.working_days import last_worked_before, works_on
from sop_flows.reminders.own_morning import morning_of
from sop_flows.versions import declared
from storage.tables import (
    Confirmation,
    ConfirmationKind,
    Officer,
    Reminder,
    ReminderKind,
    ReminderState,
    Task,
    TaskState,
)

TOLD = "obstacles"  # in the payload of a digest: the ids of the confirmations that it told of
LOOKED_BACK = timedelta(days=14)  # the longest row of days off, with room for an outage

Obstacle = tuple[Confirmation, Task]


def obstacles_for_head(s: Session, house: House, officer: Officer, now: datetime) -> tuple[Obstacle, ...]:
    """Obstacles that no morning list told the officer yet, on tasks still open, in roles that the officer heads, and
    reported by somebody else. On a day off those of calendar tasks; the others wait for the next working day."""
    assert officer.id is not None
    headed = heads_of(s, house, officer.id)
    if not headed:
        return ()
    since, told = _told(s, house, officer, now)
    rows = s.exec(
        select(Confirmation, Task)
        .join(Task, col(Task.id) == col(Confirmation.task_id))
        .where(
            Confirmation.kind == ConfirmationKind.OBSTACLE,
            Confirmation.recorded_at > since,
            Confirmation.officer_id != officer.id,
            Task.state == TaskState.OPEN,
            col(Confirmation.role).in_(headed),
        )
        .order_by(col(Confirmation.id))
    ).all()
    works = works_on(s, house, officer, house.today(now))
    return tuple(
        (said, task)
        for said, task in rows
        if said.id not in told and (works or declared(s, task)[0].clock == "kalender")
    )


def tell_obstacles(
    s: Session, house: House, officer: Officer, digest: Reminder, now: datetime
) -> tuple[Obstacle, ...]:
    """The obstacles in this morning list, noted in its row: each is told once, whenever the lists are sent."""
    found = obstacles_for_head(s, house, officer, now)
    if heads_of(s, house, officer.id or 0):
        digest.payload = {**(digest.payload or {}), TOLD: [said.id for said, _task in found]}
        s.add(digest)
    return found


def _told(s: Session, house: House, officer: Officer, now: datetime) -> tuple[datetime, set[int]]:
    """From when on something may be untold, and the confirmations that were told since."""
    rows = s.exec(
        select(Reminder).where(
            Reminder.officer_id == officer.id,
            Reminder.kind == ReminderKind.DIGEST,
            Reminder.state == ReminderState.SENT,
            col(Reminder.sent_at) > now - LOOKED_BACK,
        )
    ).all()
    if not rows:  # a new head: what came since the last working morning
        on = last_worked_before(s, house, officer, house.today(now))
        return morning_of(house, on, officer), set()
    since, told = now - LOOKED_BACK, set[int]()
    for row in rows:
        noted = (row.payload or {}).get(TOLD)
        if isinstance(noted, list):
            told |= set(noted)
        elif row.sent_at is not None:  # the officer headed nothing then, or it was before lists noted it
            since = max(since, row.sent_at)
    return since, told
