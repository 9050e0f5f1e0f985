"""Proposals: numbers in order, groups in proportion, dormitories by sex and capacity."""

from collections import Counter

import pytest

from sop_flows.declarations.unit import Dormitory
from sop_flows.recording.proposals import Place, dormitories_for, in_dormitories, in_groups, in_sequence

HOUSES = (
    Dormitory(name="Melati", sex="P", capacity=3),
    Dormitory(name="Mawar", sex="P", capacity=3),
    Dormitory(name="Rinjani", sex="L", capacity=4),
)


def children(count: int, schools: int = 5) -> list[Place]:
    """Boys and girls in turn, spread over schools."""
    return [
        Place(
            child_id=100 + number,
            number=number,
            sex="L" if (number // schools) % 2 else "P",
            school=f"SDN {number % schools}",
        )
        for number in range(1, count + 1)
    ]


def test_numbers_go_on_after_the_highest_one_taken() -> None:
    some = [Place(7, 3, "L", "SDN 1"), Place(5, 1, "P", "SDN 1")]
    assert in_sequence(some, []) == {5: 1, 7: 2}
    assert in_sequence(some, [40, 12]) == {5: 41, 7: 42}


def test_sixty_children_make_six_groups_of_ten() -> None:
    sizes = Counter(in_groups(children(60)).values())
    assert sorted(sizes.items()) == [(f"Kelompok {n}", 10) for n in range(1, 7)]


def test_every_school_and_sex_is_spread_over_the_groups() -> None:
    all_of_them = children(60)
    groups = in_groups(all_of_them)
    for what in ("school", "sex"):
        for value in {getattr(child, what) for child in all_of_them}:
            counts = Counter(groups[c.child_id] for c in all_of_them if getattr(c, what) == value)
            assert max(counts.values()) - min(counts.values()) <= 1


def test_groups_given_by_hand_are_evened_out() -> None:
    some = children(20)
    placed = {child.child_id: "Kelompok 1" for child in some[:8]}
    rest = in_groups(some[8:], placed, among=20)
    sizes = Counter([*placed.values(), *rest.values()])
    assert sizes == {"Kelompok 1": 10, "Kelompok 2": 10}


def test_a_dormitory_is_for_one_sex_and_never_overfull() -> None:
    girls = [Place(n, n, "P", "SDN 1") for n in range(1, 6)]
    boys = [Place(n, n, "L", "SDN 2") for n in range(11, 14)]
    houses = in_dormitories([*girls, *boys], HOUSES)
    assert Counter(houses[n] for n in range(1, 6)) == {"Melati": 3, "Mawar": 2}
    assert {houses[n] for n in range(11, 14)} == {"Rinjani"}


def test_who_finds_no_place_is_left_out() -> None:
    boys = [Place(n, n, "L", "SDN 1") for n in range(1, 8)]
    assert sorted(in_dormitories(boys, HOUSES)) == [1, 2, 3, 4]
    assert sorted(in_dormitories(boys, HOUSES, placed=["Rinjani", "Rinjani"])) == [1, 2]


def test_schoolmates_sleep_in_one_house() -> None:
    girls = [Place(n, n, "P", "SDN A" if n % 2 else "SDN B") for n in range(1, 7)]
    houses = in_dormitories(girls, HOUSES)
    assert {houses[n] for n in (1, 3, 5)} == {"Melati"}
    assert {houses[n] for n in (2, 4, 6)} == {"Mawar"}


@pytest.mark.parametrize(("sex", "names"), [("P", ("Melati", "Mawar")), ("L", ("Rinjani",))])
def test_houses_are_offered_by_sex(sex: str, names: tuple[str, ...]) -> None:
    assert dormitories_for(sex, HOUSES) == names
