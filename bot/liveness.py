"""Whether somebody was there to send: the heartbeat in the database, and what was missed while there was none."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.clock import real_now
from storage.queries import heartbeat
from storage.tables import Reminder

OUTAGE = timedelta(minutes=15)  # a shorter absence is a restart
BEAT_EVERY = timedelta(minutes=1)  # of the officers' time
SET_BACK = timedelta(minutes=5)  # clocks of two hosts differ by less


@dataclass(frozen=True)
class Dark:
    """From when to when (officers' time) no dispatcher was alive."""

    since: datetime
    until: datetime

    def covers(self, row: Reminder, now: datetime) -> bool:
        """Whether this one is late because of it."""
        return self.since <= row.due_at < self.until and now - row.due_at > OUTAGE


def is_set_back(s: Session, now: datetime) -> bool:
    """Whether the clock shows less than when a dispatcher was last alive. Ask before it says that it is alive."""
    before = heartbeat.last_beat(s)
    return before is not None and before - now > SET_BACK


class Liveness:
    """What one dispatcher knows of it. `dark` is the last outage, if there was one."""

    def __init__(self) -> None:
        self.dark: Dark | None = None
        self._is_kept = True
        self._beat_at: datetime | None = None
        self._alive: tuple[datetime, datetime] | None = None  # last seen alive: officers' time, real time

    def begin(self, s: Session, now: datetime) -> None:
        """At start: learn for how long nobody dispatched; also before a start that got nothing out."""
        before, unsaid = heartbeat.last_beat(s), heartbeat.unsaid_outage(s)
        if unsaid is not None:
            self.dark = Dark(*unsaid)
        if before is not None and now - before > OUTAGE:
            since = before if unsaid is None else min(before, unsaid[0])
            self.dark, self._is_kept = Dark(since, now), False
        heartbeat.beat(s, now)
        self._keep_dark(s)
        self._alive = (now, real_now())

    def note(self, now: datetime) -> None:
        """It is awake. A machine that slept is an outage too; a simulated clock that was moved is none."""
        real = real_now()
        if self._alive is not None and real - self._alive[1] > OUTAGE:
            since = self._alive[0]
            if self.dark is not None and self.dark.until > since - OUTAGE:
                since = min(since, self.dark.since)  # it was awake only for a moment
            self.dark, self._is_kept = Dark(since, now), False
        self._alive = (now, real)

    def is_stale(self, now: datetime) -> bool:
        """Whether it is time to say again that it is alive: at the first look after the start, and when the clock was
        set back too."""
        return not self._is_kept or self._beat_at is None or abs(now - self._beat_at) >= BEAT_EVERY

    def beat(self, s: Session, now: datetime) -> None:
        """Say that it is alive."""
        heartbeat.beat(s, now)
        self._keep_dark(s)
        self._beat_at = now

    def _keep_dark(self, s: Session) -> None:
        if self.dark is not None and not self._is_kept:
            heartbeat.keep_outage(s, self.dark.since, self.dark.until)
            self._is_kept = True
