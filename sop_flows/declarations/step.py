"""One step of a SOP."""

from typing import Annotated, Literal, Self

from pydantic import NonNegativeInt, StringConstraints, model_validator

from sop_flows.declarations.declared import Declared, Text
from sop_flows.declarations.duration import Duration
from sop_flows.declarations.form import Form
from sop_flows.declarations.offset import Offset
from sop_flows.declarations.timing import ChooseDate, Every, Remind

# start and end are the rows with the terminators of the document: milestones, shown and not asked,
# unless a "+" says that they carry work of their own. blank: the document leaves the activity empty.
Kind = Literal["start", "start+", "do", "end", "end+", "blank"]

PROMPT_MAX = 160  # characters; more does not fit a card on a phone together with its checklist

Prompt = Annotated[str, StringConstraints(max_length=PROMPT_MAX)]


class Step(Declared):
    """A step as the document has it (number, activity, executors, standard time) and as Pandu asks for it."""

    step: NonNegativeInt
    printed: str | None = None  # the number in print where it is another; "" where the document prints none
    activity: str
    prompt: Prompt = ""  # ours: a short, polite imperative; only milestones have none
    short: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    executors: tuple[Text, ...]
    executor_inferred: bool = False  # the document does not say who; it follows from the steps around
    standard: Duration | None = None
    kind: Kind
    requires: tuple[Text, ...] = ()
    output: Text | None = None
    record: Form | None = None
    per: Literal["child", "flagged child"] | None = None
    entry_after: NonNegativeInt | None = None  # a child's entry opens when its entry in that step is done
    beside: bool = False  # opens with the run, whatever its neighbours
    every: Every | None = None
    remind: tuple[Remind, ...] = ()
    target: Offset | None = None  # when we want it done, where the document gives no time
    opens: Offset | None = None
    due: Offset | None = None
    choose_date: ChooseDate | None = None
    ticks: tuple[Text, ...] = ()  # what is ticked on the card of one occurrence: pagi, siang, malam

    @property
    def asked(self) -> bool:
        """Whether somebody has to confirm it."""
        return self.kind in ("do", "start+", "end+")

    @property
    def opens_by_itself(self) -> bool:
        """Whether it opens by its own rule, not when the step before it is done."""
        return self.beside or self.every is not None

    @property
    def has_own_time(self) -> bool:
        """Whether a rule of its own says when it is due, so that the target of the SOP is not for it."""
        return any((self.standard, self.target, self.due, self.every, self.choose_date))

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if not self.executors:
            raise ValueError(f"step {self.step} has no executor")
        if len(set(self.executors)) < len(self.executors):
            raise ValueError(f"step {self.step} names an executor twice")
        times = {
            "standard": self.standard,
            "due": self.due,
            "every": self.every,
            "choose_date": self.choose_date,
        }
        said = [name for name, value in times.items() if value is not None]
        # The document gives 9.2.03 step 4 a standard time, yet it is the arrival itself: a date of its own wins.
        if len(said) > 1 and said != ["standard", "due"]:
            raise ValueError(
                f"step {self.step} has both {said[0]} and {said[1]}; only one can say when it is due"
            )
        if self.asked and not self.prompt:
            raise ValueError(f"step {self.step} is asked (kind {self.kind}) and has no prompt")
        asks = [self.record, self.per, self.entry_after, self.every, self.choose_date]
        if not self.asked and (
            self.remind or self.ticks or self.beside or any(part is not None for part in asks)
        ):
            raise ValueError(
                f"step {self.step} is a milestone (kind {self.kind}): it asks, records and reminds nothing"
            )
        if self.entry_after is not None and self.per is None:
            raise ValueError(f"step {self.step} has entry_after, but no entries: it lacks per")
        if self.per is not None and len(self.executors) > 1:
            raise ValueError(f"step {self.step} is a roll (per: {self.per}) and can have one executor only")
        return self
