"""The institution of a test: on SQLite and again on PostgreSQL."""

from pathlib import Path

import pytest

from sop_flows.declarations.loader import Pack
from storage.engine import Store
from storage.tables import Task
from tests.support.institution import Home


@pytest.fixture
def empty_home(store: Store, tmp_path: Path, pack: Pack) -> Home:
    """The institution with its pack and an empty database; Monday 26 October 2026, 08.00."""
    return Home(store, tmp_path, pack)


@pytest.fixture
def home(empty_home: Home) -> Home:
    """The institution with one officer for each role; see `Institution.everyone`."""
    empty_home.everyone()
    return empty_home


@pytest.fixture
def home_visit(home: Home) -> Task:
    """9.1.12 step 3 for child 2, of Dewi; open since Tuesday 1 December 08.00, due Friday the 4th."""
    home.angkatan()
    home.it_is("2026-12-01 08.00")
    home.flag(home.sari, 2)
    home.record(home.dewi, home.finish_until("9.1.12", 2))
    return home.task("9.1.12", 3)
