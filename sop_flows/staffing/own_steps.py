"""Which steps of an SOP are an officer's own, by role or as a stand-in."""

from collections.abc import Collection
from dataclasses import dataclass

from sop_flows.declarations.sop import Sop
from sop_flows.declarations.step import Step
from sop_flows.declarations.unit import Unit


@dataclass(frozen=True)
class OwnStep:
    """Why a step is the officer's: with `role`, one of its executors, or by standing in for `acts_for`."""

    role: str
    acts_for: str | None = None


def own_step(unit: Unit, roles: Collection[str], sop: Sop, step: Step) -> OwnStep | None:
    """Why the step is done by somebody with these roles, None when it is not (a milestone is nobody's)."""
    if not step.asked:
        return None
    for executor in step.executors:
        if executor in roles:
            return OwnStep(executor)
    for stand_in in unit.stand_ins:
        if (
            stand_in.role in roles
            and stand_in.acts_for in step.executors
            and stand_in.covers(sop.number, step.step)
        ):
            return OwnStep(stand_in.role, stand_in.acts_for)
    return None


def own_steps(unit: Unit, roles: Collection[str], sop: Sop) -> dict[int, OwnStep]:
    """The steps of an SOP that somebody with these roles does, by number, in order."""
    found = {step.step: own_step(unit, roles, sop, step) for step in sop.steps}
    return {number: own for number, own in found.items() if own is not None}


def stand_ins_at(unit: Unit, sop: Sop, step: Step) -> tuple[str, ...]:
    """Roles that may do the step in an executor's place."""
    return tuple(
        stand_in.role
        for stand_in in unit.stand_ins
        if stand_in.acts_for in step.executors and stand_in.covers(sop.number, step.step)
    )
