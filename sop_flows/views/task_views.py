"""Read models: tasks as an officer looks at them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import col, select

from sop_flows.core.parts import parts_of
from sop_flows.core.subjects import case_of, cohort_of
from sop_flows.core.versions import at_hand, declared
from sop_flows.core.work import Work
from sop_flows.declarations.sop import Sop
from sop_flows.declarations.step import Step
from sop_flows.staffing.away import is_away
from sop_flows.staffing.responsibility import acting_parts, may_come_to, responsibility_of
from sop_flows.staffing.roster import away, enrolled
from sop_flows.staffing.working_days import works_on
from storage.tables import (
    LIVE,
    Case,
    Cohort,
    EntryState,
    Officer,
    Task,
    TaskEntry,
    TaskPart,
    TaskState,
)


@dataclass(frozen=True)
class TaskLine:
    """One task as one line of a list.

    Attributes:
        mine: roles of the open parts that concern the officer, see `Responsibility`.
        is_mine: the officer is PJ of one of them.
        assignee_name: PJ of the first open part, None when nobody took it.
        instead_of: the PJ who is away and whose part comes to the officer; None when no such part does.
        deputy: who deputises for a PJ who is away, "" when nobody was named; None when the PJ is here.
        days_late: calendar days since the due date; 0 on the day itself.
        remaining, total: open and all entries of a roll (without withdrawn ones); None for other steps.
    """

    task: Task
    sop: Sop
    step: Step
    cohort: Cohort | None
    case: Case | None
    parts: tuple[TaskPart, ...]
    mine: tuple[str, ...]
    is_mine: bool
    assignee_name: str | None
    is_late: bool
    days_late: int
    remaining: int | None
    total: int | None
    due_at: datetime | None
    instead_of: str | None = None
    deputy: str | None = None

    @property
    def short(self) -> str:
        """The step in a few words."""
        return self.step.short


def is_late(task: Task, now: datetime) -> bool:
    """Overdue is computed, never stored; what was due before Pandu was used is never late."""
    return task.state == TaskState.OPEN and task.due_at is not None and task.due_at < now


def my_tasks(work: Work, officer: Officer) -> tuple[TaskLine, ...]:
    """Open tasks that are the officer's to do now: late first, then by due.

    The steps of a daily card stand for one: the first open one of each cohort and day.
    """
    return tuple(_one_per_card(sorted(_at_hand(work, officer, TaskState.OPEN), key=_urgency)))


def upcoming(work: Work, officer: Officer, days: int = 7) -> tuple[TaskLine, ...]:
    """Waiting tasks that open within `days` and will be the officer's to do, by opening."""
    until = work.now + timedelta(days=days)
    mine = [
        line
        for line in _at_hand(work, officer, TaskState.WAITING)
        if line.task.opens_at is not None and line.task.opens_at <= until
    ]
    return tuple(
        _one_per_card(sorted(mine, key=lambda line: (line.task.opens_at or work.now, line.task.id or 0)))
    )


def digest_tasks(work: Work, officer: Officer) -> tuple[TaskLine, ...]:
    """What the officer's morning carries: due today or late. On a day off, calendar tasks only; on leave, what
    comes to the officer all the same, because nobody is left."""
    lines = _build(work, _of_this_morning(work, officer), officer)
    return tuple(_one_per_card(sorted(lines, key=_urgency)))


def has_digest_tasks(work: Work, officer: Officer) -> bool:
    """Whether the officer's morning carries any task."""
    return bool(_of_this_morning(work, officer))


def _of_this_morning(work: Work, officer: Officer) -> tuple[Task, ...]:
    works = works_on(work, officer, work.today)
    return tuple(
        task
        for task in tasks_at_hand(work, officer, TaskState.OPEN)
        if task.due_at is not None
        and work.institution.today(task.due_at) <= work.today
        and (works or declared(work.session, task)[0].clock == "kalender")
        and (not is_away(work, officer.id) or _comes_to(work, officer, task))
    )


def _comes_to(work: Work, officer: Officer, task: Task) -> bool:
    return any(
        responsibility_of(work, task, part).comes_to(officer)
        for part in parts_of(work.session, task)
        if part.state == TaskState.OPEN
    )


def task_line(work: Work, task: Task, officer: Officer) -> TaskLine:
    """One task as the officer sees it."""
    return _build(work, [task], officer)[0]


def task_lines(work: Work, tasks: Sequence[Task], officer: Officer) -> tuple[TaskLine, ...]:
    """Several tasks as the officer sees them, in the given order."""
    return tuple(_build(work, tasks, officer))


def colleagues(work: Work, task: Task, officer: Officer) -> tuple[Officer, ...]:
    """Others who may do an open part of the task: for "Dikerjakan oleh" and "Serahkan ke rekan"."""
    theirs = [responsibility_of(work, task, part) for part in acting_parts(work, officer, task)]
    return tuple(
        one for one in enrolled(work) if one.id != officer.id and any(its.permits(one) for its in theirs)
    )


def tasks_at_hand(work: Work, officer: Officer, state: TaskState) -> tuple[Task, ...]:
    """The tasks in this state, open or waiting, of which a part is the officer's to do now."""
    # What somebody who is here is in charge of is not looked at, and there may be much of it.
    free = col(TaskPart.assignee_id).is_(None) | col(TaskPart.assignee_id).in_([officer.id, *away(work)])
    rows = work.session.exec(
        select(Task, TaskPart)
        .join(TaskPart, col(TaskPart.task_id) == col(Task.id))
        .where(
            Task.state == state,
            col(Task.running).is_(False),  # "berjalan": a line of the monthly card
            TaskPart.state == state,
            free,
            may_come_to(work, officer),
        )
        .order_by(col(Task.id))
    )
    found = {task.id: task for task, part in rows if responsibility_of(work, task, part).is_at_hand(officer)}
    return tuple(found.values())


def _at_hand(work: Work, officer: Officer, state: TaskState) -> list[TaskLine]:
    return _build(work, tasks_at_hand(work, officer, state), officer)


def _build(work: Work, tasks: Sequence[Task], officer: Officer) -> list[TaskLine]:
    if not tasks:
        return []
    ids = [task.id for task in tasks]
    kept = at_hand(work.session, tasks)  # noqa: F841  # what is at hand is so while somebody holds it
    parts: dict[int, list[TaskPart]] = {}
    for part in work.session.exec(
        select(TaskPart).where(col(TaskPart.task_id).in_(ids)).order_by(col(TaskPart.position))
    ):
        parts.setdefault(part.task_id, []).append(part)
    counts: dict[int, tuple[int, int]] = {}
    for task_id, state, count in work.session.exec(
        select(TaskEntry.task_id, TaskEntry.state, func.count())
        .where(col(TaskEntry.task_id).in_(ids), TaskEntry.state != EntryState.WITHDRAWN)
        .group_by(col(TaskEntry.task_id), col(TaskEntry.state))
    ):
        remaining, total = counts.get(task_id, (0, 0))
        counts[task_id] = (remaining + (count if state == EntryState.OPEN else 0), total + count)
    lines = []
    for task in tasks:
        sop, step = declared(work.session, task)
        of_task = tuple(parts.get(task.id or 0, []))
        owed = {part.role: responsibility_of(work, task, part) for part in of_task if part.state in LIVE}
        mine = tuple(role for role, its in owed.items() if its.concerns(officer))
        # Of an officer's two parts the one that nobody has in charge counts: it can be taken.
        shown = [its for role, its in owed.items() if role in mine or not mine]
        first = next((its for its in shown if its.assignee is None), next(iter(shown), None))
        assignee = None if first is None else first.assignee
        absent = (its.assignee for its in owed.values() if its.comes_instead_to(officer))
        late = is_late(task, work.now)
        on_roll = counts.get(task.id or 0, (0, 0)) if step.per is not None else (None, None)
        lines.append(
            TaskLine(
                task=task,
                sop=sop,
                step=step,
                cohort=cohort_of(work.session, task),
                case=case_of(work.session, task),
                parts=of_task,
                mine=mine,
                is_mine=any(its.is_assigned_to(officer) for its in owed.values()),
                assignee_name=None if assignee is None else assignee.name,
                is_late=late,
                days_late=(work.today - work.institution.today(task.due_at)).days
                if late and task.due_at is not None
                else 0,
                remaining=on_roll[0],
                total=on_roll[1],
                due_at=task.due_at,
                instead_of=next((one.name for one in absent if one is not None), None),
                deputy=None if first is None else first.deputy_name,
            )
        )
    return lines


def _urgency(line: TaskLine) -> tuple[bool, datetime, int]:
    assert line.due_at is not None
    return (not line.is_late, line.due_at, line.task.id or 0)


def _one_per_card(lines: Iterable[TaskLine]) -> Iterable[TaskLine]:
    seen: set[tuple[int, str, object]] = set()
    for line in lines:
        if line.task.card is not None:
            group = (line.task.run_id, line.task.card, line.task.occurrence_on)
            if group in seen:
                continue
            seen.add(group)
        yield line
