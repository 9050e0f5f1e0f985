"""Fixtures of every test: databases of their own (tests/support/database.py), and the town."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sop_flows.declarations.loader import Pack
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
from tests.support.town import Town

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first, so that no core waits for it at the end; what takes very long waits for `make soak`."""
    items.sort(key=lambda item: "slow" not in item.keywords)
    if not os.environ.get("PANDU_SOAK"):
        for item in items:
            if "soak" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="takes minutes: make soak"))


@pytest.fixture
def pack(request: pytest.FixtureRequest) -> Pack:
    """The pack of the test: all of ours, or only the SOPs that its mark names: `pytest.mark.sops("9.2.15")`."""
    mark = request.node.get_closest_marker("sops")
    return our_pack_of(*mark.args) if mark else our_pack()


@pytest.fixture
async def town(sqlite_databases: Databases, tmp_path: Path, pack: Pack) -> AsyncIterator[Town]:
    """The real bot on SQLite and the simulator, in this process: for conversations."""
    url = sqlite_databases.migrated()
    built = Town(url, tmp_path, pack=pack)
    await built.open()
    yield built
    await built.close()
    sqlite_databases.drop(url)


@pytest.fixture
async def any_town(databases: Databases, tmp_path: Path, pack: Pack) -> AsyncIterator[Town]:
    """The town on SQLite and again on PostgreSQL: where the database matters."""
    url = databases.migrated()
    built = Town(url, tmp_path, pack=pack)
    await built.open()
    yield built
    await built.close()
    databases.drop(url)
