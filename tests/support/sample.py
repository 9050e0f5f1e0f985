"""Which tests run a second time on PostgreSQL: where it can differ all, elsewhere a sample that changes with the day."""

import os
import zlib
from datetime import UTC, datetime

import pytest

from tests.support.database import EVERYTHING

SEED = "PANDU_SAMPLE"  # any word; the day (UTC) when it is not set
ONE_IN = 8
# What is tested here is written once for both databases; types, constraints, locks and processes are tested elsewhere.
SAMPLED = ("conversations", "rules", "unit")


def choose_seed() -> None:
    """Once, before there are workers: they must draw the same sample."""
    os.environ.setdefault(SEED, datetime.now(UTC).date().isoformat())


def header() -> str:
    """One line for the head of the report."""
    if os.environ.get(EVERYTHING):
        return "PostgreSQL: every test that there is twice; nothing lived is copied"
    return (
        f"PostgreSQL: one in {ONE_IN} of {', '.join(SAMPLED)}, {SEED}={os.environ[SEED]} (all: make test-pg)"
    )


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
    return zlib.crc32(f"{os.environ[SEED]} {item.nodeid}".encode()) % ONE_IN == 0
