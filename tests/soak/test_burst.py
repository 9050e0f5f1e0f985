"""A morning of 3,000 officers: 100,000 reminders wait, 3,000 are due at 07.30, and officers go on tapping.

Telegram takes 30 messages a second, one a second in a chat. The bot is a process of its own.
"""

import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import func, select

from bot.institution import open_institution
from bot.settings import Settings
from simulator.state import Call
from storage.engine import Store
from storage.tables import Reminder, ReminderState
from tests.soak.crowd import chat_of, owe, settle_in
from tests.soak.far_telegram import TOKEN, FarTelegram
from tests.soak.tapping import Tappers
from tests.support.clocks import wita
from tests.support.database import SECRET, Databases

pytestmark = [pytest.mark.soak, pytest.mark.slow]

DUE = int(os.environ.get("PANDU_SOAK_DUE", "3000"))  # officers with something to do today
WAITING = int(os.environ.get("PANDU_SOAK_WAITING", "100000"))  # reminders
TAPPERS = 60  # officers with nothing due today
TAPS_A_SECOND = 4.0
IDLE_S = 60.0
PER_SECOND = 30
USED = 0.95  # of what answers leave
SLOWER = 2.0  # taps during the burst, against an idle bot
NOT_A_MESSAGE = ("answerCallbackQuery", "getUpdates", "getMe", "deleteWebhook")


class Heard:
    """What the bot sent, and when (monotonic)."""

    def __init__(self, tappers: Tappers) -> None:
        self._tappers = tappers
        self.messages: list[tuple[float, int]] = []  # to whom
        self.refused: list[tuple[float, int, str | None]] = []

    def hear(self, at: float, call: Call) -> None:
        if call.method in NOT_A_MESSAGE:
            return
        if call.status == 429:
            self.refused.append((at, int(call.params["chat_id"]), call.description))
        else:
            self.messages.append((at, int(call.params["chat_id"])))
        self._tappers.hear(at, call)


def p95(waits: Sequence[float]) -> float:
    return sorted(waits)[int(len(waits) * 0.95)]


def count_sent(store: Store) -> int:
    with store.reading() as s:
        return s.exec(select(func.count()).where(Reminder.state == ReminderState.SENT)).one()


def test_a_morning_of_thousands_leaves_on_time_and_nobody_who_taps_waits(
    databases: Databases, tmp_path: Path
) -> None:
    url = databases.migrated()
    tapping = [chat_of(DUE + n) for n in range(1, TAPPERS + 1)]
    tappers = Tappers(tapping)
    heard = Heard(tappers)
    telegram = FarTelegram(tmp_path, heard.hear)
    settings = Settings.model_validate(
        {"DATABASE_URL": url, "PANDU_SECRET_KEY": SECRET, "PANDU_DATA_DIR": tmp_path,
         "TELEGRAM_API_BASE_URL": telegram.address}
    )  # fmt: skip
    opened = open_institution(settings, wita("2026-12-03 07.20"))
    store = opened.store
    settle_in(store, opened.house, DUE, wita("2026-12-02 09.00"), wita("2026-12-03 16.00"))
    settle_in(store, opened.house, TAPPERS, wita("2026-12-02 09.00"), wita("2026-12-08 16.00"), after=DUE)
    everybody = range(1, DUE + TAPPERS + 1)
    owe(store, everybody, WAITING - DUE, wita("2026-12-04 07.30"), timedelta(seconds=30), "soak")
    for number in everybody:
        telegram.seat(chat_of(number), f"Petugas Rekaan {number}")
    telegram.clock.move_to(wita("2026-12-03 07.20"))
    bot = subprocess.Popen(
        [sys.executable, "-m", "bot", "run"],
        env={
            **os.environ, "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE_URL": telegram.address,
            "DATABASE_URL": url, "PANDU_SECRET_KEY": SECRET, "PANDU_DATA_DIR": str(tmp_path),
            "PANDU_TEST_CLOCK": "1", "PANDU_LOG_LEVEL": "WARNING",
        },
    )  # fmt: skip
    enough = threading.Event()
    trouble: list[BaseException] = []

    def tap() -> None:
        try:
            tappers.tap(telegram, TAPS_A_SECOND, enough, seed=1)
        except BaseException as error:
            trouble.append(error)

    taps = threading.Thread(target=tap)
    try:
        tappers.begin(telegram)
        taps.start()
        time.sleep(IDLE_S)
        idle = [wait for _at, wait in tappers.waits]
        telegram.clock.move_to(wita("2026-12-03 07.30"))
        moved_at = time.monotonic()
        until = moved_at + 10 * DUE / PER_SECOND + 60
        while sum(to not in tapping for _at, to in list(heard.messages)) < DUE:
            assert time.monotonic() < until, f"{len(heard.messages)} messages so far"
            assert bot.poll() is None
            time.sleep(0.2)
        while count_sent(store) < DUE:  # the last ones are out, and about to be marked
            assert time.monotonic() < until
            time.sleep(0.2)
    finally:
        enough.set()
        taps.join()
        bot.kill()
        bot.wait()
        telegram.close()
    pushes = [(at, to) for at, to in heard.messages if to not in tapping]
    first, last = pushes[0][0], pushes[-1][0]
    answers = sum(first <= at <= last for at, to in heard.messages if to in tapping)
    left = PER_SECOND * (last - first) - answers
    busy = [wait for at, wait in tappers.waits if first <= at <= last]
    used = len(pushes) / left
    slower = p95(busy) / p95(idle)
    sys.stdout.write(
        f"\n{databases.dialect}: {len(pushes)} reminders in {last - first:.1f} s ({len(pushes) / (last - first):.1f} a second)"
        f" beside {answers} answers: {used:.1%} of what they leave of {PER_SECOND} a second;"
        f" {len(heard.refused)} refused; the first after {first - moved_at:.1f} s\n"
        f"taps idle: median {statistics.median(idle) * 1000:.0f} ms, p95 {p95(idle) * 1000:.0f} ms ({len(idle)});"
        f" meanwhile: median {statistics.median(busy) * 1000:.0f} ms, p95 {p95(busy) * 1000:.0f} ms ({len(busy)}):"
        f" {slower:.2f} x\n"
    )
    assert not trouble
    assert [(at - moved_at, to in tapping, why) for at, to, why in heard.refused] == []
    assert sorted(to for _at, to in pushes) == [chat_of(n) for n in range(1, DUE + 1)]  # each once
    sent = count_sent(store)
    store.close()
    databases.drop(url)
    assert sent == DUE
    assert used >= USED
    assert slower <= SLOWER
