"""BMI-for-age against the tables that WHO prints (BMI-for-age 5-19 years, z-scores, WHO Reference 2007)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from sop_flows.recording.growth import bmi_for_age, height_in

# Months; BMI at -3, -2, -1, 0, +1, +2, +3 SD as printed, with one decimal.
BOYS = {
    61: (12.1, 13.0, 14.1, 15.3, 16.6, 18.3, 20.2),
    96: (12.4, 13.3, 14.4, 15.7, 17.4, 19.7, 22.8),
    120: (12.8, 13.7, 14.9, 16.4, 18.5, 21.4, 26.1),
    144: (13.4, 14.5, 15.8, 17.5, 19.9, 23.6, 30.0),
}
GIRLS = {
    61: (11.8, 12.7, 13.9, 15.2, 16.9, 18.9, 21.3),
    96: (11.9, 12.9, 14.1, 15.7, 17.7, 20.6, 24.8),
    120: (12.4, 13.5, 14.8, 16.6, 19.0, 22.6, 28.4),
    144: (13.2, 14.4, 16.0, 18.0, 20.8, 25.0, 31.9),
}
PRINTED = [
    (sex, months, place - 3, bmi)
    for sex, table in (("L", BOYS), ("P", GIRLS))
    for months, row in table.items()
    for place, bmi in enumerate(row)
]
BORN = date(2016, 12, 1)


def on(months: int) -> date:
    """So many months after the birth."""
    return BORN + timedelta(days=round(months * 365.25 / 12))


def z_of(sex: str, months: int, bmi: float) -> Decimal:
    """At a height of one metre the weight in kilograms is the BMI."""
    found = bmi_for_age(sex, BORN, on(months), round(bmi * 1000), 100)
    assert found is not None
    return found.z


@pytest.mark.parametrize(("sex", "months", "z", "bmi"), PRINTED)
def test_it_agrees_with_the_printed_tables(sex: str, months: int, z: int, bmi: float) -> None:
    # A printed value is rounded to 0.1, so the line itself lies within half of that on either side.
    assert z_of(sex, months, bmi - 0.06) <= z <= z_of(sex, months, bmi + 0.06)


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
