"""Whatever is said to anyone but the officer who tapped is a row first."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import delete
from sqlmodel import Session, col

from sop_flows.core.subjects import case_of
from sop_flows.core.work import Work
from sop_flows.notifications.quiet_hours import speaking_time
from sop_flows.staffing.responsibility import accountable_for
from sop_flows.staffing.visibility import may_see_task
from storage.tables import (
    Reminder,
    ReminderKind,
    ReminderState,
    Task,
)


def notify(
    work: Work,
    officer_id: int,
    what: str,
    payload: dict[str, Any],
    *,
    task_id: int | None = None,
    edits_message_id: int | None = None,
    at: datetime | None = None,
) -> Reminder:
    """Owe an officer a notice: whatever is said to anyone but the officer who tapped is such a row.

    Args:
        what: the word that says which sentence, such as "taken".
        at: when; `now` unless the caller moved it out of the quiet hours.
    """
    row = Reminder(
        key=f"notice:{officer_id}:{what}:{task_id or 0}:{uuid4().hex}",  # each is owed, even twice the same
        kind=ReminderKind.NOTICE,
        officer_id=officer_id,
        task_id=task_id,
        rule=what,
        due_at=at or work.now,
        payload={"notice": what, **payload},
        edits_message_id=edits_message_id,
        created_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    return row


def notify_changed(work: Work, said: Reminder, what: str, payload: dict[str, Any], task: Task) -> None:
    """What an earlier push said is so no longer: it is changed where it stands.

    When its officer has turned it into another screen, that screen stays and the notice is a message of its own.
    """
    if said.turned_at is None:
        notify(work, said.officer_id, what, payload, task_id=task.id, edits_message_id=said.message_id)
    else:
        at = speaking_time(work, task, work.now)
        notify(work, said.officer_id, what, payload, task_id=task.id, at=at)


def notify_heads(
    work: Work, task: Task, role: str, what: str, payload: dict[str, Any], but: int | None
) -> None:
    """Tell who answers for the role, except the officer `but` who did it; of a case, only who may see it."""
    case = case_of(work.session, task)
    for officer in accountable_for(work, role, task.within):
        if case is not None and not may_see_task(work, officer, task, case):
            continue
        if officer.id is not None and officer.id != but:
            at = speaking_time(work, task, work.now)
            notify(work, officer.id, what, payload, task_id=task.id, at=at)


def forget_sent_before(s: Session, at: datetime) -> None:
    """Nothing is forgotten of reminders that were sent; dropped ones older than `at` go."""
    s.exec(delete(Reminder).where(col(Reminder.state) == ReminderState.DROPPED, col(Reminder.due_at) < at))
