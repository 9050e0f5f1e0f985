"""What is tried of much that is alike: a sample that changes with the day, and all of it in `make soak`.

Of the tests that there are twice, which run on PostgreSQL; of thousands of buttons or days, which of them.
"""

import os
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from tests.support.database import EVERYTHING

SEED = "PANDU_SAMPLE"  # any word; the day (UTC) when it is not set
ONE_IN = 16
# What is tested here is written once for both databases; types, constraints, locks and processes are tested elsewhere.
SAMPLED = ("conversations", "rules", "unit")

One = TypeVar("One")


def choose_seed() -> None:
    """Once, before there are workers: they must draw the same sample."""
    os.environ.setdefault(SEED, datetime.now(UTC).date().isoformat())


def header() -> str:
    """One line for the head of the report."""
    if os.environ.get(EVERYTHING):
        return "PostgreSQL: every test that there is twice; nothing lived is copied, no sample is drawn"
    return (
        f"PostgreSQL: one in {ONE_IN} of {', '.join(SAMPLED)}, {SEED}={os.environ[SEED]} (all: make test-pg)"
    )


def one_in(number: int, tried: Iterable[One]) -> list[One]:
    """The day's share of them, at least one; all with PANDU_EVERYTHING. What is drawn depends on how each is printed."""
    every = list(tried)
    if os.environ.get(EVERYTHING):
        return every
    return [one for one in every if _draw(one) % number == 0] or every[:1]


def leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take the twins that are not drawn out of the list; what is asked for by name stays."""
    if (
        os.environ.get(EVERYTHING)
        or "postgres" in config.option.keyword
        or any("::" in a for a in config.args)
    ):
        return
    left_out = [item for item in items if _is_sampled(item) and not _is_drawn(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def _is_sampled(item: pytest.Item) -> bool:
    if "postgres" not in item.keywords or item.path.parent.name not in SAMPLED:
        return False
    fixtures: list[str] = getattr(item, "fixturenames", [])
    return "databases" in fixtures and "any_town" not in fixtures  # `any_town`: where the database matters


def _is_drawn(item: pytest.Item) -> bool:
    return _draw(item.nodeid) % ONE_IN == 0


def _draw(one: object) -> int:
    return zlib.crc32(f"{os.environ[SEED]} {one}".encode())
