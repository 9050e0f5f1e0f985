"""What no single part of a pack can see: order of steps, names that must exist somewhere else."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sop_flows.declarations.marked_yaml import Path
from sop_flows.declarations.sop import Sop
from sop_flows.declarations.start import Start
from sop_flows.declarations.step import Step
from sop_flows.declarations.unit import StandIn, Unit


class Problem(NamedTuple):
    """What is wrong, and where in the file."""

    path: Path
    what: str


def sop_problems(sop: Sop) -> Iterator[Problem]:
    """What is wrong within one SOP."""
    if not sop.starts:
        yield Problem(("starts",), "no start; write at least '- by_hand: true'")
    if sop.emergency and sop.clock == "kerja":
        yield Problem(("emergency",), "an emergency does not wait for office hours; its clock is kalender")
    if not sop.asked_steps:
        yield Problem(("steps",), "no step is asked")
    earlier: dict[int, Step] = {}
    for index, step in enumerate(sop.steps):
        at: Path = ("steps", index)
        if step.step in earlier:
            yield Problem((*at, "step"), f"step {step.step} stands twice")
        elif earlier and step.step != max(earlier) + 1:
            yield Problem((*at, "step"), f"step {step.step} is out of order; {max(earlier) + 1} comes here")
        if step.entry_after is not None and (
            step.entry_after not in earlier or earlier[step.entry_after].per != step.per
        ):
            what = (
                f"entry_after {step.entry_after}: no earlier step of that number has an entry per {step.per}"
            )
            yield Problem((*at, "entry_after"), what)
        earlier[step.step] = step


def unit_problems(unit: Unit) -> Iterator[Problem]:
    """What is wrong within unit.yaml."""
    for code, role in unit.roles.items():
        if role.head is not None and role.head not in unit.roles:
            yield Problem(("roles", code, "head"), _unknown_role(role.head, unit))
    for index, stand_in in enumerate(unit.stand_ins):
        for key in ("role", "acts_for"):
            if (code := getattr(stand_in, key)) not in unit.roles:
                yield Problem(("stand_ins", index, key), _unknown_role(code, unit))
    names = [dormitory.name for dormitory in unit.dormitories]
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Problem(("dormitories", index, "name"), f"dormitory {name!r} stands twice")


def stand_in_problems(stand_in: StandIn, sops: Mapping[str, Sop]) -> Iterator[Problem]:
    """Steps a stand-in is for that do not exist. A SOP that is not in the pack (yet) is passed over."""
    for index, place in enumerate(stand_in.where):
        number, _, step = place.partition("/")
        sop = sops.get(number)
        if sop is not None and step and int(step) not in {known.step for known in sop.steps}:
            yield Problem(("where", index), f"SOP {number} has no step {step}")


def link_problems(sop: Sop, unit: Unit, sops: Mapping[str, Sop]) -> Iterator[Problem]:
    """Names in `sop` that must exist in the unit or in another SOP."""
    yield from _phase_problems(sop, unit)
    for index, start in enumerate(sop.starts):
        yield from _start_problems(start, ("starts", index), sop, sops)
    for index, step in enumerate(sop.steps):
        for position, code in enumerate(step.executors):
            if code not in unit.roles:
                yield Problem(("steps", index, "executors", position), _unknown_role(code, unit))


def _phase_problems(sop: Sop, unit: Unit) -> Iterator[Problem]:
    """A unit that lists its phases means them all: what is misspelt would stand apart in the handbook."""
    if not unit.phases:
        return
    phases = unit.phases.get(sop.program)
    if phases is None:
        known = ", ".join(unit.phases)
        yield Problem(("program",), f"unknown program {sop.program!r}; unit.yaml has phases of {known}")
    elif sop.phase not in phases:
        known = ", ".join(phases)
        yield Problem(("phase",), f"unknown phase {sop.phase!r}; {sop.program} has {known} (unit.yaml)")


def _start_problems(start: Start, at: Path, sop: Sop, sops: Mapping[str, Sop]) -> Iterator[Problem]:
    if start.after is not None:
        if start.after not in sops:
            yield Problem((*at, "after"), f"after {start.after}: there is no such SOP in the pack")
        elif start.after_step is not None:
            other = sops[start.after]
            if start.after_step not in {step.step for step in other.asked_steps}:
                what = f"after_step {start.after_step}: SOP {start.after} has no asked step of that number"
                yield Problem((*at, "after_step"), what)
        elif not start.when and _leads_back(sop.number, start.after, sops):
            yield Problem((*at, "after"), f"after {start.after}: that SOP in turn waits for {sop.number}")
    if start.flagged_in is not None:
        flagging = sops.get(start.flagged_in)
        if flagging is None:
            yield Problem(
                (*at, "flagged_in"), f"flagged_in {start.flagged_in}: there is no such SOP in the pack"
            )
        elif not any(step.record is not None and step.record.flag is not None for step in flagging.steps):
            what = f"flagged_in {start.flagged_in}: no step of that SOP flags a child (record: flag)"
            yield Problem((*at, "flagged_in"), what)


def _leads_back(number: str, after: str, sops: Mapping[str, Sop]) -> bool:
    """Whether following `after` comes round to `number`: never started, or started again without end."""
    seen: set[str] = set()
    waiting = [after]
    while waiting:
        current = waiting.pop()
        if current == number:
            return True
        if current in seen or current not in sops:
            continue
        seen.add(current)
        waiting += [
            start.after for start in sops[current].starts if start.after is not None and not start.when
        ]
    return False


def _unknown_role(code: str, unit: Unit) -> str:
    return f"unknown role {code!r}; unit.yaml has {', '.join(unit.roles)}"
