"""What a unit says of incidents: what is told in the quiet hours, too."""

from typing import Annotated

from pydantic import StringConstraints

from sop_flows.declarations.declared import Declared, Text

DEGREES = r"^(3[4-9]|4[0-3])(\.\d)?$"


class IncidentRules(Declared):
    """An incident of a child goes to who looks after it; in the quiet hours only what can't wait."""

    grave_words: tuple[Text, ...] = ("gawat",)
    """words in a report that can't wait until the morning"""
    grave_from: Annotated[str, StringConstraints(pattern=DEGREES)] = "39.5"
    """a temperature, in degrees Celsius, from which it can't wait"""

    @property
    def grave_tenths(self) -> int:
        """That temperature in tenths of a degree."""
        return round(float(self.grave_from) * 10)
