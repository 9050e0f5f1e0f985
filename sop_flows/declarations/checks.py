"""What no single part of a file can see: order of steps, names that must exist elsewhere in it."""

import re
from collections.abc import Iterator

from sop_flows.declarations.links import unknown_role
from sop_flows.declarations.marked_yaml import Path, Problem
from sop_flows.declarations.sop import Sop, Step
from sop_flows.declarations.unit import Unit


def sop_problems(sop: Sop) -> Iterator[Problem]:
    """What is wrong within one SOP."""
    if not sop.starts:
        yield Problem(("starts",), "no start; write at least '- by_hand: true'")
    if sop.emergency and sop.clock == "kerja":
        yield Problem(("emergency",), "an emergency does not wait for office hours; its clock is kalender")
    for key in ("ends_services", "closes_subject"):
        if getattr(sop, key) and sop.subject != "case":
            yield Problem((key,), f"{key} is for a SOP of a case; the subject of this one is {sop.subject}")
    if not sop.asked_steps:
        yield Problem(("steps",), "no step is asked")
    decided = [index for index, step in enumerate(sop.steps) if step.decision is not None]
    for index in decided[1:]:
        yield Problem(
            ("steps", index, "decision"), f"a SOP has one decision; step {sop.steps[decided[0]].step} has it"
        )
    yield from _step_order_problems(sop)


def _step_order_problems(sop: Sop) -> Iterator[Problem]:
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
    for path, code in _roles_named(unit):
        if code not in unit.roles:
            yield Problem(path, unknown_role(code, unit))
    names = [dormitory.name for dormitory in unit.dormitories]
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Problem(("dormitories", index, "name"), f"dormitory {name!r} stands twice")
    for word in unit.synonyms:
        if re.fullmatch(r"[a-z]+", word) is None:
            yield Problem(("synonyms", word), f"{word!r} is no word in small letters, such as 'demam'")
    yield from _date_problems(unit)


def _roles_named(unit: Unit) -> Iterator[tuple[Path, str]]:
    """Where unit.yaml names a role."""
    for code, role in unit.roles.items():
        if role.head is not None:
            yield ("roles", code, "head"), role.head
    for index, stand_in in enumerate(unit.stand_ins):
        yield ("stand_ins", index, "role"), stand_in.role
        yield ("stand_ins", index, "acts_for"), stand_in.acts_for
    for index, code in enumerate(unit.sections):
        yield ("sections", index), code
    for code in unit.guide.roles:
        yield ("guide", "roles", code), code
    if unit.case is not None:
        yield ("case", "keeper"), unit.case.keeper
        for code in unit.case.known_to_heads_of:
            yield ("case", "known_to_heads_of"), code


def _date_problems(unit: Unit) -> Iterator[Problem]:
    dates = unit.sop_dates
    for earlier, later in (("created", "revised"), ("revised", "effective")):
        if getattr(dates, later) < getattr(dates, earlier):
            yield Problem(
                ("sop_dates", later),
                f"{later} {getattr(dates, later)} is before {earlier} {getattr(dates, earlier)}",
            )
    seasons = unit.calendar.seasons
    for index, season in enumerate(seasons):
        for other in seasons[:index]:
            if season.first_on <= other.last_on and other.first_on <= season.last_on:
                what = f"season {season.name!r} has days in common with {other.name!r}"
                yield Problem(("calendar", "seasons", index), what)
