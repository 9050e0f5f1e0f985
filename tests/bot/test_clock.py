"""The officers' time: real, or as clock.json moves it."""

import json
import logging
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import clock as clock_module
from bot.clock import Clock

REAL = datetime(2026, 11, 30, 0, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock_module, "real_now", lambda: REAL)
    monkeypatch.setattr(clock_module, "LOOK_EVERY_S", 0.0)


def write(folder: Path, text: str, version: int = 1) -> None:
    path = folder / "clock.json"
    path.write_text(text)
    os.utime(path, ns=(version, version))


def test_without_a_file_it_is_real_time(tmp_path: Path) -> None:
    assert Clock(tmp_path, honour=True).now() == REAL


def test_an_offset_and_a_rate(tmp_path: Path) -> None:
    since = (REAL - timedelta(seconds=10)).isoformat()
    write(tmp_path, json.dumps({"offset": 3600, "rate": 60, "since": since}))
    # an hour ahead, and ten real seconds were ten minutes
    assert Clock(tmp_path, honour=True).now() == REAL + timedelta(hours=1, seconds=590)


def test_since_may_be_seconds(tmp_path: Path) -> None:
    write(tmp_path, json.dumps({"offset": 0, "rate": 2, "since": REAL.timestamp() - 5}))
    assert Clock(tmp_path, honour=True).now() == REAL + timedelta(seconds=5)


def test_a_changed_file_is_noticed(tmp_path: Path) -> None:
    clock = Clock(tmp_path, honour=True)
    write(tmp_path, json.dumps({"offset": 60, "rate": 1, "since": 0}), version=1)
    assert clock.now() == REAL + timedelta(minutes=1)
    write(tmp_path, json.dumps({"offset": 120, "rate": 1, "since": 0}), version=2)
    assert clock.now() == REAL + timedelta(minutes=2)
    (tmp_path / "clock.json").unlink()
    assert clock.now() == REAL


@pytest.mark.parametrize("text", ["", "[]", "{", '{"offset": "soon"}', '{"rate": 1e999}'])
def test_a_broken_file_is_ignored_with_a_warning(
    tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path, text)
    with caplog.at_level(logging.WARNING):
        assert Clock(tmp_path, honour=True).now() == REAL
    assert "clock.json is not readable" in caplog.text


def test_with_a_real_telegram_the_file_means_nothing(tmp_path: Path) -> None:
    write(tmp_path, json.dumps({"offset": 3600, "rate": 1, "since": 0}))
    assert Clock(tmp_path, honour=False).now() == REAL
