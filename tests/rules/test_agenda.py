"""The passing of time: whatever has come due to open opens, however long nobody looked."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import SQLModel, select

from sop_flows.actions import agenda
from sop_flows.core import states
from storage.engine import Store
from storage.tables import Reminder as ReminderRow
from storage.tables import ReminderKind, Run, Task, TaskEntry, TaskPart
from storage.types import Keyring
from tests.support.clocks import wita
from tests.support.database import Databases
from tests.support.engines import open_store
from tests.support.institution import Home, local

# Only the day on which somebody looked differs; digests are made then.
TABLES: tuple[type[SQLModel], ...] = (Run, Task, TaskPart, TaskEntry, ReminderRow)


@pytest.fixture
def other_home(databases: Databases, keyring: Keyring, tmp_path: Path) -> Iterator[Home]:
    """A second institution, on a database of its own."""
    url = databases.migrated()
    store = open_store(url, keyring)
    yield Home(store, tmp_path)
    store.close()
    databases.drop(url)


def rows(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Every row of the engine's tables but digests."""
    found: dict[str, list[dict[str, Any]]] = {}
    with store.reading() as s:
        for table in TABLES:
            found[table.__name__] = [
                row.model_dump()
                for row in s.exec(select(table).order_by("id"))
                if getattr(row, "kind", None) != ReminderKind.DIGEST
            ]
            for dumped in found[table.__name__]:
                if table is ReminderRow:
                    dumped.pop("id")  # digests take numbers between
                    if dumped["kind"] == ReminderKind.NOTICE:
                        dumped["key"] = dumped["key"].rpartition(":")[0]  # the rest is drawn
    return found


def prepared(home: Home) -> Home:
    home.everyone()
    home.officer("Ani", "perawat")
    home.angkatan()
    return home


@pytest.mark.slow
def test_weeks_away_are_the_same_as_day_by_day(empty_home: Home, other_home: Home) -> None:
    away, there = prepared(empty_home), prepared(other_home)
    away.it_is("2027-01-03 10.00")
    while there.now + timedelta(hours=23) < wita("2027-01-03 10.00"):
        there.now += timedelta(hours=23)
        there.call(agenda.advance)
    there.it_is("2027-01-03 10.00")
    assert rows(away.store) == rows(there.store)
    assert len(rows(away.store)["Task"]) > 130


def test_a_second_look_changes_nothing(home: Home) -> None:
    home.angkatan()
    home.now = wita("2026-12-14 10.00")
    assert home.call(agenda.advance) is True
    first = rows(home.store)
    assert home.call(agenda.advance) is False
    assert rows(home.store) == first


def test_things_happen_at_their_own_time(home: Home) -> None:
    """Nobody looked for two days: the kitchen of the 3rd still opened on the 3rd at midnight."""
    home.angkatan()
    home.it_is("2026-12-05 10.00")
    assert local(home.task("9.2.12", 3, 3).opened_at) == "2026-12-03 00.00"
    assert local(home.task("9.2.12", 3, 3).closed_at) == "2026-12-04 00.00"
    assert local(home.run("9.1.09").opened_at) == "2026-12-02 00.00"


def test_it_says_when_to_look_again(home: Home) -> None:
    home.angkatan()
    with home.reading() as s:
        assert states.next_change_at(s) == wita("2026-10-30 00.00")
    home.it_is("2026-12-01 10.00")
    with home.reading() as s:
        assert states.next_change_at(s) == wita("2026-12-02 00.00")


def test_with_no_angkatan_there_is_nothing_to_wait_for(home: Home) -> None:
    with home.reading() as s:
        assert states.next_change_at(s) is None
    assert home.call(agenda.advance) is False


def test_reminders_of_the_time_away_are_owed_still(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-12-11 09.00")
    assert home.owed(home.task("9.2.15", 4, 1)) == [
        ("2026-12-10 07.30", "lead:1", "Budi"),
        ("2026-12-11 07.30", "morning", "Budi"),
    ]
