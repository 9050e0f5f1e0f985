"""Occurrences that closed as "terlewat": asked about once, and still enterable under their own date."""

from datetime import datetime, timedelta

from sqlmodel import Session

from sop_flows.house import House
from sop_flows.parts import parts_of
from sop_flows.people.permissions import absent_holder, recipients, roles_of, stand_ins
from sop_flows.task_views import TaskLine, task_lines
from storage.queries.daily import list_missed
from storage.tables import Officer, Task

ASKED_WITHIN = timedelta(days=1)  # one morning: a missed occurrence is asked about once


def missed_lately(s: Session, house: House, officer: Officer, now: datetime) -> tuple[TaskLine, ...]:
    """What was missed since yesterday and is the officer's (PJ, or of the role and nobody was); a card once."""
    mine = [task for task in list_missed(s, now - ASKED_WITHIN) if _is_own(s, house, officer, task)]
    first: dict[object, Task] = {}
    for task in mine:
        first.setdefault(task.id if task.card is None else (task.run_id, task.card, task.occurrence_on), task)
    return task_lines(s, house, list(first.values()), officer, now)


def missed_before(s: Session, task: Task) -> Task | None:
    """The occurrence just before this one, when it was missed (of a daily card: any step of that day)."""
    if task.occurrence <= 1 or task.opened_at is None:
        return None
    for row in list_missed(s, task.opened_at - ASKED_WITHIN * 60, task.run_id):
        same = row.step == task.step if task.card is None else row.card == task.card
        if same and row.occurrence == task.occurrence - 1:
            return row
    return None


def _is_own(s: Session, house: House, officer: Officer, task: Task) -> bool:
    own = roles_of(s, officer.id or 0, task.within)
    for part in parts_of(s, task):
        if part.assignee_id is not None:
            if part.assignee_id == officer.id:
                return True
            if absent_holder(s, officer, part) is not None:
                return any(one.id == officer.id for one in recipients(s, house, task, part))
            continue
        standing_in = stand_ins(house.pack.unit, part.role, task.sop, task.step)
        if part.role in own or any(role in own for role in standing_in):
            return True
    return False
