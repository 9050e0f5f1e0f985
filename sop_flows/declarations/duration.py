"""Standard time, as the document gives it: `4 jam`, `1 hari`, `3-6 bulan`."""

import re
from typing import Any, ClassVar, Literal, Self

from pydantic import GetJsonSchemaHandler, NonNegativeInt, PositiveInt, model_serializer, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from sop_flows.declarations.declared import DeclaredAsText

Unit = Literal["jam", "hari", "bulan"]

MOST: dict[Unit, int] = {"jam": 24, "hari": 366, "bulan": 24}  # more is a slip of the pen


class Duration(DeclaredAsText):
    """An amount of time. What a `hari` is (working day or calendar day) is the clock of the SOP, not of this."""

    example: ClassVar[str] = "'1 hari', '4 jam' or '3-6 bulan'"
    pattern: ClassVar[str] = r"(\d{1,4})(?:-(\d{1,4}))? (jam|hari|bulan)"
    refusal: ClassVar[str] = f"is no duration; write it like {example}"

    amount: NonNegativeInt  # 0 only where the document gives a milestone no time
    unit: Unit
    amount_max: PositiveInt | None = None  # the 6 of "3-6 bulan"

    @classmethod
    def fields_of(cls, written: re.Match[str]) -> dict[str, Any]:
        """Return those of `1 hari`, `4 jam`, `3-6 bulan`."""
        amount, amount_max, unit = written.groups()
        if not int(amount):
            raise ValueError(f"{written[0]!r} is no time at all; a milestone has standard: 0, without a unit")
        return {"amount": int(amount), "unit": unit, "amount_max": int(amount_max) if amount_max else None}

    @classmethod
    def written_schema(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """As text, or the 0 of a milestone."""
        return {"anyOf": [{"const": 0}, super().written_schema(core, handler)]}

    @model_validator(mode="before")
    @classmethod
    def _read_zero(cls, value: Any) -> Any:
        is_zero = value == "0" or (value == 0 and type(value) is int)
        return {"amount": 0, "unit": "hari"} if is_zero else value

    @property
    def is_zero(self) -> bool:
        """Whether it is the 0 of a milestone."""
        return not self.amount

    @property
    def is_months_range(self) -> bool:
        """Whether it is like `3-6 bulan`: asked about at the first, late after the second."""
        return self.unit == "bulan" and self.amount_max is not None

    @model_validator(mode="after")
    def _range_goes_up(self) -> Self:
        if self.amount_max is not None and self.amount_max <= self.amount:
            raise ValueError(f"'{self}': the second amount must be larger than the first")
        if (self.amount_max or self.amount) > MOST[self.unit]:
            larger = {"jam": "; write it in hari", "hari": "; write it in bulan", "bulan": ""}[self.unit]
            raise ValueError(f"'{self}' is too long; {MOST[self.unit]} {self.unit} are the most{larger}")
        return self

    @model_serializer
    def __str__(self) -> str:
        if self.is_zero:
            return "0"
        amounts = str(self.amount) if self.amount_max is None else f"{self.amount}-{self.amount_max}"
        return f"{amounts} {self.unit}"
