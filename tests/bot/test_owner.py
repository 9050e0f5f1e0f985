"""Two processes of one bot: one owns the unit and serves, the other stands by and takes over."""

import os
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.tables import Ownership
from tests.support.database import Databases
from tests.support.forked import Forked
from tests.support.live import WAIT_S, Live
from tests.support.silent_proxy import SilentProxy

pytestmark = pytest.mark.slow

AFTER_A_KILL_S = 10.0
AFTER_A_CUT_S = 20.0
Bot = Forked


@pytest.fixture
def live(databases: Databases, tmp_path: Path) -> Iterator[Live]:
    url = databases.migrated()
    living = Live(tmp_path / "live", url)
    yield living
    living.close()
    databases.drop(url)


@pytest.fixture
def live_postgresql(postgresql_databases: Databases, tmp_path: Path) -> Iterator[Live]:
    url = postgresql_databases.migrated()
    living = Live(tmp_path / "live", url)
    yield living
    living.close()
    postgresql_databases.drop(url)


def line(bot: Bot) -> str:
    """The next line that it logs."""
    return bot.stderr.readline()


def owner_and_standby(live: Live, **of_owner: str) -> tuple[Bot, Bot, int]:
    """Both there, the owner with these settings; and the phone of an officer who was enrolled."""
    owner = live.start(**of_owner)
    assert "running: polling" in line(owner)
    standby = live.start()
    assert "another process owns the unit: standing by" in line(standby)
    ani = live.phone("Ani")
    live.types(ani, f"/start {live.invite('Ani', 'peksos')}")
    live.wait_for_texts(ani, 1)
    return owner, standby, ani


def takes_over(live: Live, standby: Bot, ani: int, within_s: float) -> None:
    """The standby answers soon what is typed now; whatever was typed is answered once."""
    began = time.monotonic()
    before = len(live.texts(ani))
    live.types(ani, "/bantuan")
    assert len(live.wait_for_texts(ani, before + 1)) == before + 1
    assert time.monotonic() - began < within_s
    assert standby.poll() is None


def stands_still(live: Live, bot: Bot) -> None:
    """Stop it, but not in the middle of a transaction: SQLite's lock would stay with it."""
    os.kill(bot.pid, signal.SIGSTOP)
    if not live.database_url.startswith("sqlite"):
        return
    file = live.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file, timeout=1, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            os.kill(bot.pid, signal.SIGCONT)
        else:
            return
    stands_still(live, bot)


def epoch_of(live: Live) -> int:
    opened = live.opened()
    with opened.store.reading() as s:
        epoch = s.get_one(Ownership, 1).owner_epoch
    opened.store.close()
    return epoch


def ends_as_no_owner(bot: Bot) -> None:
    _out, said = bot.communicate(timeout=30)
    assert bot.returncode == 1
    assert said.splitlines()[-1].startswith("pandu: ")
    assert "another process" in said.splitlines()[-1]


def test_killed_the_owner_is_followed_by_the_one_that_stands_by(live: Live) -> None:
    owner, standby, ani = owner_and_standby(live)
    owner.kill()
    takes_over(live, standby, ani, AFTER_A_KILL_S)
    assert epoch_of(live) == 2


def test_one_that_stands_by_can_be_stopped(live: Live) -> None:
    owner, standby, ani = owner_and_standby(live)
    standby.send_signal(signal.SIGTERM)
    assert standby.wait(timeout=30) == 0
    takes_over(live, owner, ani, AFTER_A_KILL_S)
    assert epoch_of(live) == 1


def test_an_owner_that_stood_still_writes_nothing_when_it_goes_on(live: Live) -> None:
    owner, standby, ani = owner_and_standby(live)
    stands_still(live, owner)
    takes_over(live, standby, ani, AFTER_A_CUT_S)
    os.kill(owner.pid, signal.SIGCONT)
    ends_as_no_owner(owner)
    takes_over(live, standby, ani, AFTER_A_CUT_S)
    assert epoch_of(live) == 2
    assert live.run("doctor").stdout.splitlines()[-1] == "Nothing needs a look."


def test_who_takes_over_from_an_owner_that_keeps_the_webhook_port_polls(live: Live) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    webhook = {
        "WEBHOOK_URL": f"http://127.0.0.1:{port}/hook",
        "WEBHOOK_SECRET": "only-for-tests",
        "WEBHOOK_PORT": str(port),
    }
    owner = live.start(**webhook)
    assert "running: webhook" in line(owner)
    standby = live.start(**webhook)
    assert "standing by" in line(standby)
    ani = live.phone("Ani")
    live.types(ani, f"/start {live.invite('Ani', 'peksos')}")
    live.wait_for_texts(ani, 1)
    stands_still(live, owner)
    takes_over(live, standby, ani, WAIT_S)
    assert "is still held" in line(standby)
    os.kill(owner.pid, signal.SIGCONT)
    ends_as_no_owner(owner)


def test_an_owner_whose_lock_is_cut_is_followed(live_postgresql: Live) -> None:
    live = live_postgresql
    owner, standby, ani = owner_and_standby(live)
    opened = live.opened()
    with opened.store.engine.begin() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2"
            )
        )
    opened.store.close()
    ends_as_no_owner(owner)
    takes_over(live, standby, ani, AFTER_A_CUT_S)


@pytest.fixture
def wire(live_postgresql: Live) -> Iterator[SilentProxy]:
    """Between the owner and PostgreSQL; whoever stands by has a line of its own."""
    proxy = SilentProxy(live_postgresql.database_url)
    yield proxy
    proxy.close()


def test_an_owner_whose_lock_falls_silent_writes_nothing_once_it_is_followed(
    live_postgresql: Live, wire: SilentProxy
) -> None:
    live = live_postgresql
    owner, standby, ani = owner_and_standby(live, DATABASE_LOCK_URL=wire.url)
    wire.silent.set()
    fell_silent_at = time.monotonic()
    asked = 0
    while epoch_of(live) == 1:  # the former owner can reach the database, and answers as long as it may
        assert time.monotonic() - fell_silent_at < AFTER_A_CUT_S
        live.types(ani, "/bantuan")
        asked += 1
        live.wait_for_texts(ani, 1 + asked)
    takes_over(live, standby, ani, fell_silent_at + AFTER_A_CUT_S - time.monotonic())
    ends_as_no_owner(owner)
    # Each was answered once; the last look, which the former owner could not note any more, at most twice.
    assert 2 + asked <= len(live.texts(ani)) <= 3 + asked
    assert live.run("doctor").stdout.splitlines()[-1] == "Nothing needs a look."


def test_an_owner_that_loses_the_database_in_the_middle_of_a_tap_is_followed(
    live_postgresql: Live, wire: SilentProxy
) -> None:
    """Nothing is closed: the server holds what the former owner had begun, until it gives it up by itself."""
    live = live_postgresql
    lines = {"DATABASE_URL": wire.url, "DATABASE_LOCK_URL": wire.url}
    owner, standby, ani = owner_and_standby(live, **lines)
    wire.falls_silent_after(b"owner_epoch")
    takes_over(live, standby, ani, AFTER_A_CUT_S)
    assert wire.silent.is_set()
    ends_as_no_owner(owner)
    assert epoch_of(live) == 2


def test_commands_write_while_the_bot_runs(live: Live) -> None:
    _owner, _standby, _ani = owner_and_standby(live)
    opened = live.run("cohort", "open", "--name", "Angkatan Contoh", "--arrival", "2026-12-22")
    assert opened.returncode == 0, opened.stderr
    moved = live.run(
        "cohort", "move", "--name", "Angkatan Contoh", "--arrival", "2026-12-23", "--reason", "bus"
    )
    assert moved.returncode == 0, moved.stderr
    invited = live.run("invite", "--role", "peksos", "--name", "Budi")
    budi = live.phone("Budi")
    live.types(budi, f"/start {invited.stdout.splitlines()[-1]}")
    assert len(live.wait_for_texts(budi, 1)) == 1


@pytest.mark.parametrize(
    ("more", "status", "reason"),
    [
        ({"DATABASE_LOCK_URL": "sqlite:///elsewhere.db"}, 2, "must begin with postgresql://"),
        ({"DATABASE_LOCK_URL": "postgresql://nobody@127.0.0.1:1/none"}, 1, "can't be opened"),
    ],
)
def test_a_lock_that_can_not_be_reached_stops_the_start(
    live_postgresql: Live, more: dict[str, str], status: int, reason: str
) -> None:
    done = live_postgresql.run("run", **more)
    assert done.returncode == status
    assert done.stderr.startswith("pandu: DATABASE_LOCK_URL: ")
    assert reason in done.stderr
    assert done.stderr.count("\n") == 1
