"""What every part of the running bot needs: the unit that this process owns, the time, and who goes first."""

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from bot.clock import Now
from bot.ports import Ports
from bot.sender import TapPriority
from sop_flows.core.work import Institution, Work
from storage.engine import Store, WritingSession, Written

AT_ONCE = timedelta(seconds=5)  # threads that began together may ask in another order
UNKNOWN = datetime.min.replace(tzinfo=UTC)  # before any time: look, or do, at once


class Due:
    """When there is something to do again, kept in memory, so that nobody asks before every tap.

    Whatever the owner writes can only bring it forward; what another process writes makes it unknown.

    Attributes:
        upkeep_at: when `Ports.advance` has something to do.
        sending_at: when the dispatcher has.
    """

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._lock = threading.Lock()
        self._changes = 0
        self._asked_at = UNKNOWN + AT_ONCE
        self.upkeep_at: datetime | None = UNKNOWN
        self.sending_at: datetime | None = UNKNOWN

    def written(self, written: Written | None) -> None:
        """A transaction was committed; None: another process did."""
        upkeep, sending = (UNKNOWN, UNKNOWN) if written is None else self._ports.due_by(written)
        if upkeep is None and sending is None:
            return
        with self._lock:
            self._changes += 1
            self.upkeep_at = earlier(self.upkeep_at, upkeep)
            self.sending_at = earlier(self.sending_at, sending)

    def is_upkeep_due(self, now: datetime) -> bool:
        """Whether it is time; also when the clock was set back."""
        is_set_back, self._asked_at = now < self._asked_at - AT_ONCE, now
        return is_set_back or (self.upkeep_at is not None and self.upkeep_at <= now)

    @property
    def changes(self) -> int:
        """How often something was written; give it back with what was found."""
        return self._changes

    def found_upkeep(self, at: datetime | None, changes: int) -> None:
        """The database was asked; what was written since then counts as well."""
        with self._lock:
            self.upkeep_at = at if changes == self._changes else earlier(at, self.upkeep_at)

    def found_sending(self, at: datetime | None, changes: int) -> None:
        """The same for the dispatcher."""
        with self._lock:
            self.sending_at = at if changes == self._changes else earlier(at, self.sending_at)


def earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    """The earlier of two times; None is never."""
    return min((at for at in (one, other) if at is not None), default=None)


@dataclass(frozen=True)
class OwnedUnit:
    """One institution with its database.

    Attributes:
        backups: the folder in which one is kept for each day; None: nobody asked for any.
    """

    store: Store
    institution: Institution
    clock: Now
    ports: Ports
    backups: Path | None = None
    priority: TapPriority = field(default_factory=TapPriority)
    due: Due = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "due", Due(self.ports))
        self.store.on_written = self.due.written

    def now(self) -> datetime:
        """The time officers live in, aware UTC."""
        return self.clock.now()

    def work(self, s: Session, now: datetime | None = None) -> Work:
        """What the rules work with in this transaction, at `now` or at another time that was looked at before."""
        known = s.facts if isinstance(s, WritingSession) else {}
        return Work(s, self.institution, now or self.now(), known=known)
