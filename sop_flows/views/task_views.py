"""Read models: tasks as an officer looks at them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from sop_flows.core.subjects import case_of, cohort_of
from sop_flows.core.versions import at_hand, declared
from sop_flows.core.work import Work
from sop_flows.declarations.sop import Sop
from sop_flows.declarations.step import Step
from sop_flows.staffing.away import away, is_away
from sop_flows.staffing.permissions import (
    deputy_at,
    heads_of,
    holds,
    may_act,
    recipients,
    roles_of,
    stand_ins,
)
from sop_flows.staffing.working_days import works_on
from storage.remembered import remembered_work
from storage.tables import (
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
        mine: roles of the parts that are the officer's own (role or stand-in, not only as a head) and open.
        is_mine: the officer is PJ of one of them.
        assignee_name: PJ of the first open part, None when nobody took it.
        instead_of: the PJ who is away and whose part comes to the officer; None when no such part does.
        deputy: who stands in for a PJ who is away, "" when nobody was named; None when the PJ is here.
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
    def is_at_hand(self) -> bool:
        """Whether it is the officer's to do now: in charge, nobody is, or who is in charge is away."""
        return bool(self.mine) and (self.is_mine or self.assignee_name is None or self.instead_of is not None)

    @property
    def short(self) -> str:
        """The step in a few words."""
        return self.step.short


def is_late(task: Task, now: datetime) -> bool:
    """Overdue is computed, never stored; what was due before Pandu was used is never late."""
    return (
        task.state == TaskState.OPEN
        and not task.before_pandu
        and task.due_at is not None
        and task.due_at < now
    )


def my_tasks(work: Work, officer: Officer) -> tuple[TaskLine, ...]:
    """Open tasks of the officer's roles whose PJ is the officer or nobody: late first, then by due.

    The steps of a daily card stand for one: the first open one of each cohort and day.
    """
    return remembered_work(work.session, ("my_tasks", officer.id, work.now), lambda: _my_tasks(work, officer))


def _my_tasks(work: Work, officer: Officer) -> tuple[TaskLine, ...]:
    lines = _lines_of_roles(work, officer, (TaskState.OPEN,))
    mine = [line for line in lines if line.is_at_hand]
    return tuple(_one_per_card(sorted(mine, key=_urgency)))


def upcoming(work: Work, officer: Officer, days: int = 7) -> tuple[TaskLine, ...]:
    """Waiting tasks of the officer's roles that open within `days`, by opening."""
    until = work.now + timedelta(days=days)
    lines = _lines_of_roles(work, officer, (TaskState.WAITING,))
    mine = [
        line
        for line in lines
        if line.is_at_hand and line.task.opens_at is not None and line.task.opens_at <= until
    ]
    return tuple(
        _one_per_card(sorted(mine, key=lambda line: (line.task.opens_at or work.now, line.task.id or 0)))
    )


def digest_tasks(work: Work, officer: Officer) -> tuple[TaskLine, ...]:
    """What the officer's morning carries: due today or late. On a day off, calendar tasks only; on leave, what
    comes to the officer all the same, because nobody is left."""
    today = work.today
    works = works_on(work, officer, today)
    return tuple(
        line
        for line in my_tasks(work, officer)
        if line.due_at is not None
        and work.institution.today(line.due_at) <= today
        and (works or line.sop.clock == "kalender")
        and (not is_away(work.session, officer.id) or _comes_to(work, officer, line))
    )


def _comes_to(work: Work, officer: Officer, line: TaskLine) -> bool:
    return any(
        officer.id == one.id
        for part in line.parts
        if part.state == TaskState.OPEN
        for one in recipients(work, line.task, part)
    )


def task_line(work: Work, task: Task, officer: Officer) -> TaskLine:
    """One task as the officer sees it."""
    return _build(work, [task], officer)[0]


def task_lines(work: Work, tasks: Sequence[Task], officer: Officer) -> tuple[TaskLine, ...]:
    """Several tasks as the officer sees them, in the given order."""
    return tuple(_build(work, tasks, officer))


def colleagues(work: Work, task: Task, officer: Officer) -> tuple[Officer, ...]:
    """Others who may do an open part of the task: for "Dikerjakan oleh" and "Serahkan ke rekan"."""
    parts = work.session.exec(
        select(TaskPart).where(TaskPart.task_id == task.id).order_by(col(TaskPart.position))
    ).all()
    others = work.session.exec(
        select(Officer)
        .where(col(Officer.removed_at).is_(None), Officer.id != officer.id)
        .order_by(col(Officer.id))
    ).all()
    mine = [part for part in parts if may_act(work, officer, task, part)]
    return tuple(o for o in others if any(may_act(work, o, task, part) for part in mine))


def _lines_of_roles(work: Work, officer: Officer, states: tuple[TaskState, ...]) -> list[TaskLine]:
    assert officer.id is not None
    own = roles_of(work.session, officer.id)
    acting = own | {stand.acts_for for stand in work.unit.stand_ins if stand.role in own}
    gone = away(work.session)
    named = col(TaskPart.assignee_id) == officer.id
    # What somebody else is in charge of is not looked at: it is not at hand, and there may be much of it.
    free = col(TaskPart.assignee_id).is_(None) | col(TaskPart.assignee_id).in_(list(gone))
    owed = (
        col(Task.state).in_(states),
        col(Task.before_pandu).is_(False),
        col(Task.running).is_(False),  # "berjalan": a line of the monthly card
        col(TaskPart.state).in_(states),
    )
    rows = work.session.exec(
        select(Task)
        .join(TaskPart, col(TaskPart.task_id) == col(Task.id))
        .where(*owed, (col(TaskPart.role).in_(acting) & free) | named)
        .distinct()
        .order_by(col(Task.id))
    ).all()
    if not (officer.is_admin or heads_of(work, officer.id) or officer.id in gone.values()):
        return _build(work, rows, officer)
    left = work.session.exec(
        select(Task, TaskPart)
        .join(TaskPart, col(TaskPart.task_id) == col(Task.id))
        .where(*owed, free, col(TaskPart.role).not_in(acting))
        .order_by(col(Task.id))
    ).all()
    coming = _ComingTo(work, officer)
    known = {task.id for task in rows}
    left_over = {task.id: task for task, part in left if task.id not in known and coming.has(task, part)}
    return _build(work, [*rows, *left_over.values()], officer)


class _ComingTo:
    """Which parts come to an officer for want of anybody else: nobody holds their role, or is here. Asked once for
    all alike."""

    def __init__(self, work: Work, officer: Officer) -> None:
        self._work, self._officer = work, officer
        self._known: dict[tuple[object, ...], bool] = {}

    def has(self, task: Task, part: TaskPart) -> bool:
        """Whether this part of the task, whose PJ is nobody or away, comes to the officer."""
        standing_in = stand_ins(self._work.institution.pack.unit, part.role, task.sop, task.step)
        alike = (part.role, task.within, task.case_id, standing_in, part.assignee_id)
        if alike not in self._known:
            found = recipients(self._work, task, part)
            self._known[alike] = any(self._officer.id == one.id for one in found)
        return self._known[alike]


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
    assert officer.id is not None
    gone = away(work.session)
    names = _names(work.session, {part.assignee_id for some in parts.values() for part in some})
    roles_within: dict[int, frozenset[str]] = {}
    coming = _ComingTo(work, officer)
    lines = []
    for task in tasks:
        sop, step = declared(work.session, task)
        if task.within not in roles_within:
            roles_within[task.within] = roles_of(work.session, officer.id, task.within)
        own = roles_within[task.within]
        of_task = tuple(parts.get(task.id or 0, []))
        open_parts = [p for p in of_task if p.state in (TaskState.OPEN, TaskState.WAITING)]
        mine = tuple(
            p.role
            for p in open_parts
            if p.assignee_id == officer.id
            or holds(work, officer, own, task, p.role)
            or ((p.assignee_id is None or p.assignee_id in gone) and coming.has(task, p))
        )
        absent = [
            p
            for p in open_parts
            if p.assignee_id in gone and p.assignee_id != officer.id and coming.has(task, p)
        ]
        # Of an officer's two parts the one that nobody has in charge counts: it can be taken.
        held = [p.assignee_id for p in open_parts if p.role in mine or not mine]
        holder = None if None in held else next(iter(held), None)
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
                is_mine=any(p.assignee_id == officer.id for p in open_parts),
                assignee_name=None if holder is None else names.get(holder),
                is_late=late,
                days_late=(work.today - work.institution.today(task.due_at)).days
                if late and task.due_at is not None
                else 0,
                remaining=on_roll[0],
                total=on_roll[1],
                due_at=task.due_at,
                instead_of=names.get(absent[0].assignee_id or 0) if absent else None,
                deputy=_deputy_name(work, task, open_parts, holder) if holder in gone else None,
            )
        )
    return lines


def _deputy_name(work: Work, task: Task, parts: Iterable[TaskPart], holder_id: int | None) -> str:
    """Who does the part of an officer who is away; "" when no stand-in does."""
    part = next(part for part in parts if part.assignee_id == holder_id)
    deputy = deputy_at(work, task, part, work.session.get_one(Officer, holder_id))
    return "" if deputy is None else deputy.name


def _names(s: Session, officer_ids: Collection[int | None]) -> dict[int, str]:
    """Names of these officers, removed ones too."""
    found = s.exec(select(Officer).where(col(Officer.id).in_([one for one in officer_ids if one])))
    return {officer.id or 0: officer.name for officer in found}


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
