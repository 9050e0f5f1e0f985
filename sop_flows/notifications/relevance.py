"""Whether a reminder whose time has come still says something true."""

from collections.abc import Iterable

from sqlmodel import col, select

from sop_flows.calendar.dates import visit_day
from sop_flows.core.states import is_late, parts_of
from sop_flows.core.work import Work, anchors_of, case_of, declared
from sop_flows.notifications.dropping import why_over
from sop_flows.notifications.escalation.expected import LATE, escalations_of
from sop_flows.notifications.escalation.lists import has_news
from sop_flows.notifications.planning import CHOOSE, KEPT_WAITING, NOT_CHOSEN, PLANNED, event_day
from sop_flows.staffing.own_morning import has_switched_off
from sop_flows.staffing.responsibility import keeping_now, responsibility_of
from sop_flows.staffing.roster import is_away
from sop_flows.views.board import is_sent_today
from sop_flows.views.due_early import early_tasks
from sop_flows.views.obstacles import obstacles_for_head
from sop_flows.views.task_views import has_digest_tasks, leaving_today
from storage.tables import (
    DroppedWhy,
    Officer,
    Reminder,
    ReminderKind,
    ReminderState,
    Task,
)


def why_untrue(work: Work, reminder: Reminder) -> DroppedWhy | None:
    """Why a reminder whose time has come says nothing true any more; None when it does. A finished task is never
    reminded of."""
    officer = work.session.get(Officer, reminder.officer_id)
    if officer is None or (officer.removed_at is not None and reminder.account_id is None):
        return DroppedWhy.OFFICER_GONE
    if reminder.kind == ReminderKind.NOTICE:
        return DroppedWhy.RENEWED if reminder.turned_at is not None else None
    if reminder.kind == ReminderKind.DIGEST:
        return None if _has_something_to_say(work, officer) else DroppedWhy.NOTHING
    task = work.session.get(Task, reminder.task_id)
    if task is None:
        return DroppedWhy.WITHDRAWN
    if over := why_over(work, reminder, task):
        return over
    if reminder.kind == ReminderKind.SNOOZE:
        return None
    if reminder.rule in (CHOOSE, NOT_CHOSEN) and task.chosen_on is not None:
        return DroppedWhy.CHOSEN
    if reminder.rule in (CHOOSE, NOT_CHOSEN) and _is_day_over(work, task):
        return DroppedWhy.OVER
    part = next(p for p in parts_of(work.session, task) if p.role == reminder.role)
    its = responsibility_of(work, task, part)
    if reminder.rule == NOT_CHOSEN:
        return _unless_among(reminder, its.accountable)
    if reminder.rule == KEPT_WAITING:
        case = case_of(work.session, task)
        keeper = None if case is None else keeping_now(work, case)
        still = () if keeper is None or not is_late(task, work.now) else (keeper,)
        return _unless_among(reminder, still)
    if reminder.rule == CHOOSE:
        return _unless_among(reminder, its.holders)
    if reminder.kind == ReminderKind.ESCALATION:
        told = [one for one in escalations_of(work, task, part) if reminder.rule == f"{LATE}{one.level}"]
        return _unless_among(reminder, [who for one in told if one.at <= work.now for who in one.officers])
    if reminder.kind in PLANNED and _is_superseded(work, reminder):
        return DroppedWhy.LATER_ONE
    if reminder.kind == ReminderKind.LEAD and has_switched_off(work.institution, officer, "lead"):
        return DroppedWhy.SWITCHED_OFF  # handed on by a leave to a deputy who wants none
    return _unless_among(reminder, its.holders)


def _is_day_over(work: Work, task: Task) -> bool:
    """Whether the day that was proposed has come and gone: it is not asked for any more."""
    sop, step = declared(work.session, task)
    on = event_day(work, task, sop, step)
    if step.choose_date is not None:
        on = visit_day(step.choose_date, anchors_of(work, task))
    return on is not None and on < work.today


def is_still_true(work: Work, reminder: Reminder) -> bool:
    """Whether a reminder whose time has come, or that was sent, says something true."""
    return why_untrue(work, reminder) is None


def _has_something_to_say(work: Work, officer: Officer) -> bool:
    if has_digest_tasks(work, officer) or has_news(work, officer) or leaving_today(work, officer):
        return True
    # What is due is in the morning of the deputy, if there is one.
    return not is_away(work, officer.id) and bool(
        obstacles_for_head(work, officer) or early_tasks(work, officer) or is_sent_today(work, officer)
    )


def _unless_among(reminder: Reminder, officers: Iterable[Officer]) -> DroppedWhy | None:
    return None if any(reminder.officer_id == one.id for one in officers) else DroppedWhy.TAKEN


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
            col(Reminder.rule).not_in((CHOOSE, NOT_CHOSEN, KEPT_WAITING)),
            col(Reminder.state).in_((ReminderState.PENDING, ReminderState.SENT)),
            Reminder.due_at > reminder.due_at,
            Reminder.due_at <= work.now,
        )
    ).first()
    return later is not None
