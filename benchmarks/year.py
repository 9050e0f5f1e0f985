"""A year of one house, lived by the rules: an angkatan of 60 children each month, every step done on its day."""

from collections import Counter
from datetime import date, datetime, time, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from bot.institution import Opened
from sop_flows.actions import agenda
from sop_flows.actions.cohorts.cohorts import open_cohort
from sop_flows.core.states import parts_of
from sop_flows.core.work import Work
from sop_flows.errors import RuleError
from sop_flows.notifications.planning import working
from storage.tables import (
    Child,
    Confirmation,
    JournalEntry,
    Officer,
    OfficerRole,
    Reminder,
    ReminderState,
    Task,
    TaskState,
    Weight,
)
from tests.support.clocks import WITA
from tests.support.engine_acts import finish
from tests.support.rosters import invented_children

STAY = timedelta(days=30)
AHEAD = timedelta(days=10)  # an angkatan is opened so long before it arrives
EVENING = time(19)
COUNTED = (Child, Task, Confirmation, JournalEntry, Weight, Reminder)


def live(opened: Opened, first: date, stays: int, children: int) -> date:
    """Live so many stays, one after the other; returns the day after the last."""
    for number in range(stays):
        arrival = first + number * STAY
        now = evening(arrival - AHEAD)
        with opened.store.transaction() as s, working(s, opened.house, now) as work:
            rows = invented_children(children, 5)
            open_cohort(work, f"Angkatan tahun {number + 1}", arrival, arrival + STAY, rows=rows)
    day = first - AHEAD
    while day < first + stays * STAY:
        with opened.store.transaction() as s, working(s, opened.house, evening(day)) as work:
            agenda.advance(work)
            _work_through(work)
            _say_what_is_due(s, work.now)
        day += timedelta(days=1)
    return day


def evening(day: date) -> datetime:
    """When the work of a day is done."""
    return datetime.combine(day, EVENING, WITA)


def count_rows(s: Session) -> Counter[str]:
    """How many there are of what a year makes most of."""
    return Counter(
        {str(table.__tablename__): s.exec(select(func.count()).select_from(table)).one() for table in COUNTED}
    )


def _work_through(work: Work) -> None:
    """Every open task that is due today, by an officer of each role that it waits for."""
    s = work.session
    query = select(Task).where(
        Task.state == TaskState.OPEN, col(Task.due_at) <= work.now + timedelta(hours=5)
    )
    for task in s.exec(query).all():
        for part in parts_of(s, task):
            if part.state != TaskState.OPEN:
                continue
            doer = _officer(s, part.role, task.cohort_id)
            for _time in range(2):  # of a roll: the children first, then the step
                if doer is not None:
                    _try(work, doer, task.id or 0)


def _try(work: Work, doer: Officer, task_id: int) -> None:
    """What is refused today may do tomorrow."""
    try:
        with work.session.begin_nested():
            finish(work, doer, task_id)
    except RuleError:
        work.forget()


def _officer(s: Session, role: str, cohort_id: int | None) -> Officer | None:
    query = (
        select(Officer)
        .join(OfficerRole, col(OfficerRole.officer_id) == col(Officer.id))
        .where(
            OfficerRole.role == role,
            col(OfficerRole.cohort_id).is_(None) | (col(OfficerRole.cohort_id) == cohort_id),
        )
    )
    return s.exec(query).first()


def _say_what_is_due(s: Session, now: datetime) -> None:
    """As a dispatcher would have: the phones are not there."""
    due = update(Reminder).where(col(Reminder.state) == ReminderState.PENDING, col(Reminder.due_at) <= now)
    s.flush()
    s.execute(due.values(state=ReminderState.SENT, sent_at=now, attempts=1))
