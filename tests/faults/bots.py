"""The processes under test: started, told when to die, killed, followed by the next; and the clock they live by."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.faults.black_box import BlackBox, Place
from tests.faults.launcher import BOX, NUMBER
from tests.faults.telegram import TOKEN, Arrival, Telegram

STARTS_WITHIN_S = 90.0  # a machine with other work
STOPS_WITHIN_S = 30.0


@dataclass
class _Launched:
    """A process that has begun; it waits at a gate until everything is imported and it is wanted."""

    number: int
    process: "subprocess.Popen[bytes]"
    box: BlackBox
    is_let_in: bool = False

    def let_in(self) -> None:
        if not self.is_let_in:
            self.is_let_in = True
            assert self.process.stdin is not None
            with self.process.stdin as gate:
                gate.write(b"\n")


class Bots:
    """One serves, and the next one follows when it dies.

    Args:
        stands_by: the next one runs already, and takes the unit over by itself; else it begins when it is wanted.
    """

    def __init__(self, folder: Path, settings: dict[str, str], *, stands_by: bool = False) -> None:
        self._folder = folder
        self._stands_by = stands_by
        self._count = 0
        self.telegram = Telegram(Path(settings["PANDU_DATA_DIR"]), self._performed)
        self._environment = {
            **os.environ, **settings, "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE_URL": self.telegram.address,
        }  # fmt: skip
        self._log = (folder / "bot.log").open("ab")
        self._serving: _Launched | None = None
        self._next = self._launches()
        self._rate = 1.0

    def starts(self) -> None:
        """The next process; returns at once."""
        assert self._serving is None
        self._serving, self._next = self._next, self._launches()
        self._serving.let_in()

    def is_to_be_followed(self) -> None:
        """Let the next one stand by, if it is to; call it when one serves: else the wrong one may be first."""
        assert self.is_there
        if self._stands_by:
            self._next.let_in()

    def _launches(self) -> _Launched:
        """One that has imported everything by the time it is wanted."""
        self._count += 1
        path = self._folder / f"black_box_{self._count}"
        box = BlackBox(path)
        command = [sys.executable, "-m", "tests.faults.launcher", "run"]
        environment = {**self._environment, BOX: str(path), NUMBER: str(self._count)}
        process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stderr=self._log)
        return _Launched(self._count, process, box)

    @property
    def box(self) -> BlackBox:
        """Of the one that serves."""
        return self._served.box

    @property
    def number(self) -> int:
        """Of the one that serves: the first, second ... process."""
        return self._served.number

    @property
    def is_there(self) -> bool:
        """Whether it has reached Telegram."""
        return self.telegram.started == self._served.number

    @property
    def is_followed(self) -> bool:
        """Whether the next one stands by, if it is to; fails when it has ended."""
        assert self._next.process.poll() is None, "who was to stand by has ended by itself"
        return not self._stands_by or self._next.box.stands_by

    @property
    def is_dead(self) -> bool:
        """Whether it has died; fails when nobody killed it."""
        status = self._served.process.poll()
        assert status in (None, -signal.SIGKILL), f"the bot ended by itself with {status}"
        return status is not None

    def dies(self) -> None:
        """From outside, or it is dead already; afterwards there is none, or the one that stands by comes."""
        self._served.process.kill()
        self._served.process.wait()
        self._serving = None

    def next_dies(self) -> None:
        """The one that stands by; another takes its place."""
        self._next.process.kill()
        self._next.process.communicate()
        self._next = self._launches()
        if self._stands_by and self._serving is not None:
            self._next.let_in()

    def stops(self) -> int:
        """In order; the exit status."""
        self.next_dies_for_good()
        self._served.process.terminate()
        status = self._served.process.wait(STOPS_WITHIN_S)
        self._serving = None
        return status

    def next_dies_for_good(self) -> None:
        """Nobody follows."""
        self._next.process.kill()
        self._next.process.communicate()

    def plays(self, rate: float) -> None:
        """Let the clock run at this rate. A bot that runs stands still meanwhile: no time may go back for it."""
        if rate != self._rate:
            self._rate = rate
            self._moves(lambda: self.telegram.clock.play(rate))

    def jumps(self, at: datetime) -> None:
        """Let it be `at`."""
        self._moves(lambda: self.telegram.clock.move_to(at))

    def close(self) -> None:
        if self._serving is not None:
            self.dies()
        self.next_dies_for_good()
        self.telegram.close()
        self._log.close()

    def _moves(self, move: Callable[[], None]) -> None:
        process = None if self._serving is None else self._serving.process
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
        serving, place = self._serving, Place.PUSH_PERFORMED if arrival.reminders else Place.REPLY_PERFORMED
        if serving is not None and serving.number == arrival.process and serving.box.is_hit(place):
            serving.process.kill()

    @property
    def _served(self) -> _Launched:
        assert self._serving is not None
        return self._serving


def _wait_until_stopped(pid: int) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
        if state in "TZX":
            return
        time.sleep(0.0005)
    raise AssertionError("the bot does not stand still")
