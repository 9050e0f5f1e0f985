"""The offer of a task to a colleague that waits for an answer."""

from sqlmodel import Session, col, select

from sop_flows.core.parts import parts_of
from sop_flows.staffing.assignment import LIVE
from sop_flows.staffing.away import stood_in_for
from storage.tables import (
    Handover,
    HandoverState,
    Task,
)


def open_offer(s: Session, task: Task, role: str | None = None) -> Handover | None:
    """The offer that waits for an answer and still can be accepted; of this role's part, or of any."""
    query = select(Handover).where(Handover.task_id == task.id, Handover.state == HandoverState.OFFERED)
    if role is not None:
        query = query.where(Handover.role == role)
    return next((row for row in s.exec(query.order_by(col(Handover.id))).all() if _holds(s, task, row)), None)


def _holds(s: Session, task: Task, row: Handover) -> bool:
    """Whether the part is still the giver's to give."""
    part = next((part for part in parts_of(s, task) if part.role == row.role), None)
    if part is None or part.state not in LIVE:
        return False
    return part.assignee_id in (None, row.from_id) or part.assignee_id in stood_in_for(s, row.from_id)
