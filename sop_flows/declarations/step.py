"""One step of a SOP."""

from typing import Annotated, Literal, Self

from pydantic import NonNegativeInt, StringConstraints, model_validator

from sop_flows.declarations.decision import Decision
from sop_flows.declarations.declared import Declared, Text
from sop_flows.declarations.duration import Duration
from sop_flows.declarations.form import Form
from sop_flows.declarations.offset import Offset
from sop_flows.declarations.requirement import Requirement
from sop_flows.declarations.timing import ChooseDate, Event, Every, Remind

# start and end are the rows with the terminators of the document: milestones, shown and not asked,
# unless a "+" says that they carry work of their own. blank: the document leaves the activity empty; it is
# asked all the same.
Kind = Literal["start", "start+", "do", "end", "end+", "blank"]

PROMPT_MAX = 160  # characters; more does not fit a card on a phone together with its checklist

ACTIVITY_MAX = 1_000  # characters; the longest of the document has 198

Prompt = Annotated[str, StringConstraints(max_length=PROMPT_MAX)]


class Step(Declared):
    """A step as the document has it (number, activity, executors, standard time) and as Pandu asks for it."""

    step: NonNegativeInt
    printed: str | None = None
    """the number in print where it is another; "" where the document prints none"""
    activity: Annotated[str, StringConstraints(max_length=ACTIVITY_MAX)]
    prompt: Prompt = ""
    """ours: a short, polite imperative; only milestones have none"""
    short: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    executors: tuple[Text, ...]
    executor_inferred: bool = False
    """the document does not say who; it follows from the steps around"""
    standard: Duration | None = None
    kind: Kind
    requires: tuple[Requirement, ...] = ()
    output: Text | None = None
    record: Form | None = None
    decision: Decision | None = None
    """several roles decide, by a choice of the record"""
    per: Literal["child", "flagged child"] | None = None
    entry_after: NonNegativeInt | None = None
    """a child's entry opens when its entry in that step is done"""
    beside: bool = False
    """opens with the run, whatever its neighbours"""
    every: Every | None = None
    remind: tuple[Remind, ...] = ()
    target: Offset | None = None
    """when we want it done, where the document gives no time"""
    opens: Offset | None = None
    due: Offset | None = None
    lasting: Offset | None = None
    """it goes on until that day, and is due then"""
    until: Offset | None = None
    """of a milestone that stands for all days until then; shown only"""
    choose_date: ChooseDate | None = None
    event: Event | None = None
    """whoever does it chooses the day of the run's event"""
    ticks: tuple[Text, ...] = ()
    """what is ticked on the card of one occurrence: pagi, siang, malam"""

    @property
    def asked(self) -> bool:
        """Whether somebody has to confirm it."""
        return self.kind in ("do", "start+", "end+", "blank")

    @property
    def running(self) -> bool:
        """Whether it runs for months beside its neighbours ("berjalan"): a line of a monthly card, not a task."""
        return self.asked and self.standard is not None and self.standard.is_months_range

    @property
    def weighs(self) -> bool:
        """Whether it is a weigh-in: its only field is a weight, kept in a table of its own."""
        return self.record is not None and [field.kind for field in self.record.fields] == ["weight"]

    @property
    def opens_by_itself(self) -> bool:
        """Whether it opens by its own rule, not when the step before it is done."""
        return self.beside or (self.every is not None and self.every.days is not None)

    @property
    def outcomes(self) -> tuple[str, ...]:
        """What may be decided at this step; empty without a decision."""
        if self.decision is None or self.record is None:
            return ()
        return next(field.choices for field in self.record.fields if field.key == self.decision.field)

    @property
    def form_style(self) -> Literal["line", "asked"]:
        """How its record is asked: question by question at a step that is not a roll."""
        return "asked" if self.record is None or self.per is None else self.record.style

    @property
    def standard_time(self) -> int | str:
        """What the document prints: 0, "1 hari", "3-6 bulan", "-" where it gives none, a week of the stay."""
        if self.choose_date is not None:
            return str(self.choose_date)
        if self.standard is None:
            return "-"
        return 0 if self.standard.is_zero else str(self.standard)

    @property
    def has_own_time(self) -> bool:
        """Whether a rule of its own says when it is due, so that the target of the SOP is not for it."""
        return any((self.standard, self.target, self.due, self.lasting, self.every, self.choose_date))

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if not self.executors:
            raise ValueError(f"step {self.step} has no executor")
        if len(set(self.executors)) < len(self.executors):
            raise ValueError(f"step {self.step} names an executor twice")
        times = {
            "standard": self.standard,
            "due": self.due,
            "lasting": self.lasting,
            "every": self.every,
            "choose_date": self.choose_date,
        }
        said = [name for name, value in times.items() if value is not None]
        # The document gives 9.2.03 step 4 a standard time, yet it is the arrival itself: a date of its own wins.
        # A step of 3-6 bulan is asked about every month.
        monthly = self.running and self.every is not None and self.every.months is not None
        if len(said) > 1 and said != ["standard", "due"] and not (said == ["standard", "every"] and monthly):
            raise ValueError(
                f"step {self.step} has both {said[0]} and {said[1]}; only one can say when it is due"
            )
        if self.asked and not self.prompt:
            raise ValueError(f"step {self.step} is asked (kind {self.kind}) and has no prompt")
        if self.every is not None and self.every.months is not None and not monthly:
            raise ValueError(f"step {self.step} repeats by months; it needs a standard such as '3-6 bulan'")
        if self.asked and self.standard is not None and self.standard.is_zero:
            raise ValueError(f"step {self.step} is asked (kind {self.kind}); standard: 0 is for milestones")
        if self.kind == "blank" and self.activity:
            raise ValueError(f"step {self.step} is blank, but has an activity; its kind is do")
        asks = [
            *(self.record, self.decision, self.per, self.entry_after, self.every, self.choose_date),
            *(self.event, self.lasting),
        ]
        if not self.asked and (
            self.remind or self.ticks or self.beside or any(part is not None for part in asks)
        ):
            raise ValueError(
                f"step {self.step} is a milestone (kind {self.kind}): it asks, records and reminds nothing"
            )
        if self.until is not None and self.asked:
            raise ValueError(
                f"step {self.step} is asked; until is for milestones, every has an until of its own"
            )
        if any(requirement.check == "form" for requirement in self.requires) and self.record is None:
            raise ValueError(f"step {self.step} has a requirement with check: form, but no record")
        if self.entry_after is not None and self.per is None:
            raise ValueError(f"step {self.step} has entry_after, but no entries: it lacks per")
        if self.per is not None and len(self.executors) > 1:
            raise ValueError(f"step {self.step} is a roll (per: {self.per}) and can have one executor only")
        return self

    @model_validator(mode="after")
    def _can_be_typed_in_a_line(self) -> Self:
        if self.per is None or self.record is None or self.record.style != "line":
            return self
        for field in self.record.fields:
            if field.kind in ("location", "photo", "people"):
                raise ValueError(
                    f"step {self.step}: '{field.key}' is a {field.kind}, which no line can hold; write style: asked"
                )
        return self

    @model_validator(mode="after")
    def _can_be_decided(self) -> Self:
        if self.decision is None:
            return self
        asked = {} if self.record is None else {field.key: field.kind for field in self.record.fields}
        if asked.get(self.decision.field) != "choice":
            raise ValueError(
                f"decision: the record of step {self.step} has no choice with the key {self.decision.field!r}"
            )
        if self.decision.proposes not in self.executors:
            raise ValueError(f"decision: {self.decision.proposes!r} proposes, but is no executor of the step")
        if self.per is not None:
            raise ValueError(f"step {self.step} is a roll (per: {self.per}); a decision is made once")
        return self
