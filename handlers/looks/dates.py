"""Days and times as people say and type them (locale id, the unit's zone)."""

import re
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, Literal, cast

from babel.dates import format_date

from handlers.looks.wording import LOCALE, _, ngettext

Prefer = Literal["past", "future"]


def date_words(on: date) -> str:
    """ "Senin, 23 November 2026"."""
    return format_date(on, "EEEE, d MMMM y", locale=LOCALE)


def short_date_words(on: date, today: date | None = None) -> str:
    """ "Senin 23 Nov"; with the year when it is another year than today's."""
    pattern = "EEEE d MMM" if today is None or today.year == on.year else "EEEE d MMM y"
    return format_date(on, pattern, locale=LOCALE)


def brief_day_words(on: date) -> str:
    """ "1 Des", where there is little room."""
    return format_date(on, "d MMM", locale=LOCALE)


def plain_date_words(on: date, today: date | None = None) -> str:
    """ "2 Desember"; with the year when it is another year than today's."""
    pattern = "d MMMM" if today is not None and today.year == on.year else "d MMMM y"
    return format_date(on, pattern, locale=LOCALE)


def day_words(on: date, today: date) -> str:
    """ "hari ini", "besok", "kemarin", else "Senin, 23 November 2026"."""
    near = {0: _("today"), 1: _("tomorrow"), 2: _("the day after tomorrow"), -1: _("yesterday")}
    return near.get((on - today).days) or date_words(on)


def clock_words(at: datetime, zone: tzinfo) -> str:
    """ "16.00", local."""
    return at.astimezone(zone).strftime("%H.%M")


def near_day_words(on: date, today: date) -> str:
    """ "hari ini", "besok", else "Senin 23 Nov": for a button."""
    near = {0: _("today"), 1: _("tomorrow"), 2: _("the day after tomorrow"), -1: _("yesterday")}
    return near.get((on - today).days) or short_date_words(on, today)


def due_words(at: datetime, now: datetime, zone: tzinfo) -> str:
    """ "hari ini, 16.00" or "Senin, 23 November 2026, 16.00"."""
    day = at.astimezone(zone).date()
    return f"{day_words(day, now.astimezone(zone).date())}, {clock_words(at, zone)}"


def moment_words(at: datetime, now: datetime, zone: tzinfo) -> str:
    """When something was done: "tadi pukul 10.15", "kemarin pukul 10.15", "2 Desember pukul 10.15"."""
    day, today = at.astimezone(zone).date(), now.astimezone(zone).date()
    clock = clock_words(at, zone)
    if day == today:
        return _("earlier today at {clock}").format(clock=clock)
    if (today - day).days == 1:
        return _("yesterday at {clock}").format(clock=clock)
    return _("on {day} at {clock}").format(day=plain_date_words(day, today), clock=clock)


def stamp_words(at: datetime, now: datetime, zone: tzinfo) -> str:
    """ "2 Desember 10.42", for a line that says who and when."""
    local = at.astimezone(zone)
    return f"{plain_date_words(local.date(), now.astimezone(zone).date())} {clock_words(at, zone)}"


def days_words(count: int) -> str:
    """ "2 hari"."""
    return ngettext("{count} day", "{count} days", count).format(count=count)


_NEAR = {
    "hari ini": 0, "sekarang": 0, "tadi": 0, "tadi pagi": 0, "today": 0,
    "kemarin": -1, "kemaren": -1, "kmrn": -1, "tadi malam": -1, "yesterday": -1,
    "kemarin lusa": -2, "kemarin dulu": -2, "selumbari": -2,
    "besok": 1, "esok": 1, "bsk": 1, "tomorrow": 1, "lusa": 2,
}  # fmt: skip
_WEEKDAYS = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")
_MONTHS = ("jan", "feb", "mar", "apr", "mei", "jun", "jul", "agu", "sep", "okt", "nov", "des")
_OTHER_MONTHS = {"ags": 8, "agt": 8, "nop": 11, "pebr": 2, "peb": 2, "may": 5, "aug": 8, "oct": 10, "dec": 12}
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NUMBERS = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})(?:\s*[/.\-]\s*(\d{2}|\d{4}))?")
_WRITTEN = re.compile(r"(?:tanggal |tgl\.? )?(\d{1,2})\s+([a-z]+)\.?(?:\s+(\d{4}))?")
_BARE = re.compile(r"(?:tanggal |tgl\.? )?(\d{1,2})")
_COUNTS = ("satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh")
_AGO = re.compile(rf"(\d{{1,2}}|{'|'.join(_COUNTS)}) hari (?:yang )?(lalu|lagi)")
_WEEK = re.compile(
    r"(?:minggu|seminggu|pekan|sepekan) (?:yang )?(lalu|depan|lagi)"
)  # "hari minggu lalu" is a Sunday
_WEEKDAY = re.compile(rf"(?:hari )?({'|'.join(_WEEKDAYS)})(?: (?:yang )?(lalu|depan|ini))?")


def parse_day(text: str, today: date, prefer: Prefer = "past") -> date | None:
    """The day that an officer typed, None when it is no day.

    Args:
        text: "kemarin", "20 desember", "20/12", "senin", "27", "minggu lalu", "2026-12-20".
        today: the local date.
        prefer: a day without a year (or a weekday) is the last one ("past": work done) or the coming one.
    """
    words = re.sub(r"\s+", " ", text.strip().lower().replace("jum'at", "jumat").replace("ahad", "minggu"))
    words = re.sub(r"\byg\b", "yang", words)
    words = re.sub(rf"^(?:hari )?(?:{'|'.join(_WEEKDAYS)}),? (?=\d)", "", words)
    if words in _NEAR:
        return today + timedelta(days=_NEAR[words])
    if match := _WEEK.fullmatch(words):
        return today + timedelta(days=-7 if match[1] == "lalu" else 7)
    if match := _WEEKDAY.fullmatch(words):
        return _weekday(_WEEKDAYS.index(match[1]), today, match[2] or "", prefer)
    if match := _AGO.fullmatch(words):
        days = _COUNTS.index(match[1]) + 1 if match[1] in _COUNTS else int(match[1])
        return today + timedelta(days=-days if match[2] == "lalu" else days)
    if match := _ISO.fullmatch(words):
        return _real(int(match[1]), int(match[2]), int(match[3]))
    if match := _NUMBERS.fullmatch(words):
        return _with_year(int(match[1]), int(match[2]), match[3], today, prefer)
    if (match := _WRITTEN.fullmatch(words)) and (month := _month(match[2])):
        return _with_year(int(match[1]), month, match[3], today, prefer)
    if match := _BARE.fullmatch(words):
        return _nearest_day(int(match[1]), today, prefer)
    return _by_dateparser(words, today, prefer)


def _month(word: str) -> int | None:
    if len(word) < 3:
        return None
    if word[:3] in _MONTHS:
        return _MONTHS.index(word[:3]) + 1
    return _OTHER_MONTHS.get(word[:4]) or _OTHER_MONTHS.get(word[:3])


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _with_year(day: int, month: int, year: str | None, today: date, prefer: Prefer) -> date | None:
    if year is not None:
        return _real(int(year) + (2000 if len(year) == 2 else 0), month, day)
    this = _real(today.year, month, day)
    if this is None:
        return None
    # In December "3 januari" is next year's when something is planned; a day just gone stays this year's,
    # so that the answer names the mistake ("sudah lewat") instead of jumping a year ahead.
    if prefer == "future" and (today - this).days > 180:
        return _real(today.year + 1, month, day)
    if prefer == "past" and (this - today).days > 180:
        return _real(today.year - 1, month, day)
    return this


def _weekday(wanted: int, today: date, which: str, prefer: Prefer) -> date:
    """ "senin lalu" typed on a Monday is a week ago, "senin" of work done is today."""
    if which == "lalu":
        return today - timedelta(days=(today.weekday() - wanted) % 7 or 7)
    if which == "depan" or prefer == "future":
        return today + timedelta(days=(wanted - today.weekday()) % 7 or 7)
    return today - timedelta(days=(today.weekday() - wanted) % 7)


def _nearest_day(day: int, today: date, prefer: Prefer) -> date | None:
    step = -1 if prefer == "past" else 1
    for days in range(62):
        candidate = today + timedelta(days=step * days)
        if candidate.day == day:
            return candidate
    return None


def _by_dateparser(words: str, today: date, prefer: Prefer) -> date | None:
    """Looser writing. Words without a digit are left alone: dateparser finds days in ordinary sentences."""
    if len(words) > 40 or not any(letter.isdigit() for letter in words) or words.replace(",", "").isdigit():
        return None
    import dateparser  # slow to import, seldom needed

    settings: dict[str, Any] = {
        "DATE_ORDER": "DMY",
        "PREFER_DATES_FROM": prefer,
        "RELATIVE_BASE": datetime(today.year, today.month, today.day, 12),  # noqa: DTZ001 - dateparser's own naive base
        "STRICT_PARSING": True,
    }
    found = dateparser.parse(words, languages=["id", "en"], settings=cast("Any", settings))
    return found.date() if found is not None else None
