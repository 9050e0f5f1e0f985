"""When the morning list comes, and what an officer may choose about reminders (unit.yaml `digest`)."""

import re
from datetime import time
from typing import Any, ClassVar, Literal, Self

from pydantic import model_serializer, model_validator

from sop_flows.declarations.declared import Declared, DeclaredAsText

# Buttons offer half hours: few enough for one screen, and what falls together stays one message.
STEP_MINUTES = 30
# What is a courtesy. Everything else is owed whatever somebody likes: what is due, handed over, late, asked for.
Courtesy = Literal["lead"]


class HalfHour(DeclaredAsText):
    """A local time of the day on a half hour, written `07.30`."""

    example: ClassVar[str] = "'07.30'"
    pattern: ClassVar[str] = r"([01]\d|2[0-3])\.([03]0)"
    refusal: ClassVar[str] = "is no half hour; write '07.30'"

    minutes: int  # after midnight

    @classmethod
    def fields_of(cls, written: re.Match[str]) -> dict[str, Any]:
        """Return those of `07.30`."""
        return {"minutes": int(written[1]) * 60 + int(written[2])}

    @property
    def time(self) -> time:
        """As a time of the day."""
        return time(*divmod(self.minutes, 60))

    @model_serializer
    def __str__(self) -> str:
        return f"{self.time:%H.%M}"


EARLIEST = HalfHour.parse("06.00")  # the quiet hours end: before it nothing is said that can wait
LATEST = HalfHour.parse("10.00")  # later it is no morning list: half days end at noon


class DigestRules(Declared):
    """The morning list: when it comes unless an officer chose, and between which times one may choose. Local times."""

    at: HalfHour = HalfHour.parse("07.30")
    earliest: HalfHour = HalfHour.parse("06.00")
    latest: HalfHour = HalfHour.parse("09.00")
    may_switch_off: tuple[Courtesy, ...] = ("lead",)
    """reminders that an officer may switch off; [] when all have to stay. lead: those of the days before"""

    @model_validator(mode="after")
    def _is_a_morning(self) -> Self:
        asked, limits = (self.earliest.minutes, self.at.minutes, self.latest.minutes), (EARLIEST, LATEST)
        if list(asked) != sorted(asked):
            raise ValueError("digest: earliest, at and latest follow each other")
        if asked[0] < limits[0].minutes or asked[-1] > limits[1].minutes:
            raise ValueError(f"digest: a morning list comes between {limits[0]} and {limits[1]}")
        return self

    def choices(self) -> tuple[int, ...]:
        """The half hours that an officer may choose, in minutes after midnight, the earliest first."""
        return tuple(range(self.earliest.minutes, self.latest.minutes + 1, STEP_MINUTES))

    def morning(self, minutes: int | None) -> time:
        """When the list of an officer comes who chose `minutes`, None: nothing.

        Kept within the limits, which may have changed since it was chosen.
        """
        if minutes is None:
            return self.at.time
        return time(*divmod(min(max(minutes, self.earliest.minutes), self.latest.minutes), 60))
