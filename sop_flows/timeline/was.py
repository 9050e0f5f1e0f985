"""What reminders about some tasks became: sent, refused, or dropped and why."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlmodel import col, select

from sop_flows.calendar.due import reminder_times
from sop_flows.core.institution import Institution
from sop_flows.core.parts import parts_of
from sop_flows.core.versions import declared
from sop_flows.core.work import Work
from sop_flows.notifications.escalation.notified import told_in
from sop_flows.notifications.escalation.thresholds import LEVELS, Level, addressees
from sop_flows.notifications.planning import CHOOSE, NOT_CHOSEN
from sop_flows.notifications.quiet_hours import speaking_time
from sop_flows.staffing.own_morning import has_switched_off
from sop_flows.staffing.responsibility import responsibility_of
from sop_flows.timeline.moment import Moment, Why
from storage.queries.rolls import get_entry
from storage.tables import (
    EntryState,
    Officer,
    Reminder,
    ReminderKind,
    ReminderState,
    Task,
    TaskState,
)

ENDED: Mapping[TaskState, Why] = {
    TaskState.DONE: "done",
    TaskState.SKIPPED: "skipped",
    TaskState.WITHDRAWN: "withdrawn",
}


def reminders_of(work: Work, rows: Iterable[Reminder], tasks: Mapping[int, Task]) -> Iterable[Moment]:
    """What these reminders of these tasks became, and those still to be sent.

    What was planned otherwise before its time came is left out, and what another reminder stands for.
    """
    rows = tuple(rows)
    kept = {_about(work.institution, row) for row in rows if row.state != ReminderState.DROPPED}
    handed_on = {
        (row.task_id, row.rule, (row.payload or {}).get("for"), work.institution.today(row.due_at))
        for row in rows
    }
    for row in rows:
        task, to = tasks[row.task_id or 0], (work.session.get_one(Officer, row.officer_id),)
        if row.state == ReminderState.PENDING:
            yield Moment(row.due_at, "coming", task, to, row)
        elif row.state == ReminderState.SENT:
            yield Moment(row.sent_at or row.due_at, "sent", task, to, row)
        elif row.state == ReminderState.FAILED:
            yield Moment(row.due_at, "failed", task, to, row)
        elif row.due_at <= work.now and _about(work.institution, row) not in kept:
            if (row.task_id, row.rule, row.officer_id, work.institution.today(row.due_at)) in handed_on:
                continue  # on leave: the deputy's stands in the list
            yield Moment(row.due_at, "dropped", task, to, row, why=_why(work, row, task, to[0], rows))


def _about(institution: Institution, row: Reminder) -> tuple[object, ...]:
    return (row.task_id, row.officer_id, row.child_id, row.rule, institution.today(row.due_at))


def _why(work: Work, row: Reminder, task: Task, officer: Officer, rows: tuple[Reminder, ...]) -> Why:
    """Why it was not sent, as far as what is known now tells it."""
    part = next((one for one in parts_of(work.session, task) if one.role == row.role), None)
    entry = None if row.child_id is None else get_entry(work.session, task.id or 0, row.child_id)
    if task.state in ENDED and task.closed_at is not None and task.closed_at <= row.due_at:
        return ENDED[task.state]
    if part is not None and part.done_at is not None and part.done_at <= row.due_at:
        return "done"
    if entry is not None and entry.state != EntryState.OPEN and (entry.closed_at or row.due_at) <= row.due_at:
        return "child_done"
    if officer.removed_at is not None and officer.removed_at <= row.due_at:
        return "officer_gone"
    if row.rule in (CHOOSE, NOT_CHOSEN):
        return "chosen" if task.chosen_on is not None else ""
    if row.kind == ReminderKind.LEAD and has_switched_off(work.institution, officer, "lead"):
        return "switched_off"
    if _is_snoozed(row, rows):
        return "snoozed"
    if _is_of_another_date(work, row, task, entry.due_at if entry is not None else task.due_at):
        return "moved"
    if any(_stands_for(other, row) for other in rows):
        return "later_one"
    live = part is not None and part.state in (TaskState.OPEN, TaskState.WAITING)
    if part is not None and live and not responsibility_of(work, task, part).comes_to(officer):
        return "taken"
    return ""


def _is_snoozed(row: Reminder, rows: Iterable[Reminder]) -> bool:
    """Whether "Ingatkan lagi" was asked for before it came, for a later time."""
    return any(
        other.kind == ReminderKind.SNOOZE
        and other.officer_id == row.officer_id
        and (other.task_id, other.child_id) == (row.task_id, row.child_id)
        and other.created_at <= row.due_at <= other.due_at
        for other in rows
        if other.id != row.id
    )


def _is_of_another_date(work: Work, row: Reminder, task: Task, due_at: datetime | None) -> bool:
    """Whether a lead, "pagi hari H" or "jatuh tempo" belongs to another due date than the present one."""
    if due_at is None or row.kind not in (ReminderKind.LEAD, ReminderKind.MORNING, ReminderKind.DUE):
        return False
    sop, step = declared(work.session, task)
    times = reminder_times(step.remind, due_at, sop.clock, work.office)
    days = {
        work.institution.today(speaking_time(work, task, at))
        for remind, at in times
        if remind.rule == row.rule
    }
    return work.institution.today(row.due_at) not in days


def _stands_for(other: Reminder, row: Reminder) -> bool:
    """After an outage the last of several is enough."""
    return (
        other.state == ReminderState.SENT
        and (other.task_id, other.officer_id, other.child_id) == (row.task_id, row.officer_id, row.child_id)
        and other.due_at > row.due_at
        and row.due_at < (other.sent_at or row.due_at)
    )


def told_heads(work: Work, tasks: Iterable[Task]) -> Iterable[Moment]:
    """The morning lists in which heads were told that the task is late; noted in the lists' own rows."""
    for task in tasks:
        if (
            task.state != TaskState.OPEN
            or task.due_at is None
            or task.before_pandu
            or task.due_at >= work.now
        ):
            continue
        parts = {part.id or 0: part for part in parts_of(work.session, task)}
        heads: dict[int, Officer] = {
            one.id or 0: one
            for part in parts.values()
            for level in LEVELS
            for one in addressees(work, task, part.role, level)
        }
        rows = work.session.exec(
            select(Reminder).where(
                col(Reminder.officer_id).in_(heads),
                Reminder.kind == ReminderKind.DIGEST,
                Reminder.state == ReminderState.SENT,
                col(Reminder.sent_at) >= task.due_at,
            )
        ).all()
        for row in rows:
            levels: set[Level] = {level for part_id, level in told_in(row).items() if part_id in parts}
            for level in sorted(levels):
                yield Moment(row.sent_at or row.due_at, "told", task, (heads[row.officer_id],), level=level)
