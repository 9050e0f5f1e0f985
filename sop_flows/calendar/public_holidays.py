"""Indonesia's holidays and cuti bersama, from the `holidays` package."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import holidays

COUNTRY = "ID"
CATEGORIES = ("public", "government")  # cuti bersama are in "government"
YEARS_KEPT = 200  # far more than anybody plans in; a property test wanders


@lru_cache(maxsize=YEARS_KEPT)
def holidays_of(year: int) -> Mapping[date, str]:
    """Dates and Indonesian names of one year.

    Asked for year by year: the package's own object fills itself on demand, which two threads at once may see
    half done.
    """
    found = holidays.country_holidays(COUNTRY, years=year, categories=CATEGORIES, language="id", expand=False)
    return dict(found.items())


def has_joint_leave(year: int) -> bool:
    """Whether the package already knows the cuti bersama of `year`; they are decreed a year ahead."""
    return any(name.startswith("Cuti Bersama") for name in holidays_of(year).values())
