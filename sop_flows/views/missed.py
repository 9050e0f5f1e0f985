"""Occurrences that closed as "terlewat": asked about once, and still enterable under their own date."""

from datetime import timedelta

from sqlmodel import Session

from sop_flows.core.parts import parts_of
from sop_flows.core.work import Work
from sop_flows.staffing.responsibility import responsibility_of
from sop_flows.views.task_views import TaskLine, task_lines
from storage.queries.daily import list_missed
from storage.queries.sent import list_sent_digests
from storage.tables import Officer, Reminder, ReminderState, Task

ASKED_WITHIN = timedelta(days=1)  # one morning: a missed occurrence is asked about once
NOTED = "missed"  # in the payload of a digest: the tasks that it asked about, then those it had no room for


def missed_lately(work: Work, officer: Officer) -> tuple[TaskLine, ...]:
    """What was missed since yesterday and is the officer's (PJ, or of the role and nobody was); a card once."""
    mine = [
        task for task in list_missed(work.session, work.now - ASKED_WITHIN) if _is_own(work, officer, task)
    ]
    first: dict[object, Task] = {}
    for task in mine:
        first.setdefault(task.id if task.card is None else (task.run_id, task.card, task.occurrence_on), task)
    return task_lines(work, list(first.values()), officer)


def ask_missed(work: Work, officer: Officer, digest: Reminder, most: int) -> tuple[tuple[TaskLine, ...], int]:
    """What this morning list asks about, `most` at once, and how many more the next one will.

    Of a list still to be sent it is noted in its row; of one that was sent, what it asked and nobody entered since.
    """
    if digest.state != ReminderState.PENDING:
        noted = _noted_in(digest)
        return task_lines(work, _still_missed(work.session, noted[:most]), officer), len(noted[most:])
    waiting = [
        task
        for task in _still_missed(work.session, _left(work.session, officer, most))
        if _is_own(work, officer, task)
    ]
    lines = {line.task.id: line for line in task_lines(work, waiting, officer)}
    lines.update({line.task.id: line for line in missed_lately(work, officer)})
    if lines:
        digest.payload = {**(digest.payload or {}), NOTED: list(lines)}
        work.session.add(digest)
    found = tuple(lines.values())
    return found[:most], len(found[most:])


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


def _left(s: Session, officer: Officer, most: int) -> list[int]:
    """What the officer's last morning list had no room for."""
    return [
        number for last in list_sent_digests(s, officer.id or 0, limit=1) for number in _noted_in(last)[most:]
    ]


def _noted_in(digest: Reminder) -> list[int]:
    noted = (digest.payload or {}).get(NOTED)
    return noted if isinstance(noted, list) else []


def _still_missed(s: Session, ids: list[int]) -> list[Task]:
    """Those of these tasks that nobody entered meanwhile, in this order."""
    found = [s.get(Task, one) for one in ids]
    return [task for task in found if task is not None and task.close_reason == "missed"]
