"""How many cases there are and how many are late, for /status: counts for heads, the cases themselves for few."""

from dataclasses import dataclass

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from sop_flows.core.states import is_late, is_target
from sop_flows.core.work import Work, declared
from sop_flows.staffing.responsibility import is_knowing_head, keeps
from sop_flows.staffing.roster import heads_of
from sop_flows.views.obstacles import last_obstacles
from sop_flows.views.task_views import TaskLine, task_lines
from storage.engine import remembered
from storage.tables import Case, Officer, Task, TaskPart, TaskState


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


def case_counts(work: Work, officer: Officer) -> CaseCounts | None:
    """The figures for this officer; None without a case, and for whoever heads nothing and has none."""
    cases = remembered(work.session, "open cases", lambda: _open_cases(work.session))
    if not cases:
        return None
    if is_knowing_head(work, officer):
        late = {task.case_id for task in late_case_tasks(work, None)}
        return CaseCounts(len(cases), len(late), knows=True)
    own = {case.id for case in cases if keeps(work, officer, case)}
    if own:
        late = {task.case_id for task in late_case_tasks(work, None) if task.case_id in own}
        return CaseCounts(len(own), len(late), knows=True)
    headed = heads_of(work, officer.id or 0)
    if not headed:
        return None
    tasks = _open_tasks(work.session, headed)
    open_now = {task.case_id for task in tasks}
    late = {task.case_id for task in _late(work, tasks)}
    return CaseCounts(len(open_now), len(late), knows=False) if open_now else None


_OPEN_CASES = select(Case).where(col(Case.closed_at).is_(None))


def _open_cases(s: Session) -> tuple[Case, ...]:
    return tuple(s.exec(_OPEN_CASES))


def late_steps(work: Work, officer: Officer) -> tuple[TaskLine, ...]:
    """The late steps of the cases of which the officer knows the child, the latest first."""
    known = is_knowing_head(work, officer)
    tasks = [
        task
        for task in late_case_tasks(work, None)
        if known or keeps(work, officer, work.session.get_one(Case, task.case_id))
    ]
    lines = task_lines(work, tasks, officer)
    return tuple(sorted(lines, key=lambda line: (-line.days_late, line.task.id or 0)))


def hindered_steps(work: Work, officer: Officer) -> tuple[TaskLine, ...]:
    """The open emergency steps with an obstacle, of the cases of which the officer knows the child, as they were due."""
    known = is_knowing_head(work, officer)
    tasks = [
        task
        for task in _open_tasks(work.session, None)
        if declared(work.session, task)[0].emergency
        and (known or keeps(work, officer, work.session.get_one(Case, task.case_id)))
    ]
    hinders = last_obstacles(work.session, [task.id or 0 for task in tasks])
    return task_lines(work, [task for task in tasks if task.id in hinders], officer)


def late_case_tasks(work: Work, roles: frozenset[str] | None) -> tuple[Task, ...]:
    """Late tasks of open cases; with `roles`, of these sections. Past our own target is not late."""
    return _late(work, _open_tasks(work.session, roles))


def _late(work: Work, tasks: tuple[Task, ...]) -> tuple[Task, ...]:
    return tuple(
        task
        for task in tasks
        if is_late(task, work.now) and not is_target(task, declared(work.session, task)[1])
    )


_OPEN_TASKS = (
    select(Task)
    .join(Case, col(Case.id) == col(Task.case_id))
    .join(TaskPart, col(TaskPart.task_id) == col(Task.id))
    .where(Task.state == TaskState.OPEN, TaskPart.state == TaskState.OPEN, col(Case.closed_at).is_(None))
    .distinct()
    .order_by(col(Task.id))
)
_OPEN_TASKS_OF_ROLES = _OPEN_TASKS.where(col(TaskPart.role).in_(bindparam("roles", expanding=True)))


def _open_tasks(s: Session, roles: frozenset[str] | None) -> tuple[Task, ...]:
    query = _OPEN_TASKS if roles is None else _OPEN_TASKS_OF_ROLES
    return tuple(s.exec(query, params={"roles": sorted(roles or ())}))
