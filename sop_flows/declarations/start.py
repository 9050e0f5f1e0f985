"""When a SOP starts."""

from typing import Self

from pydantic import NonNegativeInt, model_validator

from sop_flows.declarations.declared import Declared, Text
from sop_flows.declarations.offset import Offset


class Start(Declared):
    """One way in which a SOP starts; a SOP may have several. Exactly one of `at`, `after`, `flagged_in`, `by_hand`."""

    at: Offset | None = None
    after: Text | None = None  # number of the SOP that has to be finished
    after_step: NonNegativeInt | None = None  # only this step of it
    flagged_in: Text | None = None  # for each child that is flagged in this SOP
    by_hand: bool = False

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        ways = [self.at is not None, self.after is not None, self.flagged_in is not None, self.by_hand]
        if sum(ways) != 1:
            raise ValueError("a start has exactly one of: at, after, flagged_in, by_hand")
        if self.after_step is not None and self.after is None:
            raise ValueError("after_step needs after, the SOP that the step is of")
        return self
