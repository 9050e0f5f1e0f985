"""Weights as officers type them: read, doubted, proposed. Expected values are typed by hand."""

import pytest

from sop_flows.declarations.unit import AgeLimits, WeightLimits
from sop_flows.recording.weights import (
    Pair,
    doubt_about,
    parse_message,
    parse_weight,
    read_pair,
    torn_weight,
    without_heights,
)

LIMITS = WeightLimits(min_g=10_000, max_g=80_000, change_g=3_000)


@pytest.mark.parametrize(
    ("typed", "grams"),
    [
        ("23,5", 23_500),
        ("23.5", 23_500),  # Babel would read 235 here
        ("23,5 kg", 23_500),
        ("23,5kg", 23_500),
        ("23.50", 23_500),
        (" 23 ", 23_000),
        ("23,", 23_000),
        ("23,55", 23_550),
        ("23 kilo", 23_000),
        ("23500 gram", 23_500),
        ("235", 235_000),  # not guessed: asked back
        ("9,8", 9_800),
    ],
)
def test_a_weight_is_read_with_comma_or_point(typed: str, grams: int) -> None:
    assert parse_weight(typed) == grams


@pytest.mark.parametrize(
    "typed", ["", "dua lima", "23,5,1", "-23", "23 5", "23,5 cm", "2350,5", "23,5555", "kg"]
)
def test_what_is_no_weight_is_not_guessed(typed: str) -> None:
    assert parse_weight(typed) is None


@pytest.mark.parametrize(
    ("line", "number", "grams"),
    [
        ("12 23,5", 12, 23_500),
        ("012 23.5", 12, 23_500),
        ("012: 23,5 kg", 12, 23_500),
        ("No. 12 23,5", 12, 23_500),
        ("no 012 = 23,5", 12, 23_500),
        ("#12 23", 12, 23_000),
        ("12. 23,5", 12, 23_500),
        ("12 - 23,5", 12, 23_500),
        ("001  24.9 kg", 1, 24_900),
    ],
)
def test_a_line_may_begin_with_the_childs_number(line: str, number: int, grams: int) -> None:
    (read,) = parse_message(line)
    assert (read.number, read.weight_g, read.trouble) == (number, grams, None)


def test_each_line_of_a_message_stands_for_itself() -> None:
    read = parse_message("1 23,5\n\n2 dua lima\n30\nhalo\n1 24\n3 25,1")
    assert [(one.number, one.weight_g, one.trouble) for one in read] == [
        (1, 23_500, None),
        (None, None, "not_a_weight"),
        (None, None, "no_number"),  # several lines: by number only
        (None, None, "not_a_weight"),
        (1, 24_000, "twice"),
        (3, 25_100, None),
    ]


def test_a_single_bare_number_needs_no_childs_number() -> None:
    (read,) = parse_message("23,5")
    assert (read.number, read.weight_g, read.trouble) == (None, 23_500, None)


@pytest.mark.parametrize(("typed", "grams"), [("23 5", 23_500), ("23 5 kg", 23_500)])
def test_a_space_may_stand_for_the_comma(typed: str, grams: int) -> None:
    assert torn_weight(typed) == grams


@pytest.mark.parametrize("typed", ["12 23", "12 23,5", "5 5", "23,5"])
def test_number_and_weight_are_not_one_torn_weight(typed: str) -> None:
    assert torn_weight(typed) is None


@pytest.mark.parametrize(
    ("grams", "last_g"),
    [(24_900, 24_300), (27_300, 24_300), (21_300, 24_300), (52_000, None), (10_000, None), (80_000, None)],
)
def test_an_ordinary_weight_is_believed(grams: int, last_g: int | None) -> None:
    assert doubt_about(grams, last_g, LIMITS) is None


@pytest.mark.parametrize(
    ("grams", "last_g", "proposals"),
    [
        (52_000, 25_000, (25_200, 25_000)),  # a lost first digit and comma; swapped digits
        (245_000, None, (24_500,)),  # a forgotten comma
        (245_000, 24_300, (24_500,)),
        (2_490, 24_900, (24_900,)),  # a comma in the wrong place
        (42_500, 24_900, (24_500,)),  # swapped digits
        (30_100, 25_000, ()),  # perhaps it is true
        (27_400, 24_300, (24_700,)),  # swapped digits again
        (9_900, None, ()),
    ],
)
def test_a_doubtful_weight_is_asked_back_with_what_may_be_meant(
    grams: int, last_g: int | None, proposals: tuple[int, ...]
) -> None:
    doubt = doubt_about(grams, last_g, LIMITS)
    assert doubt is not None
    assert doubt.proposals == proposals


@pytest.mark.parametrize(
    ("grams", "may_insist"), [(52_000, True), (245_000, False), (500, False), (200_000, True)]
)
def test_what_no_child_weighs_can_not_be_insisted_on(grams: int, may_insist: bool) -> None:
    doubt = doubt_about(grams, 25_000, LIMITS)
    assert doubt is not None
    assert doubt.recordable is may_insist


AGED = WeightLimits(
    min_g=10_000,
    max_g=80_000,
    change_g=3_000,
    first_by_age=(
        AgeLimits(from_years=8, min_g=14_000, max_g=48_000),
        AgeLimits(from_years=10, min_g=17_000, max_g=63_000),
    ),
)


@pytest.mark.parametrize(
    ("years", "weight_g", "is_asked"),
    [
        (8, 24_000, False),
        (8, 12_000, True),
        (9, 52_000, True),  # the limits of eight hold until those of ten
        (10, 52_000, False),
        (12, 16_000, True),
        (7, 12_000, False),  # younger than the pack knows: its limits for all
        (None, 12_000, False),
    ],
)
def test_a_first_weight_is_compared_with_what_the_age_allows(
    years: int | None, weight_g: int, is_asked: bool
) -> None:
    assert (doubt_about(weight_g, None, AGED.at_age(years)) is not None) == is_asked


def test_limits_that_are_no_range_are_refused() -> None:
    with pytest.raises(ValueError, match="max_g must be larger"):
        WeightLimits(min_g=1, max_g=9, change_g=1, first_by_age=(AgeLimits(from_years=8, min_g=9, max_g=9),))
    twice = AgeLimits(from_years=8, min_g=1, max_g=9)
    with pytest.raises(ValueError, match="each age once"):
        WeightLimits(min_g=1, max_g=9, change_g=1, first_by_age=(twice, twice))


@pytest.mark.parametrize(
    ("typed", "pair"),
    [
        ("23,5 121", Pair(23_500, 121, True, 23)),
        ("23.5 kg 121 cm", Pair(23_500, 121, True, 23)),
        ("23,5; 121,5", Pair(23_500, 121.5, True, 23)),
        ("23 80", Pair(23_000, 80, False, 23)),  # or child 23 weighs 80 kg
        ("121 23,5", Pair(23_500, 121, False, 121)),  # swapped
        ("12 23,5", None),  # child 12
        ("012 121", None),  # a child's code
        ("23,5", None),
        ("001 23,5 121", None),
    ],
)
def test_a_second_number_of_80_or_more_is_a_height(typed: str, pair: Pair | None) -> None:
    assert read_pair(typed) == pair


def test_a_line_by_number_may_end_with_a_height() -> None:
    text, heights = without_heights("001 23,5 121\n002 24,1\n3 25 119 cm")
    assert text == "1 23.5\n002 24,1\n3 25"
    assert heights == {1: 121, 3: 119}
