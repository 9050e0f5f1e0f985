"""Up, down, up; with rows; two at once; with a copy of the file first."""

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, inspect, select, text
from sqlmodel import SQLModel

import storage.schema
from storage.engine import Store, open_store
from storage.schema import SchemaError, downgrade, upgrade
from storage.tables import Officer
from storage.types import Keyring
from tests.support.builders import (
    build_child,
    build_child_flag,
    build_digest_item,
    build_officer,
    build_reminder,
    build_task,
    build_task_part,
)
from tests.support.builders.full_house import fill_every_table
from tests.support.database import SECRET, Databases

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 12, 1, 4, tzinfo=UTC)
NEWEST = storage.schema._newest()

# A column for every table that another one points at. On SQLite each is built anew, as for any later change.
REBUILD = """
import sqlalchemy as sa
from alembic import op

revision = "9001"
down_revision = "{newest}"
branch_labels = None
depends_on = None
PARENTS = {parents!r}
HOW = {{"sqlite": "always", "postgresql": "never"}}


def upgrade():
    for table in PARENTS:
        with op.batch_alter_table(table, recreate=HOW[op.get_bind().dialect.name]) as batch:
            batch.add_column(sa.Column("made_up", sa.Integer()))
    {after}


def downgrade():
    for table in PARENTS:
        with op.batch_alter_table(table, recreate=HOW[op.get_bind().dialect.name]) as batch:
            batch.drop_column("made_up")
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the migrations, to which a test adds its own."""
    copy = tmp_path / "migrations"
    shutil.copytree(storage.schema.MIGRATIONS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(storage.schema, "MIGRATIONS", copy)
    return copy


def write_rebuild(folder: Path, after: str = "pass") -> None:
    """One more migration: rebuild every table that is pointed at."""
    pointed_at = {
        key.column.table.name for table in SQLModel.metadata.sorted_tables for key in table.foreign_keys
    }
    source = REBUILD.format(parents=sorted(pointed_at), after=after, newest=NEWEST)
    (folder / "versions" / "9001_rebuild_parents.py").write_text(source)


def counts(store: Store) -> dict[str, int]:
    """Rows by table."""
    with store.engine.connect() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in SQLModel.metadata.sorted_tables
        }


def test_up_down_up(databases: Databases, keyring: Keyring) -> None:
    store = open_store(databases.empty(), keyring)
    upgrade(store.engine)
    up = set(inspect(store.engine).get_table_names())
    downgrade(store.engine, "base")
    assert set(inspect(store.engine).get_table_names()) == {"alembic_version"}
    upgrade(store.engine)
    assert set(inspect(store.engine).get_table_names()) == up
    assert {"officers", "tasks", "confirmations", "reminders", "inbox"} <= up
    store.close()


def test_down_with_rows_in_every_table(store: Store) -> None:
    with store.transaction() as s:
        fill_every_table(s)
    downgrade(store.engine, "base")
    assert set(inspect(store.engine).get_table_names()) == {"alembic_version"}


def test_missed_and_before_pandu_become_states_and_back(store: Store) -> None:
    """0013: a word and a flag until then."""
    closed = {"opened_at": NOON, "due_at": NOON, "closed_at": NOON}
    kept = [
        {"state": "open", "opened_at": NOON, "due_at": NOON},
        {"state": "before_pandu", "opened_at": NOON, "due_at": NOON},
        {"state": "done", "close_reason": "before_pandu", **closed},
        {"state": "missed", **closed},
        {"state": "missed", "close_reason": "before_pandu", **closed},
        {"state": "skipped", "close_reason": "reason", **closed},
    ]
    with store.transaction() as s:
        for fields in kept:
            task = build_task(s, **fields)
            build_task_part(s, task_id=task.id, state="missed" if task.state == "missed" else "open")
    query = "SELECT state, close_reason FROM tasks ORDER BY id"
    after = rows_of(store, query)
    parts = rows_of(store, "SELECT state FROM task_parts ORDER BY id")
    downgrade(store.engine, "0012")
    assert rows_of(store, "SELECT state, close_reason, before_pandu FROM tasks ORDER BY id") == [
        ("open", None, False),
        ("open", None, True),
        ("done", "before_pandu", True),
        ("skipped", "missed", False),
        ("skipped", "missed", True),
        ("skipped", "reason", False),
    ]
    upgrade(store.engine)
    assert rows_of(store, query) == after
    assert rows_of(store, "SELECT state FROM task_parts ORDER BY id") == parts


def test_a_mark_for_the_nurse_becomes_an_open_row_and_back(store: Store) -> None:
    """0023: a flag that nobody answered until then."""
    downgrade(store.engine, "0022")
    with store.transaction() as s:
        child = build_child(s).id
        officer = build_officer(s).id
        for kind, cleared in (("nurse", None), ("assessment", None), ("nurse", NOON)):
            build_child_flag(s, child_id=child, set_by_id=officer, kind=kind, cleared_at=cleared, set_at=NOON)
    upgrade(store.engine)
    assert rows_of(store, "SELECT kind, child_id, words, closed_at FROM incidents") == [
        ("marked", child, None, None)
    ]
    assert rows_of(store, "SELECT kind FROM child_flags ORDER BY id") == [("assessment",), ("nurse",)]
    downgrade(store.engine, "0022")
    flags = "SELECT kind FROM child_flags WHERE cleared_at IS NULL ORDER BY kind"
    assert rows_of(store, flags) == [("assessment",), ("nurse",)]
    assert rows_of(store, "SELECT id FROM incidents") == []
    upgrade(store.engine)


def test_what_a_morning_list_said_becomes_rows_and_back(store: Store) -> None:
    """0013: in its payload until then, sealed."""
    with store.transaction() as s:
        fill_every_table(s)
        digest = build_reminder(s, task_id=None, kind="digest", rule="digest")
        parts = [build_task_part(s).id for _ in range(3)]
        for part, page in zip(parts, (1, 1, 2), strict=True):
            build_digest_item(
                s, reminder_id=digest.id, kind="late", task_part_id=part, level="top", page=page
            )
        build_digest_item(s, reminder_id=digest.id)
    query = (
        "SELECT reminder_id, kind, task_part_id, level, page, confirmation_id, task_id FROM digest_items"
        f" WHERE reminder_id = {digest.id} ORDER BY id"
    )
    before = rows_of(store, query)
    downgrade(store.engine, "0012")
    upgrade(store.engine)
    assert rows_of(store, query) == before


def rows_of(store: Store, query: str) -> list[tuple[object, ...]]:
    """What the query finds."""
    with store.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_every_table_and_foreign_key_is_filled_by_the_builders(store: Store) -> None:
    """The other tests here are worth as much as the rows they run with."""
    with store.transaction() as s:
        fill_every_table(s)
    assert [table for table, count in counts(store).items() if count == 0] == []
    with store.engine.connect() as connection:
        empty = [
            str(key.parent)
            for table in SQLModel.metadata.sorted_tables
            for key in table.foreign_keys
            if connection.execute(select(func.count()).where(key.parent.is_not(None))).scalar_one() == 0
        ]
    assert empty == []


def test_rebuilding_the_tables_others_point_at_keeps_every_row(store: Store, folder: Path) -> None:
    with store.transaction() as s:
        fill_every_table(s)
    before = counts(store)
    write_rebuild(folder)
    upgrade(store.engine)
    assert counts(store) == before
    downgrade(store.engine, NEWEST)
    assert counts(store) == before


def test_a_migration_that_leaves_rows_pointing_nowhere_is_refused(sqlite_store: Store, folder: Path) -> None:
    with sqlite_store.transaction() as s:
        fill_every_table(s)
    before = counts(sqlite_store)
    write_rebuild(folder, after='op.execute("DELETE FROM cohorts")')
    with pytest.raises(SchemaError, match=r"rows would point nowhere: .*schools -> cohorts"):
        upgrade(sqlite_store.engine)
    assert counts(sqlite_store) == before
    assert revision_of(sqlite_store) == NEWEST


def test_a_migration_that_fails_changes_nothing(store: Store, folder: Path) -> None:
    with store.transaction() as s:
        fill_every_table(s)
    before = counts(store)
    write_rebuild(
        folder, after='op.execute("DELETE FROM vitals"); op.execute("SELECT no_such_column FROM vitals")'
    )
    with pytest.raises(Exception, match="no_such_column"):
        upgrade(store.engine)
    assert counts(store) == before
    assert revision_of(store) == NEWEST


def revision_of(store: Store) -> str:
    """The migration that the database stands at."""
    with store.engine.connect() as connection:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def test_foreign_keys_hold_again_after_a_migration(sqlite_databases: Databases, keyring: Keyring) -> None:
    store = open_store(sqlite_databases.empty(), keyring)
    upgrade(store.engine)
    with store.engine.connect() as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
    store.close()


def test_two_processes_upgrading_at_once(databases: Databases, keyring: Keyring) -> None:
    url = databases.empty()
    script = (
        "import sys; from storage.types import Keyring; from storage.engine import open_store;"
        "from storage.schema import upgrade; store = open_store(sys.argv[1], Keyring([sys.argv[2]]));"
        "upgrade(store.engine); store.close()"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", script, url, SECRET],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        for _ in range(2)
    ]
    ended = [(process.communicate(timeout=60)[1], process.returncode) for process in running]
    assert ended == [("", 0), ("", 0)]
    store = open_store(url, keyring)
    assert revision_of(store) == NEWEST
    store.close()


def test_the_file_is_copied_before_it_is_changed(sqlite_store: Store, folder: Path, keyring: Keyring) -> None:
    with sqlite_store.transaction() as s:
        build_officer(s, name="Ani Rekaan")
    write_rebuild(folder, after='op.execute("DELETE FROM officers")')
    upgrade(sqlite_store.engine)
    assert counts(sqlite_store)["officers"] == 0
    copy = open_store(f"sqlite:///{sqlite_store.engine.url.database}.before-9001", keyring)
    with copy.reading() as s:
        assert [officer.name for officer in s.scalars(select(Officer))] == ["Ani Rekaan"]
    assert revision_of(copy) == NEWEST
    copy.close()


def test_who_has_upgraded_keeps_its_locks(sqlite_store: Store, folder: Path) -> None:
    """What opens and closes the file meanwhile is not the last one there, and clears nothing away."""
    write_rebuild(folder)
    upgrade(sqlite_store.engine)
    path = str(sqlite_store.engine.url.database)
    look = "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('SELECT count(*) FROM officers').fetchone()[0])"
    seen = []
    for name in ("Ani Rekaan", "Budi Rekaan"):
        with sqlite_store.transaction() as s:
            build_officer(s, name=name)
        seen.append(subprocess.check_output([sys.executable, "-c", look, path], text=True).strip())
    assert seen == ["1", "2"]


def test_a_database_newer_than_the_program_is_left_alone(store: Store) -> None:
    with store.transaction() as s:
        s.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaError, match="not one this version of Pandu knows"):
        upgrade(store.engine)
    assert "officers" in inspect(store.engine).get_table_names()
