"""Occurrences that closed as "terlewat": asked about once, and still enterable under their own date."""

from datetime import timedelta

from sqlmodel import Session

from sop_flows.core.states import parts_of
from sop_flows.core.work import Work
from sop_flows.staffing.responsibility import responsibility_of
from sop_flows.views.task_views import TaskLine, task_lines
from storage.queries.daily import list_missed
from storage.queries.digest_items import list_items
from storage.queries.messages import list_sent_digests
from storage.tables import ItemKind, Officer, Reminder, Task, TaskState

ASKED_WITHIN = timedelta(days=1)  # one morning: a missed occurrence is asked about once
MOST = 10  # asked about in one list; the others come in the next one


def missed_lately(work: Work, officer: Officer) -> tuple[TaskLine, ...]:
    """What was missed since yesterday and is the officer's (PJ, or of the role and nobody was); a card once."""
    mine = [
        task for task in list_missed(work.session, work.now - ASKED_WITHIN) if _is_own(work, officer, task)
    ]
    first: dict[object, Task] = {}
    for task in mine:
        first.setdefault(task.id if task.card is None else (task.run_id, task.card, task.occurrence_on), task)
    return task_lines(work, list(first.values()), officer)


def to_ask(work: Work, officer: Officer) -> tuple[TaskLine, ...]:
    """What the officer's next morning list asks about: what the last one had no room for, then what was missed since;
    those beyond MOST are for the list after it."""
    waiting = [
        task
        for task in _still_missed(work.session, _left(work.session, officer))
        if _is_own(work, officer, task)
    ]
    lines = {line.task.id: line for line in task_lines(work, waiting, officer)}
    lines.update({line.task.id: line for line in missed_lately(work, officer)})
    return tuple(lines.values())


def missed_in(work: Work, officer: Officer, digest: Reminder) -> tuple[tuple[TaskLine, ...], int]:
    """What this morning list asks about and nobody entered since, and how many more the next one will."""
    noted = _noted_in(work.session, digest)
    return task_lines(work, _still_missed(work.session, noted[:MOST]), officer), len(noted[MOST:])


def missed_before(s: Session, task: Task) -> Task | None:
    """The occurrence just before this one, when it was missed (of a daily card: any step of that day)."""
    if task.occurrence <= 1 or task.opened_at is None:
        return None
    for row in list_missed(s, task.opened_at - ASKED_WITHIN * 60, task.run_id):
        same = row.step == task.step if task.card is None else row.card == task.card
        if same and row.occurrence == task.occurrence - 1:
            return row
    return None


def _is_own(work: Work, officer: Officer, task: Task) -> bool:
    return any(responsibility_of(work, task, part).is_own(officer) for part in parts_of(work.session, task))


def _left(s: Session, officer: Officer) -> list[int]:
    """What the officer's last morning list had no room for."""
    return [
        one for last in list_sent_digests(s, officer.id or 0, limit=1) for one in _noted_in(s, last)[MOST:]
    ]


def _noted_in(s: Session, digest: Reminder) -> list[int]:
    return [one.task_id or 0 for one in list_items(s, digest, ItemKind.MISSED)]


def _still_missed(s: Session, ids: list[int]) -> list[Task]:
    """Those of these tasks that nobody entered meanwhile, in this order."""
    found = [s.get(Task, one) for one in ids]
    return [task for task in found if task is not None and task.state == TaskState.MISSED]
