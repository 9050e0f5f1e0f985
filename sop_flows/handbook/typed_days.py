"""Days as people type them: "kemarin", "20 desember", "20/12", "senin". Pure: today is passed in."""

import re
from datetime import date, datetime, timedelta
from typing import Any, Literal, cast

Prefer = Literal["past", "future"]

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
