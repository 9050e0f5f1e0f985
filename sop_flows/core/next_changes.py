"""When the next row changes by itself: what the database says, and what was just written."""

from datetime import UTC, datetime

import sqlalchemy
from sqlalchemy import func
from sqlmodel import Session, col

from storage.engine import Written
from storage.tables import (
    LIVE_RUNS,
    Absence,
    Account,
    Cohort,
    Handover,
    HandoverState,
    Officer,
    Reminder,
    ReminderState,
    Run,
    RunState,
    Task,
    TaskState,
)

RECURS_AND_IS_OPEN = (
    col(Task.state) == TaskState.OPEN,
    col(Task.ends_at).is_not(None),
)

# Asked before and after whatever is sent: one statement, put together once.
_NEXT_CHANGES = sqlalchemy.select(
    sqlalchemy.select(func.min(col(Run.opens_at)))
    .where(col(Run.state) == RunState.WAITING)
    .scalar_subquery(),
    sqlalchemy.select(func.min(col(Task.opens_at)))
    .where(col(Task.state) == TaskState.WAITING)
    .scalar_subquery(),
    sqlalchemy.select(func.min(col(Task.ends_at))).where(*RECURS_AND_IS_OPEN).scalar_subquery(),
    sqlalchemy.select(func.min(col(Absence.begins_at)))
    .where(col(Absence.ended_at).is_(None), col(Absence.begun_at).is_(None))
    .scalar_subquery(),
    sqlalchemy.select(func.min(col(Absence.returns_at)))
    .where(col(Absence.ended_at).is_(None), col(Absence.begun_at).is_not(None))
    .scalar_subquery(),
    sqlalchemy.select(func.min(col(Handover.ends_at)))
    .where(col(Handover.state) == HandoverState.OFFERED)
    .scalar_subquery(),
)
AT_ONCE = datetime.min.replace(tzinfo=UTC)


def next_change_at(s: Session) -> datetime | None:
    """When the next run or task opens, a stay is over for what recurs, a leave begins or ends, or a colleague has not
    answered in time; None when nothing waits for a date."""
    return min((at for at in s.execute(_NEXT_CHANGES).one() if at is not None), default=None)


def due_by(written: Written) -> tuple[datetime | None, datetime | None]:
    """From when on `advance`, and whoever sends, have something to do because of what was written; None: of no time."""
    changes = [at for row in written.rows if (at := _change_of(row)) is not None]
    sending = [
        row.due_at for row in written.rows if isinstance(row, Reminder) and row.state == ReminderState.PENDING
    ]
    looks = [AT_ONCE for row in written.rows if _asks_for_upkeep(row)]
    if not written.tables.isdisjoint(
        ("runs", "tasks", "absences", "handovers", "officers", "accounts", "cohorts")
    ):
        looks.append(AT_ONCE)
    if "reminders" in written.tables:
        sending.append(AT_ONCE)
    return min((*changes, *looks), default=None), min((*changes, *sending), default=None)


def _change_of(row: object) -> datetime | None:
    """When the row is one of the next changes."""
    match row:
        case Run(state=RunState.WAITING) | Task(state=TaskState.WAITING):
            return row.opens_at
        case Task(state=TaskState.OPEN):
            return row.ends_at
        case Absence(ended_at=None, begun_at=begun_at):
            return row.begins_at if begun_at is None else row.returns_at
        case Handover(state=HandoverState.OFFERED):
            return row.ends_at
    return None


def _asks_for_upkeep(row: object) -> bool:
    """Who came or went may lack a morning list; an angkatan may be over."""
    return isinstance(row, Officer | Account | Cohort) or (
        isinstance(row, Run) and row.state not in LIVE_RUNS
    )
