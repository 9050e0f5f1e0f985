"""The one place that changes the state of a row, notes it in the journal, and knows which row changes by itself next."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import NamedTuple, cast

import sqlalchemy
from sqlalchemy import bindparam, func
from sqlmodel import Session, col, select

from sop_flows.core.work import Institution, Work
from sop_flows.declarations.sop import Step
from storage.engine import Written
from storage.tables import (
    CLOSED,
    LIVE,
    LIVE_RUNS,
    UNFINISHED,
    Absence,
    Account,
    Case,
    Change,
    Cohort,
    Confirmation,
    DueKind,
    EntryState,
    Handover,
    HandoverState,
    JournalEntry,
    LeaveReason,
    Membership,
    Officer,
    Reminder,
    ReminderState,
    Run,
    RunState,
    Task,
    TaskEntry,
    TaskPart,
    TaskState,
)

# --- the journal ------------------------------------------------------------------------------------------------


Row = Task | TaskPart | TaskEntry | Run | Case | Membership | Reminder
TABLES = {
    table.__tablename__: table for table in (Task, TaskPart, TaskEntry, Run, Case, Membership, Reminder)
}


def made(work: Work, row: Row) -> None:
    """A row is there because of the confirmation that the work follows from, if it follows from one."""
    _note(work, row, Change.OPENED, None, {"state": getattr(row, "state", None)})


def change(work: Work, row: Row, how: Change = Change.MOVED, **values: object) -> None:
    """Set these columns of a row, and note what they were when a confirmation is behind it."""
    _note(work, row, how, {name: getattr(row, name) for name in values}, values)
    for name, value in values.items():
        setattr(row, name, value)


def changes_of(s: Session, said: Confirmation) -> tuple[JournalEntry, ...]:
    """What the confirmation changed, the last first."""
    query = select(JournalEntry).where(JournalEntry.confirmation_id == said.id)
    return tuple(s.exec(query.order_by(col(JournalEntry.id).desc())))


def row_of(s: Session, entry: JournalEntry) -> Row | None:
    """The row that was changed; None when it is gone (a reminder of long ago)."""
    return cast("Row | None", s.get(TABLES[entry.of_table], entry.row_id))


def take_back(s: Session, entry: JournalEntry) -> bool:
    """Give the row the values it had. Not when something else changed them since; returns whether it was done."""
    row = row_of(s, entry)
    if row is None or entry.old is None or any(_plain(getattr(row, k)) != v for k, v in entry.new.items()):
        return False
    for name, value in entry.old.items():
        setattr(row, name, _as_column(row, name, value))
    s.flush()
    return True


def _note(
    work: Work, row: Row, how: Change, old: Mapping[str, object] | None, new: Mapping[str, object]
) -> None:
    if work.cause is None:
        return
    work.session.add(
        JournalEntry(
            confirmation_id=work.cause.id or 0,
            change=how,
            of_table=str(row.__tablename__),
            row_id=row.id or 0,
            old=None if old is None else {name: _plain(value) for name, value in old.items()},
            new={name: _plain(value) for name, value in new.items()},
        )
    )


def _plain(value: object) -> str | int | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value if isinstance(value, int) else None if value is None else str(value)


def _as_column(row: Row, name: str, value: str | int | None) -> object:
    if not isinstance(value, str):
        return value
    if name.endswith("_at"):
        return datetime.fromisoformat(value)
    if name.endswith("_on"):
        return date.fromisoformat(value)
    if isinstance(row, Membership) and name == "reason":
        return LeaveReason(value)
    return type(getattr(row, name))(value) if name == "state" else value


# --- parts ------------------------------------------------------------------------------------------------------


_PARTS = (
    select(TaskPart)
    .where(TaskPart.task_id == bindparam("task"))
    .order_by(col(TaskPart.position))
    .execution_options(populate_existing=True)
)


def parts_of(s: Session, task: Task) -> tuple[TaskPart, ...]:
    """The parts of a task in the order of the reference, as they are now.

    Read anew each time: a card may have read them before the task was locked.
    """
    return tuple(s.exec(_PARTS, params={"task": task.id}))


# --- states -----------------------------------------------------------------------------------------------------


Stated = Task | TaskPart | TaskEntry | Run

_Moves = Mapping[StrEnum, frozenset[StrEnum]]  # where each state may go

_ENDED = frozenset({*CLOSED, TaskState.WITHDRAWN})
_OF_TASKS: _Moves = {
    TaskState.WAITING: frozenset({TaskState.OPEN, *_ENDED}),
    TaskState.OPEN: _ENDED,
    TaskState.BEFORE_PANDU: frozenset({TaskState.OPEN, *_ENDED}),
    **dict.fromkeys(CLOSED, frozenset({TaskState.WITHDRAWN})),
}
_OF_ENTRIES: _Moves = {
    EntryState.OPEN: frozenset({EntryState.DONE, EntryState.EXCUSED, EntryState.WITHDRAWN}),
    EntryState.EXCUSED: frozenset({EntryState.DONE}),  # recorded all the same
}
_OF_RUNS: _Moves = {
    RunState.WAITING: frozenset({RunState.OPEN, RunState.CLOSED, RunState.WITHDRAWN}),
    RunState.OPEN: frozenset({RunState.CLOSED, RunState.WITHDRAWN}),
    RunState.CLOSED: frozenset({RunState.WITHDRAWN}),
}
FORWARD: Mapping[type[StrEnum], _Moves] = {TaskState: _OF_TASKS, EntryState: _OF_ENTRIES, RunState: _OF_RUNS}
# What `reopen` may take up again.
AGAIN = {*LIVE_RUNS, *UNFINISHED, EntryState.OPEN}


class BackwardsError(Exception):
    """A row was to go to a state that does not come after its own: a mistake in a rule."""


def move(work: Work, row: Stated, state: StrEnum, **values: object) -> None:
    """Go on to `state`, and set `values` with it. Raises BackwardsError when it does not come after the present one."""
    if state != row.state and state not in FORWARD[type(state)].get(row.state, ()):
        raise BackwardsError(f"{type(row).__name__} {row.id}: {row.state} -> {state}")
    change(work, row, Change.OPENED if state in AGAIN else Change.CLOSED, state=state, **values)


def reopen(work: Work, row: Stated, state: StrEnum, **values: object) -> None:
    """Take a row up again that was further already: its end was undone, or came too early. Its end is forgotten.

    Raises BackwardsError when `state` is none in which anything is still to be done.
    """
    if state not in AGAIN:
        raise BackwardsError(f"{type(row).__name__} {row.id}: {row.state} -> {state}")
    ends: dict[str, object] = dict.fromkeys(_ends_of(row))
    change(work, row, Change.OPENED, state=state, **{**ends, **values})


def _ends_of(row: Stated) -> tuple[str, ...]:
    """The columns that say how the row ended."""
    if isinstance(row, Task):
        return ("closed_at", "close_reason", "done_on", "incomplete_at")
    if isinstance(row, TaskPart):
        return ("done_at", "done_on", "done_by_id")
    return ("closed_at",) if isinstance(row, TaskEntry) else ("closed_at", "close_reason")


def live_parts(parts: tuple[TaskPart, ...]) -> tuple[TaskPart, ...]:
    """Those that somebody still has to do."""
    return tuple(part for part in parts if part.state in LIVE)


# --- done, open, late, on time ----------------------------------------------------------------------------------
# What they mean, for every screen, list, report and reminder. "Late" is no state: it is computed when it is asked.


def is_done(part: TaskPart) -> bool:
    """Whether somebody said that the part is done, and it stands."""
    return part.state == TaskState.DONE


def is_open(task: Task, part: TaskPart) -> bool:
    """Whether the part is owed now."""
    return task.state == TaskState.OPEN and part.state == TaskState.OPEN


def is_over(task: Task, now: datetime) -> bool:
    """Whether its time is over, whatever became of it."""
    return task.due_at is not None and task.due_at < now


def is_late(task: Task, now: datetime) -> bool:
    """Overdue is computed, never stored; what was due before Pandu was used is never late."""
    return task.state == TaskState.OPEN and is_over(task, now)


def is_overdue(task: Task, step: Step, now: datetime) -> bool:
    """Late by the document's time, a date of its own, or one that an officer set: past our target alone is not."""
    return is_late(task, now) and not is_target(task, step)


def days_late(work: Work, task: Task, since: datetime | None = None) -> int:
    """Calendar days since the due date; of what opened, or became somebody's (`since`), after it: since that day. 0 on the
    day itself, and while it is not late."""
    if task.due_at is None or not is_late(task, work.now):
        return 0
    began_at = max(task.due_at, since or task.opened_at or task.due_at)
    return (work.today - work.institution.today(began_at)).days


def is_on_time(institution: Institution, task: Task, step: Step, part: TaskPart) -> bool:
    """Whether a part that is done was done in time: by the day of the work, a step of hours by when it was said."""
    if task.due_at is None or not is_done(part):
        return False
    if step.standard is not None and step.standard.unit == "jam":
        return part.done_at is not None and part.done_at <= task.due_at
    return part.done_on is not None and part.done_on <= institution.today(task.due_at)


def is_target(task: Task, step: Step) -> bool:
    """Whether the time is our target only; a date an officer set counts as what it stands for."""
    if task.due_kind == DueKind.MOVED:
        return is_target_step(step)
    return task.due_kind == DueKind.TARGET


def is_target_step(step: Step) -> bool:
    """Whether neither the document nor a date of its own says when the step is due."""
    return step.standard is None and step.due is None and step.every is None and step.choose_date is None


# --- what changes by itself next --------------------------------------------------------------------------------


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


class NextChanges(NamedTuple):
    """When the next run or task opens, a stay is over for what recurs, a leave begins or is over, or a colleague has not
    answered in time; None: nothing of the kind waits for a date."""

    run: datetime | None
    task: datetime | None
    stay: datetime | None
    leave: datetime | None
    leave_over: datetime | None
    offer: datetime | None

    @property
    def at(self) -> datetime | None:
        """The earliest."""
        return min((at for at in self if at is not None), default=None)


def next_changes(s: Session) -> NextChanges:
    """What changes by itself next, of each kind."""
    return NextChanges(*s.execute(_NEXT_CHANGES).one())


def next_change_at(s: Session) -> datetime | None:
    """When anything does."""
    return next_changes(s).at


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
