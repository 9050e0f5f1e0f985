"""What an officer chooses about reminders: when the morning list comes, and to do without a courtesy."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, or_, select

from sop_flows.core.institution import House
from sop_flows.declarations.digest import Courtesy
from sop_flows.errors import NotOfferedError
from sop_flows.notifications.digest_times import ensure_digests
from sop_flows.notifications.planning import LIVE, plan_task
from sop_flows.staffing.away import stood_in_for
from sop_flows.staffing.own_morning import morning_of
from sop_flows.staffing.permissions import heads_of, roles_of
from storage.tables import Officer, Reminder, ReminderKind, ReminderState, Task, TaskPart

MOVES_ALONG = (
    ReminderKind.DIGEST,
    ReminderKind.SNOOZE,
    ReminderKind.NOTICE,
)  # planned for a morning, by no task


def choose_morning(s: Session, house: House, officer: Officer, minutes: int, now: datetime) -> date:
    """From now on the officer's morning list comes so many minutes after local midnight.

    Today's keeps its time when it has come already, or when the new time has passed: each day has one list.

    Returns:
        The first local day of which the new time is.

    Raises:
        NotOfferedError: no time that the pack offers.
    """
    if minutes not in house.pack.unit.digest.choices():
        raise NotOfferedError
    today = house.today(now)
    had = {day: morning_of(house, day, officer) for day in _days_planned(s, house, officer, now)}
    at_today = had[today]
    before = _minutes_of(house, had[today - timedelta(days=1)])
    officer.morning_before, officer.morning_minutes, officer.morning_since_on = before, minutes, today
    if at_today <= now or morning_of(house, today, officer) <= now:
        officer.morning_before = _minutes_of(house, at_today)
        officer.morning_since_on = today + timedelta(days=1)
    s.add(officer)
    s.flush()
    _move(s, house, officer, had, now)
    for task in _reminded_of(s, officer):
        plan_task(s, house, task, now)
    ensure_digests(s, house, now)
    return officer.morning_since_on


def switch_reminders(
    s: Session, house: House, officer: Officer, kind: Courtesy, now: datetime, *, wanted: bool
) -> None:
    """The officer wants these reminders, or does without them. Again the same changes nothing.

    Raises:
        NotOfferedError: they have to stay.
    """
    if kind not in house.pack.unit.digest.may_switch_off:
        raise NotOfferedError
    off = set((officer.switched_off or "").split())
    off = off - {kind} if wanted else off | {kind}
    officer.switched_off = " ".join(sorted(off)) or None
    s.add(officer)
    s.flush()
    for task in _tasks_of(s, house, officer) if wanted else _reminded_of(s, officer):
        plan_task(s, house, task, now)


def _minutes_of(house: House, at: datetime) -> int:
    local = at.astimezone(house.zone)
    return local.hour * 60 + local.minute


def _days_planned(s: Session, house: House, officer: Officer, now: datetime) -> Collection[date]:
    """Yesterday, today, and the days for which something is owed to the officer."""
    today = house.today(now)
    return {today - timedelta(days=1), today, *(house.today(row.due_at) for row in _ahead(s, officer, now))}


def _ahead(s: Session, officer: Officer, now: datetime) -> tuple[Reminder, ...]:
    return tuple(
        s.exec(
            select(Reminder).where(
                Reminder.officer_id == officer.id,
                Reminder.state == ReminderState.PENDING,
                Reminder.due_at > now,
                col(Reminder.kind).in_(MOVES_ALONG),
            )
        )
    )


def _move(s: Session, house: House, officer: Officer, had: dict[date, datetime], now: datetime) -> None:
    """What was to come in a morning comes in the new one: the list, "besok pagi", the first day of a leave."""
    for row in _ahead(s, officer, now):
        on = house.today(row.due_at)
        at = morning_of(house, on, officer)
        if at > now and (row.kind == ReminderKind.DIGEST or row.due_at == had[on]):
            row.due_at = at
            s.add(row)
    s.flush()


def _reminded_of(s: Session, officer: Officer) -> tuple[Task, ...]:
    """Tasks of which something is owed to the officer."""
    owed = select(Reminder.task_id).where(
        Reminder.officer_id == officer.id, Reminder.state == ReminderState.PENDING
    )
    return tuple(s.exec(select(Task).where(col(Task.id).in_(owed)).order_by(col(Task.id))))


def _tasks_of(s: Session, house: House, officer: Officer) -> tuple[Task, ...]:
    """Tasks that may come to the officer: of own roles, in charge, as a head, or for somebody who is away."""
    unit = house.pack.unit
    people = {officer.id or 0, *stood_in_for(s, officer.id or 0)}
    roles: set[str] = set(unit.roles) if officer.is_admin else set(heads_of(s, house, officer.id or 0))
    for one in people:
        roles |= roles_of(s, one)
    roles |= {stand.acts_for for stand in unit.stand_ins if stand.role in roles}
    return tuple(
        s.exec(
            select(Task)
            .join(TaskPart, col(TaskPart.task_id) == col(Task.id))
            .where(
                col(TaskPart.state).in_(LIVE),
                col(Task.before_pandu).is_(False),
                or_(col(TaskPart.role).in_(roles), col(TaskPart.assignee_id).in_(people)),
            )
            .distinct()
            .order_by(col(Task.id))
        )
    )
