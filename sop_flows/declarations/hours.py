"""The calendar file of a unit: hours per weekday, half days, seasons, closing days of its own."""

import re
from datetime import date, time
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_serializer, model_validator

from sop_flows.declarations.declared import Declared, DeclaredAsText, Text

Weekday = Literal["senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu"]
WEEKDAYS: tuple[Weekday, ...] = (
    "senin",
    "selasa",
    "rabu",
    "kamis",
    "jumat",
    "sabtu",
    "minggu",
)  # as date.weekday()

CLOSED_IN_A_ROW_MAX = 92  # days; more is a year mistyped: work would wait for ever

_SPAN = r"(\d\d)\.(\d\d)-(\d\d)\.(\d\d)"


class Span(Declared):
    """From one local time to a later one of the same day."""

    start: time
    end: time

    @model_validator(mode="after")
    def _goes_forward(self) -> Self:
        if self.end <= self.start:
            raise ValueError(f"{self.start:%H.%M}-{self.end:%H.%M} ends before it starts")
        return self


class Hours(DeclaredAsText):
    """The open hours of one day, written `08.00-16.00, istirahat 12.00-13.00`."""

    example: ClassVar[str] = "'08.00-16.00, istirahat 12.00-13.00'"
    pattern: ClassVar[str] = rf"{_SPAN}((?:, istirahat {_SPAN})*)"
    refusal: ClassVar[str] = "are no hours; write '08.00-12.00' or '08.00-16.00, istirahat 12.00-13.00'"

    spans: tuple[Span, ...]  # in order, with the breaks taken out

    @classmethod
    def fields_of(cls, written: re.Match[str]) -> dict[str, Any]:
        """Return those of `08.00-12.00` or `08.00-16.00, istirahat 12.00-13.00`."""
        text = written[0]
        day, *breaks = (_span(found) for found in re.findall(_SPAN, text))
        spans, opens = [], day.start
        for pause in breaks:
            if not opens < pause.start or not pause.end < day.end:
                raise ValueError(f"{text!r}: the breaks must follow each other within the day")
            spans.append(Span(start=opens, end=pause.start))
            opens = pause.end
        return {"spans": (*spans, Span(start=opens, end=day.end))}

    @model_validator(mode="after")
    def _opens_at_all(self) -> Self:
        if not self.spans:
            raise ValueError("hours without a span; leave the day out instead")
        return self

    @model_serializer
    def __str__(self) -> str:
        pairs = zip(self.spans, self.spans[1:], strict=False)
        breaks = [f", istirahat {before.end:%H.%M}-{after.start:%H.%M}" for before, after in pairs]
        return f"{self.spans[0].start:%H.%M}-{self.spans[-1].end:%H.%M}" + "".join(breaks)


def _span(found: tuple[str, ...]) -> Span:
    try:
        start, end = time(int(found[0]), int(found[1])), time(int(found[2]), int(found[3]))
    except ValueError:
        raise ValueError(
            f"{found[0]}.{found[1]}-{found[2]}.{found[3]}: there is no such time of day"
        ) from None
    return Span(start=start, end=end)


class Season(Declared):
    """Days on which other hours hold, such as Ramadan. A weekday that is not listed keeps its ordinary hours."""

    name: Text
    first_on: date
    last_on: date
    hours: dict[Weekday, Hours]
    ticks: dict[Text, Text] = Field(default_factory=dict)
    """what a part of the day is called then: pagi is sahur"""

    @model_validator(mode="after")
    def _goes_forward(self) -> Self:
        if self.last_on < self.first_on:
            raise ValueError(f"season {self.name!r} ends before it starts")
        return self


class ClosingDays(Declared):
    """A day, or some days in a row, on which the unit's office is closed by its own decision."""

    name: Text
    first_on: date
    last_on: date | None = None
    """inclusive; None: one day"""

    @model_validator(mode="after")
    def _goes_forward(self) -> Self:
        if self.last_on is not None and self.last_on < self.first_on:
            raise ValueError(f"closing days {self.name!r} end before they start")
        if self.last_on is not None and (self.last_on - self.first_on).days >= CLOSED_IN_A_ROW_MAX:
            raise ValueError(
                f"closing days {self.name!r}: more than {CLOSED_IN_A_ROW_MAX} in a row; is the year right?"
            )
        return self

    def include(self, on: date) -> bool:
        """Whether the office is closed on that day because of these."""
        return self.first_on <= on <= (self.last_on or self.first_on)


class CalendarFile(Declared):
    """When the unit is open. Holidays are not here: they come from the `holidays` package."""

    hours: dict[Weekday, Hours] = Field(min_length=1)
    """a weekday that is not listed is closed"""
    half_days: dict[date, Hours] = Field(default_factory=dict)
    """one day's hours; opens it even on a holiday or a closed weekday"""
    seasons: tuple[Season, ...] = ()
    closing_days: tuple[ClosingDays, ...] = ()
    """the unit's own; in the care of children they count as any day"""
