"""What a transaction leaves to be said, decided once before it commits."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlmodel import Session

from sop_flows.core.institution import Institution
from sop_flows.core.notices import passes_quiet_hours
from sop_flows.core.work import Work
from sop_flows.notifications.planning import plan_task
from sop_flows.notifications.quiet_hours import speaking_time
from storage.tables import Officer


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
    for notice, of in work.notices:
        if notice.edits_message_id is None and not passes_quiet_hours(notice):
            notice.due_at = speaking_time(work, of, notice.due_at)
    work.session.add_all(notice for notice, _of in work.notices)
    work.notices.clear()
    work.session.flush()
