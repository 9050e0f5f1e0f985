"""Why a reminder is owed no longer."""

from collections.abc import Mapping

from sop_flows.core.states import parts_of
from sop_flows.core.work import Work
from storage.queries.rolls import get_entry
from storage.tables import (
    LIVE,
    DroppedWhy,
    EntryState,
    Officer,
    Reminder,
    ReminderState,
    Task,
    TaskState,
)

ENDED: Mapping[TaskState, DroppedWhy] = {
    TaskState.DONE: DroppedWhy.DONE,
    TaskState.SKIPPED: DroppedWhy.SKIPPED,
    TaskState.MISSED: DroppedWhy.SKIPPED,
}


def drop(row: Reminder, why: DroppedWhy) -> None:
    """The reminder is not sent."""
    row.state, row.dropped_why = ReminderState.DROPPED, why


def why_over(work: Work, row: Reminder, task: Task) -> DroppedWhy | None:
    """Why nothing like this reminder is owed to its officer about the task any more; None while it may be."""
    if task.state not in LIVE:
        return ENDED.get(task.state, DroppedWhy.WITHDRAWN)
    part = next((one for one in parts_of(work.session, task) if one.role == row.role), None)
    if part is None or part.state not in LIVE:
        return DroppedWhy.WITHDRAWN if part is None else ENDED.get(part.state, DroppedWhy.WITHDRAWN)
    if work.session.get_one(Officer, row.officer_id).removed_at is not None:
        return DroppedWhy.OFFICER_GONE
    entry = None if row.child_id is None else get_entry(work.session, task.id or 0, row.child_id)
    if row.child_id is not None and (entry is None or entry.state != EntryState.OPEN):
        return DroppedWhy.CHILD_DONE
    return None
