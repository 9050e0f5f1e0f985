"""`/healthz` and `/metrics`: what a monitor reads, and that nobody's name is in it."""

import json
import logging
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from bot.logs import set_up_logging
from bot.signs import build_signs
from tests.support.database import Databases
from tests.support.live import Live
from tests.support.town import Town


def asking(town: Town) -> httpx.AsyncClient:
    app = build_signs(town.runtime.unit)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://signs")


async def test_a_bot_that_works_says_ok_and_one_that_stands_still_why(town: Town) -> None:
    await town.officer("Ani", role="perawat")
    await town.lives_until("2026-12-01 08.00")
    await town.runtime.dispatcher.finish(0)  # it notes that it lives, as it does every minute
    async with asking(town) as client:
        good = await client.get("/healthz")
        assert (good.status_code, good.text) == (200, "ok")
        town.clock.set(town.clock.now() + timedelta(minutes=10))
        bad = await client.get("/healthz")
        assert (bad.status_code, bad.text) == (503, "the dispatcher stands still")
        town.runtime.unit.store.is_lost = True
        lost = await client.get("/healthz")
        assert (lost.status_code, lost.text) == (503, "another process owns the unit")


async def test_figures_without_a_name(town: Town) -> None:
    await town.officer("Ani", role="perawat")
    await town.lives_until("2026-12-01 08.00")
    await town.runtime.dispatcher.finish(0)
    async with asking(town) as client:
        lines = (await client.get("/metrics")).text.splitlines()
    figures = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    assert figures["pandu_up"] == "1.0"
    assert figures["pandu_updates_waiting"] == "0.0"
    assert float(figures["pandu_reminders_waiting"]) >= 1
    assert float(figures["process_resident_memory_bytes"]) > 0
    assert not any("Ani" in line for line in lines)


@pytest.fixture
def live(sqlite_databases: Databases, tmp_path: Path) -> Iterator[Live]:
    living = Live(tmp_path / "live", sqlite_databases.migrated())
    yield living
    living.close()


@pytest.mark.slow
def test_the_process_answers_on_loopback_when_asked_for(live: Live) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    bot = live.start(PANDU_HEALTH_PORT=str(port), PANDU_LOG_FORMAT="json")
    assert bot.stderr is not None
    said = json.loads(bot.stderr.readline())
    assert said["message"].startswith("running: polling")
    assert httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=20).text == "ok"
    assert "pandu_up 1.0" in httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=20).text


@pytest.mark.slow
def test_a_port_that_is_taken_stops_nobody(live: Live) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        bot = live.start(PANDU_HEALTH_PORT=str(taken.getsockname()[1]))
        assert bot.stderr is not None
        lines = [bot.stderr.readline(), bot.stderr.readline()]
        assert any("can't be listened on" in line for line in lines)
        assert any("running: polling" in line for line in lines)


def test_a_log_line_is_an_object(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before = root.level, root.handlers[:]
    try:
        set_up_logging("INFO", "json")
        logging.getLogger("bot").info('said "%s"\nand more', "x")
        line = json.loads(capsys.readouterr().err)
    finally:
        root.setLevel(before[0])
        root.handlers[:] = before[1]
    assert (line["level"], line["place"], line["message"]) == ("INFO", "bot", 'said "x"\nand more')
    assert line["time"].endswith("Z")
