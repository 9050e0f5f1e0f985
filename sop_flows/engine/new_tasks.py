"""Making the row of a task, with a part for every role that has to do it."""

from datetime import datetime

from sqlmodel import Session

from sop_flows.core.institution import House
from sop_flows.declarations.sop import Sop
from sop_flows.declarations.step import Step
from sop_flows.staffing.assignment import assign_sole
from storage.tables import Run, Task, TaskPart, TaskState


def waiting_task(run: Run, sop: Sop, step: Step, opens_at: datetime) -> Task:
    """A task of the run that opens at `opens_at` (aware, UTC); not in the database yet."""
    return Task(
        run_id=run.id or 0,
        cohort_id=run.cohort_id,
        case_id=run.case_id,
        child_id=run.child_id,
        school_id=run.school_id,
        sop=sop.number,
        step=step.step,
        running=step.running,
        state=TaskState.WAITING,
        opens_at=opens_at,
    )


def add_task(s: Session, house: House, task: Task, step: Step, now: datetime) -> None:
    """Add the task and its waiting parts, each with its PJ where the role has one member only."""
    s.add(task)
    s.flush()
    for position, role in enumerate(step.executors):
        part = TaskPart(task_id=task.id or 0, position=position, role=role, state=TaskState.WAITING)
        assign_sole(s, house, task, part, now)
        s.add(part)
    s.flush()
