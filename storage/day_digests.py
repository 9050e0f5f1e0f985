"""A digest a day of what was recorded, each following from the one before: whoever rewrites old rows is found.

It covers what officers said, weighed and put right, and who looked; of each row what is stored in clear. Words are
sealed and may have to be erased: they do not count. The last digest is told to the head of the house and stands in every
backup, so that a chain made anew does not fit either.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, func, select
from sqlmodel import Session, SQLModel, col

from storage.tables import Confirmation, Correction, DayDigest, ReadEntry, Weight

SETTLED = timedelta(minutes=10)  # a transaction that began before it has ended
SHOWN = 16  # digits that a person keeps
FETCHED = 1000  # rows at once
Reading = Callable[[], AbstractContextManager[Session]]
COVERED: dict[type[SQLModel], tuple[str, str]] = {
    Confirmation: (
        "recorded_at",
        "id task_id role child_id kind officer_id recorded_by_id done_on recorded_at update_id refers_to_id",
    ),
    Correction: ("corrected_at", "id of_table row_id fact officer_id corrected_at update_id"),
    ReadEntry: ("read_at", "id officer_id child_id case_id screen read_at account_id"),
    Weight: (
        "recorded_at",
        "id task_id child_id weight_g weighed_on recorded_at officer_id recorded_by_id update_id replaces_id",
    ),
}


@dataclass(frozen=True)
class Broken:
    """The first day that is not what it was. `table`: whose rows; "" when the digest itself does not follow."""

    day: date
    table: str


@dataclass(frozen=True)
class Verified:
    """What came of looking at the whole chain.

    Attributes:
        rows: covered by digests that were looked at.
        newer: rows that no digest covers yet.
        broken: None when all is as it was.
    """

    days: int
    rows: int
    newer: int
    last: DayDigest | None
    broken: Broken | None


@dataclass(frozen=True)
class Reckoned:
    """A digest that is not written yet.

    Attributes:
        before: the one from which it follows.
    """

    row: DayDigest
    before: DayDigest | None


def reckon_day(reading: Reading, day: date, now: datetime) -> Reckoned | None:
    """The digest of what was recorded up to now; None when that day (local) has one, or a later one.

    The first one of an old database reads all of it: piece by piece, each in a short look of its own, so that nobody who
    writes has to wait. What it covers has settled, and changes no more.

    Args:
        reading: opens a session for reading.
    """
    with reading() as s:
        before = last_digest(s)
        if before is not None and before.day >= day:
            return None
        upto = {}
        for table, (at, _names) in COVERED.items():
            since = _upto(before, table)
            settled = select(func.max(_id(table))).where(
                _id(table) > since, _column(table, at) <= now - SETTLED
            )
            upto[table] = s.execute(settled).scalar() or since
    parts = {}
    for table, last in upto.items():
        parts[_name(table)] = last, _rows_digest(reading, table, _upto(before, table), last)[1]
    return Reckoned(DayDigest(day=day, parts=parts, digest=_follow(before, day, parts)), before)


def add_day(s: Session, reckoned: Reckoned) -> bool:
    """Write it; False when another process has written one meanwhile."""
    last, before = last_digest(s), reckoned.before
    if (last.id if last else None) != (before.id if before else None):
        return False
    s.add(reckoned.row)
    s.flush()
    return True


def last_digest(s: Session) -> DayDigest | None:
    """The newest one; None before the first day has ended."""
    return s.execute(select(DayDigest).order_by(col(DayDigest.id).desc()).limit(1)).scalar()


def verify(s: Session) -> Verified:
    """Reckon every digest again, from the first row on. Reads every covered table to its end."""
    before, days, rows = None, 0, 0

    def reading() -> AbstractContextManager[Session]:
        return nullcontext(s)

    for row in s.execute(select(DayDigest).order_by(col(DayDigest.id))).scalars():
        for table in COVERED:
            name = _name(table)
            count, digest = _rows_digest(reading, table, _upto(before, table), _upto(row, table))
            if name not in row.parts or digest != row.parts[name][1]:
                return Verified(days, rows, 0, before, Broken(row.day, name))
            rows += count
        if row.digest != _follow(before, row.day, row.parts):
            return Verified(days, rows, 0, before, Broken(row.day, ""))
        before, days = row, days + 1
    newer = sum(
        s.execute(select(func.count(_id(table))).where(_id(table) > _upto(before, table))).scalar() or 0
        for table in COVERED
    )
    return Verified(days, rows, newer, before, None)


def day_of(s: Session, said: str) -> date | None:
    """The day whose digest begins so, however it is spaced; None when the chain has no such one."""
    wanted = "".join(said.split()).lower()
    if len(wanted) < SHOWN:
        return None
    found = select(col(DayDigest.day)).where(col(DayDigest.digest).startswith(wanted, autoescape=True))
    return s.execute(found).scalar()


def shown(digest: str) -> str:
    """ "3f2a 91bc 77d0 1c2e": what a person keeps of it."""
    return " ".join(digest[at : at + 4] for at in range(0, SHOWN, 4))


def _follow(before: DayDigest | None, day: date, parts: Any) -> str:
    # JSON has no tuples: what was just made and what was read are written alike.
    said = json.dumps([before.digest if before else "", day.isoformat(), parts], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _rows_digest(reading: Reading, table: type[SQLModel], since: int, upto: int) -> tuple[int, str]:
    digest, count = hashlib.sha256(), 0
    for values in _rows(reading, table, since, upto):
        digest.update(json.dumps(values).encode() + b"\n")
        count += 1
    return count, digest.hexdigest()


def _rows(reading: Reading, table: type[SQLModel], since: int, upto: int) -> Iterator[list[Any]]:
    columns = [_column(table, name) for name in COVERED[table][1].split()]  # the id is the first
    query: Select[Any] = select(*columns).where(_id(table) <= upto).order_by(_id(table)).limit(FETCHED)
    while True:
        with reading() as s:
            found = s.execute(query.where(_id(table) > since)).all()
        for row in found:
            yield [value.isoformat() if isinstance(value, date) else value for value in row]
        if len(found) < FETCHED:
            return
        since = found[-1][0]


def _column(table: type[SQLModel], name: str) -> ColumnElement[Any]:
    return cast(ColumnElement[Any], col(getattr(table, name)))


def _id(table: type[SQLModel]) -> ColumnElement[Any]:
    return _column(table, "id")


def _name(table: type[SQLModel]) -> str:
    return str(table.__tablename__)


def _upto(row: DayDigest | None, table: type[SQLModel]) -> int:
    return row.parts[_name(table)][0] if row is not None and _name(table) in row.parts else 0
