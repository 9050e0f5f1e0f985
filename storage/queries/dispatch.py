"""Due reminders: claimed for one officer at a time, marked when they are out."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.orm import defer
from sqlmodel import Session, col

from storage.tables import Reminder, ReminderState
from storage.types import bound

LEASE = timedelta(seconds=60)  # how long a claimed row is left alone; then it is sent again

# Asked for each message: built once.
_PENDING = col(Reminder.state) == ReminderState.PENDING
_IN_FLIGHT = select(col(Reminder.officer_id)).where(
    _PENDING, col(Reminder.lease_until) > bindparam("real_now")
)
_OFFICER_OWED = (
    select(col(Reminder.officer_id))
    .where(_PENDING, col(Reminder.due_at) <= bindparam("now"))
    .where(col(Reminder.officer_id).not_in(_IN_FLIGHT))
    .order_by(col(Reminder.due_at), col(Reminder.id))
    .limit(1)
)
_PENDING_OF_OFFICER = (
    select(Reminder)
    .where(col(Reminder.officer_id) == bindparam("officer"), _PENDING)
    .where(col(Reminder.due_at) <= bindparam("until"))
    .order_by(col(Reminder.due_at), col(Reminder.id))
    .with_for_update(skip_locked=True)
)
_NEXT_DUE = (
    select(col(Reminder.due_at))
    .where(
        _PENDING,
        or_(col(Reminder.lease_until).is_(None), col(Reminder.lease_until) <= bindparam("real_now")),
    )
    .order_by(col(Reminder.due_at))
    .limit(1)
)


def find_officer_owed(s: Session, now: datetime, real_now: datetime) -> int | None:
    """The officer with something due for longest and nothing in flight.

    It costs the same however many reminders wait.

    Args:
        now: the officers' time, for what is due.
        real_now: real time, for leases.
    """
    return s.execute(_OFFICER_OWED, {"now": now, "real_now": real_now}).scalar()


def list_due_ids(s: Session, officer_id: int, now: datetime) -> tuple[int, ...]:
    """Ids of what the officer is owed by `now`, without reading the rows: one of them can't be read."""
    query = select(col(Reminder.id)).where(
        col(Reminder.officer_id) == officer_id,
        col(Reminder.state) == ReminderState.PENDING,
        col(Reminder.due_at) <= now,
    )
    return tuple(number for (number,) in s.execute(query.order_by(col(Reminder.id))))


def list_pending(s: Session, officer_id: int, until: datetime) -> tuple[Reminder, ...]:
    """The officer's pending reminders due up to `until`, in order."""
    return tuple(s.execute(_PENDING_OF_OFFICER, {"officer": officer_id, "until": until}).scalars())


def lease_rows(s: Session, rows: Collection[Reminder], epoch: int, real_now: datetime) -> None:
    """These are about to be sent by the owner of that epoch."""
    for row in rows:
        row.claimed_epoch, row.lease_until = epoch, real_now + LEASE
        row.attempts += 1
        s.add(row)


def renew_lease(s: Session, ids: Sequence[int], real_now: datetime) -> None:
    """These are still in the same hands, and take longer."""
    s.execute(
        update(Reminder)
        .where(col(Reminder.id).in_(ids), col(Reminder.state) == ReminderState.PENDING)
        .values(lease_until=real_now + LEASE)
    )


def mark_sent(s: Session, ids: Sequence[int], now: datetime, message_id: int | None) -> None:
    """They are out, as the message `message_id`."""
    _mark(s, ids, state=ReminderState.SENT, sent_at=now, message_id=message_id, error=None)


def note_shown(s: Session, reminder_id: int, shown: dict[str, object]) -> None:
    """What the message shows of tasks."""
    s.execute(update(Reminder).where(col(Reminder.id) == reminder_id).values(shown=bound(shown, reminder_id)))


def mark_failed(s: Session, ids: Sequence[int], error: str) -> None:
    """Telegram refuses them, or their text can't be made: shown by doctor, in nobody's way."""
    _mark(s, ids, state=ReminderState.FAILED, error=error)


def put_back(s: Session, ids: Sequence[int], not_before: datetime, error: str) -> None:
    """To be tried again from `not_before` (real time) on."""
    s.execute(
        update(Reminder)
        .where(col(Reminder.id).in_(ids), col(Reminder.state) == ReminderState.PENDING)
        .values(claimed_epoch=None, lease_until=not_before, error=error)
    )


def _mark(s: Session, ids: Sequence[int], **values: object) -> None:
    s.execute(
        update(Reminder)
        .where(col(Reminder.id).in_(ids), col(Reminder.state) == ReminderState.PENDING)
        .values(claimed_epoch=None, lease_until=None, **values)
    )


def free_leases(s: Session, epoch: int) -> None:
    """What former owners had in hand may be sent again at once."""
    s.execute(
        update(Reminder)
        .where(
            col(Reminder.state) == ReminderState.PENDING,
            col(Reminder.lease_until).is_not(None),
            col(Reminder.claimed_epoch) != epoch,
        )
        .values(claimed_epoch=None, lease_until=None)
    )


def next_due_at(s: Session, real_now: datetime) -> datetime | None:
    """When the next reminder is due, leaving out what is being sent or has to wait."""
    found: datetime | None = s.execute(_NEXT_DUE, {"real_now": real_now}).scalar()
    return found


def count_pending(s: Session, now: datetime) -> tuple[int, int, datetime | None]:
    """How many reminders wait, how many of them are due by `now`, and the due time of the oldest."""
    pending = col(Reminder.state) == ReminderState.PENDING
    overdue = select(func.count(), func.min(col(Reminder.due_at))).where(pending, col(Reminder.due_at) <= now)
    waiting = s.execute(select(func.count()).select_from(Reminder).where(pending)).scalar_one()
    late, oldest = s.execute(overdue).one()
    return waiting, late, oldest


def list_failed(s: Session, but: str = "") -> tuple[Reminder, ...]:
    """Reminders that could not be sent, those of the rule `but` left out: for doctor."""
    return tuple(
        s.execute(
            select(Reminder)
            .options(defer(Reminder.payload))  # type: ignore[arg-type]  # which may be what was wrong
            .where(col(Reminder.state) == ReminderState.FAILED, col(Reminder.rule) != but)
            .order_by(col(Reminder.id))
        ).scalars()
    )
