"""When a SOP starts."""

from typing import ClassVar, Self

from pydantic import NonNegativeInt, model_validator

from sop_flows.declarations.declared import Declared, Text
from sop_flows.declarations.duration import Duration
from sop_flows.declarations.offset import Offset


class Start(Declared):
    """One way in which a SOP starts; a SOP may have several. Exactly one of `at`, `after`, `flagged_in`, `by_hand`."""

    example: ClassVar[str] = "'- at: arrival' or '- after: 9.2.01'"

    at: Offset | None = None
    after: Text | None = None
    """number of the SOP that has to be finished"""
    after_step: NonNegativeInt | None = None
    """only this step of it"""
    when: tuple[Text, ...] = ()
    """only when the decision in `after` was one of these"""
    later: Duration | None = None
    """so long after it, in calendar days or months"""
    flagged_in: Text | None = None
    """for each child that is flagged in this SOP"""
    by_hand: bool = False

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        ways = [self.at is not None, self.after is not None, self.flagged_in is not None, self.by_hand]
        if sum(ways) != 1:
            raise ValueError("a start has exactly one of: at, after, flagged_in, by_hand")
        if self.after is None:
            for key, given in (("after_step", self.after_step), ("when", self.when), ("later", self.later)):
                if given not in (None, ()):
                    raise ValueError(f"{key} needs after, the SOP that it is about")
        if self.later is not None and (self.later.unit == "jam" or self.later.amount_max is not None):
            raise ValueError(f"later is so many days or months, like '1 bulan', not '{self.later}'")
        if self.when and self.after_step is not None:
            raise ValueError("when is about the decision of a whole SOP; it can't go with after_step")
        return self
