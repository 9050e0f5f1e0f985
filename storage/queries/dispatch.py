"""Due reminders: claimed for one officer at a time, marked when they are out; the pace all dispatchers share."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlmodel import Session, col

from storage.tables import Officer, Reminder, ReminderState, Vital

LEASE = timedelta(seconds=60)  # how long a claimed row is left alone; then it is sent again
NEXT_SLOT = "next_slot"
HEARTBEAT = "dispatcher"


def claim_officers(s: Session, now: datetime, real_now: datetime, limit: int) -> tuple[Officer, ...]:
    """Officers with something due and nothing in flight, longest due first; locked until the commit.

    Args:
        now: the officers' time, for what is due.
        real_now: real time, for leases.
    """
    in_flight = select(col(Reminder.officer_id)).where(
        col(Reminder.state) == ReminderState.PENDING, col(Reminder.lease_until) > real_now
    )
    due = (
        select(col(Reminder.officer_id))
        .where(col(Reminder.state) == ReminderState.PENDING, col(Reminder.due_at) <= now)
        .where(col(Reminder.officer_id).not_in(in_flight))
        .group_by(col(Reminder.officer_id))
        .order_by(func.min(col(Reminder.due_at)), col(Reminder.officer_id))
        .limit(limit)
    )
    order = [officer_id for (officer_id,) in s.execute(due)]
    if not order:
        return ()
    # The officer is what two dispatchers meet at: with rows alone each could take another row of one officer.
    locked = select(Officer).where(col(Officer.id).in_(order)).with_for_update(skip_locked=True)
    found = {officer.id: officer for officer in s.execute(locked).scalars()}
    again = {officer_id for (officer_id,) in s.execute(in_flight)}  # seen only now that the lock is ours
    return tuple(found[number] for number in order if number in found and number not in again)


def list_pending(s: Session, officer_id: int, until: datetime) -> tuple[Reminder, ...]:
    """The officer's pending reminders due up to `until`, in order."""
    return tuple(
        s.execute(
            select(Reminder)
            .where(col(Reminder.officer_id) == officer_id, col(Reminder.state) == ReminderState.PENDING)
            .where(col(Reminder.due_at) <= until)
            .order_by(col(Reminder.due_at), col(Reminder.id))
            .with_for_update(skip_locked=True)
        ).scalars()
    )


def lease_rows(s: Session, rows: Collection[Reminder], owner: str, real_now: datetime) -> None:
    """These are about to be sent by `owner`."""
    for row in rows:
        row.claimed_by, row.lease_until = owner, real_now + LEASE
        row.attempts += 1
        s.add(row)


def mark_sent(s: Session, ids: Sequence[int], now: datetime, message_id: int | None) -> None:
    """They are out, as the message `message_id`."""
    _mark(s, ids, state=ReminderState.SENT, sent_at=now, message_id=message_id, error=None)


def mark_failed(s: Session, ids: Sequence[int], error: str) -> None:
    """Telegram refuses them, or their text can't be made: shown by doctor, in nobody's way."""
    _mark(s, ids, state=ReminderState.FAILED, error=error)


def put_back(s: Session, ids: Sequence[int], not_before: datetime, error: str) -> None:
    """To be tried again from `not_before` (real time) on."""
    s.execute(
        update(Reminder)
        .where(col(Reminder.id).in_(ids), col(Reminder.state) == ReminderState.PENDING)
        .values(claimed_by=None, lease_until=not_before, error=error)
    )


def _mark(s: Session, ids: Sequence[int], **values: object) -> None:
    s.execute(
        update(Reminder)
        .where(col(Reminder.id).in_(ids), col(Reminder.state) == ReminderState.PENDING)
        .values(claimed_by=None, lease_until=None, **values)
    )


def free_leases(s: Session, owner_is_dead: Collection[str]) -> None:
    """What dead dispatchers had in hand may be sent again at once."""
    s.execute(
        update(Reminder)
        .where(
            col(Reminder.claimed_by).in_(list(owner_is_dead)), col(Reminder.state) == ReminderState.PENDING
        )
        .values(claimed_by=None, lease_until=None)
    )


def list_owners(s: Session) -> tuple[str, ...]:
    """Who has something in hand."""
    query = select(col(Reminder.claimed_by)).where(
        col(Reminder.claimed_by).is_not(None), col(Reminder.state) == ReminderState.PENDING
    )
    return tuple({str(owner) for (owner,) in s.execute(query)})


def next_due_at(s: Session, real_now: datetime, after: datetime | None = None) -> datetime | None:
    """When the next reminder is due (later than `after`), leaving out what is being sent or has to wait."""
    query = select(func.min(col(Reminder.due_at))).where(
        col(Reminder.state) == ReminderState.PENDING,
        or_(col(Reminder.lease_until).is_(None), col(Reminder.lease_until) <= real_now),
    )
    if after is not None:
        query = query.where(col(Reminder.due_at) > after)
    found: datetime | None = s.execute(query).scalar()
    return found


def reserve_slot(s: Session, real_now: datetime, every: timedelta) -> datetime:
    """The next free moment to send at (real time); all dispatchers take theirs from one row."""
    row = s.get(Vital, NEXT_SLOT, with_for_update=True)
    slot = real_now if row is None else max(real_now, datetime.fromisoformat(row.value))
    if row is None:
        row = Vital(name=NEXT_SLOT, value="", at=real_now)
    row.value, row.at = (slot + every).isoformat(), real_now
    s.add(row)
    return slot


def beat(s: Session, now: datetime) -> None:
    """The dispatcher is alive at `now`."""
    row = s.get(Vital, HEARTBEAT) or Vital(name=HEARTBEAT, value="", at=now)
    row.value, row.at = "alive", now
    s.add(row)


def last_beat(s: Session) -> datetime | None:
    """When a dispatcher was last alive; None before the first."""
    row = s.get(Vital, HEARTBEAT)
    return None if row is None else row.at


def count_pending(s: Session, now: datetime) -> tuple[int, int, datetime | None]:
    """How many reminders wait, how many of them are due by `now`, and the due time of the oldest."""
    pending = col(Reminder.state) == ReminderState.PENDING
    overdue = select(func.count(), func.min(col(Reminder.due_at))).where(pending, col(Reminder.due_at) <= now)
    waiting = s.execute(select(func.count()).select_from(Reminder).where(pending)).scalar_one()
    late, oldest = s.execute(overdue).one()
    return waiting, late, oldest


def list_failed(s: Session) -> tuple[Reminder, ...]:
    """Reminders that could not be sent: for doctor."""
    return tuple(
        s.execute(
            select(Reminder).where(col(Reminder.state) == ReminderState.FAILED).order_by(col(Reminder.id))
        ).scalars()
    )
