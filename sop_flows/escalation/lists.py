"""What a head is told in the morning: steps that have been late for too long, one list, no step twice on one day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlmodel import Session, col, select

from sop_flows.cases.visibility import may_see_task
from sop_flows.escalation.acknowledging import last_taken_on, rests_until
from sop_flows.escalation.thresholds import LEVELS, Level, addressees, told_from
from sop_flows.escalation.told import LISTED, parts_in, told_in
from sop_flows.house import House
from sop_flows.people.permissions import has_duty, heads_of, recipients, roles_of
from sop_flows.people.working_days import works_on
from sop_flows.status import is_target
from sop_flows.subjects import case_of
from sop_flows.task_rows import name_of
from sop_flows.task_views import TaskLine, task_lines
from sop_flows.versions import declared
from storage.tables import Officer, Reminder, ReminderKind, ReminderState, Task, TaskPart, TaskState

MIDNIGHT = time(0, 0)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class LateStep:
    """One line of the list.

    Attributes:
        holder: the PJ's name, None when nobody took it.
        is_target: only our target is over.
        taken_on_by: the head who said "Saya tangani" about it, None when nobody did.
    """

    line: TaskLine
    part_id: int
    role: str
    level: Level
    holder: str | None
    is_target: bool
    taken_on_by: str | None


def has_news(s: Session, house: House, officer: Officer, now: datetime) -> bool:
    """Whether there is anything to tell the officer now."""
    return bool(_levels(s, house, officer, now))


def listed(s: Session, house: House, officer: Officer, row: Reminder, now: datetime) -> tuple[LateStep, ...]:
    """The list that the row carries, the longest late first and targets last; what was done meanwhile is gone.

    Of a row still to be sent it is made now and noted in the row: what was told stands where it was sent from.
    """
    if row.state == ReminderState.PENDING:
        levels = _levels(s, house, officer, now)
        if levels or LISTED in (row.payload or {}):
            row.payload = {
                **(row.payload or {}),
                LISTED: {str(part): level for part, level in levels.items()},
            }
            s.add(row)
    else:
        levels = told_in(row)
    return _lines(s, house, officer, levels, now)


def _levels(s: Session, house: House, officer: Officer, now: datetime) -> dict[int, Level]:
    """The parts to tell the officer of now, by id, each at its highest level."""
    assert officer.id is not None
    if not (officer.is_admin or heads_of(s, house, officer.id)):
        return {}
    if not works_on(s, house, officer, house.today(now)):
        return {}
    found: dict[int, Level] = {}
    said_today: set[int] | None = None
    for task, part in _late_parts(s, now):
        level = _level_for(s, house, officer, task, part, now)
        if level is None:
            continue
        said_today = _said_today(s, house, officer, now) if said_today is None else said_today
        if (part.id or 0) not in said_today:
            found[part.id or 0] = level
    return found


def _level_for(
    s: Session, house: House, officer: Officer, task: Task, part: TaskPart, now: datetime
) -> Level | None:
    """At which level this late part is told to the officer; None when it is not."""
    sop, step = declared(s, task)
    found: Level | None = None
    for level in LEVELS:
        at = told_from(house, sop, step, task, level)
        if at is not None and at <= now and _is(officer, addressees(s, house, task, part.role, level)):
            found = level
    if found is None or _is(officer, recipients(s, house, task, part)):
        return None  # whoever is to do it hears of it in the own list
    if is_target(task, step) and has_duty(house, roles_of(s, officer.id or 0), "answers_for_all"):
        return None
    case = case_of(s, task)
    if case is not None and not may_see_task(s, house, officer, task, case):
        return None
    until = rests_until(s, house, officer, task, part, by_calendar=sop.clock == "kalender")
    return found if until is None or until <= now else None


def _late_parts(s: Session, now: datetime) -> list[tuple[Task, TaskPart]]:
    return [
        (task, part)
        for task, part in s.exec(
            select(Task, TaskPart)
            .join(TaskPart, col(TaskPart.task_id) == col(Task.id))
            .where(
                Task.state == TaskState.OPEN,
                col(Task.before_pandu).is_(False),
                col(Task.due_at) < now,
                TaskPart.state == TaskState.OPEN,
            )
            .order_by(col(Task.due_at), col(Task.id), col(TaskPart.position))
        )
    ]


def _said_today(s: Session, house: House, officer: Officer, now: datetime) -> set[int]:
    """The parts that the officer was told of today; what a clock said that ran ahead is of another day."""
    today = house.today(now)
    rows = s.exec(
        select(Reminder).where(
            Reminder.officer_id == officer.id,
            Reminder.state == ReminderState.SENT,
            col(Reminder.kind).in_((ReminderKind.DIGEST, ReminderKind.ESCALATION)),
            col(Reminder.sent_at) >= house.office.at(today, MIDNIGHT),
            col(Reminder.sent_at) < house.office.at(today + DAY, MIDNIGHT),
        )
    ).all()
    return {part_id for row in rows for part_id in parts_in(s, row)}


def _lines(
    s: Session, house: House, officer: Officer, levels: dict[int, Level], now: datetime
) -> tuple[LateStep, ...]:
    if not levels:
        return ()
    rows = s.exec(
        select(Task, TaskPart)
        .join(TaskPart, col(TaskPart.task_id) == col(Task.id))
        .where(col(TaskPart.id).in_(levels), TaskPart.state == TaskState.OPEN, Task.state == TaskState.OPEN)
    ).all()
    late = [(task, part) for task, part in rows if task.due_at is not None and task.due_at < now]
    by_task = {
        line.task.id: line for line in task_lines(s, house, [task for task, _part in late], officer, now)
    }
    found = [
        LateStep(
            line=by_task[task.id],
            part_id=part.id or 0,
            role=part.role,
            level=levels[part.id or 0],
            holder=name_of(s, part.assignee_id),
            is_target=is_target(task, by_task[task.id].step),
            taken_on_by=last_taken_on(s, task, part),
        )
        for task, part in late
    ]
    return tuple(sorted(_one_a_card(found), key=_urgency))


def _one_a_card(steps: Iterable[LateStep]) -> Iterable[LateStep]:
    """The steps of a daily card are one line."""
    seen: set[tuple[int, str, object]] = set()
    for one in steps:
        task = one.line.task
        if task.card is not None:
            card = (task.run_id, task.card, task.occurrence_on)
            if card in seen:
                continue
            seen.add(card)
        yield one


def _urgency(one: LateStep) -> tuple[bool, datetime, int]:
    assert one.line.due_at is not None
    return (one.is_target, one.line.due_at, one.part_id)


def _is(officer: Officer, among: Iterable[Officer]) -> bool:
    return any(officer.id == one.id for one in among)
