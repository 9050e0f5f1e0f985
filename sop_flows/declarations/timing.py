"""The timed parts of a step: how often, when to remind, which date is chosen."""

import re
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    Discriminator,
    Field,
    NonNegativeInt,
    StringConstraints,
    Tag,
    model_serializer,
    model_validator,
)

from sop_flows.declarations.declared import Declared, DeclaredAsText, Text
from sop_flows.declarations.offset import DAYS_MAX, MONTHS_MAX, Offset

EVENT_MAX = 40  # characters; it stands in a sentence, and with its day on a line of a phone

_WEEKS = ("one", "two", "three", "four")


def _until_kind(value: Any) -> str:
    return "[closed]" if value == "closed" else "[date]"


# "closed": until the services of the case end. The tags keep one mistake from being reported for both ways.
Until = Annotated[
    Annotated[Offset, Tag("[date]")] | Annotated[Literal["closed"], Tag("[closed]")],
    Discriminator(_until_kind),
]


class Every(Declared):
    """A fixed grid of days or months. A late occurrence does not move the next."""

    example: ClassVar[str] = "'{days: 10, first_at: 10, until: departure}'"

    days: Annotated[int, Field(ge=1, le=DAYS_MAX)] | None = None
    months: Annotated[int, Field(ge=1, le=MONTHS_MAX)] | None = None
    """counted from the day on which the step opened"""
    until: Until
    """the last day that may be on the grid"""
    anchor: Offset = Offset(anchor="arrival")
    """of a grid of days"""
    first_at: Annotated[int, Field(ge=0, le=DAYS_MAX)] | None = None
    """days after the anchor on which the first one falls"""
    closing: bool = False
    """of a grid of days until the departure: the last one is on its eve, however long the stay is"""
    card: Text | None = None
    """recurring steps of one SOP with the same word here share one card"""

    @model_validator(mode="after")
    def _is_one_grid(self) -> Self:
        if (self.days is None) == (self.months is None):
            raise ValueError("every has either days or months")
        if self.days is not None and self.first_at is None:
            raise ValueError("'first_at' is missing: days after the anchor on which the first one falls")
        if self.months is not None and (self.first_at is not None or "anchor" in self.model_fields_set):
            raise ValueError("a grid of months counts from the opening of the step; no first_at, no anchor")
        ends_with_the_stay = self.until == Offset(anchor="departure") and self.days not in (None, 1)
        if self.closing and not ends_with_the_stay:
            raise ValueError("closing: only where something is done every few days, until: departure")
        return self

    def __str__(self) -> str:
        return f"{self.days} hari" if self.days is not None else f"{self.months} bulan"


class Remind(DeclaredAsText):
    """When to remind: `-3 hari` (before the due date), `pagi hari H` (that morning), `jatuh tempo` (when due)."""

    example: ClassVar[str] = "'-3 hari', 'pagi hari H' or 'jatuh tempo'"
    pattern: ClassVar[str] = r"-(\d{1,2}) hari|pagi hari H|jatuh tempo"
    refusal: ClassVar[str] = f"is no reminder; write {example}"

    kind: Literal["lead", "morning", "due"]
    days: NonNegativeInt = 0

    @classmethod
    def fields_of(cls, written: re.Match[str]) -> dict[str, Any]:
        """Return those of `-3 hari`, `pagi hari H`, `jatuh tempo`."""
        if written[1] is None:
            return {"kind": "morning" if written[0] == "pagi hari H" else "due"}
        if not int(written[1]):
            raise ValueError(f"{written[0]!r} {cls.refusal}")
        return {"kind": "lead", "days": int(written[1])}

    @property
    def rule(self) -> str:
        """How a reminder row names it: "lead:3", "morning", "due"."""
        return f"{self.kind}:{self.days}" if self.days else self.kind

    @model_validator(mode="after")
    def _days_only_for_a_lead(self) -> Self:
        if (self.kind == "lead") != (self.days > 0):
            raise ValueError("a lead has days, the other reminders have none")
        return self

    @model_serializer
    def __str__(self) -> str:
        return {"lead": f"-{self.days} hari", "morning": "pagi hari H", "due": "jatuh tempo"}[self.kind]


class Event(Declared):
    """The day of the run's event, chosen by whoever does this step; later steps are due by it (SOP 9.2.07 step 2)."""

    example: ClassVar[str] = (
        "'{what: hari outbond, earliest: arrival + 11 hari, latest: arrival + 15 hari, propose_weekday: 5}'"
    )

    what: Annotated[Text, StringConstraints(max_length=EVENT_MAX)]
    """as a sentence names it: "hari outbond" """
    earliest: Offset
    latest: Offset
    before: Offset = Offset(anchor="departure", days=-1)
    """the window ends on the day before this one, however long the stay is"""
    propose_weekday: Annotated[int, Field(ge=0, le=6)] | None = None
    """the first day of the window that falls on it; 0 = Monday, 6 = Sunday"""
    propose_working_day: Annotated[int, Field(ge=1, le=10)] | None = None
    """the first, second, third ... working day of the window"""
    propose: Offset | None = None

    @model_validator(mode="after")
    def _proposes_one_day(self) -> Self:
        ways = [self.propose_weekday, self.propose_working_day, self.propose]
        if sum(way is not None for way in ways) != 1:
            raise ValueError("an event has exactly one of: propose_weekday, propose_working_day, propose")
        anchors = {
            offset.anchor for offset in (self.earliest, self.latest, self.before, self.propose) if offset
        }
        if "event" in anchors:
            raise ValueError("the window of an event counts from arrival, departure, opening or start")
        return self

    def __str__(self) -> str:
        return f"{self.what}, {self.earliest} to {self.latest}"


class ChooseDate(Declared):
    """A date that the officer chooses within a window (SOP 9.1.09 step 1: week two)."""

    earliest: Offset
    latest: Offset
    propose_weekday: Annotated[int, Field(ge=0, le=6)]
    """0 = Monday, 6 = Sunday"""
    chosen_by: Offset
    """not chosen by then: the head is told and the proposal stands"""

    @model_validator(mode="after")
    def _is_a_window(self) -> Self:
        if {self.earliest.anchor, self.latest.anchor, self.chosen_by.anchor} != {"arrival"}:
            raise ValueError("choose_date counts from arrival")
        if self.latest.days < self.earliest.days:
            raise ValueError("choose_date: latest is before earliest")
        if self.chosen_by.days >= self.earliest.days:
            raise ValueError("choose_date: chosen_by must be before earliest")
        return self

    def __str__(self) -> str:
        """In the words of the document where it is a whole week: "week two: arrival + 7 to + 13 hari"."""
        week, into_week = divmod(self.earliest.days, 7)
        is_week = not into_week and self.latest.days == self.earliest.days + 6 and week < len(_WEEKS)
        days = f"arrival + {self.earliest.days} to + {self.latest.days} hari"
        return f"week {_WEEKS[week]}: {days}" if is_week else days
