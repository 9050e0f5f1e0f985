"""The dates that times are counted from: when a stay or a case was opened, and when the children come and leave."""

from dataclasses import dataclass, replace
from datetime import date

from sop_flows.calendar.errors import MissingAnchorError


@dataclass(frozen=True)
class Anchors:
    """Local dates. A case has an opening only; None: not known, or there is no such day.

    Attributes:
        start, event: of one run: the day on which it began, and that of its event, chosen or proposed.
    """

    opening: date | None = None
    arrival: date | None = None
    departure: date | None = None
    start: date | None = None
    event: date | None = None

    def day(self, anchor: str) -> date:
        """The date called `opening`, `arrival`, `departure`, `start` or `event`. Raises MissingAnchorError."""
        found: date | None = getattr(self, anchor, None)
        if found is None:
            raise MissingAnchorError(anchor)
        return found

    def of_run(self, start: date, event: date | None = None) -> "Anchors":
        """Return these with the dates of one run."""
        return replace(self, start=start, event=event)

    def with_event(self, event: date) -> "Anchors":
        """Return these with another day of the event."""
        return replace(self, event=event)
