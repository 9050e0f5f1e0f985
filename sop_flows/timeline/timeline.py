"""The list for an SOP that runs, a child, a case or one task."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlmodel import Session, col, or_, select

from sop_flows.core.work import Work, case_of, declared
from sop_flows.errors import NotFoundError
from sop_flows.recording.entries import belonging
from sop_flows.staffing.responsibility import acting_roles, knows, may_see, may_see_task
from sop_flows.timeline.moment import Moment, together
from sop_flows.timeline.was import reminders_of, told_heads
from sop_flows.timeline.will_be import heads_to_hear, lists_to_come, openings, starts
from storage.queries.messages import list_about
from storage.tables import Case, Child, Cohort, Officer, Run, RunState, Task, TaskEntry, TaskState


def timeline(work: Work, tasks: Collection[Task], *, runs: Iterable[Run] = ()) -> tuple[Moment, ...]:
    """All that was and will be said about the tasks, what was first; see `Moment`.

    Args:
        runs: whose later occurrences and whose start belong in it too.
    """
    by_id = {task.id or 0: task for task in tasks}
    ours = reminders_of(work, list_about(work.session, by_id), by_id)
    return together([*_with_lists(work, ours, by_id.values()), *starts(work, runs)])


def timeline_of_child(work: Work, child: Child, tasks: Collection[Task]) -> tuple[Moment, ...]:
    """The same, as far as it is about this child: of a roll what is said while the child is not done on it."""
    by_id = {task.id or 0: task for task in tasks}
    done = {
        entry.task_id: entry.closed_at
        for entry in work.session.exec(select(TaskEntry).where(TaskEntry.child_id == child.id))
        if entry.closed_at is not None
    }
    rows = [
        row
        for row in list_about(work.session, by_id)
        if row.child_id in (None, child.id) and not _is_after(row.due_at, done.get(row.task_id or 0))
    ]
    undone = [task for task in by_id.values() if task.id not in done]
    return together(_with_lists(work, reminders_of(work, rows, by_id), undone))


def _is_after(at: datetime, done_at: datetime | None) -> bool:
    return done_at is not None and at > done_at


def _with_lists(work: Work, ours: Iterable[Moment], tasks: Iterable[Task]) -> Iterable[Moment]:
    """Besides reminders of their own: the lists that carry the tasks, the heads who hear of them, their opening."""
    ours, tasks = list(ours), list(tasks)
    said = {(one.at, one.task.id) for one in ours if one.what == "coming" and one.task is not None}
    lists = (one for one in lists_to_come(work, tasks) if (one.at, one.task and one.task.id) not in said)
    return (
        *ours,
        *told_heads(work, tasks),
        *lists,
        *heads_to_hear(work, tasks),
        *openings(work, tasks),
    )


def runs_of_sop(work: Work, officer: Officer, number: str) -> tuple[Run, ...]:
    """The runs of an SOP that the officer may look at: of angkatan that are open, and of cases whose child the
    officer knows."""
    runs = work.session.exec(
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
    return tuple(run for run in runs if may_see_run(work, officer, run))


def may_see_run(work: Work, officer: Officer, run: Run) -> bool:
    """A guru sees only the own angkatan, and a case only who knows the child."""
    if run.case_id is not None:
        return knows(work, officer, work.session.get_one(Case, run.case_id))
    return may_see(work, officer, run.cohort_id or 0)


def get_run(work: Work, officer: Officer, run_id: int) -> Run:
    """The run, for an officer who may look at it. Raises NotFoundError: to everybody else there is none."""
    run = work.session.get(Run, run_id)
    if run is None or not may_see_run(work, officer, run):
        raise NotFoundError
    return run


def tasks_of_runs(s: Session, runs: Iterable[Run]) -> tuple[Task, ...]:
    """Their tasks, without what was withdrawn."""
    query = select(Task).where(
        col(Task.run_id).in_([run.id for run in runs]), Task.state != TaskState.WITHDRAWN
    )
    return tuple(s.exec(query.order_by(col(Task.id))))


def tasks_about_child(work: Work, officer: Officer, child: Child) -> tuple[Task, ...]:
    """The officer's tasks that are about this child: of its own runs, rolls on which it stands, and those to come."""
    on_roll = select(TaskEntry.task_id).where(TaskEntry.child_id == child.id)
    tasks = work.session.exec(
        select(Task)
        .where(
            Task.cohort_id == child.cohort_id,
            or_(Task.child_id == child.id, col(Task.id).in_(on_roll), Task.state == TaskState.WAITING),
            Task.state != TaskState.WITHDRAWN,
        )
        .order_by(col(Task.id))
    )
    return tuple(
        task
        for task in tasks
        if _may_see_of_child(work, officer, task)
        and (task.state != TaskState.WAITING or _will_be_about(work.session, task, child))
    )


def _will_be_about(s: Session, task: Task, child: Child) -> bool:
    """Whether a step that is not open yet is the child's own, or will have it on its roll as things are."""
    step = declared(s, task)[1]
    return task.child_id == child.id or (
        step.is_roll and child.id in {one.id for one in belonging(s, task, step)}
    )


def _may_see_of_child(work: Work, officer: Officer, task: Task) -> bool:
    case = case_of(work.session, task)
    if case is not None and not may_see_task(work, officer, task, case):
        return False
    return bool(acting_roles(work, officer, task))
