"""Two and four processes on one PostgreSQL database: each reminder leaves once, whoever sends it."""

import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, func, select

from bot.clock import real_now
from storage.engine import Store
from storage.queries.senders import list_senders
from storage.tables import Reminder, ReminderState
from tests.soak.crowd import owe, settle_in
from tests.support.clocks import wita
from tests.support.database import Databases
from tests.support.live import Live

pytestmark = [pytest.mark.slow, pytest.mark.postgres]

OFFICERS = 100
WITHIN_S = 120.0  # a machine with other work is slow to start a process
AT = wita("2026-12-03 09.00")


def count_pending(store: Store) -> int:
    with store.reading() as s:
        query = select(func.count()).where(
            Reminder.rule == "together", col(Reminder.state) == ReminderState.PENDING
        )
        return s.exec(query).one()


def count_processes(store: Store) -> int:
    with store.reading() as s:
        return len(list_senders(s, real_now()))


@pytest.mark.parametrize("processes", [2, 4])
def test_each_reminder_leaves_once(postgresql_databases: Databases, tmp_path: Path, processes: int) -> None:
    url = postgresql_databases.migrated()
    live = Live(tmp_path / "live", url)
    try:
        live.http.post("/sim/switches", json={"must_start": False}).raise_for_status()
        live.moves_clock(set=AT.isoformat())
        phones = [live.phone(f"Petugas {number}") for number in range(OFFICERS)]
        opened = live.opened()
        settle_in(
            opened.store, opened.house, OFFICERS, AT, AT + timedelta(days=20), chats=lambda n: phones[n - 1]
        )
        due_at = AT + timedelta(hours=1)
        owe(opened.store, range(1, OFFICERS + 1), OFFICERS, due_at, timedelta(0), "together")
        for _process in range(processes):
            live.start()
        until = time.monotonic() + WITHIN_S
        while count_processes(opened.store) < processes:
            assert time.monotonic() < until, "not all of them are there"
            time.sleep(0.2)
        live.moves_clock(set=due_at.isoformat())
        while count_pending(opened.store):
            assert time.monotonic() < until, "some still wait"
            time.sleep(0.2)
        with opened.store.reading() as s:
            senders = [one for one in list_senders(s, real_now()) if one.is_pushing]
        arrived = [len(live.texts(phone)) for phone in phones]
        opened.store.close()
    finally:
        live.close()
        postgresql_databases.drop(url)
    assert arrived == [1] * OFFICERS
    assert len(senders) == processes  # all of them sent
