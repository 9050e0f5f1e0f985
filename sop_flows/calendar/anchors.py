"""The dates that times are counted from: when a stay or a case was opened, and when the children come and leave."""

from dataclasses import dataclass
from datetime import date

from sop_flows.calendar.errors import MissingAnchorError


@dataclass(frozen=True)
class Anchors:
    """Local dates. A case has an opening only; None: not known, or there is no such day."""

    opening: date | None = None
    arrival: date | None = None
    departure: date | None = None

    def day(self, anchor: str) -> date:
        """The date called `opening`, `arrival` or `departure`. Raises MissingAnchorError."""
        found: date | None = getattr(self, anchor, None)
        if found is None:
            raise MissingAnchorError(anchor)
        return found
