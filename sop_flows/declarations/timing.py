"""The timed parts of a step: how often, when to remind, which date is chosen."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import Field, NonNegativeInt, PositiveInt, model_serializer, model_validator

from sop_flows.declarations.declared import Declared, DeclaredAsText, Text
from sop_flows.declarations.offset import Offset

_LEAD = re.compile(r"-(\d+) hari")


class Every(Declared):
    """A fixed grid of days. A late occurrence does not move the next."""

    days: PositiveInt
    until: Offset  # the last day that may be on the grid
    anchor: Offset = Offset(anchor="arrival")
    first_at: NonNegativeInt  # days after the anchor on which the first one falls
    card: Text | None = None  # recurring steps of one SOP with the same word here share one card


class Remind(DeclaredAsText):
    """When to remind: `-3 hari` (before the due date), `pagi hari H` (that morning), `jatuh tempo` (when due)."""

    kind: Literal["lead", "morning", "due"]
    days: NonNegativeInt = 0

    @classmethod
    def parts_of(cls, text: str) -> dict[str, Any]:
        """Fields of `-3 hari`, `pagi hari H`, `jatuh tempo`. Raises ValueError for anything else."""
        if text == "pagi hari H":
            return {"kind": "morning"}
        if text == "jatuh tempo":
            return {"kind": "due"}
        lead = _LEAD.fullmatch(text)
        if lead is None or not int(lead[1]):
            raise ValueError(f"{text!r} is no reminder; write '-3 hari', 'pagi hari H' or 'jatuh tempo'")
        return {"kind": "lead", "days": int(lead[1])}

    @model_validator(mode="after")
    def _days_only_for_a_lead(self) -> Self:
        if (self.kind == "lead") != (self.days > 0):
            raise ValueError("a lead has days, the other reminders have none")
        return self

    @model_serializer
    def __str__(self) -> str:
        return {"lead": f"-{self.days} hari", "morning": "pagi hari H", "due": "jatuh tempo"}[self.kind]


class ChooseDate(Declared):
    """A date that the officer chooses within a window (SOP 9.1.09 step 1: week two)."""

    earliest: Offset
    latest: Offset
    propose_weekday: Annotated[int, Field(ge=0, le=6)]  # 0 = Monday, 6 = Sunday
    chosen_by: Offset  # not chosen by then: the head is told and the proposal stands

    @model_validator(mode="after")
    def _is_a_window(self) -> Self:
        if {self.earliest.anchor, self.latest.anchor, self.chosen_by.anchor} != {"arrival"}:
            raise ValueError("choose_date counts from arrival")
        if self.latest.days < self.earliest.days:
            raise ValueError("choose_date: latest is before earliest")
        if self.chosen_by.days >= self.earliest.days:
            raise ValueError("choose_date: chosen_by must be before earliest")
        return self
