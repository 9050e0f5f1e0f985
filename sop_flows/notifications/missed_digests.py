"""A morning on which nothing ran: it is said the same day, when the bot is back."""

from datetime import date

from sqlalchemy import bindparam
from sqlmodel import col, select

from sop_flows.calendar.moments import QUIET_FROM
from sop_flows.core.work import Work
from sop_flows.staffing.own_morning import morning_of
from storage.tables import Officer, Reminder, ReminderKind, ReminderState

_UNSAID = (
    select(Reminder)
    .where(
        Reminder.state == ReminderState.PENDING,
        Reminder.kind == ReminderKind.DIGEST,
        col(Reminder.due_at) <= bindparam("now"),
        col(Reminder.ends_at) <= bindparam("now"),
    )
    .order_by(col(Reminder.due_at).desc())
)


def digest_key(officer_id: int, on: date) -> str:
    """What makes it the officer's digest of that local day: there is one, whenever the officer's morning comes."""
    return f"digest:{officer_id}@{on.isoformat()}"


def carry_over(work: Work) -> None:
    """A digest of an earlier day that was never sent becomes today's, at the officer's own time.

    An outage over a whole day leaves no row of the days after it: without this a bot that is back on Monday at
    09.00 would be silent until Tuesday. At night it is too late, and the next morning says it.
    """
    today = work.today
    over_at = work.office.at(today, QUIET_FROM)
    if work.now >= over_at:
        return
    for row in work.session.exec(_UNSAID, params={"now": work.now}).all():
        at = morning_of(work.institution, today, work.session.get_one(Officer, row.officer_id))
        key = digest_key(row.officer_id, today)
        if work.session.exec(select(Reminder.id).where(Reminder.key == key)).first() is not None:
            continue  # today's is there, or was said, or had nothing to say
        row.key, row.due_at, row.ends_at = key, at, over_at
        work.session.flush()
