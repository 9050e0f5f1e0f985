"""The entries of a roll: which children stand on it, and when each is due."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, func
from sqlmodel import Session, col, select

from sop_flows.calendar.dates import due_for
from sop_flows.calendar.moments import AFTERNOON_DUE
from sop_flows.core.states import move, reopen
from sop_flows.core.work import Institution, Work, anchors_of, declared
from sop_flows.declarations.sop import Step
from storage.queries.cohorts import belongs_or_stayed
from storage.tables import (
    SAYABLE,
    Child,
    ChildFlag,
    EntryState,
    FlagKind,
    Membership,
    Run,
    Task,
    TaskEntry,
    TaskState,
)

FLAGGED = "flagged child"


_CHILDREN = (
    select(Child)
    .join(Membership, col(Membership.child_id) == col(Child.id))
    .where(Child.cohort_id == bindparam("cohort"))
    .order_by(col(Child.number))
)
_PRESENT = _CHILDREN.where(col(Membership.until_on).is_(None))
_PRESENT_OR_STAYED = _CHILDREN.where(belongs_or_stayed())


def present_children(s: Session, cohort_id: int, *, and_stayed: bool = False) -> tuple[Child, ...]:
    """The children who belong to the cohort now, by number; `and_stayed`: also those who were members on the day of
    departure, whom a step after it is about (SOP 9.1.18 step 2)."""
    return tuple(s.exec(_PRESENT_OR_STAYED if and_stayed else _PRESENT, params={"cohort": cohort_id}))


_FLAGGED = (
    select(ChildFlag.child_id)
    .join(Child, col(Child.id) == col(ChildFlag.child_id))
    .where(
        Child.cohort_id == bindparam("cohort"),
        ChildFlag.kind == FlagKind.ASSESSMENT,
        col(ChildFlag.cleared_at).is_(None),
    )
)


def flagged_ids(s: Session, cohort_id: int) -> frozenset[int]:
    """Children whose assessment says that they need special care (SOP 9.2.09 step 4)."""
    return frozenset(s.exec(_FLAGGED, params={"cohort": cohort_id}))


def call_roll(work: Work, task: Task, step: Step) -> None:
    """Put on the roll every child that belongs on it now and is not there yet."""
    children = belonging(work.session, task, step)
    if step.entry_after is not None:
        ready = _done_in(work.session, task.run_id, step.entry_after)
        children = tuple(child for child in children if child.id in ready)
    add_entries(work, task, [child.id for child in children if child.id is not None])


def belonging(s: Session, task: Task, step: Step) -> tuple[Child, ...]:
    """The children whom the roll is about as things are, by number; some may have to wait for an earlier step."""
    children = present_children(s, task.cohort_id or 0, and_stayed=True)
    if task.school_id is not None:
        children = tuple(child for child in children if child.school_id == task.school_id)
    if step.per == FLAGGED:
        flagged = flagged_ids(s, task.cohort_id or 0)
        children = tuple(child for child in children if child.id in flagged)
    return children


_ENTRIES = select(TaskEntry).where(TaskEntry.task_id == bindparam("task"))


def add_entries(work: Work, task: Task, child_ids: list[int]) -> int:
    """Add entries for these children where they have none; returns how many. The task's due is refreshed.

    An entry that was withdrawn (the child had left, or its mark was taken away) is owed again from now on.
    """
    known = {entry.child_id: entry for entry in work.session.exec(_ENTRIES, params={"task": task.id})}
    fresh = [
        child_id
        for child_id in child_ids
        if child_id not in known or known[child_id].state == EntryState.WITHDRAWN
    ]
    if not fresh:
        return 0
    due_at = entry_due(work, task)
    for child_id in fresh:
        entry = known.get(child_id) or TaskEntry(
            task_id=task.id or 0, child_id=child_id, state=EntryState.OPEN, opened_at=work.now, due_at=due_at
        )
        again = {"put_off_at": None, "put_off_reason": None}
        reopen(work, entry, EntryState.OPEN, opened_at=work.now, due_at=due_at, **again)
        work.session.add(entry)
    work.session.flush()
    refresh_due(work.session, task)
    return len(fresh)


def entry_due(work: Work, task: Task) -> datetime:
    """When an entry that is made now is due: with its roll, or so many days after it was made (SOP 9.1.12).

    Whoever joins a roll whose time is over has until the end of the day, or of the next one.
    """
    sop, step = declared(work.session, task)
    assert task.due_at is not None
    if step.every is not None:
        today = work.office.at(work.today, AFTERNOON_DUE)
        return max(task.due_at, today if today > work.now else put_off_until(work.institution, work.now))
    due_at = due_for(step, sop, work.now, anchors_of(work, task), work.office).at
    return due_at if step.standard is not None else max(task.due_at, due_at)


_DONE = (
    select(TaskEntry.child_id)
    .join(Task, col(Task.id) == col(TaskEntry.task_id))
    .where(
        Task.run_id == bindparam("run"), Task.step == bindparam("step"), TaskEntry.state == EntryState.DONE
    )
)


def _done_in(s: Session, run_id: int, step: int) -> frozenset[int]:
    """Children whose entry in that step of the run is closed with a record."""
    return frozenset(s.exec(_DONE, params={"run": run_id, "step": step}))


def is_done_in(s: Session, run_id: int, step: int, child_id: int) -> bool:
    """Whether the child has its record in that step of the run."""
    return child_id in _done_in(s, run_id, step)


_ANY_CHILD = select(Child.id).where(Child.cohort_id == bindparam("cohort")).limit(1)
_ROLL_BEFORE = select(Task.id).where(
    Task.run_id == bindparam("run"), Task.step == bindparam("step"), col(Task.state).in_(SAYABLE)
)


def still_to_come(s: Session, task: Task, step: Step) -> bool:
    """Whether children may still join this roll because the roll it follows is open, or, of a selection, because there
    is no list of children yet."""
    if step.record is not None and step.record.effect == "selection":
        return s.exec(_ANY_CHILD, params={"cohort": task.cohort_id}).first() is None
    if step.entry_after is None:
        return False
    before = {"run": task.run_id, "step": step.entry_after}
    return s.exec(_ROLL_BEFORE, params=before).first() is not None


def is_finished(s: Session, task: Task) -> bool:
    """Whether no entry is open."""
    return open_count(s, task) == 0


_CLOSERS = (
    select(TaskEntry.closed_by_id)
    .where(
        TaskEntry.task_id == bindparam("task"),
        col(TaskEntry.state).in_((EntryState.DONE, EntryState.EXCUSED)),
    )
    .order_by(col(TaskEntry.closed_at).desc(), col(TaskEntry.id).desc())
)


def last_closer(s: Session, task: Task) -> int | None:
    """The officer who recorded or excused the last child; None when the roll has no such child."""
    return s.exec(_CLOSERS, params={"task": task.id}).first()


_OPEN = (TaskEntry.task_id == bindparam("task"), TaskEntry.state == EntryState.OPEN)
_OPEN_COUNT = select(func.count()).where(*_OPEN)


def open_count(s: Session, task: Task) -> int:
    """How many children are still to be done."""
    return s.exec(_OPEN_COUNT, params={"task": task.id}).one()


_EARLIEST_DUE = select(func.min(col(TaskEntry.due_at))).where(*_OPEN)


def refresh_due(s: Session, task: Task) -> None:
    """A roll is due when the earliest of its unfinished entries is."""
    earliest = s.exec(_EARLIEST_DUE, params={"task": task.id}).one()
    if earliest is not None:
        task.due_at = earliest
        s.flush()


def put_off_until(institution: Institution, now: datetime) -> datetime:
    """When an entry that is put off today is due: tomorrow 16.00."""
    return institution.office.at(institution.today(now) + timedelta(days=1), AFTERNOON_DUE)


_OPEN_ENTRIES = select(TaskEntry).where(*_OPEN)


def withdraw_open(work: Work, task: Task) -> None:
    """No open entry of the task is owed any more."""
    for entry in work.session.exec(_OPEN_ENTRIES, params={"task": task.id}):
        move(work, entry, EntryState.WITHDRAWN, closed_at=work.now)


_OF_STEP = select(Task).where(
    Task.run_id == bindparam("run"), Task.step == bindparam("step"), Task.state != TaskState.WITHDRAWN
)


def rolls_of_run_step(s: Session, run: Run, step: int) -> tuple[Task, ...]:
    """The tasks of one step of a run that are not withdrawn."""
    return tuple(s.exec(_OF_STEP, params={"run": run.id, "step": step}))
