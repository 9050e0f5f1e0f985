"""What the migrations build is what the models say, on SQLite and on PostgreSQL."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlmodel import SQLModel

from storage.engine import Store, open_store
from storage.schema import upgrade
from storage.types import Keyring
from tests.support.database import Databases

KEPT = Path(__file__).parent / "kept"


@pytest.fixture
def created(databases: Databases, keyring: Keyring) -> Iterator[Store]:
    """A database made of the models, without any migration."""
    url = databases.empty()
    opened = open_store(url, keyring)
    with opened.engine.begin() as connection:
        SQLModel.metadata.create_all(connection)
    yield opened
    opened.close()
    databases.drop(url)


def test_alembic_finds_nothing_to_change(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, SQLModel.metadata) == []


def test_checks_indexes_and_keys_are_the_same(store: Store, created: Store) -> None:
    """Alembic does not compare CHECKs, nor the WHERE of an index."""
    assert _looks(store) == _looks(created)


@pytest.mark.parametrize("release", sorted(file.stem for file in KEPT.glob("*.sqlite3")))
def test_an_old_database_gets_the_tables_and_triggers_of_a_new_one(
    sqlite_store: Store, keyring: Keyring, tmp_path: Path, release: str
) -> None:
    shutil.copy(KEPT / f"{release}.sqlite3", tmp_path / "old.db")
    old = open_store(f"sqlite:///{tmp_path / 'old.db'}", keyring)
    upgrade(old.engine)
    assert (_looks(old), _triggers(old)) == (_looks(sqlite_store), _triggers(sqlite_store))
    old.close()


def _triggers(store: Store) -> list[str]:
    with store.engine.connect() as connection:
        found = connection.execute(text("SELECT sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"))
        return [str(sql) for sql in found.scalars()]


def _looks(store: Store) -> dict[str, Any]:
    found: dict[str, Any] = {}
    looked_at = inspect(store.engine)
    for table in sorted(looked_at.get_table_names()):
        if table == "alembic_version":
            continue
        found[table] = {
            "columns": {c["name"]: (str(c["type"]), c["nullable"]) for c in looked_at.get_columns(table)},
            "checks": {c["name"]: _plain(c["sqltext"]) for c in looked_at.get_check_constraints(table)},
            "unique": {u["name"]: u["column_names"] for u in looked_at.get_unique_constraints(table)},
            "foreign": sorted(
                (f["constrained_columns"], f["referred_table"], f["options"])
                for f in looked_at.get_foreign_keys(table)
            ),
            "indexes": {i["name"]: _index(i) for i in looked_at.get_indexes(table)},
        }
    return found


def _index(index: Any) -> tuple[list[str], bool, list[str]]:
    where = [_plain(str(text)) for name, text in index["dialect_options"].items() if name.endswith("_where")]
    return index["column_names"], bool(index["unique"]), where


def _plain(sql: str) -> str:
    return " ".join(sql.split())
