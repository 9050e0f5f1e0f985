"""What an officer chooses about reminders: when the morning list comes, and to do without a courtesy."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from sop_flows.core.work import Institution, Work
from sop_flows.declarations.digest import Courtesy
from sop_flows.errors import NotOfferedError
from sop_flows.notifications.digest_times import ensure_digests
from sop_flows.notifications.planning import settle
from sop_flows.staffing.own_morning import morning_of
from sop_flows.staffing.responsibility import MAY_COME_TO, comes_to
from storage.tables import LIVE, Officer, Reminder, ReminderKind, ReminderState, Task, TaskPart

MOVES_ALONG = (
    ReminderKind.DIGEST,
    ReminderKind.SNOOZE,
    ReminderKind.NOTICE,
)  # planned for a morning, by no task


def choose_morning(work: Work, officer: Officer, minutes: int) -> date:
    """From now on the officer's morning list comes so many minutes after local midnight.

    Today's keeps its time when it has come already, or when the new time has passed: each day has one list.

    Returns:
        The first local day of which the new time is.

    Raises:
        NotOfferedError: no time that the pack offers.
    """
    if minutes not in work.unit.digest.choices():
        raise NotOfferedError
    today = work.today
    had = {day: morning_of(work.institution, day, officer) for day in _days_planned(work, officer)}
    at_today = had[today]
    before = _minutes_of(work.institution, had[today - timedelta(days=1)])
    officer.morning_before, officer.morning_minutes, officer.morning_since_on = before, minutes, today
    if at_today <= work.now or morning_of(work.institution, today, officer) <= work.now:
        officer.morning_before = _minutes_of(work.institution, at_today)
        officer.morning_since_on = today + timedelta(days=1)
    work.session.add(officer)
    work.session.flush()
    _move(work, officer, had)
    for task in _reminded_of(work.session, officer):
        work.touch(task)
    ensure_digests(work)
    settle(work)  # the answer shows the reminders as they are now
    return officer.morning_since_on


def switch_reminders(work: Work, officer: Officer, kind: Courtesy, *, wanted: bool) -> None:
    """The officer wants these reminders, or does without them. Again the same changes nothing.

    Raises:
        NotOfferedError: they have to stay.
    """
    if kind not in work.unit.digest.may_switch_off:
        raise NotOfferedError
    off = set((officer.switched_off or "").split())
    off = off - {kind} if wanted else off | {kind}
    officer.switched_off = " ".join(sorted(off)) or None
    work.session.add(officer)
    work.session.flush()
    for task in _tasks_of(work, officer) if wanted else _reminded_of(work.session, officer):
        work.touch(task)
    settle(work)  # the answer shows the reminders as they are now


def _minutes_of(institution: Institution, at: datetime) -> int:
    local = at.astimezone(institution.zone)
    return local.hour * 60 + local.minute


def _days_planned(work: Work, officer: Officer) -> Collection[date]:
    """Yesterday, today, and the days for which something is owed to the officer."""
    today = work.today
    return {
        today - timedelta(days=1),
        today,
        *(work.institution.today(row.due_at) for row in _ahead(work, officer)),
    }


def _ahead(work: Work, officer: Officer) -> tuple[Reminder, ...]:
    return tuple(
        work.session.exec(
            select(Reminder).where(
                Reminder.officer_id == officer.id,
                Reminder.state == ReminderState.PENDING,
                Reminder.due_at > work.now,
                col(Reminder.kind).in_(MOVES_ALONG),
            )
        )
    )


def _move(work: Work, officer: Officer, had: dict[date, datetime]) -> None:
    """What was to come in a morning comes in the new one: the list, "besok pagi", the first day of a leave."""
    for row in _ahead(work, officer):
        on = work.institution.today(row.due_at)
        at = morning_of(work.institution, on, officer)
        if at > work.now and (row.kind == ReminderKind.DIGEST or row.due_at == had[on]):
            row.due_at = at
            work.session.add(row)
    work.session.flush()


def _reminded_of(s: Session, officer: Officer) -> tuple[Task, ...]:
    """Tasks of which something is owed to the officer."""
    owed = select(Reminder.task_id).where(
        Reminder.officer_id == officer.id, Reminder.state == ReminderState.PENDING
    )
    return tuple(s.exec(select(Task).where(col(Task.id).in_(owed)).order_by(col(Task.id))))


def _tasks_of(work: Work, officer: Officer) -> tuple[Task, ...]:
    """Tasks that may come to the officer: of own roles, in charge, as a head, or for somebody who is away."""
    theirs = select(TaskPart.task_id).where(col(TaskPart.state).in_(LIVE), MAY_COME_TO)
    tasks = select(Task).where(col(Task.id).in_(theirs), col(Task.state).in_(LIVE))
    return tuple(work.session.exec(tasks.order_by(col(Task.id)), params=comes_to(work, officer)))
