"""The list for an SOP that runs, a child, a case or one task."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlmodel import Session, col, select

from sop_flows.cases.visibility import knows, may_see_task
from sop_flows.cohorts.membership import may_see
from sop_flows.errors import NotFoundError
from sop_flows.house import House
from sop_flows.people.permissions import acting_roles
from sop_flows.subjects import case_of
from sop_flows.timeline.moment import Moment, together
from sop_flows.timeline.was import reminders_of, told_heads
from sop_flows.timeline.will_be import heads_to_hear, lists_to_come, openings, starts
from storage.queries.sent import list_about
from storage.tables import Case, Cohort, Officer, Run, RunState, Task, TaskEntry, TaskState


def timeline(
    s: Session,
    house: House,
    tasks: Collection[Task],
    now: datetime,
    *,
    runs: Iterable[Run] = (),
    child_id: int | None = None,
) -> tuple[Moment, ...]:
    """All that was and will be said about the tasks, what was first; see `Moment`.

    Args:
        runs: whose later occurrences and whose start belong in it too.
        child_id: of a task for many children, only what is about this one.
    """
    by_id = {task.id or 0: task for task in tasks}
    rows = [
        row
        for row in list_about(s, by_id)
        if child_id is None or row.child_id == child_id or by_id[row.task_id or 0].child_id == child_id
    ]
    of_all = [task for task in by_id.values() if child_id is None or task.child_id == child_id]
    ours = list(reminders_of(s, house, rows, by_id, now))
    said = {(one.at, one.task.id) for one in ours if one.what == "coming" and one.task is not None}
    lists = (
        one for one in lists_to_come(s, house, of_all, now) if (one.at, one.task and one.task.id) not in said
    )
    return together(
        [
            *ours,
            *told_heads(s, house, of_all, now),
            *lists,
            *heads_to_hear(s, house, of_all, now),
            *openings(s, house, of_all, now),
            *starts(s, house, runs, now),
        ]
    )


def runs_of_sop(s: Session, house: House, officer: Officer, number: str) -> tuple[Run, ...]:
    """The runs of an SOP that the officer may look at: of angkatan that are open, and of cases whose child the
    officer knows."""
    runs = s.exec(
        select(Run)
        .outerjoin(Cohort, col(Cohort.id) == col(Run.cohort_id))
        .outerjoin(Case, col(Case.id) == col(Run.case_id))
        .where(
            Run.sop == number,
            Run.state != RunState.WITHDRAWN,
            col(Cohort.closed_at).is_(None),
            col(Case.closed_at).is_(None),
        )
        .order_by(col(Run.id))
    )
    return tuple(run for run in runs if may_see_run(s, house, officer, run))


def may_see_run(s: Session, house: House, officer: Officer, run: Run) -> bool:
    """A guru sees only the own angkatan, and a case only who knows the child."""
    if run.case_id is not None:
        return knows(s, house, officer, s.get_one(Case, run.case_id))
    return may_see(s, officer, run.cohort_id or 0)


def get_run(s: Session, house: House, officer: Officer, run_id: int) -> Run:
    """The run, for an officer who may look at it. Raises NotFoundError: to everybody else there is none."""
    run = s.get(Run, run_id)
    if run is None or not may_see_run(s, house, officer, run):
        raise NotFoundError
    return run


def tasks_of_runs(s: Session, runs: Iterable[Run]) -> tuple[Task, ...]:
    """Their tasks, without what was withdrawn."""
    query = select(Task).where(
        col(Task.run_id).in_([run.id for run in runs]), Task.state != TaskState.WITHDRAWN
    )
    return tuple(s.exec(query.order_by(col(Task.id))))


def tasks_about_child(
    s: Session, house: House, officer: Officer, child_ids: Collection[int | None]
) -> tuple[Task, ...]:
    """The officer's tasks that are about one of these children: of its own runs, and rolls on which it stands."""
    on_roll = select(TaskEntry.task_id).where(col(TaskEntry.child_id).in_(child_ids))
    tasks = s.exec(
        select(Task)
        .where(
            col(Task.child_id).in_(child_ids) | col(Task.id).in_(on_roll),
            Task.state != TaskState.WITHDRAWN,
        )
        .order_by(col(Task.id))
    )
    return tuple(task for task in tasks if _may_see_of_child(s, house, officer, task))


def _may_see_of_child(s: Session, house: House, officer: Officer, task: Task) -> bool:
    case = case_of(s, task)
    if case is not None and not may_see_task(s, house, officer, task, case):
        return False
    return bool(acting_roles(s, house, officer, task))
