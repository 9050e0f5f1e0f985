"""A town whose handlers are stand-ins: only the process itself is under test."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from handlers.ui.routing import Handler
from tests.support.database import Databases
from tests.support.standin_ports import echo, standin_ports
from tests.support.town import Town

MakeTown = Callable[..., Awaitable[Town]]


@pytest.fixture
async def make_town(databases: Databases, tmp_path: Path) -> AsyncIterator[MakeTown]:
    """Builds towns with the answer given; on SQLite and on PostgreSQL."""
    made: list[tuple[Town, str]] = []

    async def make(route: Handler = echo, **how: Any) -> Town:
        url = databases.migrated()
        town = Town(url, tmp_path / str(len(made)), standin_ports(route), **how)
        made.append((town, url))
        await town.open()
        return town

    yield make
    for town, url in made:
        await town.close()
        databases.drop(url)
