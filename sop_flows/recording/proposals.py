"""What Pandu can work out for a roll, so that the officer only says yes: numbers, groups, dormitories, parents."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil

from sop_flows.declarations.unit import Dormitory

GROUP_SIZE = 10  # children whom one social worker guides; the last groups are smaller, never larger
GROUP_NAME = "Kelompok {number}"

# Columns of the roster that answer a field with `proposal: parents`.
ROSTER_COLUMNS = {"orang_tua": "parent_name", "telepon": "phone", "alamat": "address"}


@dataclass(frozen=True)
class Place:
    """A child as far as a proposal needs it: no name."""

    child_id: int
    number: int
    sex: str
    school: str


def in_sequence(children: Iterable[Place], taken: Iterable[int]) -> dict[int, int]:
    """Numbers in the order of the children's own, going on after the highest one taken (9.2.05 step 3)."""
    first = max(taken, default=0) + 1
    ordered = sorted(children, key=lambda child: child.number)
    return {child.child_id: first + place for place, child in enumerate(ordered)}


def in_groups(
    children: Sequence[Place], placed: Mapping[int, str] | None = None, among: int = 0
) -> dict[int, str]:
    """Groups in which every school and sex is represented in proportion (9.2.06 step 2).

    Children of one school and sex are dealt out one group after the other, and the next school goes on where
    the last stopped: sizes differ by one at most, and so does the share of every school and sex.

    Args:
        children: those who have no group yet.
        placed: groups already given, by child; their sizes are evened out.
        among: how many children there are altogether; 0: these.
    """
    count = max(1, ceil(max(among, len(children)) / GROUP_SIZE))
    names = [GROUP_NAME.format(number=number) for number in range(1, count + 1)]
    size = Counter(dict.fromkeys(names, 0))
    size.update(name for name in (placed or {}).values() if name in names)
    answer: dict[int, str] = {}
    turn = 0
    for _stratum, members in groupby(sorted(children, key=_by_stratum), key=lambda c: (c.school, c.sex)):
        for child in members:
            smallest = min(size[name] for name in names)
            while size[names[turn % count]] > smallest:
                turn += 1
            name = names[turn % count]
            answer[child.child_id] = name
            size[name] += 1
            turn += 1
    return answer


def _by_stratum(child: Place) -> tuple[str, str, int]:
    return child.school, child.sex, child.number


def in_dormitories(
    children: Sequence[Place], houses: Sequence[Dormitory], placed: Iterable[str] = ()
) -> dict[int, str]:
    """A house of the child's own sex with a free place, schoolmates together (9.2.06 step 3).

    Houses of one sex are filled in proportion to their capacity. Children for whom there is no place are left out.
    """
    used = Counter(placed)
    answer: dict[int, str] = {}
    for sex in ("L", "P"):
        mine = sorted((child for child in children if child.sex == sex), key=_by_stratum)
        rooms = [
            (institution.name, max(0, institution.capacity - used[institution.name]))
            for institution in houses
            if institution.sex == sex
        ]
        free = sum(places for _name, places in rooms)
        left = mine[:free]
        for name, places in rooms:
            if not left or not places:
                free -= places
                continue
            share = min(places, ceil(len(left) * places / free))
            answer.update({child.child_id: name for child in left[:share]})
            left, free = left[share:], free - places
    return answer


def dormitories_for(sex: str, houses: Sequence[Dormitory]) -> tuple[str, ...]:
    """The names of the houses of this sex."""
    return tuple(institution.name for institution in houses if institution.sex == sex)
