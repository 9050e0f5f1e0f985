"""The institution of a test: on SQLite and again on PostgreSQL."""

from pathlib import Path

import pytest

from storage.engine import Store
from tests.support.institution import Institution


@pytest.fixture
def empty_home(store: Store, tmp_path: Path) -> Institution:
    """The institution with its pack and an empty database; Monday 26 October 2026, 08.00."""
    return Institution(store, tmp_path)


@pytest.fixture
def home(empty_home: Institution) -> Institution:
    """The institution with one officer for each role; see `Institution.everyone`."""
    empty_home.everyone()
    return empty_home
