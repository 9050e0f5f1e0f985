"""The morning digest of every officer, and everything of one who came, went or changed roles."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from sqlmodel import Session, select

from sop_flows.calendar.moments import QUIET_FROM
from sop_flows.core.institution import House
from sop_flows.notifications.missed_digests import carry_over, digest_key
from sop_flows.notifications.planning import plan_task
from sop_flows.staffing.assignment import reassign
from sop_flows.staffing.own_morning import morning_of, next_morning
from sop_flows.staffing.permissions import heads_of, roles_of
from storage.queries.digests import list_lacking, list_mornings, lock_mornings
from storage.queries.reminders import add_missing
from storage.tables import (
    Officer,
    Reminder,
    ReminderKind,
    ReminderState,
)

MIDNIGHT = time(0, 0)


def plan_officer(s: Session, house: House, officer_id: int, now: datetime) -> None:
    """After an officer came, went or changed roles: find PJs anew, plan their tasks' reminders and digests."""
    officer = s.get_one(Officer, officer_id)
    if officer.removed_at is not None:
        for row in s.exec(
            select(Reminder).where(Reminder.officer_id == officer_id, Reminder.state == ReminderState.PENDING)
        ):
            row.state = ReminderState.DROPPED
    roles = roles_of(s, officer_id) | heads_of(s, house, officer_id)
    if officer.is_admin:  # answers for every role that has nobody
        roles |= frozenset(house.pack.unit.roles)
    for task in reassign(s, house, roles, now):
        plan_task(s, house, task, now)
    ensure_digests(s, house, now)


def ensure_digests(s: Session, house: House, now: datetime) -> None:
    """Every enrolled officer has a coming digest at the next own morning; it is dropped at its time when there is
    nothing to say.

    After a clock that was set back, the next morning that was not said already: one further away does not stand for
    it.
    """
    carry_over(s, house, now)
    today = house.today(now)
    coming = {one: next_morning(house, now, one) for one in list_mornings(s, today)}
    lacking = list_lacking(s, today, now, coming)
    # At 07.30 all who tap find the same: one makes the lists of everybody, the others wait for that and no longer.
    if lacking and lock_mornings(s):
        lacking = list_lacking(s, today, now, coming)
    if not lacking:
        return
    since = house.office.at(today, MIDNIGHT)
    said = {
        (officer_id, house.today(due_at))
        for officer_id, due_at in s.exec(
            select(Reminder.officer_id, Reminder.due_at).where(
                Reminder.kind == ReminderKind.DIGEST,
                Reminder.state == ReminderState.SENT,
                Reminder.due_at >= since,  # today's; further ones when the clock was set back
            )
        )
    }
    add_missing(s, [_digest(house, officer, now, said) for officer in lacking])


def _digest(house: House, officer: Officer, now: datetime, said: Collection[tuple[int, date]]) -> Reminder:
    """The officer's digest of the first morning from now on of a day on which none was said."""
    at = next_morning(house, now, officer)
    while (officer.id or 0, house.today(at)) in said:
        at = morning_of(house, house.today(at) + timedelta(days=1), officer)
    on = house.today(at)
    return Reminder(
        key=digest_key(officer.id or 0, on),
        kind=ReminderKind.DIGEST,
        officer_id=officer.id or 0,
        rule="digest",
        due_at=at,
        ends_at=house.office.at(on, QUIET_FROM),  # yesterday's morning is not said at night
        created_at=now,
    )
