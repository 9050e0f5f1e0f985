"""Saya piket: who is on duty has the daily tasks until the shift ends (`shifts` of the unit), or until the next one says
so; where the unit has no shifts, tomorrow's too."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import bindparam
from sqlmodel import col, select

from sop_flows.core.notices import DutyOver
from sop_flows.core.states import parts_of
from sop_flows.core.work import Institution, Work
from sop_flows.staffing.responsibility import assign, assign_sole, release
from storage.tables import LIVE, AssignedHow, Cohort, Officer, Task, TaskPart, TaskState

_DUTIES_BEFORE = (
    select(Task, TaskPart)
    .join(TaskPart, col(TaskPart.task_id) == col(Task.id))
    .where(
        col(Task.cohort_id).in_(select(Cohort.id).where(col(Cohort.closed_at).is_(None))),
        col(Task.state).in_(LIVE),
        col(Task.card).is_not(None),
        TaskPart.assigned_how == AssignedHow.DUTY,
        col(TaskPart.state).in_(LIVE),
        col(TaskPart.assigned_at) < bindparam("began_at"),
    )
    .order_by(col(TaskPart.id))
)
_DUTIES_OF_DAY = (
    select(TaskPart)
    .join(Task, col(Task.id) == col(TaskPart.task_id))
    .where(
        Task.run_id == bindparam("run"),
        Task.card == bindparam("card"),
        Task.occurrence_on == bindparam("day"),
        TaskPart.assigned_how == AssignedHow.DUTY,
    )
    .order_by(col(TaskPart.assigned_at), col(TaskPart.id))
)


def shift_changes(institution: Institution, at: datetime) -> tuple[datetime, datetime] | None:
    """When the shift of this moment began, and when it ends; None: the unit has no shifts."""
    day = institution.today(at)
    times = [
        institution.office.at(day + timedelta(days=days), one.time)
        for days in (-1, 0, 1)
        for one in institution.pack.unit.shifts
    ]
    if not times:
        return None
    return max(one for one in times if one <= at), min(one for one in times if one > at)


def is_on_duty(institution: Institution, part: TaskPart, now: datetime) -> bool:
    """Whether somebody has the part because of a duty that goes on."""
    if part.assigned_how != AssignedHow.DUTY or part.assignee_id is None:
        return False
    shift = shift_changes(institution, now)
    return shift is None or (part.assigned_at is not None and part.assigned_at >= shift[0])


def keep_duty(work: Work, former: Task, task: Task) -> None:
    """Whoever said "Saya piket" and is still on duty has the daily tasks of the next day, too."""
    # Of the whole card: a step that was done before the duty was taken is the same person's tomorrow.
    day = {"run": former.run_id, "card": former.card, "day": former.occurrence_on}
    of_day = work.session.exec(_DUTIES_OF_DAY, params=day).all()
    duty = {part.role: part for part in of_day if is_on_duty(work.institution, part, work.now)}
    for part in parts_of(work.session, task):
        if part.assigned_how in (AssignedHow.NAMED, AssignedHow.TAKEN, AssignedHow.DUTY):
            continue  # this day was given to somebody
        old = duty.get(part.role)
        officer = (
            work.session.get(Officer, old.assignee_id)
            if old is not None and old.assignee_id is not None
            else None
        )
        if officer is not None and officer.removed_at is None:
            assign(part, officer, AssignedHow.DUTY, work.now)


def end_duties(work: Work) -> None:
    """A shift has ended: who was on duty in it is not any more, and hears so with what is not finished."""
    shift = shift_changes(work.institution, work.now)
    if shift is None:
        return
    began_at = shift[0]
    rows = work.session.exec(_DUTIES_BEFORE, params={"began_at": began_at}).all()
    if not rows:
        return
    work = work.at(min(work.now, began_at))
    left: Counter[int] = Counter()
    for task, part in rows:
        left[part.assignee_id or 0] += part.state == TaskState.OPEN
        release(part)
        assign_sole(work, task, part)
        work.touch(task)
    for officer_id in _enrolled(work, left):
        work.notify(officer_id, DutyOver(count=left[officer_id]))
    work.session.flush()


def _enrolled(work: Work, officer_ids: Iterable[int]) -> list[int]:
    found = {one: work.session.get(Officer, one) for one in officer_ids}
    return [one for one, officer in found.items() if officer is not None and officer.removed_at is None]
