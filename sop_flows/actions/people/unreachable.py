"""An officer who has blocked the bot: the admins hear it once, for a missed reminder is a child not weighed."""

from datetime import timedelta

from sqlmodel import Session, col, select

from sop_flows.core.notices import Unreachable
from sop_flows.core.work import Work
from sop_flows.notifications.planning import settle
from sop_flows.staffing.responsibility import accountable_for
from sop_flows.staffing.roster import admins, grants_of, holding
from storage.queries.accounts import find_account_of
from storage.tables import UNFINISHED, Officer, Reminder, ReminderKind, ReminderState, Task

REFUSED = "Forbidden"  # how the error of a reminder begins that Telegram refused because the bot is blocked
OWED_DAYS = 7  # what is older is not said any more when the officer is back


def note_unreachable(work: Work, officer: Officer) -> None:
    """Telegram answered 403: note it, and the first time tell the admins and who answers for the officer's roles.

    Told once until the officer was reached again; a blocked admin is not told, so nothing goes round in a circle.
    """
    account = find_account_of(work.session, officer.id or 0)
    if account is None or account.blocked_at is not None:
        return
    account.blocked_at = work.now
    work.session.add(account)
    work.session.flush()
    told = {one.id: one for one in admins(work)}
    for grant in grants_of(work, officer.id or 0):
        told |= {one.id: one for one in accountable_for(work, grant.role, grant.cohort_id or 0)}
    hearing = [one for one in told.values() if one.id != officer.id and _is_reached(work.session, one)]
    if not hearing:  # the kasi and the only admin have blocked it too
        hearing = [one for one in holding(work, "answers_for_all", 0) if _is_reached(work.session, one)]
    for one in hearing:
        work.notify(one.id or 0, Unreachable(officer=officer.id or 0))
    settle(work)


def _is_reached(s: Session, officer: Officer) -> bool:
    account = find_account_of(s, officer.id or 0)
    return account is not None and account.blocked_at is None


def note_reached(work: Work, officer: Officer) -> None:
    """The officer can be reached again: what could not be said meanwhile is owed again.

    Not of what is done since, nor for a date that moved since. Whether the rest is still true is asked when it is
    sent, as after an outage.
    """
    account = find_account_of(work.session, officer.id or 0)
    if account is None or account.blocked_at is None:
        return
    account.blocked_at = None
    work.session.add(account)
    pending = set(
        work.session.exec(
            select(Reminder.key).where(
                Reminder.officer_id == officer.id, Reminder.state == ReminderState.PENDING
            )
        )
    )
    for row in work.session.exec(
        select(Reminder)
        .where(
            Reminder.officer_id == officer.id,
            Reminder.state == ReminderState.FAILED,
            col(Reminder.error).startswith(REFUSED),
            Reminder.due_at > work.now - timedelta(days=OWED_DAYS),
        )
        .order_by(col(Reminder.id))
    ).all():
        task = None if row.task_id is None else work.session.get_one(Task, row.task_id)
        is_over = task is not None and task.state not in UNFINISHED and row.kind != ReminderKind.NOTICE
        if is_over or row.key in pending:
            continue
        pending.add(row.key)
        row.state, row.error, row.attempts, row.lease_until = ReminderState.PENDING, None, 0, None
        if task is not None:
            work.touch(task)
    settle(work)
