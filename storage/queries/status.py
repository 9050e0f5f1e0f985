"""What `/status` counts: every part of a cohort's tasks that is owed or was said something about."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from storage.tables import CLOSED, SAYABLE, DueKind, Task, TaskPart, TaskState


@dataclass(frozen=True)
class PartRow:
    """One part of one task, with what is needed to count it."""

    task: Task
    part: TaskPart
    task_id: int
    run_id: int
    child_id: int | None
    sop: str
    step: int
    role: str
    task_state: TaskState
    part_state: TaskState
    before_pandu: bool
    due_at: datetime | None
    due_kind: DueKind | None
    occurrence_on: date | None
    close_reason: str | None
    closed_at: datetime | None
    assignee_id: int | None
    done_by_id: int | None


def list_parts(s: Session, cohort_id: int) -> tuple[PartRow, ...]:
    """Every part of the cohort's tasks that are open or closed; waiting and withdrawn ones are not owed."""
    rows = s.exec(
        select(Task, TaskPart)
        .join(TaskPart, col(TaskPart.task_id) == col(Task.id))
        .where(
            Task.cohort_id == cohort_id,
            col(Task.state).in_((*SAYABLE, *CLOSED)),
        )
        .order_by(col(Task.due_at), col(Task.id), col(TaskPart.position))
    )
    return tuple(
        PartRow(
            task=task,
            part=part,
            task_id=part.task_id,
            run_id=task.run_id,
            child_id=task.child_id,
            sop=task.sop,
            step=task.step,
            role=part.role,
            task_state=task.state,
            part_state=part.state,
            before_pandu=task.is_before_pandu,
            due_at=task.due_at,
            due_kind=task.due_kind,
            occurrence_on=task.occurrence_on,
            close_reason=task.close_reason,
            closed_at=task.closed_at,
            assignee_id=part.assignee_id,
            done_by_id=part.done_by_id,
        )
        for task, part in rows
    )
