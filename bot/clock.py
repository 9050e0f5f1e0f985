"""The one place that asks for the time: the machine's, put right by Telegram's, or as the simulator's panel moved it."""

import json
import logging
import math
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Protocol

LOOK_EVERY_S = 0.2  # how often clock.json is looked at, at most; real seconds
CLOCK_FILE = "clock.json"
RIGHT = timedelta(minutes=5)  # a clock that is off by less is left alone
ON_ITS_WAY = timedelta(minutes=1)  # an answer, at most

log = logging.getLogger(__name__)


class Now(Protocol):
    """What the rest of the process needs of a clock."""

    def now(self) -> datetime:
        """The time officers live in, aware UTC."""
        ...


def machine_now() -> datetime:
    """What the machine's clock shows, aware UTC, right or wrong: for who plans by it (APScheduler)."""
    return datetime.now(UTC)


def ran_s() -> float:
    """Seconds that the machine has run, asleep or not: nobody can set them."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class MachineClock:
    """The machine's clock, which may be days off until somebody sets it.

    Telegram dates each of its answers: when the two differ by more than RIGHT, Telegram's counts. When the machine's clock
    is set while we run, time goes on as it was until Telegram's next answer says which was right: nothing becomes due, and
    no lease ends, in between. Where Telegram's time was never heard, the machine's counts.

    Attributes:
        off: how far it is ahead of Telegram's; zero when it is right.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._asked = machine_now(), ran_s()
        self._has_heard = False
        self.off = timedelta()

    def now(self) -> datetime:
        """Real time, aware UTC."""
        with self._turn:
            shown, ran = machine_now(), ran_s()
            shown_before, ran_before = self._asked
            self._asked = shown, ran
            was_set = shown - shown_before - timedelta(seconds=ran - ran_before)
            if self._has_heard and abs(was_set) > RIGHT:
                self.off += was_set
            return shown - self.off

    def hears(self, date: str) -> None:
        """Telegram has answered just now, with this date (of HTTP); what is no date is passed over."""
        try:
            said = parsedate_to_datetime(date)
        except ValueError:
            return
        with self._turn:
            self._asked = machine_now(), ran_s()
            off = self._asked[0] - (said if said.tzinfo else said.replace(tzinfo=UTC))
            self._has_heard = True
            off = off if abs(off) > RIGHT else timedelta()
            if off and abs(off - self.off) < ON_ITS_WAY:
                return  # the answer took a little longer, or less: that moves nobody's time
            if off:
                log.warning("the machine's clock is off by %s: Telegram's counts", off)
            elif self.off:
                log.warning("the machine's clock is right again")
            self.off = off


MACHINE = MachineClock()


def real_now() -> datetime:
    """Real time, aware UTC: for leases and pauses, never for what is due."""
    return MACHINE.now()


class Clock:
    """Real time, shifted by `clock.json` when the simulator may do that.

    The file holds `offset` (seconds), `rate` (times as fast) and `since` (real instant from which the rate
    counts; ISO text or seconds since 1970): now = real + offset + (real - since) * (rate - 1).

    Args:
        data_dir: folder of clock.json.
        honour: whether the file counts at all (loopback API and PANDU_TEST_CLOCK=1).
    """

    def __init__(self, data_dir: Path, honour: bool) -> None:
        self._path = data_dir / CLOCK_FILE
        self._honour = honour
        self._looked_at = -math.inf
        self._stamp: tuple[int, int] | None = None
        self._offset_s = 0.0
        self._rate = 1.0
        self._since_s = 0.0

    def now(self) -> datetime:
        """The time officers live in, aware UTC."""
        real = real_now()
        if not self._honour:
            return real
        self._look()
        fast_s = (real.timestamp() - self._since_s) * (self._rate - 1.0)
        return real + timedelta(seconds=self._offset_s + fast_s)

    def _look(self) -> None:
        moment = time.monotonic()
        if moment - self._looked_at < LOOK_EVERY_S:
            return
        self._looked_at = moment
        try:
            found = self._path.stat()
        except OSError:
            self._stamp, self._offset_s, self._rate = None, 0.0, 1.0
            return
        stamp = (found.st_mtime_ns, found.st_ino)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._read(json.loads(self._path.read_text("utf-8")))
        except (OSError, ValueError, TypeError, AttributeError) as error:
            log.warning("clock.json is not readable, ignored: %s", type(error).__name__)

    def _read(self, said: dict[str, object]) -> None:
        offset_s, rate = float(str(said.get("offset", 0))), float(str(said.get("rate", 1)))
        since = said.get("since")
        if isinstance(since, str):
            at = datetime.fromisoformat(since)
            since_s = (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
        else:
            since_s = float(since) if isinstance(since, int | float) else time.time()
        if not all(map(math.isfinite, (offset_s, rate, since_s))):
            raise ValueError("not a number")
        self._offset_s, self._rate, self._since_s = offset_s, rate, since_s
