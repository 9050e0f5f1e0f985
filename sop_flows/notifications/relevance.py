"""Whether a reminder whose time has come still says something true."""

from collections.abc import Iterable

from sqlmodel import col, select

from sop_flows.core.parts import parts_of
from sop_flows.core.work import Work
from sop_flows.notifications.escalation.expected import LATE, escalations_of
from sop_flows.notifications.escalation.lists import has_news
from sop_flows.notifications.planning import CHOOSE, LIVE, NOT_CHOSEN, PLANNED
from sop_flows.staffing.away import is_away
from sop_flows.staffing.own_morning import has_switched_off
from sop_flows.staffing.responsibility import responsibility_of
from sop_flows.views.due_early import early_tasks
from sop_flows.views.obstacles import obstacles_for_head
from sop_flows.views.task_views import has_digest_tasks
from storage.tables import (
    EntryState,
    Officer,
    Reminder,
    ReminderKind,
    ReminderState,
    Task,
    TaskEntry,
)


def is_still_true(work: Work, reminder: Reminder) -> bool:
    """Whether a reminder whose time has come still says something true. A finished task is never reminded of."""
    officer = work.session.get(Officer, reminder.officer_id)
    if officer is None or officer.removed_at is not None:
        return False
    if reminder.kind == ReminderKind.NOTICE:
        return True
    if reminder.kind == ReminderKind.DIGEST:
        if is_away(work, officer.id):  # what is due is in the morning of the deputy, if there is one
            return has_digest_tasks(work, officer) or has_news(work, officer)
        return (
            has_digest_tasks(work, officer)
            or bool(obstacles_for_head(work, officer))
            or has_news(work, officer)
            or bool(early_tasks(work, officer))
        )
    task = work.session.get(Task, reminder.task_id)
    if task is None or task.before_pandu or task.state not in LIVE:
        return False
    part = next((p for p in parts_of(work.session, task) if p.role == reminder.role), None)
    if part is None or part.state not in LIVE:
        return False
    its = responsibility_of(work, task, part)
    if reminder.rule == NOT_CHOSEN:
        return task.chosen_on is None and _is_among(reminder, its.accountable)
    if reminder.rule == CHOOSE:
        return task.chosen_on is None and _is_among(reminder, its.holders)
    if reminder.child_id is not None:
        entry = work.session.exec(
            select(TaskEntry).where(TaskEntry.task_id == task.id, TaskEntry.child_id == reminder.child_id)
        ).one_or_none()
        if entry is None or entry.state != EntryState.OPEN:
            return False
    if reminder.kind == ReminderKind.SNOOZE:
        return True
    if reminder.kind == ReminderKind.ESCALATION:
        told = [one for one in escalations_of(work, task, part) if reminder.rule == f"{LATE}{one.level}"]
        return any(one.at <= work.now and _is_among(reminder, one.officers) for one in told)
    if reminder.kind in PLANNED and _is_superseded(work, reminder):
        return False
    if reminder.kind == ReminderKind.LEAD and has_switched_off(work.institution, officer, "lead"):
        return False  # handed on by a leave to a deputy who wants none
    return _is_among(reminder, its.holders)


def _is_among(reminder: Reminder, officers: Iterable[Officer]) -> bool:
    return any(reminder.officer_id == one.id for one in officers)


def _is_superseded(work: Work, reminder: Reminder) -> bool:
    """Whether a later one of the same row of reminders has come due too: after an outage the last one is enough."""
    later = work.session.exec(
        select(Reminder.id).where(
            Reminder.task_id == reminder.task_id,
            Reminder.officer_id == reminder.officer_id,
            Reminder.role == reminder.role,
            col(Reminder.child_id).is_not_distinct_from(reminder.child_id),
            col(Reminder.kind).in_(PLANNED),
            Reminder.kind != ReminderKind.ESCALATION,
            col(Reminder.rule).not_in((CHOOSE, NOT_CHOSEN)),
            col(Reminder.state).in_((ReminderState.PENDING, ReminderState.SENT)),
            Reminder.due_at > reminder.due_at,
            Reminder.due_at <= work.now,
        )
    ).first()
    return later is not None
