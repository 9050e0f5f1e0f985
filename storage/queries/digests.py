"""Who lacks a coming morning list: asked at every wake, in two questions however many officers there are."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, inspect, literal, null, or_, select
from sqlmodel import Session, col

from storage.tables import Account, Officer, Reminder, ReminderKind, ReminderState

MORNINGS_LOCK = 0x6D6F726E  # "morn": the advisory lock at which those meet who find that lists are lacking


class Choice(NamedTuple):
    """What some officers chose about their morning, as it counts from today on; see `Officer`."""

    morning_minutes: int | None
    morning_before: int | None
    morning_since_on: date | None


def list_mornings(s: Session, today: date) -> tuple[Choice, ...]:
    """The different choices there are; few, for what was before is left out once its days are over."""
    query = select(*_choice(today)).where(col(Officer.removed_at).is_(None)).distinct()
    return tuple(Choice(*row) for row in s.execute(query))


def lock_mornings(s: Session) -> bool:
    """Until the commit nobody else makes morning lists. Returns whether others may have made some meanwhile: not on
    SQLite, which has one writer anyway."""
    if s.get_bind().dialect.name != "postgresql":
        return False
    s.execute(select(func.pg_advisory_xact_lock(MORNINGS_LOCK)))
    return True


def list_lacking(
    s: Session, today: date, now: datetime, coming: Mapping[Choice, datetime]
) -> tuple[Officer, ...]:
    """Enrolled officers without a digest after `now` and up to their next morning.

    Args:
        coming: the next morning of those who chose so.
    """
    if not coming:
        return ()
    # What is due by now and about to go out does not stand for the next one.
    have = select(col(Reminder.officer_id)).where(
        col(Reminder.kind) == ReminderKind.DIGEST,
        col(Reminder.state) == ReminderState.PENDING,
        col(Reminder.due_at) > now,
        col(Reminder.due_at) <= max(coming.values()),
    )
    if len(set(coming.values())) > 1:
        instant = inspect(Reminder).columns["due_at"].type
        own = case(*((_is(today, one), literal(at, instant)) for one, at in coming.items()))
        have = have.join(Officer, col(Officer.id) == col(Reminder.officer_id)).where(
            col(Reminder.due_at) <= own
        )
    query = (
        select(Officer)
        .join(Account, col(Account.officer_id) == col(Officer.id))
        .where(
            col(Officer.removed_at).is_(None),
            col(Account.unbound_at).is_(None),
            col(Officer.id).not_in(have),
        )
    )
    return tuple(s.execute(query).scalars())


def _choice(today: date) -> tuple[ColumnElement[Any], ...]:
    columns = inspect(Officer).columns
    since = columns["morning_since_on"]
    is_over = or_(since.is_(None), since <= today)
    return (
        columns["morning_minutes"],
        case((is_over, null()), else_=columns["morning_before"]),
        case((is_over, null()), else_=since),
    )


def _is(today: date, one: Choice) -> ColumnElement[bool]:
    return and_(
        *(column.is_not_distinct_from(value) for column, value in zip(_choice(today), one, strict=True))
    )
