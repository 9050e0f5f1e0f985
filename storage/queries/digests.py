"""Who lacks a coming morning list: asked at every wake, in two questions however many officers there are."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, inspect, literal, null, or_, select
from sqlmodel import Session, col

from storage.engine import remembered
from storage.tables import Account, Officer, Reminder, ReminderKind, ReminderState

MORNINGS_LOCK = 0x6D6F726E  # "morn": the advisory lock at which those meet who find that lists are lacking


class Choice(NamedTuple):
    """What some officers chose about their morning, as it counts from today on; see `Officer`."""

    morning_minutes: int | None
    morning_before: int | None
    morning_since_on: date | None


def _choice() -> tuple[ColumnElement[Any], ...]:
    columns = inspect(Officer).columns
    since = columns["morning_since_on"]
    is_over = or_(since.is_(None), since <= bindparam("today", type_=since.type))
    return (
        columns["morning_minutes"],
        case((is_over, null()), else_=columns["morning_before"]),
        case((is_over, null()), else_=since),
    )


_CHOICE = _choice()
_MORNINGS = select(*_CHOICE).where(col(Officer.removed_at).is_(None)).distinct()
# What is due by now and about to go out does not stand for the next one.
_HAVE = select(col(Reminder.officer_id)).where(
    col(Reminder.kind) == ReminderKind.DIGEST,
    col(Reminder.state) == ReminderState.PENDING,
    col(Reminder.due_at) > bindparam("now"),
    col(Reminder.due_at) <= bindparam("until"),
)


def _without(have: Select[int]) -> Select[Officer]:
    """Enrolled officers who are not among them."""
    return (
        select(Officer)
        .join(Account, col(Account.officer_id) == col(Officer.id))
        .where(
            col(Officer.removed_at).is_(None),
            col(Account.unbound_at).is_(None),
            col(Officer.id).not_in(have),
        )
    )


_LACKING = _without(_HAVE)  # where all have their mornings at one time


def list_mornings(s: Session, today: date) -> tuple[Choice, ...]:
    """The different choices there are; few, for what was before is left out once its days are over."""
    return remembered(
        s, ("mornings", today), lambda: tuple(Choice(*row) for row in s.execute(_MORNINGS, {"today": today}))
    )


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
    query = _LACKING
    values: dict[str, date] = {"now": now, "until": max(coming.values())}
    if len(set(coming.values())) > 1:
        instant = inspect(Reminder).columns["due_at"].type
        own = case(*((_is(one), literal(at, instant)) for one, at in coming.items()))
        have = _HAVE.join(Officer, col(Officer.id) == col(Reminder.officer_id))
        query, values = _without(have.where(col(Reminder.due_at) <= own)), {**values, "today": today}
    return tuple(s.execute(query, values).scalars())


def _is(one: Choice) -> ColumnElement[bool]:
    return and_(*(column.is_not_distinct_from(value) for column, value in zip(_CHOICE, one, strict=True)))
