"""Obstacles as their heads hear of them: once, in the morning list."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from sop_flows.core.work import Work, case_of, declared
from sop_flows.staffing.own_morning import morning_of
from sop_flows.staffing.responsibility import accountable_for, may_see_task
from sop_flows.staffing.roster import deputising_for, heads_of, is_head_for
from sop_flows.staffing.working_days import last_worked_before, works_on
from storage.queries.digest_items import items_of, list_items
from storage.queries.messages import list_sent_digests
from storage.tables import (
    Confirmation,
    ConfirmationKind,
    ItemKind,
    Officer,
    Reminder,
    Task,
    TaskState,
)

LOOKED_BACK = timedelta(days=14)  # the longest row of days off, with room for an outage

Obstacle = tuple[Confirmation, Task]


_OPEN_SINCE = (
    select(Confirmation, Task)
    .join(Task, col(Task.id) == col(Confirmation.task_id))
    .where(
        Confirmation.kind == ConfirmationKind.OBSTACLE,
        Confirmation.recorded_at > bindparam("since"),
        Confirmation.officer_id != bindparam("officer"),
        Task.state == TaskState.OPEN,
    )
    .order_by(col(Confirmation.id))
)


def obstacles_for_head(work: Work, officer: Officer) -> tuple[Obstacle, ...]:
    """Obstacles that no morning list told the officer yet, on tasks still open, in roles that the officer heads or
    answers for while nobody else is there, and reported by somebody else. On a day off those of calendar tasks; the
    others wait for the next working day."""
    if not hears_obstacles(work, officer):
        return ()
    earliest = min(work.now - LOOKED_BACK, _last_morning(work, officer))
    rows = work.session.exec(_OPEN_SINCE, params={"since": earliest, "officer": officer.id}).all()
    if not rows:
        return ()
    since, told = _told(work, officer)
    works = works_on(work, officer, work.today)
    return tuple(
        (said, task)
        for said, task in rows
        if said.recorded_at > since
        and said.id not in told
        and (works or declared(work.session, task)[0].clock == "kalender")
        and _concerns(work, officer, said, task)
    )


_STILL_OPEN = (
    select(Confirmation, Task)
    .join(Task, col(Task.id) == col(Confirmation.task_id))
    .where(col(Confirmation.id).in_(bindparam("told", expanding=True)), Task.state == TaskState.OPEN)
    .order_by(col(Confirmation.id))
)


def obstacles_in(work: Work, officer: Officer, digest: Reminder) -> tuple[tuple[Obstacle, ...], int]:
    """The obstacles that this morning list tells and that are still in the way, and of how many more tasks there are
    some: they come in the next one."""
    told = [one.confirmation_id for one in list_items(work.session, digest, ItemKind.OBSTACLE)]
    found = tuple(work.session.exec(_STILL_OPEN, params={"told": told}).all())
    untold = {task.id for _said, task in obstacles_for_head(work, officer)}
    return found, len(untold - {task.id for _said, task in found})


_OBSTACLES = (
    select(Confirmation.task_id, Confirmation.note)
    .where(
        col(Confirmation.task_id).in_(bindparam("tasks", expanding=True)),
        Confirmation.kind == ConfirmationKind.OBSTACLE,
    )
    .order_by(col(Confirmation.id))
)


def last_obstacles(s: Session, task_ids: Collection[int]) -> dict[int, str]:
    """What hindered each of these tasks last, in its officer's words, by the task's id."""
    if not task_ids:
        return {}
    rows = s.exec(_OBSTACLES, params={"tasks": list(task_ids)})
    return {task_id: note for task_id, note in rows if note}


def hears_obstacles(work: Work, officer: Officer) -> bool:
    """Whether anybody's obstacles can concern the officer: most officers need not be asked about each."""
    assert officer.id is not None
    return bool(officer.is_admin or heads_of(work, officer.id) or deputising_for(work, officer.id))


def _concerns(work: Work, officer: Officer, said: Confirmation, task: Task) -> bool:
    if said.role is None:
        return False
    answers = is_head_for(work, officer, said.role) or any(
        officer.id == one.id for one in accountable_for(work, said.role, task.cohort_id or 0)
    )
    case = case_of(work.session, task) if answers else None
    return answers and (case is None or may_see_task(work, officer, task, case))


def _last_morning(work: Work, officer: Officer) -> datetime:
    """The officer's morning of the last working day before today."""
    return morning_of(work.institution, last_worked_before(work, officer, work.today), officer)


def _told(work: Work, officer: Officer) -> tuple[datetime, set[int]]:
    """From when on something may be untold, and the confirmations that were told since."""
    rows = list_sent_digests(work.session, officer.id or 0, work.now - LOOKED_BACK)
    if not rows:  # a new head: what came since the last working morning
        return _last_morning(work, officer), set()
    since, told = work.now - LOOKED_BACK, set[int]()
    said = items_of(work.session, rows, ItemKind.AS_HEAD, ItemKind.OBSTACLE)
    for row in rows:
        items = said.get(row.id or 0, [])
        told |= {one.confirmation_id for one in items if one.confirmation_id is not None}
        if not items and row.sent_at is not None:  # the officer headed nothing then
            since = max(since, row.sent_at)
    return since, told
