"""The occurrences of a recurring step on a grid that has moved: what was done stays, the rest follows the grid."""

from collections.abc import Iterable
from datetime import timedelta

from sqlmodel import Session

from sop_flows.actions.replanning.task_times import put_back, replan_entries
from sop_flows.actions.replanning.worked_on import is_task_worked_on
from sop_flows.actions.runs import add_before
from sop_flows.calendar.dates import Occurrence
from sop_flows.core.work import Work, day_begins
from sop_flows.declarations.sop import Sop, Step
from sop_flows.engine.chain import (
    ends_at,
    grid,
    list_occurrences,
    numbers_of,
    plan_occurrences,
    set_times,
    unplanned,
)
from sop_flows.engine.withdraw import MOVED, withdraw_task
from storage.tables import LIVE, DueKind, Run, Task, TaskState


def replan_occurrences(work: Work, run: Run, sop: Sop, step: Step) -> None:
    """Withdraw what lies on no day of the grid any more, and plan the days that came to it.

    An occurrence that somebody worked on stays, and so does a missed one whose day is still on the grid.
    """
    owed = {one.on: one for one in grid(work, run, step)}
    for task in list_occurrences(work.session, run, step):
        one = owed.get(task.occurrence_on) if task.occurrence_on is not None else None
        if one is None and not is_task_worked_on(work.session, task):
            withdraw_task(work, task, MOVED)
        elif task.state == TaskState.BEFORE_PANDU:
            _replan_before(work, task, one)
        elif task.state in LIVE:
            _replan_live(work, task, step, one)
    _number_anew(work.session, list_occurrences(work.session, run, step), owed.values())
    _ask_about_the_past(work, run, sop, step)
    _make_room(work, run, step)
    plan_occurrences(work, run, sop, step)


def _make_room(work: Work, run: Run, step: Step) -> None:
    """So many occurrences are made ahead, the next ones: later ones wait until there are tasks for the days before."""
    tasks = list_occurrences(work.session, run, step)
    first = min((one.on for one in unplanned(tasks, grid(work, run, step))), default=None)
    for task in tasks:
        is_later = first is not None and task.occurrence_on is not None and task.occurrence_on > first
        if is_later and task.state == TaskState.WAITING and not is_task_worked_on(work.session, task):
            withdraw_task(work, task, MOVED)


def _number_anew(s: Session, tasks: tuple[Task, ...], owed: Iterable[Occurrence]) -> None:
    """The numbers go up with the days. Done ones keep theirs: a grid that has begun does not move."""
    numbers = numbers_of(tasks, owed)
    wrong = [task for task in tasks if task.occurrence_on and task.occurrence != numbers[task.occurrence_on]]
    highest = max((task.occurrence for task in tasks), default=0) + len(numbers)
    for place, task in enumerate(wrong, start=1):  # out of each other's way: a number is there once
        task.occurrence = highest + place
    s.flush()
    for task in wrong:
        assert task.occurrence_on is not None
        task.occurrence = numbers[task.occurrence_on]
    s.flush()


def _replan_before(work: Work, task: Task, one: Occurrence | None) -> None:
    """One on the list of what was before Pandu whose day is ahead after all is planned like any other."""
    if one is not None and one.due_on >= work.today and not is_task_worked_on(work.session, task):
        withdraw_task(work, task, MOVED)


def _replan_live(work: Work, task: Task, step: Step, one: Occurrence | None) -> None:
    task.ends_at = ends_at(work, task, step)
    if one is not None:
        opens_at = day_begins(work.institution, one.opens_on)
        if task.state == TaskState.WAITING:
            task.opens_at = opens_at
        elif opens_at > work.now and not is_task_worked_on(work.session, task):
            put_back(work, task, opens_at)
    set_by_officer = task.due_kind == DueKind.MOVED
    over = task.due_at is not None and task.ends_at is not None and task.due_at >= task.ends_at
    if one is not None and (over or not set_by_officer):
        set_times(work, task, step, one)
    elif over and task.ends_at is not None:  # begun on a day that is not in the stay any more
        task.due_at = task.ends_at
    work.session.flush()
    if task.state == TaskState.OPEN and not (set_by_officer and not over):
        last = task.ends_at - timedelta(days=1) if task.ends_at is not None else task.due_at
        replan_entries(work, task, step, work.institution.today(last or work.now))


def _ask_about_the_past(work: Work, run: Run, sop: Sop, step: Step) -> None:
    """Days that lie behind when nobody knew of them are asked about in bulk, and count as late nowhere."""
    today = work.today
    for one in unplanned(list_occurrences(work.session, run, step), grid(work, run, step)):
        if one.due_on < today:
            due_at = work.office.at(one.due_on, one.due_time)
            add_before(
                work.session,
                run,
                sop,
                step,
                day_begins(work.institution, one.opens_on),
                due_at,
                (one.number, one.on),
            )
