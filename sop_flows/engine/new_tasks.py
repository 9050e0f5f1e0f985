"""Making the row of a task, with a part for every role that has to do it."""

from datetime import datetime

from sop_flows.core.work import Work
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


def add_task(work: Work, task: Task, step: Step) -> None:
    """Add the task and its waiting parts, each with its PJ where the role has one member only."""
    work.session.add(task)
    work.session.flush()
    for position, role in enumerate(step.executors):
        part = TaskPart(task_id=task.id or 0, position=position, role=role, state=TaskState.WAITING)
        assign_sole(work, task, part)
        work.session.add(part)
    work.session.flush()
