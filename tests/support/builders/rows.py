"""What every builder needs: numbers that differ, a time, and a way to add a row."""

from datetime import UTC, datetime
from itertools import count
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel

Row = TypeVar("Row", bound=SQLModel)

SOME_TIME = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # Monday 23 November 2026, 09.00 in Mataram

_numbers = count(1)


def next_number() -> int:
    """A number that no other row has got."""
    return next(_numbers)


def add(s: Session, table: type[Row], fields: dict[str, Any], **defaults: Any) -> Row:
    """Add a row of `table`: the fields that a test gives, the defaults for the rest."""
    row = table(**{**defaults, **fields})
    s.add(row)
    s.flush()
    return row


def id_of(row: SQLModel) -> int:
    """The id of a row that was added."""
    found = row.id  # type: ignore[attr-defined]  # every table with an id calls it so
    assert isinstance(found, int)
    return found
