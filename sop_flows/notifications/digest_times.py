"""The morning digest of every officer, and everything of one who came, went or changed roles."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from sqlalchemy import bindparam
from sqlmodel import col, select

from sop_flows.calendar.moments import QUIET_FROM
from sop_flows.core.work import Institution, Work
from sop_flows.notifications.dropping import drop
from sop_flows.notifications.missed_digests import carry_over, digest_key
from sop_flows.staffing.own_morning import morning_of, next_morning
from sop_flows.staffing.responsibility import reassign
from sop_flows.staffing.roster import heads_of, roles_of
from storage.queries.digests import Choice, list_lacking, list_mornings, lock_mornings
from storage.queries.reminders import add_missing
from storage.tables import (
    DroppedWhy,
    Officer,
    Reminder,
    ReminderKind,
    ReminderState,
)

MIDNIGHT = time(0, 0)

_SAID_SINCE = select(Reminder.officer_id, Reminder.due_at).where(
    Reminder.kind == ReminderKind.DIGEST,
    Reminder.state == ReminderState.SENT,
    col(Reminder.due_at) >= bindparam("since"),
)


def plan_officer(work: Work, officer_id: int) -> None:
    """After an officer came, went or changed roles: find PJs anew, plan their tasks' reminders and digests."""
    officer = work.session.get_one(Officer, officer_id)
    if officer.removed_at is not None:
        for row in work.session.exec(
            select(Reminder).where(Reminder.officer_id == officer_id, Reminder.state == ReminderState.PENDING)
        ):
            drop(row, DroppedWhy.OFFICER_GONE)
    roles = roles_of(work, officer_id) | heads_of(work, officer_id)
    if officer.is_admin:  # answers for every role that has nobody
        roles |= frozenset(work.unit.roles)
    for task in reassign(work, roles):
        work.touch(task)
    ensure_digests(work)


def ensure_digests(work: Work) -> None:
    """Every enrolled officer has a coming digest at the next own morning; it is dropped at its time when there is
    nothing to say.

    After a clock that was set back, the next morning that was not said already: one further away does not stand for
    it.
    """
    carry_over(work)
    today = work.today
    coming = coming_mornings(work)
    lacking = list_lacking(work.session, today, work.now, coming)
    # At 07.30 all who tap find the same: one makes the lists of everybody, the others wait for that and no longer.
    if lacking and lock_mornings(work.session):
        lacking = list_lacking(work.session, today, work.now, coming)
    if not lacking:
        return
    today_s = {"since": work.office.at(today, MIDNIGHT)}  # and further ones when the clock was set back
    said = {
        (officer_id, work.institution.today(due_at))
        for officer_id, due_at in work.session.exec(_SAID_SINCE, params=today_s)
    }
    add_missing(work.session, [_digest(work.institution, officer, work.now, said) for officer in lacking])


def coming_mornings(work: Work) -> dict[Choice, datetime]:
    """The next morning of the officers, by what they chose."""
    choices = list_mornings(work.session, work.today)
    return {one: next_morning(work.institution, work.now, one) for one in choices}


def _digest(
    institution: Institution, officer: Officer, now: datetime, said: Collection[tuple[int, date]]
) -> Reminder:
    """The officer's digest of the first morning from now on of a day on which none was said."""
    at = next_morning(institution, now, officer)
    while (officer.id or 0, institution.today(at)) in said:
        at = morning_of(institution, institution.today(at) + timedelta(days=1), officer)
    on = institution.today(at)
    return Reminder(
        key=digest_key(officer.id or 0, on),
        kind=ReminderKind.DIGEST,
        officer_id=officer.id or 0,
        rule="digest",
        due_at=at,
        ends_at=institution.office.at(on, QUIET_FROM),  # yesterday's morning is not said at night
        created_at=now,
    )
