"""Finding and locking the rows of a task before it is changed."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from sop_flows.core.institution import Institution
from sop_flows.core.parts import parts_of
from sop_flows.core.subjects import case_of, lock_subject
from sop_flows.core.work import Work
from sop_flows.errors import AlreadyDoneError, NotFoundError, NotYetError, NotYoursError
from sop_flows.staffing.responsibility import acting_parts, responsibility_of
from sop_flows.staffing.visibility import knows
from storage.tables import (
    SAYABLE,
    Confirmation,
    ConfirmationKind,
    EntryState,
    Officer,
    Task,
    TaskEntry,
    TaskPart,
    TaskState,
)

SAID_DONE = (ConfirmationKind.DONE, ConfirmationKind.PART_DONE, ConfirmationKind.SKIPPED)

_OF_TASK = (
    select(Confirmation).where(Confirmation.task_id == bindparam("task")).order_by(col(Confirmation.id))
)


def find_task(s: Session, task_id: int) -> Task:
    """The task. Raises NotFoundError for a number that leads nowhere."""
    task = s.get(Task, task_id)
    if task is None:
        raise NotFoundError
    return task


def lock_task(s: Session, task_id: int) -> Task:
    """The task, with its angkatan or case locked: two officers who finish one task come one after the other."""
    task = find_task(s, task_id)
    lock_subject(s, task)
    s.refresh(task)
    return task


def name_of(s: Session, officer_id: int | None) -> str | None:
    """The officer's name, None for nobody."""
    officer = None if officer_id is None else s.get(Officer, officer_id)
    return None if officer is None else officer.name


def list_confirmations(s: Session, task_id: int) -> tuple[Confirmation, ...]:
    """Everything officers said about the task, oldest first."""
    return tuple(s.exec(_OF_TASK, params={"task": task_id}))


def last_said(s: Session, task: Task) -> Confirmation | None:
    """The newest confirmation of the task that closed it or a part of it and was not undone."""
    return standing(list_confirmations(s, task.id or 0))


def standing(said: Sequence[Confirmation]) -> Confirmation | None:
    """Of all that was said about a task, oldest first, what closed it or a part of it last and was not undone."""
    rows = said[::-1]
    undone = {row.refers_to_id for row in rows if row.kind == ConfirmationKind.UNDONE}
    return next((row for row in rows if row.kind in SAID_DONE and row.id not in undone), None)


def who_worked_on(s: Session, tasks: Iterable[Task]) -> tuple[str, int, str] | None:
    """Who confirmed the first of these tasks, or recorded or excused a child of it, its step and SOP; None: nobody."""
    recorded = (EntryState.DONE, EntryState.EXCUSED)
    for task in tasks:
        if (said := last_said(s, task)) is not None:
            return name_of(s, said.recorded_by_id) or "", task.step, task.sop
        of_task = select(TaskEntry).where(TaskEntry.task_id == task.id, col(TaskEntry.state).in_(recorded))
        if (entry := s.exec(of_task).first()) is not None:
            return name_of(s, entry.closed_by_id) or "", task.step, task.sop
    return None


def own_day_of(institution: Institution, task: Task) -> date | None:
    """The local date of an occurrence that is over and not done: the day on which it was owed, at the latest its day
    on the grid. The weigh-in of the day of departure was due the evening before. None of every other task."""
    if task.state not in (TaskState.SKIPPED, TaskState.MISSED) or task.occurrence_on is None:
        return None
    return (
        task.occurrence_on if task.due_at is None else min(task.occurrence_on, institution.today(task.due_at))
    )


def refuse_closed(s: Session, task: Task) -> None:
    """Raises AlreadyDoneError (who and when) unless the task is open; NotYetError when it waits for its date."""
    if task.state in SAYABLE:
        return
    if task.state == TaskState.WAITING and task.opens_at is not None:
        raise NotYetError(task.opens_at)
    said = last_said(s, task)
    who = None if said is None else name_of(s, said.officer_id)
    when = task.closed_at if said is None else said.recorded_at
    raise AlreadyDoneError(task.state, who, when, task.close_reason)


def own_parts(work: Work, officer: Officer, task: Task) -> tuple[TaskPart, ...]:
    """The parts the officer may confirm, open ones first. Raises NotYoursError with who holds the step now."""
    mine = acting_parts(work, officer, task)
    case = case_of(work.session, task)
    if not mine and case is not None and not knows(work, officer, case):
        raise NotFoundError  # nobody learns that there is such a case
    if not mine:
        parts = parts_of(work.session, task)
        holders = tuple(
            name for part in parts if (name := name_of(work.session, part.assignee_id)) is not None
        ) or tuple(o.name for part in parts for o in responsibility_of(work, task, part).holders)
        raise NotYoursError(tuple(part.role for part in parts), holders)
    return mine
