"""The process under test: started, told when to die, killed, started again; and the clock it lives by."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from tests.faults.black_box import BlackBox, Place
from tests.faults.launcher import BOX
from tests.faults.telegram import TOKEN, Arrival, Telegram

STARTS_WITHIN_S = 90.0  # a machine with other work
STOPS_WITHIN_S = 30.0


class Bots:
    """One after the other."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self.box = BlackBox(folder / "black_box")
        self.telegram = Telegram(Path(settings["PANDU_DATA_DIR"]), self._performed)
        self._environment = {
            **os.environ, **settings, "TELEGRAM_BOT_TOKEN": TOKEN, BOX: str(folder / "black_box"),
            "TELEGRAM_API_BASE_URL": self.telegram.address,
        }  # fmt: skip
        self._log = (folder / "bot.log").open("ab")
        self._process: subprocess.Popen[bytes] | None = None
        self._next = self._launches()
        self._rate = 1.0

    def starts(self) -> None:
        """The next process; returns at once."""
        assert self._process is None
        self.box.clear()
        self.telegram.process += 1
        self._process, self._next = self._next, self._launches()
        assert self._process.stdin is not None
        with self._process.stdin as gate:
            gate.write(b"\n")

    def _launches(self) -> "subprocess.Popen[bytes]":
        """One that has imported everything by the time it is wanted."""
        command = [sys.executable, "-m", "tests.faults.launcher", "run"]
        return subprocess.Popen(command, env=self._environment, stdin=subprocess.PIPE, stderr=self._log)

    @property
    def is_there(self) -> bool:
        """Whether it has reached Telegram."""
        return self.telegram.started == self.telegram.process

    @property
    def is_dead(self) -> bool:
        """Whether it has died; fails when nobody killed it."""
        assert self._process is not None
        status = self._process.poll()
        assert status in (None, -signal.SIGKILL), f"the bot ended by itself with {status}"
        return status is not None

    def dies(self) -> None:
        """From outside, or it is dead already; afterwards there is none."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None

    def stops(self) -> int:
        """In order; the exit status."""
        assert self._process is not None
        self._process.terminate()
        status = self._process.wait(STOPS_WITHIN_S)
        self._process = None
        return status

    def plays(self, rate: float) -> None:
        """Let the clock run at this rate. A bot that runs stands still meanwhile: no time may go back for it."""
        if rate != self._rate:
            self._rate = rate
            self._moves(lambda: self.telegram.clock.play(rate))

    def jumps(self, at: datetime) -> None:
        """Let it be `at`."""
        self._moves(lambda: self.telegram.clock.move_to(at))

    def close(self) -> None:
        if self._process is not None:
            self.dies()
        self._next.kill()
        self._next.communicate()
        self.telegram.close()
        self._log.close()

    def _moves(self, move: Callable[[], None]) -> None:
        process = self._process
        if process is None or process.poll() is not None:
            move()
            return
        process.send_signal(signal.SIGSTOP)
        try:
            _wait_until_stopped(process.pid)
            move()
        finally:
            process.send_signal(signal.SIGCONT)

    def _performed(self, arrival: Arrival) -> None:
        process, place = self._process, Place.PUSH_PERFORMED if arrival.reminders else Place.REPLY_PERFORMED
        if process is not None and self.box.is_hit(place):
            process.kill()


def _wait_until_stopped(pid: int) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
        if state in "TZX":
            return
        time.sleep(0.0005)
    raise AssertionError("the bot does not stand still")
