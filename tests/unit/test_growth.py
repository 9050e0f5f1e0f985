"""BMI-for-age against what WHO publishes (Reference 2007, 5 to 19 years).

Girls: SD lines of WHO's expanded table bmi-girls-z-who-2007-exp.xlsx (who.int, "BMI-for-age (5-19 years)"). Boys: reckoned
from L, M and S of WHO's own file bfawho2007.txt, by the formula of "Computation of centiles and z-scores" (WHO 2006, chapter
7; beyond 3 SD in steps of the last one). That file is data-raw/growthstandards/bfawho2007.txt of WHO's R package anthroplus
1.0.0. Of the 914 children of its example survey for whom WHO gives BMI-for-age, none was more than 0.03 SD away: WHO
interpolates between months, we take the nearest.
"""

import hashlib
from datetime import date, timedelta
from decimal import Decimal

import pytest
from pygrowup.tables.by_month.bmifa import DATA

from sop_flows.recording.growth import bmi_for_age, height_in

# Months; BMI at -4, -3, -2, -1, 0, +1, +2, +3, +4 SD.
GIRLS = {
    61: (10.793, 11.770, 12.748, 13.891, 15.244, 16.870, 18.858, 21.340, 23.821),
    96: (10.874, 11.879, 12.884, 14.120, 15.681, 17.730, 20.561, 24.781, 29.001),
    120: (11.285, 12.378, 13.470, 14.838, 16.613, 19.032, 22.570, 28.378, 34.185),
    144: (11.912, 13.151, 14.391, 15.953, 17.997, 20.806, 24.967, 31.910, 38.854),
    168: (12.604, 14.026, 15.448, 17.238, 19.565, 22.731, 27.321, 34.660, 41.999),
}
# Months; L, M, S.
BOYS = {
    61: (-0.7387, 15.2641, 0.08390),
    96: (-1.4629, 15.7368, 0.09526),
    120: (-1.7407, 16.4433, 0.10566),
    144: (-1.7751, 17.5334, 0.11522),
    168: (-1.6211, 19.0050, 0.12191),
}
ROWS_OF_WHO = "9f0acdd371be320e3919334c2abe81e4da268e5a0da0822baea63353b7c06e89"  # SHA-256 of bfawho2007.txt, months 61 to 228
BORN = date(2016, 12, 1)


def line(z: int, skew: float, median: float, spread: float) -> float:
    """The BMI at a whole z."""
    if abs(z) > 3:
        two, three = (line(side * z // abs(z), skew, median, spread) for side in (2, 3))
        return three + (three - two) * (abs(z) - 3)
    return float(median * (1 + skew * spread * z) ** (1 / skew))


PUBLISHED = [
    *(("P", months, z, bmi) for months, row in GIRLS.items() for z, bmi in enumerate(row, start=-4)),
    *(("L", months, z, line(z, *lms)) for months, lms in BOYS.items() for z in range(-4, 5)),
]


def on(months: int) -> date:
    """So many months after the birth."""
    return BORN + timedelta(days=round(months * 365.25 / 12))


@pytest.mark.parametrize(("sex", "months", "z", "bmi"), PUBLISHED)
def test_it_agrees_with_what_who_publishes(sex: str, months: int, z: int, bmi: float) -> None:
    # At a height of one metre the weight in kilograms is the BMI; a published one is rounded to a gram.
    found = bmi_for_age(sex, BORN, on(months), round(bmi * 1000), 100)
    assert found is not None
    assert abs(found.z - z) <= Decimal("0.01")


def test_the_tables_of_the_library_are_those_of_who() -> None:
    rows = [
        f"{number} {month} {row['l']:.4f} {row['m']:.4f} {row['s']:.5f}"
        for number, sex in ((1, "male"), (2, "female"))
        for month, row in sorted(DATA[sex].items())
    ]
    assert len(rows) == 2 * 168
    assert hashlib.sha256("\n".join(rows).encode()).hexdigest() == ROWS_OF_WHO


@pytest.mark.parametrize(
    ("bmi", "words"),
    [(12.0, "severely thin"), (13.2, "thin"), (16.0, "good"), (20.0, "overweight"), (24.0, "obese")],
)
def test_it_is_called_as_the_decree_does(bmi: float, words: str) -> None:
    found = bmi_for_age("L", BORN, on(120), round(bmi * 1000), 100)
    assert found is not None
    assert found.nutrition == words


def test_what_is_no_child_of_school_age_has_none() -> None:
    assert bmi_for_age("L", BORN, on(60), 18_000, 105) is None
    assert bmi_for_age("L", BORN, on(240), 60_000, 170) is None
    assert bmi_for_age("L", BORN, on(120), 200_000, 100) is None


def test_a_height_is_a_number_of_centimetres() -> None:
    assert height_in({"tinggi": 121}) == 121
    assert height_in({"tinggi": 121.5}) == 121.5
    for odd in (12, 900, "121", True, None):
        assert height_in({"tinggi": odd}) is None
    assert height_in({}) is None
