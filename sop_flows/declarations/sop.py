"""One SOP: its facts, when it starts, its steps in the order of work."""

import hashlib
import json
from functools import cached_property
from typing import Annotated, Literal

from pydantic import StringConstraints, ValidationInfo, field_validator

from sop_flows.declarations.declared import SOP_NUMBER, Declared, Text
from sop_flows.declarations.offset import Offset
from sop_flows.declarations.start import Start
from sop_flows.declarations.step import Step

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
    def asked_steps(self) -> tuple[Step, ...]:
        """The steps somebody has to confirm; milestones are left out."""
        return tuple(step for step in self.steps if step.asked)

    @cached_property
    def chained_steps(self) -> tuple[Step, ...]:
        """The asked steps that open one after the other; recurring and `beside` ones open by themselves."""
        return tuple(step for step in self.asked_steps if not step.opens_by_itself)

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
