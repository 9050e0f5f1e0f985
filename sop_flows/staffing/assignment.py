"""Penanggung jawab: which officer is in charge of a part of a task."""

from datetime import datetime

from sqlmodel import col, select

from sop_flows.core.work import Work
from sop_flows.staffing.own_steps import backed_up_by
from sop_flows.staffing.responsibility import responsibility_of
from storage.tables import LIVE, AssignedHow, Officer, Task, TaskPart


def assign_sole(work: Work, task: Task, part: TaskPart) -> None:
    """A role with one active member: that officer. Otherwise the part waits to be taken or named."""
    if part.assignee_id is not None:
        return
    found = responsibility_of(work, task, part).candidates
    if len(found) == 1:
        assign(part, found[0], AssignedHow.SOLE, work.now)


def assign(part: TaskPart, officer: Officer, how: AssignedHow, now: datetime) -> None:
    """Put the officer in charge of the part."""
    part.assignee_id = officer.id
    part.assigned_how = how
    part.assigned_at = now


def release(part: TaskPart) -> None:
    """Nobody is in charge any more."""
    part.assignee_id = None
    part.assigned_how = None
    part.assigned_at = None


def reassign(work: Work, roles: frozenset[str]) -> tuple[Task, ...]:
    """Find the PJ of every live part anew after somebody came or went.

    Whoever took or was given a part keeps it; a removed officer keeps none, not even of a role that was never
    theirs (an admin answers for roles with nobody); "the only member" is judged again.
    Returns the tasks whose parts were looked at: their reminders are to be planned anew.
    """
    removed = select(Officer.id).where(col(Officer.removed_at).is_not(None))
    rows = work.session.exec(
        select(Task, TaskPart)
        .join(TaskPart, col(TaskPart.task_id) == col(Task.id))
        .where(
            col(TaskPart.state).in_(LIVE),
            col(TaskPart.role).in_(roles | backed_up_by(work.unit, roles))
            | col(TaskPart.assignee_id).in_(removed),
            col(Task.state).in_(LIVE),
        )
        .order_by(col(Task.id))
    )
    touched: dict[int, Task] = {}
    for task, part in rows:
        its = responsibility_of(work, task, part)
        if its.assignee is None or its.how == AssignedHow.SOLE:
            release(part)
        assign_sole(work, task, part)
        assert task.id is not None
        touched[task.id] = task
    work.session.flush()
    return tuple(touched.values())
