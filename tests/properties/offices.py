"""Calendars at random: half days, seasons such as Ramadan, closing days of the unit's own, decrees."""

from datetime import date, timedelta

from hypothesis import strategies as st

from sop_flows.calendar.dates import OfficeHours
from sop_flows.declarations.hours import WEEKDAYS, CalendarFile, ClosingDays, Hours, Season
from sop_flows.declarations.loader import load_pack
from sop_flows.packs import find_pack

PACK = load_pack(find_pack("rppsa_putra_utama"))
HALF = Hours.parse("08.00-12.00")
SHORT = Hours.parse("08.00-15.00, istirahat 12.00-12.30")

days = st.dates(date(2026, 6, 1), date(2029, 6, 30))  # three turns of the year


@st.composite
def calendars(draw: st.DrawFn) -> CalendarFile:
    """Our ordinary week, and what interrupts it."""
    seasons, closing = [], []
    if draw(st.booleans()):
        first = draw(days)
        last = first + timedelta(days=draw(st.integers(0, 35)))
        shorter = draw(st.sets(st.sampled_from(WEEKDAYS)))
        hours = dict.fromkeys(shorter, SHORT)
        seasons.append(Season(name="Ramadan", first_on=first, last_on=last, hours=hours))
    for first in draw(st.lists(days, max_size=3)):
        last = first + timedelta(days=draw(st.integers(0, 14)))
        closing.append(ClosingDays(name="Libur unit", first_on=first, last_on=last))
    return PACK.unit.calendar.model_copy(
        update={
            "half_days": dict.fromkeys(draw(st.sets(days, max_size=4)), HALF),
            "seasons": tuple(seasons),
            "closing_days": tuple(closing),
        }
    )


@st.composite
def some_offices(draw: st.DrawFn) -> OfficeHours:
    """An office in Mataram with one of them, and with what decrees add and take away."""
    added = dict.fromkeys(draw(st.sets(days, max_size=4)), "Cuti daerah")
    removed = draw(st.sets(days, max_size=4))
    return OfficeHours(draw(calendars()), "Asia/Makassar", added, removed)
