"""What every part of the running bot needs: the unit that this process owns, the time, and who goes first."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.clock import Now
from bot.ports import Ports
from bot.tap_priority import TapPriority
from sop_flows.core.institution import House
from storage.engine import Store


@dataclass(frozen=True)
class OwnedUnit:
    """One institution with its database."""

    store: Store
    house: House
    clock: Now
    ports: Ports
    priority: TapPriority = field(default_factory=TapPriority)

    def now(self) -> datetime:
        """The time officers live in, aware UTC."""
        return self.clock.now()
