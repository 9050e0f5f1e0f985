"""Whatever is said to anyone but the officer who tapped is a row first."""

from datetime import timedelta

from sop_flows.core.notices import Notice
from sop_flows.core.work import Work, case_of
from sop_flows.staffing.responsibility import accountable_for, may_see_task
from storage.tables import (
    Reminder,
    Task,
)


def notify_changed(work: Work, said: Reminder, notice: Notice, task: Task) -> None:
    """What an earlier push said is so no longer: it is changed where it stands.

    When its officer has turned it into another screen, that screen stays and the notice is a message of its own.
    """
    work.notify(said.officer_id, notice, task, edits=said.message_id if said.turned_at is None else None)


def notify_heads(work: Work, task: Task, role: str, notice: Notice, but: int | None) -> None:
    """Tell who answers for the role, except the officer `but` who did it; of a case, only who may see it."""
    case = case_of(work.session, task)
    for officer in accountable_for(work, role, task.cohort_id or 0):
        if case is not None and not may_see_task(work, officer, task, case):
            continue
        if officer.id is not None and officer.id != but:
            work.notify(officer.id, notice, task)


def hide_later(work: Work, officer_id: int, message_id: int, hidden: Notice) -> None:
    """The message that shows who a child is, is changed back after the minutes of the pack."""
    at = work.now + timedelta(minutes=work.unit.access.hide_minutes)
    work.notify(officer_id, hidden, edits=message_id, at=at)
    # So that a tap which turns the message into another screen is noted on the row.
    work.notices[-1][0].message_id = message_id
