"""Saya piket: whoever has the daily tasks of today has those of tomorrow, until the next person says so."""

from sqlmodel import col, select

from sop_flows.core.states import parts_of
from sop_flows.core.work import Work
from sop_flows.staffing.responsibility import assign
from storage.tables import AssignedHow, Officer, Task, TaskPart


def keep_duty(work: Work, former: Task, task: Task) -> None:
    """Whoever said "Saya piket" stays in charge of the daily tasks until the next person says so."""
    # Of the whole card: a step that was done before the duty was taken is the same person's tomorrow.
    of_day = work.session.exec(
        select(TaskPart)
        .join(Task, col(Task.id) == col(TaskPart.task_id))
        .where(
            Task.run_id == former.run_id,
            Task.card == former.card,
            Task.occurrence_on == former.occurrence_on,
            TaskPart.assigned_how == AssignedHow.DUTY,
        )
        .order_by(col(TaskPart.assigned_at), col(TaskPart.id))
    ).all()
    duty = {part.role: part for part in of_day}
    for part in parts_of(work.session, task):
        if part.assigned_how in (AssignedHow.NAMED, AssignedHow.TAKEN):
            continue  # this day was given to somebody
        old = duty.get(part.role)
        officer = (
            work.session.get(Officer, old.assignee_id)
            if old is not None and old.assignee_id is not None
            else None
        )
        if officer is not None and officer.removed_at is None:
            assign(part, officer, AssignedHow.DUTY, work.now)
