"""BMI-for-age (IMT/U) by WHO 2007, for children of 5 to 19 years, with the words of Permenkes 2/2020."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

HEIGHTS_CM = (60.0, 200.0)  # what is outside is no height of a child
FIVE_YEARS_DAYS = 1856  # up to this day of life the tables for younger children apply (WHO 2006)
HEIGHT_KEY = "tinggi"  # of the field of a form that asks for the height in cm

Nutrition = Literal["severely thin", "thin", "good", "overweight", "obese"]


@dataclass(frozen=True)
class BmiForAge:
    """Attributes:
    bmi: kg/m2, rounded to 0.1.
    z: standard deviations from the median of the age, rounded to 0.01.
    """

    bmi: Decimal
    z: Decimal

    @property
    def nutrition(self) -> Nutrition:
        """What that is called: below -3, below -2, up to +1, up to +2, above."""
        if self.z < -3:
            return "severely thin"
        if self.z < -2:
            return "thin"
        if self.z <= 1:
            return "good"
        return "overweight" if self.z <= 2 else "obese"


def height_in(values: dict[str, object]) -> float | None:
    """The height in cm that a form recorded; None without one that can be."""
    said = values.get(HEIGHT_KEY)
    if isinstance(said, bool) or not isinstance(said, int | float):
        return None
    return float(said) if HEIGHTS_CM[0] <= said <= HEIGHTS_CM[1] else None


def bmi_for_age(sex: str, born_on: date, on: date, weight_g: int, height_cm: float) -> BmiForAge | None:
    """BMI-for-age on a day; None below 5 years and a month, above 19 years, and of a BMI that can't be.

    Args:
        sex: "L" or "P".
    """
    from pygrowup import Observation
    from pygrowup.exceptions import PyGrowUpException

    metres = Decimal(str(height_cm)) / 100
    bmi = Decimal(weight_g) / 1000 / (metres * metres)
    seen = Observation(
        sex=Observation.MALE if sex == "L" else Observation.FEMALE, dob=born_on, date_of_observation=on
    )
    if seen.t <= FIVE_YEARS_DAYS:
        return None
    try:
        z = seen.bmi_for_age(bmi)
    except PyGrowUpException:
        return None
    return BmiForAge(bmi.quantize(Decimal("0.1")), z)
