"""One SOP: its facts, when it starts, its steps in the order of work, and their standard time."""

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    GetJsonSchemaHandler,
    NonNegativeInt,
    PositiveInt,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from sop_flows.declarations.decision import Decision
from sop_flows.declarations.declared import SOP_NUMBER, Declared, DeclaredAsText, Text
from sop_flows.declarations.form import ROWS, SENT, Field, Form
from sop_flows.declarations.offset import Offset
from sop_flows.declarations.requirement import Requirement
from sop_flows.declarations.timing import ChooseDate, Event, Every, Remind

# --- standard time ----------------------------------------------------------------------------------------------


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


# --- when a SOP starts ------------------------------------------------------------------------------------------


# What the opening of a case asks and a start may depend on: in_house, the child is in the house; not_at_school, it goes
# to no school and is old enough (school_age of unit.yaml).
ChildFact = Literal["in_house", "not_at_school"]


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
    child: ChildFact | None = None
    """of a case: only when this is so of the child; asked at the opening, and it can become so later"""

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


# --- a step -----------------------------------------------------------------------------------------------------


# start and end are the rows with the terminators of the document: milestones, shown and not asked,
# unless a "+" says that they carry work of their own. blank: the document leaves the activity empty; it is
# asked all the same.
Kind = Literal["start", "start+", "do", "end", "end+", "blank"]

FIRST_DUE_MAX = 27  # days; a first note comes before the question of the first month

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
    per: Literal["child", "flagged child", "school", "kabupaten"] | None = None
    entry_after: NonNegativeInt | None = None
    """a child's entry opens when its entry in that step is done"""
    beside: bool = False
    """opens with the run, whatever its neighbours"""
    every: Every | None = None
    first_due: Duration | None = None
    """of what goes on and takes dated notes: the first one is asked for so long after it opened, like a standard time"""
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
    sees: tuple[Text, ...] = ()
    """SOPs (numbers) whose records of a child its executors may read: they speak with the family about it"""
    executor_may: Literal["roster"] | None = None
    """whoever does it may put children on the list of the angkatan, too, by a button of the card"""
    reports_to: Text | None = None
    """the role that reads what is reported with it, and accepts it"""
    afterwards: bool = False
    """it can still be done when the children have left: a report, a call to the family"""

    @property
    def asked(self) -> bool:
        """Whether somebody has to confirm it."""
        return self.kind in ("do", "start+", "end+", "blank")

    @property
    def running(self) -> bool:
        """Whether it runs for months beside its neighbours ("berjalan"): a line of a monthly card, not a task."""
        return self.asked and self.standard is not None and self.standard.is_months_range

    @property
    def asked_meanwhile(self) -> bool:
        """Whether it is asked about while it goes on: its first note, or month by month whether it still runs."""
        return self.first_due is not None or (self.running and self.every is not None)

    @property
    def is_roll(self) -> bool:
        """Whether it has an entry for each child."""
        return self.per in ("child", "flagged child")

    @property
    def is_by_origin(self) -> bool:
        """Whether it is recorded once for each school, or for each Kab/Kota of the schools."""
        return self.per in ("school", "kabupaten")

    @property
    def weighs(self) -> bool:
        """Whether it is a weigh-in: weights are kept in a table of their own."""
        return self.record is not None and self.record.is_weighing

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
    def outlasts_the_stay(self) -> bool:
        """Whether it can still be done when the children have left: said so, or due on the departure or later."""
        on = self.due or self.target
        return self.afterwards or (on is not None and on.anchor == "departure" and on.days + on.months >= 0)

    @property
    def reason(self) -> Field | None:
        """The text that says why it was proposed, at a decision that asks for it."""
        if self.decision is None or self.record is None:
            return None
        return next((field for field in self.record.fields if field.kind == "text"), None)

    @property
    def form_style(self) -> Literal["line", "asked"]:
        """How its record is asked: question by question at a step that is not a roll."""
        return "asked" if self.record is None or not self.is_roll else self.record.style

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
        # What goes on until a date keeps the time that is printed, of its first visit (SOP 9.1.35 step 4).
        twice_said = said in (["standard", "due"], ["standard", "lasting"])
        if len(said) > 1 and not twice_said and not (said == ["standard", "every"] and monthly):
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
            *(self.event, self.lasting, self.first_due, self.reports_to),
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
        if self.entry_after is not None and not self.is_roll:
            raise ValueError(f"step {self.step} has entry_after, but no entries: it lacks per")
        if self.per is not None and self.reports_to is not None:
            raise ValueError(f"step {self.step} is per: {self.per}; reports_to is of a step done once")
        if self.per is not None and len(self.executors) > 1:
            raise ValueError(f"step {self.step} is a roll (per: {self.per}) and can have one executor only")
        return self

    @model_validator(mode="after")
    def _asks_for_a_first_note(self) -> Self:
        if self.first_due is None:
            return self
        if self.first_due.unit != "hari" or self.first_due.is_zero or self.first_due.amount_max is not None:
            raise ValueError(f"step {self.step}: first_due is so many days, like '1 hari'")
        if self.first_due.amount > FIRST_DUE_MAX:
            raise ValueError(
                f"step {self.step}: first_due is at most {FIRST_DUE_MAX} hari; then it is monthly"
            )
        if self.record is None or self.record.ask != "log":
            raise ValueError(f"step {self.step} has first_due, but takes no notes; its record needs ask: log")
        if not self.running and self.lasting is None:
            raise ValueError(
                f"step {self.step} has first_due, but does not go on; it needs lasting, or 3-6 bulan"
            )
        return self

    @model_validator(mode="after")
    def _records_what_per_means(self) -> Self:
        form = self.record
        if self.is_by_origin and (form is None or form.flag or form.every_rest):
            raise ValueError(f"step {self.step} is per: {self.per}; it needs a record, without flag and rest")
        if self.is_by_origin and self.every is not None:
            raise ValueError(f"step {self.step} is per: {self.per}; that is recorded once, without every")
        if form is not None and form.effect == "handed_over" and self.per is not None:
            raise ValueError(
                f"step {self.step}: effect handed_over is of one child; leave out per: {self.per}"
            )
        if form is not None and form.effect in ("roll_call", "selection") and self.per != "child":
            raise ValueError(f"step {self.step}: effect {form.effect} is of children; write per: child")
        counted = form is not None and any(field.proposal in ("boys", "girls") for field in form.fields)
        if counted and not self.is_by_origin:
            raise ValueError(f"step {self.step} counts boys or girls; write per: school or per: kabupaten")
        return self

    @model_validator(mode="after")
    def _can_be_typed_in_a_line(self) -> Self:
        if not self.is_roll or self.record is None or self.record.style != "line":
            return self
        for field in self.record.fields:
            if field.kind in (*SENT, *ROWS):
                raise ValueError(
                    f"step {self.step}: '{field.key}' is a {field.kind}, which no line can hold; write style: asked"
                )
        return self

    @model_validator(mode="after")
    def _can_be_asked_after(self) -> Self:
        if self.record is None or self.record.ask == "before":
            return self
        if self.per is not None or self.decision is not None:
            raise ValueError(
                f"step {self.step}: a record of a roll or a decision is what is done; ask: before"
            )
        if any(requirement.check == "form" for requirement in self.requires):
            raise ValueError(f"step {self.step}: check: form is about what is asked first, not after")
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


# --- the SOP ----------------------------------------------------------------------------------------------------


NUMBER_MAX = 20  # characters; buttons carry it
TITLE_MAX = 160  # characters; the longest of the document has 94

SopNumber = Annotated[str, StringConstraints(pattern=SOP_NUMBER, max_length=NUMBER_MAX)]
Clock = Literal["kerja", "kalender"]  # office working time, calendar time


class UnknownStepError(LookupError):
    """A SOP has no step of this number."""

    def __init__(self, sop: str, step: int) -> None:
        super().__init__(f"SOP {sop} has no step {step}")
        self.sop = sop
        self.step = step


class Sop(Declared):
    """A SOP of a pack. Equal files make equal `digest`s, whatever their layout and comments."""

    number: SopNumber
    title: Annotated[Text, StringConstraints(max_length=TITLE_MAX)]
    program: Text
    """one of those that unit.yaml lists under phases"""
    phase: Text
    subject: Literal["cohort", "child", "case", "school"]
    clock: Clock
    same_steps_as: SopNumber | None = None
    """the SOP that this one was written as a difference from"""
    emergency: bool = False
    starts: tuple[Start, ...]
    qualification: Text | None = None
    equipment: tuple[Text, ...] = ()
    obstacles: tuple[Text, ...] = ()
    target: Offset | None = None
    """for its steps without a time of their own"""
    steps: tuple[Step, ...]
    oddities: tuple[Text, ...] = ()
    """what is odd in the document and kept as it is printed"""
    ends_services: bool = False
    """when its run is done, the running steps of the case are closed"""
    closes_subject: bool = False
    """when its run is done, the case is closed"""

    @field_validator("steps")
    @classmethod
    def _inherit_target(cls, steps: tuple[Step, ...], info: ValidationInfo) -> tuple[Step, ...]:
        target = info.data.get("target")
        if target is None:
            return steps
        return tuple(
            step.model_copy(update={"target": target}) if step.asked and not step.has_own_time else step
            for step in steps
        )

    def step(self, number: int) -> Step:
        """The step of this number.

        Raises:
            UnknownStepError: there is none.
        """
        for step in self.steps:
            if step.step == number:
                return step
        raise UnknownStepError(self.number, number)

    @cached_property
    def follows_the_stay(self) -> bool:
        """Whether it begins after the departure: aftercare (SOP 9.1.18, 9.1.19)."""
        starts = (one.at for one in self.starts if one.at is not None)
        return any(at.anchor == "departure" and at.days + at.months > 0 for at in starts)

    @cached_property
    def asked_steps(self) -> tuple[Step, ...]:
        """The steps somebody has to confirm; milestones are left out."""
        return tuple(step for step in self.steps if step.asked)

    @cached_property
    def chained_steps(self) -> tuple[Step, ...]:
        """The asked steps that open one after the other; recurring and `beside` ones open by themselves."""
        return tuple(step for step in self.asked_steps if not step.opens_by_itself)

    @cached_property
    def gated(self) -> Mapping[int, tuple[int, ...]]:
        """The chained steps before which some are done `beside`, each with the steps that have to be closed before it
        opens: those, and the chained one before it (SOP 9.1.20 step 6)."""
        found: dict[int, tuple[int, ...]] = {}
        before: tuple[int, ...] = ()
        for step in self.chained_steps:
            beside = tuple(
                one.step
                for one in self.asked_steps
                if one.beside and not one.running and one.every is None and one.step < step.step
            )
            if beside:
                found[step.step] = (*beside, *before)
            before = (step.step,)
        return found

    @cached_property
    def read_by(self) -> frozenset[str]:
        """The roles to which its steps report."""
        return frozenset(step.reports_to for step in self.steps if step.reports_to is not None)

    @cached_property
    def hands_over(self) -> bool:
        """Whether the child of a case leaves at one of its steps (SOP 9.1.35 step 2)."""
        return any(step.record is not None and step.record.effect == "handed_over" for step in self.steps)

    @cached_property
    def decision_step(self) -> Step | None:
        """The step whose outcome other SOPs start on, if there is one."""
        return next((step for step in self.steps if step.decision is not None), None)

    @cached_property
    def choosing_step(self) -> Step | None:
        """The step at which the day of the run's event, or of itself, is chosen; None: no day is."""
        chosen = (step for step in self.asked_steps if step.event is not None or step.choose_date is not None)
        return next(chosen, None)

    @cached_property
    def outcomes(self) -> tuple[str, ...]:
        """What may be decided in this SOP; empty without a decision."""
        return () if self.decision_step is None else self.decision_step.outcomes

    def next_asked_after(self, step: Step | int) -> Step | None:
        """The chained step that opens when `step` (or its number) is done, None after the last."""
        number = step if isinstance(step, int) else step.step
        return next((later for later in self.chained_steps if later.step > number), None)

    @cached_property
    def source(self) -> str:
        """The SOP as normalised JSON; `load_sop_text` reads it back. Defaults are left out, so that a new
        field of a later version does not change the digest of a SOP that does not use it."""
        said = self.model_dump(mode="json", exclude_defaults=True)
        return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of `source`, hexadecimal."""
        return hashlib.sha256(self.source.encode()).hexdigest()
