"""What a transaction leaves to be said, decided once before it commits."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import uuid4

from sqlmodel import Session

from sop_flows.core.institution import Institution
from sop_flows.core.work import Notice, Work
from sop_flows.notifications.planning import plan_task
from sop_flows.notifications.quiet_hours import speaking_time
from storage.tables import Officer, Reminder, ReminderKind


@contextmanager
def working(
    session: Session,
    institution: Institution,
    now: datetime,
    officer: Officer | None = None,
    update_id: int | None = None,
) -> Iterator[Work]:
    """Work in the open transaction, and settle it at the end; what raises leaves nothing to settle."""
    work = Work(session, institution, now, officer, update_id)
    yield work
    settle(work)


def settle(work: Work) -> None:
    """Plan the reminders of the touched tasks, each once, and write the notices, out of the quiet hours.

    A task is planned as of its first touch: what falls due between that and the last is owed, not skipped.
    """
    for task, at in work.touched.values():
        plan_task(work.at(at), task)
    work.touched.clear()
    work.session.add_all([_row(work.at(notice.now), notice) for notice in work.notices])
    work.notices.clear()
    work.session.flush()


def _row(work: Work, notice: Notice) -> Reminder:
    task_id = None if notice.task is None else notice.task.id
    at = notice.at or work.now
    return Reminder(
        key=f"notice:{notice.to}:{notice.what}:{task_id or 0}:{uuid4().hex}",  # each is owed, even twice the same
        kind=ReminderKind.NOTICE,
        officer_id=notice.to,
        task_id=task_id,
        rule=notice.what,
        due_at=at if notice.edits is not None else speaking_time(work, notice.task, at),
        ends_at=notice.ends_at,
        payload={"notice": notice.what, **notice.payload},
        edits_message_id=notice.edits,
        created_at=work.now,
    )
