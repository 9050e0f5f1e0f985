"""The unit of the year: our pack with a calendar that has everything, and officers of every role."""

from dataclasses import replace
from datetime import date
from functools import cache

from sop_flows.declarations.hours import ClosingDays, Hours, Season
from sop_flows.declarations.loader import Pack
from tests.support.institution import Home
from tests.support.packs import real_pack

FASTING = Hours.parse("08.00-15.00, istirahat 12.00-12.30")


@cache
def pack_of_the_year() -> Pack:
    """Ramadan hours, a half day, and a week of the unit's own between Indonesia's holidays."""
    ours = real_pack()
    calendar = ours.unit.calendar.model_copy(
        update={
            "half_days": {date(2026, 12, 24): Hours.parse("08.00-12.00")},
            "seasons": (
                Season(
                    name="Ramadan",
                    first_on=date(2027, 2, 8),
                    last_on=date(2027, 3, 8),
                    hours={"senin": FASTING, "selasa": FASTING, "rabu": FASTING, "kamis": FASTING},
                ),
            ),
            "closing_days": (
                ClosingDays(name="Libur semester", first_on=date(2027, 6, 21), last_on=date(2027, 6, 25)),
            ),
        }
    )
    return replace(ours, unit=ours.unit.model_copy(update={"calendar": calendar}))


def people(home: Home) -> None:
    """A house of ordinary size: some sections have one officer, some several; Kirana has nobody beside her."""
    home.everyone()
    home.officer("Citra", "penyantunan")
    home.officer("Ani", "perawat")
    home.officer("Lestari", head="bimbingan")
    home.officer("Lina", head="peksos")
    home.officer("Umar", "tu", admin=True)
