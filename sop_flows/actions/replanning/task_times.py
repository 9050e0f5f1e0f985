"""When a task that is not done opens and is due, by the dates as they are now; and each child's entry of it."""

from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from sop_flows.actions.replanning.worked_on import is_task_worked_on
from sop_flows.calendar.dates import Anchors, Due, due_for, resolve
from sop_flows.calendar.moments import AFTERNOON_DUE
from sop_flows.core.states import parts_of, reopen
from sop_flows.core.work import Institution, Work, anchors_of, day_begins, declared
from sop_flows.declarations.sop import Step
from sop_flows.notifications.planning import drop_for_task
from sop_flows.recording import entries
from storage.tables import (
    Confirmation,
    ConfirmationKind,
    DueKind,
    EntryState,
    Task,
    TaskEntry,
    TaskState,
)


def replan_task(work: Work, task: Task) -> None:
    """Give a task that does not recur, and is open or waiting, the times it has by the dates as they are now."""
    sop, step = declared(work.session, task)
    anchors = anchors_of(work, task)
    if step.opens is not None:
        _move_opening(work, task, day_begins(work.institution, resolve(step.opens, anchors)))
    began_at = task.opened_at or task.opens_at or work.now
    due = due_for(step, sop, began_at, anchors, work.office)
    stays = _last_day(work.institution, task, due.at, anchors)
    if (
        task.due_kind == DueKind.MOVED
        and task.due_at is not None
        and work.institution.today(task.due_at) <= stays
    ):
        return
    if (step.choose_date is None or task.chosen_on is None) and _is_over_already(task, due, work.now):
        return
    task.due_at, task.due_kind = due.at, DueKind(due.kind)
    if step.choose_date is not None and task.chosen_on is not None:
        task.due_at = work.office.at(task.chosen_on, AFTERNOON_DUE)
    work.session.flush()
    replan_entries(work, task, step, stays)


def _is_over_already(task: Task, due: Due, now: datetime) -> bool:
    """Whether it would be late by the dates as they are, and is late, or was given time for that reason already."""
    if task.due_at is None or due.at >= now:
        return False
    return task.due_at < now or due.kind == "standard"


def give_time(work: Work, task: Task) -> None:
    """Nobody is late because dates moved: what is due in the past only now has its time from now on."""
    sop, step = declared(work.session, task)
    due = due_for(step, sop, work.now, anchors_of(work, task), work.office)
    task.due_at, task.due_kind = due.at, DueKind(due.kind)
    for entry in _open_entries(work.session, task):
        if entry.due_at < work.now:
            entry.due_at = due.at
    work.session.flush()


def put_back(work: Work, task: Task, opens_at: datetime) -> None:
    """A task that opened too early waits again; who is in charge stays. `opened_at` is kept as evidence."""
    reopen(work, task, TaskState.WAITING, opens_at=opens_at)
    for part in parts_of(work.session, task):
        if part.state == TaskState.OPEN:
            reopen(work, part, TaskState.WAITING)
    work.session.flush()
    drop_for_task(work, task)


def replan_entries(work: Work, task: Task, step: Step, last_day: date) -> None:
    """The open entries of a roll follow it; a day on which an officer put a child stays while it is in the stay."""
    if not step.is_roll:
        return
    moved = _rescheduled_children(work.session, task)
    for entry in _open_entries(work.session, task):
        own = entry.put_off_at is not None or entry.child_id in moved
        if own and work.institution.today(entry.due_at) <= last_day:
            continue
        entry.due_at = entries.entry_due(work.at(entry.opened_at), task)
    work.session.flush()
    entries.refresh_due(work.session, task)


def _move_opening(work: Work, task: Task, begins: datetime) -> None:
    if begins <= work.now:
        if task.state == TaskState.WAITING:
            task.opens_at = task.opened_at or work.now
    elif task.state == TaskState.WAITING:
        task.opens_at = begins
    elif not is_task_worked_on(work.session, task):
        put_back(work, task, begins)


def _last_day(institution: Institution, task: Task, due_at: datetime, anchors: Anchors) -> date:
    """Until when a day that an officer set makes sense: the departure, or later where the SOP itself is later."""
    due_on = institution.today(due_at)
    return due_on + timedelta(days=366) if anchors.departure is None else max(anchors.departure, due_on)


def _open_entries(s: Session, task: Task) -> tuple[TaskEntry, ...]:
    return tuple(
        s.exec(
            select(TaskEntry)
            .where(TaskEntry.task_id == task.id, TaskEntry.state == EntryState.OPEN)
            .order_by(col(TaskEntry.id))
        )
    )


def _rescheduled_children(s: Session, task: Task) -> frozenset[int]:
    rows = s.exec(
        select(Confirmation.child_id).where(
            Confirmation.task_id == task.id, Confirmation.kind == ConfirmationKind.RESCHEDULED
        )
    )
    return frozenset(child_id for child_id in rows if child_id is not None)
