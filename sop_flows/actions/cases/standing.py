"""How many cases there are and how many are late, for /status: counts for heads, the cases themselves for few."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from sop_flows.core.institution import House
from sop_flows.staffing.permissions import heads_of
from sop_flows.staffing.visibility import is_knowing_head
from sop_flows.views.task_views import TaskLine, is_late, task_lines
from storage.tables import Case, DueKind, Officer, Task, TaskPart, TaskState


@dataclass(frozen=True)
class CaseCounts:
    """What one officer is told of the cases.

    Attributes:
        active: open cases; for a head who does not know them, those with an open step of the sections.
        late: how many of these have a late step (past standard time; our own targets do not count).
        knows: the officer may see which.
    """

    active: int
    late: int
    knows: bool


def case_counts(s: Session, house: House, officer: Officer, now: datetime) -> CaseCounts | None:
    """The figures for this officer; None without a case, and for whoever heads nothing and has none."""
    cases = s.exec(select(Case).where(col(Case.closed_at).is_(None))).all()
    if not cases:
        return None
    if is_knowing_head(s, house, officer):
        late = {task.case_id for task in late_case_tasks(s, now, None)}
        return CaseCounts(len(cases), len(late), knows=True)
    own = {case.id for case in cases if case.peksos_id == officer.id}
    if own:
        late = {task.case_id for task in late_case_tasks(s, now, None) if task.case_id in own}
        return CaseCounts(len(own), len(late), knows=True)
    headed = heads_of(s, house, officer.id or 0)
    if not headed:
        return None
    open_now = {task.case_id for task in _open_tasks(s, headed)}
    late = {task.case_id for task in late_case_tasks(s, now, headed)}
    return CaseCounts(len(open_now), len(late), knows=False) if open_now else None


def late_steps(s: Session, house: House, officer: Officer, now: datetime) -> tuple[TaskLine, ...]:
    """The late steps of the cases of which the officer knows the child, the latest first."""
    known = is_knowing_head(s, house, officer)
    tasks = [
        task
        for task in late_case_tasks(s, now, None)
        if known or s.get_one(Case, task.case_id).peksos_id == officer.id
    ]
    lines = task_lines(s, house, tasks, officer, now)
    return tuple(sorted(lines, key=lambda line: (-line.days_late, line.task.id or 0)))


def late_case_tasks(s: Session, now: datetime, roles: frozenset[str] | None) -> tuple[Task, ...]:
    """Late tasks of open cases; with `roles`, of these sections. Past our own target is not late."""
    return tuple(
        task for task in _open_tasks(s, roles) if is_late(task, now) and task.due_kind != DueKind.TARGET
    )


def _open_tasks(s: Session, roles: frozenset[str] | None) -> tuple[Task, ...]:
    query = (
        select(Task)
        .join(Case, col(Case.id) == col(Task.case_id))
        .join(TaskPart, col(TaskPart.task_id) == col(Task.id))
        .where(Task.state == TaskState.OPEN, TaskPart.state == TaskState.OPEN, col(Case.closed_at).is_(None))
        .distinct()
        .order_by(col(Task.id))
    )
    if roles is not None:
        query = query.where(col(TaskPart.role).in_(roles))
    return tuple(s.exec(query))
