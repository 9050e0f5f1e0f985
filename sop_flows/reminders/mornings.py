"""The morning digest of every officer, and everything of one who came, went or changed roles."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from sop_flows.calendar.moments import MORNING, QUIET_FROM
from sop_flows.house import House
from sop_flows.people.assignment import reassign
from sop_flows.people.permissions import heads_of, roles_of
from sop_flows.reminders.missed_mornings import carry_over, digest_key
from sop_flows.reminders.planning import plan_task
from storage.queries.reminders import add_missing
from storage.tables import (
    Account,
    Officer,
    Reminder,
    ReminderKind,
    ReminderState,
)


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
    """Every enrolled officer has a coming digest at the next 07.30; it is dropped at its time when there is nothing
    to say.

    After a clock that was set back, the next morning that was not said already: one further away does not stand for
    it.
    """
    carry_over(s, house, now)
    at = next_morning(house, now)
    have = select(Reminder.officer_id).where(
        Reminder.kind == ReminderKind.DIGEST,
        Reminder.state == ReminderState.PENDING,
        Reminder.due_at > now,  # today's, due and about to go out, does not stand for tomorrow's
        Reminder.due_at <= at,
    )
    lacking = s.exec(
        select(Officer.id)
        .join(Account, col(Account.officer_id) == col(Officer.id))
        .where(
            col(Officer.removed_at).is_(None),
            col(Account.unbound_at).is_(None),
            col(Officer.id).not_in(have),
        )
    ).all()
    if not lacking:
        return
    said = set(
        s.exec(
            select(Reminder.key).where(
                Reminder.kind == ReminderKind.DIGEST,
                Reminder.state == ReminderState.SENT,
                Reminder.due_at > now,  # the clock was set back
            )
        )
    )
    add_missing(s, [_digest(house, officer_id or 0, at, said, now) for officer_id in lacking])


def _digest(house: House, officer_id: int, at: datetime, said: Collection[str], now: datetime) -> Reminder:
    """The officer's digest of the first morning from `at` on that was not said."""
    while (key := digest_key(officer_id, at)) in said:
        at = next_morning(house, at)
    return Reminder(
        key=key,
        kind=ReminderKind.DIGEST,
        officer_id=officer_id,
        rule="digest",
        due_at=at,
        ends_at=house.office.at(house.today(at), QUIET_FROM),  # yesterday's morning is not said at night
        created_at=now,
    )


def next_morning(house: House, now: datetime) -> datetime:
    """The next 07.30 local after `now`."""
    today = house.office.at(house.today(now), MORNING)
    return today if today > now else house.office.at(house.today(now) + timedelta(days=1), MORNING)
