"""The process itself: killed, stopped, started with wrong settings, on a clock that is moved."""

import json
import os
import resource
import signal
import socket
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import real_now
from sop_flows.core.notices import OfficerRemoved
from sop_flows.notifications.planning import working
from tests.support.forked import Forked
from tests.support.live import Live

pytestmark = pytest.mark.slow

STOPS_WITHIN_S = 5.0
_SOON = real_now() + timedelta(days=2)
TUESDAY = (
    _SOON + timedelta(days=(1 - _SOON.weekday()) % 7)
).date()  # ahead of the machine's clock, whenever this runs
NINE = f"{TUESDAY}T09:00:00+08:00"
PLACES = {"before_handler": 1, "inside_handler": 1, "before_reply": 1, "after_reply": 2}


@pytest.fixture
def make_live(tmp_path: Path) -> Iterator[Callable[..., Live]]:
    made: list[Live] = []

    def make(**how: str) -> Live:
        folder = tmp_path / str(len(made))
        made.append(Live(folder, f"sqlite:///{folder / 'pandu.db'}", **how))
        return made[-1]

    yield make
    for live in made:
        live.close()


@pytest.fixture
def live(make_live: Callable[..., Live]) -> Live:
    return make_live()


def enrolled(live: Live) -> int:
    """An officer's phone; the bot that runs has answered the invitation."""
    ani = live.phone("Ani")
    live.types(ani, f"/start {live.invite('Ani', 'peksos')}")
    live.wait_for_texts(ani, 1)
    return ani


def stop(bot: Forked) -> tuple[int, float]:
    """SIGTERM; the exit status and the seconds it took."""
    began = time.monotonic()
    bot.send_signal(signal.SIGTERM)
    status = bot.wait(timeout=60)
    return status, time.monotonic() - began


@pytest.mark.parametrize("place", PLACES)
def test_killed_anywhere_the_officer_still_gets_the_answer(live: Live, place: str) -> None:
    first = live.start("tests.support.crashing_bot", place)
    ani = enrolled(live)
    live.types(ani, "/sop")
    assert first.wait(timeout=60) == -signal.SIGKILL
    live.types(ani, "/bantuan")
    live.start()
    found = live.wait_for_texts(ani, 1 + PLACES[place] + 1)
    answers = found[1:-1]
    assert len(set(answers)) == 1  # the same answer; twice only when it was out before the kill
    assert found[-1] != answers[0]
    assert live.run("doctor").stdout.splitlines()[-1] == "Nothing needs a look."


def test_sigterm_ends_in_order(live: Live) -> None:
    bot = live.start()
    enrolled(live)
    status, seconds = stop(bot)
    assert status == 0
    assert seconds < STOPS_WITHIN_S


def test_sigterm_while_telegram_does_not_answer(live: Live) -> None:
    """A stopped simulator keeps the line open and says nothing."""
    bot = live.start()
    ani = enrolled(live)
    live.types(ani, "/sop")
    live.wait_for_texts(ani, 2)
    os.kill(live.simulator.pid, signal.SIGSTOP)
    try:
        status, seconds = stop(bot)
    finally:
        os.kill(live.simulator.pid, signal.SIGCONT)
    assert status == 0
    assert seconds < STOPS_WITHIN_S


def test_telegram_that_comes_later_is_waited_for(live: Live) -> None:
    os.kill(live.simulator.pid, signal.SIGSTOP)
    bot = live.start()
    try:
        line = bot.stderr.readline()
    finally:
        os.kill(live.simulator.pid, signal.SIGCONT)
    assert "Telegram can't be reached yet" in line
    enrolled(live)


def test_what_is_typed_while_the_disk_is_full_is_answered_when_there_is_room(live: Live) -> None:
    bot = live.start()
    ani = enrolled(live)
    usual = resource.prlimit(bot.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(
        bot.pid, resource.RLIMIT_FSIZE, (4096, usual[1])
    )  # what lies behind can't be written any more
    live.types(ani, "/sop")
    said = next(line for line in bot.stderr if "inbox can't be written" in line)
    assert "Traceback" not in said
    # To the officer that it waits, and to the admin, who is the same here, why; the one or the other first.
    told = live.wait_for_texts(ani, 3)[1:]
    assert sorted(one[0] for one in told) == sorted("⏳⚠")
    resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, usual)
    assert len(live.wait_for_texts(ani, 4)) == 4
    assert bot.poll() is None
    assert live.run("doctor").stdout.splitlines()[-1] == "Nothing needs a look."


def test_a_token_that_telegram_refuses(make_live: Callable[..., Live]) -> None:
    done = make_live(token="999:OTHER").run("run")
    assert done.returncode == 2
    assert done.stderr == "pandu: TELEGRAM_BOT_TOKEN: Telegram does not know this token (401)\n"


def owe(live: Live, hours: float) -> None:
    """A notice to the one officer, due `hours` from now on the officers' clock."""
    now = live.moves_clock(advance_s=0)
    opened = live.opened()
    with opened.store.transaction() as s, working(s, opened.house, now) as work:
        work.notify(1, OfficerRemoved(name="Petugas Contoh"), at=now + timedelta(hours=hours))
    opened.store.close()


def test_a_clock_that_is_moved_is_noticed(live: Live) -> None:
    live.start()
    ani = enrolled(live)
    live.moves_clock(set=NINE)
    owe(live, hours=3)
    live.types(ani, "/sop")  # after every update the database is asked what is due next
    assert len(live.wait_for_texts(ani, 2)) == 2
    live.moves_clock(advance_s=3 * 3600)
    assert "Petugas Contoh" in live.wait_for_texts(ani, 3)[2]


def test_a_clock_that_runs_fast_is_followed(live: Live) -> None:
    live.start()
    ani = enrolled(live)
    live.moves_clock(set=NINE)
    owe(live, hours=1)
    live.types(ani, "/sop")
    live.wait_for_texts(ani, 2)
    live.moves_clock(rate=3600)
    assert "Petugas Contoh" in live.wait_for_texts(ani, 3)[2]


def test_anybody_may_ask_when_the_next_message_leaves(live: Live) -> None:
    live.start()
    ani = enrolled(live)
    live.moves_clock(set=NINE)
    owe(live, hours=3)
    live.types(ani, "/sop")
    live.wait_for_texts(ani, 2)
    # First a list of the days that the clock was moved over, until the bot has seen to it.
    while (row := json.loads(live.run("reminders", "--next").stdout)[0])["due_at"] < NINE:
        pass
    assert row["due_at"].startswith(f"{TUESDAY}T12:00:00")
    live.moves_clock(next_due=row["due_at"], to_next_due=True)
    assert "Petugas Contoh" in live.wait_for_texts(ani, 3)[2]


def test_the_token_is_never_logged(live: Live) -> None:
    bot = live.start(PANDU_LOG_LEVEL="DEBUG")
    enrolled(live)
    stop(bot)
    assert "LIVE" not in bot.stderr.read()


def test_a_webhook_is_answered_too(live: Live) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    bot = live.start(
        WEBHOOK_URL=f"http://127.0.0.1:{port}/hook", WEBHOOK_SECRET="only-for-tests", WEBHOOK_PORT=str(port)
    )
    enrolled(live)
    status, seconds = stop(bot)
    assert status == 0
    assert seconds < STOPS_WITHIN_S


def test_a_webhook_that_telegram_refuses(live: Live) -> None:
    done = live.run("run", WEBHOOK_URL="http://pandu.example/hook", WEBHOOK_SECRET="only-for-tests")
    assert done.returncode == 2
    assert done.stderr.startswith("pandu: WEBHOOK_URL: Telegram refuses it: ")
    assert done.stderr.count("\n") == 1
