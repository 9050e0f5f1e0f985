"""Whether every SOP of a pack can start, and none starts another without end."""

from collections.abc import Iterator, Mapping

from sop_flows.declarations.marked_yaml import Problem
from sop_flows.declarations.sop import Sop, Start


def circle_problems(sops: Mapping[str, Sop]) -> Iterator[tuple[str, Problem]]:
    """Circles of starts, each once, at the SOP of it that comes first.

    A start with `when` may lead back: somebody decides each time. Another way into the circle does not mend
    it: it would go round without end.

    Yields:
        The number of the SOP, and what is wrong in it.
    """
    told: set[str] = set()
    for number, sop in sops.items():
        if number in told:
            continue
        circle = _shortest_circle(number, sops)
        if circle is None:
            continue
        told.update(circle)
        index = next(at for at, start in enumerate(sop.starts) if not start.when and start.after == circle[1])
        what = f"a circle of starts: {' after '.join(circle)}; begin one of them otherwise, or with 'when'"
        yield number, Problem(("starts", index, "after"), what)


def unreachable_problems(sops: Mapping[str, Sop]) -> Iterator[tuple[str, Problem]]:
    """SOPs that nothing ever starts, though each of their starts by itself is right.

    Yields:
        The number of the SOP, and what is wrong in it.
    """
    reached: set[str] = set()
    grown = True
    while grown:
        found = {n for n, sop in sops.items() if any(_may_happen(start, reached) for start in sop.starts)}
        grown = found != reached
        reached = found
    for number, sop in sops.items():
        waits_for = sorted({before for start in sop.starts if (before := start.after or start.flagged_in)})
        if number not in reached and waits_for:
            what = f"nothing ever starts this SOP: it waits for {', '.join(waits_for)}, which in turn waits for it"
            if waits_for == [number]:
                what = "nothing ever starts this SOP: it waits only for itself"
            yield number, Problem(("starts",), what)


def _may_happen(start: Start, reached: set[str]) -> bool:
    before = start.after or start.flagged_in
    return before is None or before in reached


def _shortest_circle(number: str, sops: Mapping[str, Sop]) -> tuple[str, ...] | None:
    """1.1 after 1.3 after 1.2 after 1.1: the numbers in that order, the first one again at the end."""
    ways: list[tuple[str, ...]] = [(number,)]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for start in sops[way[-1]].starts:
            before = start.after
            if before is None or start.when or before not in sops:
                continue
            if before == number:
                return (*way, number)
            if before not in seen:
                seen.add(before)
                ways.append((*way, before))
    return None
