"""Names in one file that must exist in another: roles, phases, SOPs and their steps and outcomes."""

from collections.abc import Iterator, Mapping

from sop_flows.declarations.described import near_numbers
from sop_flows.declarations.marked_yaml import Path, Problem
from sop_flows.declarations.near import did_you_mean
from sop_flows.declarations.sop import Sop, Start, Step
from sop_flows.declarations.unit import StandIn, Unit


def link_problems(sop: Sop, unit: Unit, sops: Mapping[str, Sop]) -> Iterator[Problem]:
    """Names in `sop` that must exist in the unit or in another SOP."""
    yield from _phase_problems(sop, unit)
    if sop.subject == "case" and unit.case is None:
        yield Problem(
            ("subject",), "a SOP of a case, but unit.yaml has no 'case:' with codes, max_age and categories"
        )
    for index, start in enumerate(sop.starts):
        if start in sop.starts[:index]:
            yield Problem(("starts", index), "the same start stands twice")
        yield from _start_problems(start, ("starts", index), sop, sops)
    for index, step in enumerate(sop.steps):
        yield from _role_problems(step, ("steps", index), unit)
        yield from _dormitory_problems(step, ("steps", index), unit)
        yield from _reader_problems(step, ("steps", index), unit)


def stand_in_problems(stand_in: StandIn, sops: Mapping[str, Sop]) -> Iterator[Problem]:
    """Steps a stand-in is for that do not exist. A SOP that is not in the pack (yet) is passed over."""
    for index, place in enumerate(stand_in.where):
        number, _, step = place.partition("/")
        sop = sops.get(number)
        if sop is not None and step and int(step) not in {known.step for known in sop.steps}:
            yield Problem(("where", index), f"SOP {number} has no step {step}")


def unknown_role(code: str, unit: Unit) -> str:
    """The sentence about a role that unit.yaml has not."""
    return f"unknown role {code!r}; unit.yaml has {', '.join(unit.roles)}{did_you_mean(code, unit.roles)}"


def _phase_problems(sop: Sop, unit: Unit) -> Iterator[Problem]:
    """A unit that lists its phases means them all: what is misspelt would stand apart in the handbook."""
    if not unit.phases:
        return
    phases = unit.phases.get(sop.program)
    if phases is None:
        what = f"unknown program {sop.program!r}; unit.yaml has phases of {', '.join(unit.phases)}"
        yield Problem(("program",), what + did_you_mean(sop.program, unit.phases))
    elif sop.phase not in phases:
        what = f"unknown phase {sop.phase!r}; {sop.program} has {', '.join(phases)} (unit.yaml)"
        yield Problem(("phase",), what + did_you_mean(sop.phase, phases))


def _role_problems(step: Step, at: Path, unit: Unit) -> Iterator[Problem]:
    for position, code in enumerate(step.executors):
        if code not in unit.roles:
            yield Problem((*at, "executors", position), unknown_role(code, unit))
    if step.reports_to is not None and step.reports_to not in unit.roles:
        yield Problem((*at, "reports_to"), unknown_role(step.reports_to, unit))
    # Who proposes is one of the executors.
    if step.decision is not None and step.decision.settles not in unit.roles:
        yield Problem((*at, "decision", "settles"), unknown_role(step.decision.settles, unit))


def _reader_problems(step: Step, at: Path, unit: Unit) -> Iterator[Problem]:
    """Roles that may read what others record."""
    if step.record is None:
        return
    for position, code in enumerate(step.record.read_by):
        if code not in unit.roles:
            yield Problem((*at, "record", "read_by", position), unknown_role(code, unit))
    for index, field in enumerate(step.record.fields):
        for position, code in enumerate(field.read_by):
            if code not in unit.roles:
                yield Problem((*at, "record", "fields", index, "read_by", position), unknown_role(code, unit))


def _dormitory_problems(step: Step, at: Path, unit: Unit) -> Iterator[Problem]:
    fields = () if step.record is None else step.record.fields
    for index, field in enumerate(fields):
        if field.proposal == "dormitory" and not field.choices and not unit.dormitories:
            what = (
                f"'{field.key}' proposes a dormitory, but unit.yaml has none; list them under 'dormitories:'"
            )
            yield Problem((*at, "record", "fields", index, "proposal"), what)


def _start_problems(start: Start, at: Path, sop: Sop, sops: Mapping[str, Sop]) -> Iterator[Problem]:
    if start.child is not None and sop.subject != "case":
        yield Problem(
            (*at, "child"), f"child: {start.child} is asked of cases; this SOP is of a {sop.subject}"
        )
    key = "after" if start.after is not None else "flagged_in"
    number: str | None = getattr(start, key)
    if number is None:
        return
    if (other := sops.get(number)) is None:
        near = near_numbers(number, (one for one in sops if one != sop.number))
        what = f"there is no such SOP in the pack{f'; did you mean {near[0]}?' if near else ''}"
        yield Problem((*at, key), f"{key} {number}: {what}")
    elif key == "after":
        yield from _after_problems(start, at, sop, other)
    elif not any(step.record is not None and step.record.flag is not None for step in other.steps):
        yield Problem((*at, key), f"{key} {number}: no step of that SOP flags a child (record: flag)")
    elif sop.subject != "child":
        what = f"starts a run for each flagged child, but the subject is {sop.subject}; write subject: child"
        yield Problem((*at, key), f"{key} {what}")


def _after_problems(start: Start, at: Path, sop: Sop, other: Sop) -> Iterator[Problem]:
    if (sop.subject == "case") != (other.subject == "case"):
        what = f"after {other.number}: that SOP is of a {other.subject}, this one of a {sop.subject}; it would never start"
        yield Problem((*at, "after"), what)
    asked = [step.step for step in other.asked_steps]
    if start.after_step is not None and start.after_step not in asked:
        what = f"after_step {start.after_step}: SOP {other.number} has no asked step of that number"
        yield Problem((*at, "after_step"), f"{what}; it has {', '.join(str(step) for step in asked)}")
    if start.when and not other.outcomes:
        yield Problem((*at, "when"), f"when: no step of SOP {other.number} has a decision")
        return
    for index, outcome in enumerate(start.when):
        if outcome not in other.outcomes:
            what = f"when {outcome}: SOP {other.number} decides {', '.join(other.outcomes)}"
            yield Problem((*at, "when", index), what + did_you_mean(outcome, other.outcomes))


def twin_problems(sops: Mapping[str, Sop]) -> Iterator[tuple[str, Problem]]:
    """9.2.1 beside 9.2.01: two numbers that people take for the same.

    Yields:
        The number of the SOP, and what is wrong in it.
    """
    seen: dict[tuple[int, ...], str] = {}
    for number in sops:
        parts = tuple(int(part) for part in number.split("."))
        if parts in seen:
            yield number, Problem(("number",), f"{number} is the same number as {seen[parts]}")
        seen.setdefault(parts, number)
