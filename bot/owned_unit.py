"""What every part of the running bot needs: the unit that this process owns, the time, and who goes first."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from bot.clock import Now
from bot.ports import Ports
from bot.tap_priority import TapPriority
from sop_flows.core.institution import Institution
from sop_flows.core.work import Work
from storage.engine import Store


@dataclass(frozen=True)
class OwnedUnit:
    """One institution with its database."""

    store: Store
    institution: Institution
    clock: Now
    ports: Ports
    priority: TapPriority = field(default_factory=TapPriority)

    def now(self) -> datetime:
        """The time officers live in, aware UTC."""
        return self.clock.now()

    def work(self, s: Session, now: datetime | None = None) -> Work:
        """What the rules work with in this transaction, at `now` or at another time that was looked at before."""
        return Work(s, self.institution, now or self.now())
