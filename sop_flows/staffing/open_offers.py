"""The offer of a task to a colleague that waits for an answer."""

from collections.abc import Iterable

from sqlalchemy import bindparam
from sqlmodel import col, select

from sop_flows.core.states import parts_of
from sop_flows.core.work import Work
from sop_flows.staffing.responsibility import responsibility_of
from storage.tables import (
    LIVE,
    Handover,
    HandoverState,
    Task,
)

_OPEN = (
    select(Handover)
    .where(Handover.task_id == bindparam("task"), Handover.state == HandoverState.OFFERED)
    .order_by(col(Handover.id))
)
_OPEN_OF_ROLE = _OPEN.where(Handover.role == bindparam("role"))


def open_offer(work: Work, task: Task, role: str | None = None) -> Handover | None:
    """The offer that waits for an answer and still can be accepted; of this role's part, or of any."""
    query = _OPEN if role is None else _OPEN_OF_ROLE
    return first_open(work, task, work.session.exec(query, params={"task": task.id, "role": role}))


def first_open(work: Work, task: Task, offers: Iterable[Handover]) -> Handover | None:
    """Of these offers of the task the first that waits for an answer and still can be accepted."""
    waiting = (row for row in offers if row.state == HandoverState.OFFERED)
    return next((row for row in waiting if is_givers(work, task, row)), None)


def is_givers(work: Work, task: Task, row: Handover) -> bool:
    """Whether the part is still the giver's to give: nobody else who is here has it."""
    part = next((part for part in parts_of(work.session, task) if part.role == row.role), None)
    if part is None or part.state not in LIVE:
        return False
    return part.assignee_id == row.from_id or responsibility_of(work, task, part).is_free
