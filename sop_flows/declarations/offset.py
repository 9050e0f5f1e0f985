"""A date relative to the stay: `arrival`, `arrival - 21 hari`, `departure + 1 hari`."""

import re
from typing import Any, Literal

from pydantic import model_serializer

from sop_flows.declarations.declared import DeclaredAsText

Anchor = Literal["arrival", "departure"]

_WRITTEN = re.compile(r"(arrival|departure)(?: ([+-]) (\d+) hari)?")


class Offset(DeclaredAsText):
    """So many calendar days after (or, negative, before) arrival or departure."""

    anchor: Anchor
    days: int = 0

    @classmethod
    def parts_of(cls, text: str) -> dict[str, Any]:
        """Fields of `arrival - 21 hari`. Raises ValueError for anything else."""
        written = _WRITTEN.fullmatch(text)
        if written is None:
            raise ValueError(
                f"{text!r} is no date; write it like 'arrival', 'arrival - 21 hari' or 'departure + 1 hari'"
            )
        anchor, sign, days = written.groups()
        return {"anchor": anchor, "days": int(f"{sign}{days}") if days else 0}

    @model_serializer
    def __str__(self) -> str:
        if not self.days:
            return self.anchor
        return f"{self.anchor} {'+' if self.days > 0 else '-'} {abs(self.days)} hari"
