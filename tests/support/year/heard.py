"""Whether somebody will hear of whatever is owed: asked of the rows and of the mornings to come."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session, col, select

from sop_flows.calendar.moments import MORNING
from sop_flows.core.work import Institution, Work
from sop_flows.notifications.escalation.lists import levels_now, steps_of
from sop_flows.notifications.planning import PLANNED, plan_task
from sop_flows.views.task_views import digest_tasks
from storage.tables import (
    Absence,
    Account,
    Officer,
    Reminder,
    ReminderKind,
    ReminderState,
    Task,
    TaskPart,
    TaskState,
)

LATE_DAYS = 14  # after the last due date: every head has been told by then
DAY = timedelta(days=1)
NEXT_MORNING = timedelta(hours=24 + 3)  # the latest: whoever had it at 06.00 and chose 09.00
LIVE = (TaskState.OPEN, TaskState.WAITING)


@dataclass(frozen=True)
class _Morning:
    """What one officer would be told on a working morning when everything is late: tasks of the list, cards, and
    parts as a head."""

    tasks: frozenset[int]
    cards: frozenset[tuple[int, str, date | None]]
    late_parts: frozenset[int]

    def tells(self, task: Task) -> bool:
        return task.id in self.tasks or (
            task.card is not None and (task.run_id, task.card, task.occurrence_on) in self.cards
        )


def unheard(s: Session, house: Institution, now: datetime) -> Iterator[str]:
    """Open parts of tasks with a due time of which nobody would hear, and officers without a coming morning.

    A list of tasks is on every working morning from the day of the due time on, so one look at a
    late morning says who will have a task in it; that the mornings come is looked at by their rows.
    """
    officers = _reachable(s)
    yield from _without_morning(s, officers, now)
    owed = s.exec(
        select(Task, TaskPart)
        .join(TaskPart, col(TaskPart.task_id) == col(Task.id))
        .where(Task.state == TaskState.OPEN, TaskPart.state == TaskState.OPEN)
        .where(col(Task.state) != TaskState.BEFORE_PANDU, col(Task.due_at).is_not(None))
        .order_by(col(Task.id), col(TaskPart.id))
    ).all()
    dues = [task.due_at for task, _part in owed if task.due_at is not None]
    last = house.today(max([now, *dues]))
    late = house.office.at(house.office.next_working_day(last + LATE_DAYS * DAY), MORNING)
    mornings = {one.id: _morning(s, house, one, late) for one in officers}
    gone = _away(s)
    for task, part in owed:
        hearing = {number for number, morning in mornings.items() if morning.tells(task)}
        heads = {number for number, morning in mornings.items() if part.id in morning.late_parts}
        where = f"task {task.id} ({task.sop}/{task.step}/{task.occurrence}), part of {part.role}"
        if task.running:
            if not heads and not _asked_monthly(s, task):
                yield f"{where}: it runs for months and nobody ever hears of it"
        elif part.assignee_id in mornings and part.assignee_id not in gone:
            if part.assignee_id not in hearing:
                yield f"{where}: not in a coming morning of {part.assignee_id}, who is in charge and here"
        elif not hearing:
            yield f"{where}: in nobody's coming morning (heads: {sorted(one for one in heads if one is not None)})"


def replanned(s: Session, house: Institution, now: datetime) -> list[str]:
    """What planning everything once more would change; nothing, or something was forgotten when it changed.

    Of what is due already and waits (for the quiet hours to end) it is asked when it is sent whether it is still true.
    """
    before = _pending(s)
    for task in s.exec(select(Task).where(col(Task.state).in_(LIVE)).order_by(col(Task.id))).all():
        plan_task(Work(s, house, now), task)
    after = _pending(s)
    too_many = {key for key in before - after if _instant(key) > now}
    return [f"{key} should be owed" for key in sorted(after - before)] + [
        f"{key} should not be owed any more" for key in sorted(too_many)
    ]


def _instant(key: str) -> datetime:
    """The time in the key of a planned reminder."""
    return datetime.strptime(key.rpartition("@")[2], "%Y%m%dT%H%M").replace(tzinfo=UTC)


def look(s: Session, house: Institution, now: datetime) -> list[str]:
    """Both, in a session whose transaction the caller takes back."""
    return [*unheard(s, house, now), *replanned(s, house, now)]


def _reachable(s: Session) -> Sequence[Officer]:
    return s.exec(
        select(Officer)
        .join(Account, col(Account.officer_id) == col(Officer.id))
        .where(col(Officer.removed_at).is_(None), col(Account.unbound_at).is_(None))
        .order_by(col(Officer.id))
    ).all()


def _away(s: Session) -> set[int]:
    query = select(Absence.officer_id).where(
        col(Absence.begun_at).is_not(None), col(Absence.ended_at).is_(None)
    )
    return set(s.exec(query))


def _without_morning(s: Session, officers: Sequence[Officer], now: datetime) -> Iterator[str]:
    of_mornings = select(Reminder.officer_id).where(
        Reminder.kind == ReminderKind.DIGEST, Reminder.due_at > now
    )
    pending = of_mornings.where(
        Reminder.state == ReminderState.PENDING, Reminder.due_at <= now + NEXT_MORNING
    )
    said = of_mornings.where(Reminder.state == ReminderState.SENT)  # the clock was set back
    coming = {*s.exec(pending), *s.exec(said)}
    yield from (f"officer {one.id} has no coming morning" for one in officers if one.id not in coming)


def _morning(s: Session, house: Institution, officer: Officer, at: datetime) -> _Morning:
    lines = digest_tasks(Work(s, house, at), officer)
    work = Work(s, house, at)
    return _Morning(
        frozenset(line.task.id or 0 for line in lines),
        frozenset(
            (line.task.run_id, line.task.card, line.task.occurrence_on) for line in lines if line.task.card
        ),
        frozenset(step.part_ids[0] for step in steps_of(work, officer, levels_now(work, officer))),
    )


def _asked_monthly(s: Session, task: Task) -> bool:
    """Whether the card that asks about the service is still to come, or is open."""
    found = s.exec(
        select(Task.id).where(
            Task.case_id == task.case_id,
            Task.id != task.id,
            Task.occurrence > 0,
            col(Task.running).is_(False),
            col(Task.state).in_(LIVE),
        )
    ).first()
    return found is not None


def _pending(s: Session) -> set[str]:
    query = select(Reminder.key).where(
        Reminder.state == ReminderState.PENDING, col(Reminder.kind).in_(PLANNED)
    )
    return set(s.exec(query))
