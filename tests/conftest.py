"""Fixtures of every test: databases of their own (tests/support/database.py), and the town."""

import gc
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sop_flows.declarations.loader import Pack
from tests.support import sample
from tests.support.at_once import threads_at_once
from tests.support.database import (
    Databases,
    databases,
    keyring,
    postgres_url,
    postgresql_databases,
    postgresql_store,
    sqlite_databases,
    sqlite_store,
    store,
)
from tests.support.packs import our_pack, our_pack_of
from tests.support.town import Town, a_town

__all__ = [
    "databases",
    "keyring",
    "postgres_url",
    "postgresql_databases",
    "postgresql_store",
    "sqlite_databases",
    "sqlite_store",
    "store",
]


def pytest_configure() -> None:
    """Workers of xdist inherit it."""
    sample.choose_seed()


def pytest_report_header() -> str:
    """So that a failure of the sample can be had again."""
    return sample.header()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes long begins first, so that no core waits for it at the end; what takes very long waits for `make soak`."""
    sample.leave_out(config, items)
    items[:] = _slow_ones_first(items, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))
    if not os.environ.get("PANDU_SOAK"):
        for item in items:
            if "soak" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="takes minutes: make soak"))


def _slow_ones_first(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """In the share of each worker: xdist gives each a run of the list, as long as those of the others."""
    slow = [item for item in items if "slow" in item.keywords]
    others = [item for item in items if "slow" not in item.keywords]
    found: list[pytest.Item] = []
    for worker in range(workers):
        size = (len(items) - len(found)) // (workers - worker)
        own = slow[worker::workers]
        share, others = others[: max(0, size - len(own))], others[max(0, size - len(own)) :]
        found += own + share
    return found + others


def pytest_collection_finish() -> None:
    """What is there before the first test stays to the end: nobody need look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@pytest.fixture
def pack(request: pytest.FixtureRequest) -> Pack:
    """The pack of the test: all of ours, or only the SOPs that its mark names: `pytest.mark.sops("9.2.15")`."""
    mark = request.node.get_closest_marker("sops")
    return our_pack_of(*mark.args) if mark else our_pack()


@pytest.fixture
async def town(
    request: pytest.FixtureRequest, sqlite_databases: Databases, tmp_path: Path, pack: Pack
) -> AsyncIterator[Town]:
    """The real bot on SQLite and the simulator, in this process: for conversations."""
    remembers = "monkeypatch" not in request.fixturenames
    with threads_at_once():
        async with a_town(sqlite_databases, tmp_path, pack, remembers=remembers) as built:
            yield built


@pytest.fixture
async def any_town(databases: Databases, tmp_path: Path, pack: Pack) -> AsyncIterator[Town]:
    """The town on SQLite and again on PostgreSQL: where the database matters."""
    async with a_town(databases, tmp_path, pack) as built:
        yield built
