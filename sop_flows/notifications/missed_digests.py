"""A morning on which nothing ran: it is said the same day, when the bot is back."""

from datetime import date, datetime

from sqlmodel import Session, col, select

from sop_flows.calendar.moments import QUIET_FROM
from sop_flows.core.institution import House
from sop_flows.staffing.own_morning import morning_of
from storage.tables import Officer, Reminder, ReminderKind, ReminderState


def digest_key(officer_id: int, on: date) -> str:
    """What makes it the officer's digest of that local day: there is one, whenever the officer's morning comes."""
    return f"digest:{officer_id}@{on.isoformat()}"


def carry_over(s: Session, house: House, now: datetime) -> None:
    """A digest of an earlier day that was never sent becomes today's, at the officer's own time.

    An outage over a whole day leaves no row of the days after it: without this a bot that is back on Monday at
    09.00 would be silent until Tuesday. At night it is too late, and the next morning says it.
    """
    today = house.today(now)
    over_at = house.office.at(today, QUIET_FROM)
    if now >= over_at:
        return
    for row in s.exec(
        select(Reminder)
        .where(
            Reminder.state == ReminderState.PENDING,
            Reminder.kind == ReminderKind.DIGEST,
            Reminder.due_at <= now,
            col(Reminder.ends_at) <= now,
        )
        .order_by(col(Reminder.due_at).desc())
    ).all():
        at = morning_of(house, today, s.get_one(Officer, row.officer_id))
        key = digest_key(row.officer_id, today)
        if s.exec(select(Reminder.id).where(Reminder.key == key)).first() is not None:
            continue  # today's is there, or was said, or had nothing to say
        row.key, row.due_at, row.ends_at = key, at, over_at
        s.flush()
