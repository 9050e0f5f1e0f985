"""Whole tables for the command line's reports, with what they need from their neighbours."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from storage.tables import (
    Account,
    Cohort,
    Confirmation,
    EntryState,
    Officer,
    Reminder,
    ReminderKind,
    ReminderState,
    Run,
    Task,
    TaskEntry,
    TaskPart,
)


def list_tasks(s: Session) -> tuple[tuple[Task, Run], ...]:
    """Every task with its run, in the order in which they were made."""
    query = select(Task, Run).join(Run, col(Run.id) == col(Task.run_id)).order_by(col(Task.id))
    return tuple((task, run) for task, run in s.execute(query))


def parts_by_task(s: Session) -> dict[int, list[TaskPart]]:
    """The parts of every task, in the reference's order."""
    found: dict[int, list[TaskPart]] = defaultdict(list)
    for part in s.execute(select(TaskPart).order_by(col(TaskPart.position))).scalars():
        found[part.task_id].append(part)
    return found


def entries_by_task(s: Session) -> dict[int, tuple[int, int]]:
    """Of every roll: entries still open, and all that were not withdrawn."""
    found: dict[int, tuple[int, int]] = {}
    query = select(col(TaskEntry.task_id), col(TaskEntry.state)).where(
        col(TaskEntry.state) != EntryState.WITHDRAWN
    )
    for task_id, state in s.execute(query):
        still, every = found.get(task_id, (0, 0))
        found[task_id] = (still + (state == EntryState.OPEN), every + 1)
    return found


@dataclass(frozen=True)
class Wanted:
    """Which reminders are asked for: all that every given value fits. `since` and `before` (excluded) are instants."""

    states: Collection[ReminderState] = ()
    kinds: Collection[ReminderKind] = ()
    officer_id: int | None = None
    task_id: int | None = None
    sop: str | None = None
    since: datetime | None = None
    before: datetime | None = None


def list_reminders(s: Session, wanted: Wanted) -> tuple[tuple[Reminder, Task | None], ...]:
    """These reminders by due time, each with the task it is about."""
    query = select(Reminder, Task).outerjoin(Task, col(Task.id) == col(Reminder.task_id))
    if wanted.states:
        query = query.where(col(Reminder.state).in_(wanted.states))
    if wanted.kinds:
        query = query.where(col(Reminder.kind).in_(wanted.kinds))
    if wanted.officer_id is not None:
        query = query.where(col(Reminder.officer_id) == wanted.officer_id)
    if wanted.task_id is not None:
        query = query.where(col(Reminder.task_id) == wanted.task_id)
    if wanted.sop is not None:
        query = query.where(col(Task.sop) == wanted.sop)
    if wanted.since is not None:
        query = query.where(col(Reminder.due_at) >= wanted.since)
    if wanted.before is not None:
        query = query.where(col(Reminder.due_at) < wanted.before)
    query = query.order_by(col(Reminder.due_at), col(Reminder.id))
    return tuple((reminder, task) for reminder, task in s.execute(query))


def list_confirmations(s: Session) -> Sequence[Confirmation]:
    """Everything that was said, in order."""
    return s.execute(select(Confirmation).order_by(col(Confirmation.id))).scalars().all()


def list_officers(s: Session) -> Sequence[Officer]:
    """Every officer, removed ones too."""
    return s.execute(select(Officer).order_by(col(Officer.id))).scalars().all()


def bound_accounts(s: Session) -> dict[int, Account]:
    """The account in use of each officer."""
    query = select(Account).where(col(Account.unbound_at).is_(None))
    return {account.officer_id: account for account in s.execute(query).scalars()}


def list_cohorts(s: Session, with_closed: bool) -> Sequence[Cohort]:
    """The open angkatan, or every one, in the order in which they were opened."""
    query = select(Cohort).order_by(col(Cohort.id))
    return s.execute(query if with_closed else query.where(col(Cohort.closed_at).is_(None))).scalars().all()
