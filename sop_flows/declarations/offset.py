"""A date relative to the stay or the case: `arrival`, `arrival - 21 hari`, `opening + 3 bulan`."""

import re
from typing import Any, ClassVar, Literal, Self

from pydantic import model_serializer, model_validator

from sop_flows.declarations.declared import DeclaredAsText

# opening: the day on which the angkatan or the case was opened; start: on which the run began; event: the day of its
# event, which one of its steps chooses
Anchor = Literal["arrival", "departure", "opening", "start", "event"]

DAYS_MAX, MONTHS_MAX = 366, 24  # more is a slip of the pen


class Offset(DeclaredAsText):
    """So many calendar days or months after (or, negative, before) arrival, departure, opening, start or event."""

    example: ClassVar[str] = "'arrival - 21 hari' or 'opening + 3 bulan'"
    pattern: ClassVar[str] = r"(arrival|departure|opening|start|event)(?: ([+-]) (\d{1,4}) (hari|bulan))?"
    refusal: ClassVar[str] = (
        "is no date; write it like 'arrival', 'arrival - 21 hari', 'departure + 1 hari' or 'opening + 3 bulan'"
    )

    anchor: Anchor
    days: int = 0
    months: int = 0

    @classmethod
    def fields_of(cls, written: re.Match[str]) -> dict[str, Any]:
        """Return those of `arrival - 21 hari`."""
        anchor, sign, amount, unit = written.groups()
        if amount is None:
            return {"anchor": anchor}
        if not int(amount):
            raise ValueError(f"{written[0]!r}: write '{anchor}' for the day itself")
        return {"anchor": anchor, "days" if unit == "hari" else "months": int(f"{sign}{amount}")}

    @model_validator(mode="after")
    def _can_be_planned(self) -> Self:
        if self.days and self.months:
            raise ValueError("a date counts days or months, not both")
        if abs(self.days) > DAYS_MAX or abs(self.months) > MONTHS_MAX:
            raise ValueError(f"'{self}' is too far away; {DAYS_MAX} hari or {MONTHS_MAX} bulan are the most")
        if self.anchor in ("opening", "start") and min(self.days, self.months) < 0:
            raise ValueError(f"'{self}': nothing can be planned before the {self.anchor}")
        return self

    @model_serializer
    def __str__(self) -> str:
        amount, unit = (self.days, "hari") if self.days else (self.months, "bulan")
        return f"{self.anchor} {'+' if amount > 0 else '-'} {abs(amount)} {unit}" if amount else self.anchor
