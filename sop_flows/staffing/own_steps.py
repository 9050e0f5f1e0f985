"""Which steps of an SOP are an officer's own, by role or by a backup role, and which roles are that."""

from collections.abc import Collection
from dataclasses import dataclass

from sop_flows.declarations.sop import Sop
from sop_flows.declarations.step import Step
from sop_flows.declarations.unit import StandIn, Unit


@dataclass(frozen=True)
class OwnStep:
    """Why a step is the officer's: with `role`, one of its executors, or as the backup role of `acts_for`."""

    role: str
    acts_for: str | None = None


def own_step(unit: Unit, roles: Collection[str], sop: Sop, step: Step) -> OwnStep | None:
    """Why the step is done by somebody with these roles, None when it is not (a milestone is nobody's)."""
    if not step.asked:
        return None
    for executor in step.executors:
        if executor in roles:
            return OwnStep(executor)
    for backup in unit.stand_ins:
        if (
            backup.role in roles
            and backup.acts_for in step.executors
            and covers(backup, sop.number, step.step)
        ):
            return OwnStep(backup.role, backup.acts_for)
    return None


def own_steps(unit: Unit, roles: Collection[str], sop: Sop) -> dict[int, OwnStep]:
    """The steps of an SOP that somebody with these roles does, by number, in order."""
    found = {step.step: own_step(unit, roles, sop, step) for step in sop.steps}
    return {number: own for number, own in found.items() if own is not None}


def backup_roles(unit: Unit, executors: Collection[str], sop: str, step: int) -> tuple[str, ...]:
    """The roles that do this step in an executor's place (perawat for penyantunan, on weigh-ins and health)."""
    return tuple(
        backup.role for backup in unit.stand_ins if backup.acts_for in executors and covers(backup, sop, step)
    )


def covers(backup: StandIn, sop: str, step: int) -> bool:
    """Whether the backup role is for that step."""
    return sop in backup.where or f"{sop}/{step}" in backup.where


def backed_up_by(unit: Unit, roles: Collection[str]) -> frozenset[str]:
    """The roles whose steps, some of them, these roles do."""
    return frozenset(backup.acts_for for backup in unit.stand_ins if backup.role in roles)
