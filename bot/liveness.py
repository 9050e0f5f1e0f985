"""Whether somebody was there to send: the heartbeat in the database, and what was missed while there was none."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.clock import real_now
from storage.queries import dispatch
from storage.tables import Reminder

OUTAGE = timedelta(minutes=15)  # a shorter absence is a restart
BEAT_EVERY = timedelta(minutes=1)  # of the officers' time


@dataclass(frozen=True)
class Dark:
    """From when to when (officers' time) no dispatcher was alive."""

    since: datetime
    until: datetime

    def covers(self, row: Reminder, now: datetime) -> bool:
        """Whether this one is late because of it."""
        return self.since <= row.due_at < self.until and now - row.due_at > OUTAGE


class Liveness:
    """What one dispatcher knows of it. `dark` is the last outage, if there was one."""

    def __init__(self) -> None:
        self.dark: Dark | None = None
        self._beat_at: datetime | None = None
        self._alive: tuple[datetime, datetime] | None = None  # last seen alive: officers' time, real time

    def begin(self, s: Session, now: datetime) -> None:
        """At start: learn for how long nobody dispatched."""
        before = dispatch.last_beat(s)
        if before is not None and now - before > OUTAGE:
            self.dark = Dark(before, now)
        dispatch.beat(s, now)
        self._alive = (now, real_now())

    def note(self, now: datetime) -> None:
        """It is awake. A machine that slept is an outage too; a simulated clock that was moved is none."""
        real = real_now()
        if self._alive is not None and real - self._alive[1] > OUTAGE:
            self.dark = Dark(self._alive[0], now)
        self._alive = (now, real)

    def is_stale(self, now: datetime) -> bool:
        """Whether it is time to say again that it is alive; a clock that was set back counts too."""
        return self._beat_at is None or abs(now - self._beat_at) >= BEAT_EVERY

    def beat(self, s: Session, now: datetime) -> None:
        """Say that it is alive."""
        dispatch.beat(s, now)
        self._beat_at = now
