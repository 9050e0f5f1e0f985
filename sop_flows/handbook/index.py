"""How the handbook is laid out: programs, their phases in order, and which SOPs follow which."""

from dataclasses import dataclass

from sop_flows.declarations.loader import Pack
from sop_flows.declarations.sop import Sop


@dataclass(frozen=True)
class Shelf:
    """The SOPs of one phase of a program, in the order of the document."""

    program: str
    phase: str
    sops: tuple[Sop, ...]


def shelves_of(pack: Pack) -> tuple[Shelf, ...]:
    """Every phase that has SOPs, program by program, in the order of unit.yaml; a phase it lacks comes last."""
    by_phase: dict[tuple[str, str], list[Sop]] = {
        (program, phase): [] for program, phases in pack.unit.phases.items() for phase in phases
    }
    for sop in pack.sops.values():
        by_phase.setdefault((sop.program, sop.phase), []).append(sop)
    order = list(dict.fromkeys(program for program, _phase in by_phase))
    shelves = [Shelf(program, phase, tuple(sops)) for (program, phase), sops in by_phase.items() if sops]
    return tuple(sorted(shelves, key=lambda shelf: order.index(shelf.program)))


def programs_of(pack: Pack) -> dict[str, int]:
    """The programs in order, with how many SOPs each has."""
    counts: dict[str, int] = {}
    for shelf in shelves_of(pack):
        counts[shelf.program] = counts.get(shelf.program, 0) + len(shelf.sops)
    return counts


def followers_of(pack: Pack, number: str) -> tuple[Sop, ...]:
    """The SOPs that start because of this one: after it, after a step of it, or for a child flagged in it."""
    return tuple(
        sop
        for sop in pack.sops.values()
        if sop.number != number and any(number in (start.after, start.flagged_in) for start in sop.starts)
    )


def forerunners_of(pack: Pack, sop: Sop) -> tuple[Sop, ...]:
    """The SOPs that this one waits for."""
    named = dict.fromkeys(start.after or start.flagged_in or "" for start in sop.starts)
    return tuple(pack.sops[number] for number in named if number in pack.sops and number != sop.number)
