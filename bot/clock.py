"""The one place that asks for the time: real, or as the simulator's clock panel moved it."""

import json
import logging
import math
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

LOOK_EVERY_S = 0.2  # how often clock.json is looked at, at most; real seconds
CLOCK_FILE = "clock.json"

log = logging.getLogger(__name__)


class Now(Protocol):
    """What the rest of the process needs of a clock."""

    def now(self) -> datetime:
        """The time officers live in, aware UTC."""
        ...


def real_now() -> datetime:
    """Real time, aware UTC: for leases and pauses, never for what is due."""
    return datetime.now(UTC)


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
