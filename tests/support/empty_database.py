"""The schema without rows, made once and copied into memory: an example of a state machine begins at once."""

import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

from storage.engine import Store
from storage.schema import upgrade
from storage.types import Keyring
from tests.support.database import SECRET
from tests.support.engines import open_store


def store_in_memory() -> Store:
    """A new store with every table and no row."""
    store = open_store("sqlite://", Keyring([SECRET]))
    with store.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        empty_database().backup(driver)
    return store


def lay_empty_database(file: Path) -> None:
    """Put such a database there: a command need not migrate one first."""
    with closing(sqlite3.connect(file)) as target:
        empty_database().backup(target)


@cache
def empty_database() -> sqlite3.Connection:
    """The schema without rows, made once."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/pandu.db", Keyring([SECRET]))
        upgrade(store.engine)
        store.close()
        source = sqlite3.connect(f"{folder}/pandu.db")
        kept = sqlite3.connect(":memory:")
        source.backup(kept)
        source.close()
    return kept
