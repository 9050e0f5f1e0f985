"""Office hours for tests: Monday to Thursday 08-12 and 13-16, Friday 08-11.30 and 13.30-16, WITA (UTC+8)."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime

from sop_flows.calendar.dates import OfficeHours
from sop_flows.declarations.hours import CalendarFile, ClosingDays, Hours, Season

ORDINARY = "08.00-16.00, istirahat 12.00-13.00"
FRIDAY = "08.00-16.00, istirahat 11.30-13.30"


def calendar_file(
    half_days: Mapping[date, str] | None = None,
    seasons: tuple[Season, ...] = (),
    closing_days: tuple[ClosingDays, ...] = (),
) -> CalendarFile:
    """The ordinary week, with half days, seasons and closing days as wanted."""
    week = {"senin": ORDINARY, "selasa": ORDINARY, "rabu": ORDINARY, "kamis": ORDINARY, "jumat": FRIDAY}
    return CalendarFile.model_validate(
        {"hours": week, "half_days": half_days or {}, "seasons": seasons, "closing_days": closing_days}
    )


def office(
    half_days: Mapping[date, str] | None = None,
    seasons: tuple[Season, ...] = (),
    added: Mapping[date, str] | None = None,
    removed: Collection[date] = (),
    closing_days: tuple[ClosingDays, ...] = (),
) -> OfficeHours:
    """An office in Mataram."""
    return OfficeHours(calendar_file(half_days, seasons, closing_days), "Asia/Makassar", added or {}, removed)


def ramadan(first_on: date, last_on: date) -> Season:
    """A season with shorter Mondays only."""
    return Season(
        name="Ramadan",
        first_on=first_on,
        last_on=last_on,
        hours={"senin": Hours.parse("08.00-15.00, istirahat 12.00-12.30")},
    )


def utc(text: str) -> datetime:
    """`2026-11-20 01.30` -> that instant in UTC."""
    return datetime.strptime(text, "%Y-%m-%d %H.%M").replace(tzinfo=UTC)


def wita(text: str) -> datetime:
    """`2026-11-20 09.30` on a clock in Mataram -> the instant in UTC; eight hours are typed out, not looked up."""
    return datetime.strptime(f"{text} +0800", "%Y-%m-%d %H.%M %z").astimezone(UTC)
