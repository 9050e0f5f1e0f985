"""What `/status` counts: every part of a cohort's tasks that is owed or was said something about."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import bindparam, func
from sqlmodel import Session, col, select

from storage.tables import CLOSED, SAYABLE, EntryState, Task, TaskEntry, TaskPart


@dataclass(frozen=True)
class PartRow:
    """One part of one task."""

    task: Task
    part: TaskPart


_PARTS = (
    select(Task, TaskPart)
    .join(TaskPart, col(TaskPart.task_id) == col(Task.id))
    .where(
        Task.cohort_id == bindparam("cohort"),
        col(Task.state).in_((*SAYABLE, *CLOSED)),
    )
    .order_by(col(Task.due_at), col(Task.id), col(TaskPart.position))
)


def list_parts(s: Session, cohort_id: int) -> tuple[PartRow, ...]:
    """Every part of the cohort's tasks that are open or closed; waiting and withdrawn ones are not owed."""
    rows = s.exec(_PARTS, params={"cohort": cohort_id})
    return tuple(PartRow(task, part) for task, part in rows)


_ENTRIES = (
    select(TaskEntry.state, func.count())
    .where(col(TaskEntry.task_id).in_(bindparam("tasks", expanding=True)))
    .group_by(col(TaskEntry.state))
)


def count_entries(s: Session, task_ids: Collection[int]) -> dict[EntryState, int]:
    """How many children of these rolls are in each state."""
    if not task_ids:
        return {}
    rows = s.exec(_ENTRIES, params={"tasks": list(task_ids)})
    return {EntryState(state): count for state, count in rows}


_ENTRIES_BY_TASK = (
    select(TaskEntry.task_id, TaskEntry.state, func.count())
    .where(
        col(TaskEntry.task_id).in_(bindparam("tasks", expanding=True)),
        TaskEntry.state != EntryState.WITHDRAWN,
    )
    .group_by(col(TaskEntry.task_id), col(TaskEntry.state))
)


def count_entries_by_task(s: Session, task_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Of each of these rolls with a child on it: how many have a record or a reason, and how many there are."""
    if not task_ids:
        return {}
    rows = s.exec(_ENTRIES_BY_TASK, params={"tasks": list(task_ids)})
    found: dict[int, tuple[int, int]] = {}
    for task_id, state, count in rows:
        done, total = found.get(task_id, (0, 0))
        found[task_id] = (done + (0 if state == EntryState.OPEN else count), total + count)
    return found
