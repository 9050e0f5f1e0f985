"""Recurring steps: the grid of their occurrences, and the next ones as waiting tasks."""

from datetime import date, datetime, time, timedelta

from sqlmodel import Session, select

from sop_flows import reminders
from sop_flows.calendar.recurrence import Occurrence, monthly, occurrences
from sop_flows.calendar.relative import resolve
from sop_flows.declarations.sop import Sop
from sop_flows.declarations.step import Step
from sop_flows.house import House
from sop_flows.limits import MAX_TASKS_AHEAD
from sop_flows.new_tasks import add_task, waiting_task
from sop_flows.subjects import anchors_of
from storage.tables import DueKind, Run, Task, TaskState

CLOSED = "closed"  # `until: closed`: as long as the services of the case run
DAY_BEGINS = time(0, 0)  # what is owed on a day stands in /tugas from midnight on


def day_begins(house: House, on: date) -> datetime:
    """Local midnight of the day, as aware UTC."""
    return house.office.at(on, DAY_BEGINS)


def grid(s: Session, house: House, run: Run, step: Step) -> tuple[Occurrence, ...]:
    """The occurrences of a recurring step in the run's stay; of a monthly one, from the day on which it opened."""
    if step.every is None:
        return ()
    if step.every.months is None:
        return occurrences(step.every, anchors_of(s, house, run))
    opened_at = s.exec(
        select(Task.opened_at).where(
            Task.run_id == run.id,
            Task.step == step.step,
            Task.occurrence == 0,
            Task.state != TaskState.WITHDRAWN,
        )
    ).first()
    return () if opened_at is None else monthly(step.every.months, house.today(opened_at))


def plan_occurrences(s: Session, house: House, run: Run, sop: Sop, step: Step, at: datetime) -> None:
    """Make the next occurrences as waiting tasks: at most MAX_TASKS_AHEAD of them exist before their day."""
    tasks = s.exec(
        select(Task).where(
            Task.run_id == run.id,
            Task.step == step.step,
            Task.occurrence > 0,
            Task.state != TaskState.WITHDRAWN,
        )
    ).all()
    have = {task.occurrence for task in tasks}
    ahead = sum(1 for task in tasks if task.state == TaskState.WAITING)
    for one in grid(s, house, run, step):
        if ahead >= MAX_TASKS_AHEAD:
            return
        if one.number not in have:
            add_occurrence(s, house, run, sop, step, one, at)
            ahead += 1


def add_occurrence(
    s: Session, house: House, run: Run, sop: Sop, step: Step, one: Occurrence, at: datetime
) -> Task:
    """A waiting task for one occurrence, with its reminders from `at` on planned."""
    assert step.every is not None
    task = waiting_task(run, sop, step, day_begins(house, one.opens_on))
    task.running = False  # the monthly question about a running step is asked like any other
    task.occurrence = one.number
    task.occurrence_on = one.on
    task.due_at = house.office.at(one.due_on, one.due_time)
    task.due_kind = DueKind.DATE
    if step.every.until == CLOSED:  # the monthly card: ends with the services of the case
        task.due_at = house.office.closes_at(house.office.next_working_day(one.due_on))
    else:
        task.card = step.every.card
        last_day = resolve(step.every.until, anchors_of(s, house, run))
        task.ends_at = day_begins(house, last_day + timedelta(days=1))
    add_task(s, house, task, step, at)
    reminders.plan_task(s, house, task, at)
    return task
