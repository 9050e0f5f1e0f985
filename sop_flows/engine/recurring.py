"""Recurring steps: the grid of their occurrences, and the next ones as waiting tasks."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from sop_flows.calendar.progression import occurrence_due
from sop_flows.calendar.recurrence import Occurrence, monthly, occurrences
from sop_flows.calendar.relative import resolve
from sop_flows.core.institution import day_begins
from sop_flows.core.subjects import anchors_of
from sop_flows.core.work import Work
from sop_flows.declarations.sop import Sop
from sop_flows.declarations.step import Step
from sop_flows.engine.new_tasks import add_task, waiting_task
from sop_flows.limits import MAX_TASKS_AHEAD
from storage.tables import DueKind, Run, Task, TaskState

UNTIL_CLOSED = "closed"  # `until: closed`: as long as the services of the case run


def grid(work: Work, run: Run, step: Step) -> tuple[Occurrence, ...]:
    """The occurrences of a recurring step in the run's stay; of a monthly one, from the day on which it opened."""
    if step.every is None:
        return ()
    if step.every.months is None:
        return occurrences(step.every, anchors_of(work, run))
    opened_at = work.session.exec(
        select(Task.opened_at).where(
            Task.run_id == run.id,
            Task.step == step.step,
            Task.occurrence == 0,
            Task.state != TaskState.WITHDRAWN,
        )
    ).first()
    return () if opened_at is None else monthly(step.every.months, work.institution.today(opened_at))


def plan_occurrences(work: Work, run: Run, sop: Sop, step: Step) -> None:
    """Make the next occurrences as waiting tasks: at most MAX_TASKS_AHEAD of them exist before their day."""
    tasks = list_occurrences(work.session, run, step)
    ahead = sum(1 for task in tasks if task.state == TaskState.WAITING)
    for one in unplanned(tasks, grid(work, run, step)):
        if ahead >= MAX_TASKS_AHEAD:
            return
        add_occurrence(work, run, sop, step, one)
        ahead += 1


def list_occurrences(s: Session, run: Run, step: Step) -> tuple[Task, ...]:
    """The occurrences of the step that were not withdrawn, by their days."""
    return tuple(
        s.exec(
            select(Task)
            .where(
                Task.run_id == run.id,
                Task.step == step.step,
                Task.occurrence > 0,
                Task.state != TaskState.WITHDRAWN,
            )
            .order_by(col(Task.occurrence_on), col(Task.occurrence))
        )
    )


def numbers_of(tasks: Iterable[Task], owed: Iterable[Occurrence]) -> dict[date, int]:
    """The number of each day, from 1: of the days on the grid, and of those beside it on which something was done."""
    days = {one.on for one in owed} | {task.occurrence_on for task in tasks if task.occurrence_on is not None}
    return {on: number for number, on in enumerate(sorted(days), start=1)}


def unplanned(tasks: Iterable[Task], owed: Iterable[Occurrence]) -> tuple[Occurrence, ...]:
    """The occurrences for whose day there is no task yet, with their numbers.

    Matched by day, for a grid may have moved under what was done.
    """
    there, all_owed = tuple(tasks), tuple(owed)
    days = {task.occurrence_on for task in there}
    numbers = numbers_of(there, all_owed)
    return tuple(replace(one, number=numbers[one.on]) for one in all_owed if one.on not in days)


def add_occurrence(work: Work, run: Run, sop: Sop, step: Step, one: Occurrence) -> Task:
    """A waiting task for one occurrence, with its reminders from now on planned."""
    assert step.every is not None
    task = waiting_task(run, sop, step, day_begins(work.institution, one.opens_on))
    task.running = False  # the monthly question about a running step is asked like any other
    task.occurrence = one.number
    task.occurrence_on = one.on
    set_times(work, task, step, one)
    add_task(work, task, step)
    work.touch(task)
    return task


def set_times(work: Work, task: Task, step: Step, one: Occurrence) -> None:
    """When the occurrence is due, and when it is too late for it."""
    assert step.every is not None
    task.due_at = occurrence_due(step, one, work.office)
    task.due_kind = DueKind.DATE
    if step.every.until != UNTIL_CLOSED:  # the monthly card ends with the services of the case
        task.card = step.every.card
        task.ends_at = ends_at(work, task, step)


def ends_at(work: Work, task: Task, step: Step) -> datetime | None:
    """When it is too late for an occurrence: the end of the stay; None where the services of a case end it."""
    if step.every is None or step.every.until == UNTIL_CLOSED:
        return None
    return day_begins(work.institution, resolve(step.every.until, anchors_of(work, task)) + timedelta(days=1))
