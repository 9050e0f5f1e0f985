"""Days and hours as people type them: "kemarin", "20 desember", "20/12", "senin pukul 10". Pure: today is passed in."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Literal

from sop_flows.calendar.moments import EVENING, THIS_AFTERNOON
from sop_flows.calendar.relative import add_months

Prefer = Literal["past", "future"]

YEARS_AHEAD = 5  # how far ahead the two digits of a year may mean one to come where the past is asked for
NOT_LAST_YEARS = (
    180  # days; a day without a year that is further on the wrong side is of the next year, or the last
)

_NEAR = {
    "hari ini": 0, "sekarang": 0, "tadi": 0, "tadi pagi": 0, "today": 0,
    "kemarin": -1, "kemaren": -1, "kmrn": -1, "tadi malam": -1, "semalam": -1, "yesterday": -1,
    "kemarin lusa": -2, "kemarin dulu": -2, "selumbari": -2,
    "besok": 1, "esok": 1, "bsk": 1, "tomorrow": 1, "lusa": 2,
}  # fmt: skip
WEEKDAYS = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")
_MONTHS = ("jan", "feb", "mar", "apr", "mei", "jun", "jul", "agu", "sep", "okt", "nov", "des")
_OTHER_MONTHS = {"ags": 8, "agt": 8, "nop": 11, "pebr": 2, "peb": 2, "may": 5, "aug": 8, "oct": 10, "dec": 12}
_COUNTS = ("satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh")
_PARTS = {"pagi": None, "siang": time(12), "sore": THIS_AFTERNOON, "malam": EVENING}  # without an hour

_COUNT = rf"(\d{{1,2}}|{'|'.join(_COUNTS)}|se)"
_DAY = "|".join(WEEKDAYS)
_YEAR = r"(\d{4}|\d{2})"
_PART = rf"({'|'.join(_PARTS)})"
_HOUR = re.compile(rf"(?:^| )(?:jam|pukul|pkl\.?) ?(\d{{1,2}})(?:[.:](\d\d))?(?: {_PART})?(?: wita)?(?= |$)")
_PART_OF_DAY = re.compile(rf"(?:^| ){_PART}$")
_THIS_PART = re.compile(rf"^(?:nanti {_PART}|{_PART} (?:ini|nanti))$")
_ITS_WEEKDAY = re.compile(rf"(?:hari )?({_DAY}),? (?=(?:tanggal |tgl\.? )?\d)")


@dataclass(frozen=True)
class TypedDay:
    """What somebody typed.

    Attributes:
        day: None where only an hour was typed.
        at: the local time, None where none was typed and for a morning.
        weekday: the weekday typed beside a date that has another one (0 Monday): which is meant has to be asked.
    """

    day: date | None
    at: time | None = None
    weekday: int | None = None


def parse_day(text: str, today: date, prefer: Prefer = "past", since: date | None = None) -> date | None:
    """The day that `read_day` finds; None when there is none, or it contradicts itself."""
    found = read_day(text, today, prefer, since)
    return None if found is None or found.weekday is not None else found.day


def read_day(text: str, today: date, prefer: Prefer = "past", since: date | None = None) -> TypedDay | None:
    """What an officer typed, None when it is no day and no hour.

    Args:
        text: "kemarin sore", "20 desember", "20/12", "senin pukul 10", "27", "2 minggu lagi", "2026-12-20".
        today: the local date.
        prefer: a day without a year (or a weekday) is the last one ("past": work done) or the coming one.
        since: weekdays and days without a year are looked for from this day on, instead of today.
    """
    words = re.sub(r"[’‘ʼ`´]", "'", text.lower()).replace("jum'at", "jumat").replace("ahad", "minggu")
    words = re.sub(r"\byg\b", "yang", " ".join(words.split()))
    at = None
    if match := _HOUR.search(words):
        words = (words[: match.start()] + words[match.end() :]).strip()
        at = _hour(int(match[1]), int(match[2] or 0), match[3])
        if at is None:
            return None
        if not words:
            return TypedDay(None, at)
    if words not in _NEAR and (match := _PART_OF_DAY.search(_THIS_PART.sub(r"hari ini \1\2", words))):
        words = match.string[: match.start()]
        at = at or _PARTS[match[1]]
    weekday = None
    if match := _ITS_WEEKDAY.match(words):
        words, weekday = words[match.end() :], WEEKDAYS.index(match[1])
    for pattern, find in _READERS:
        if (match := pattern.fullmatch(words)) and (day := find(match, today, prefer, since or today)):
            return TypedDay(day, at, weekday if weekday not in (None, day.weekday()) else None)
    return None


def _hour(hour: int, minute: int, part: str | None) -> time | None:
    """ "3 sore" is 15.00, "9 malam" 21.00; "12 malam" belongs to two days."""
    if (hour, part) == (12, "malam"):
        return None
    later = hour < 12 and (part in ("sore", "malam") or (part == "siang" and hour < 6))
    try:
        return time(hour + 12 if later else hour, minute)
    except ValueError:
        return None


def _near(match: re.Match[str], today: date, _prefer: Prefer, _since: date) -> date:
    return today + timedelta(days=_NEAR[match[0]])


def _counted(match: re.Match[str], today: date, _prefer: Prefer, _since: date) -> date:
    """ "2 minggu lagi", "sebulan yang lalu", "bulan depan"."""
    written, unit, way = match.groups()
    count = (
        1 if written in (None, "se") else _COUNTS.index(written) + 1 if written in _COUNTS else int(written)
    )
    count = -count if way == "lalu" else count
    if unit == "bulan":
        return add_months(today, count)
    return today + timedelta(days=count * (1 if unit == "hari" else 7))


def _weekday(match: re.Match[str], today: date, prefer: Prefer, since: date) -> date:
    """ "senin lalu" typed on a Monday is a week ago, "senin" of work done is today."""
    wanted, week, which = WEEKDAYS.index(match[1]), match[2], match[3] or ""
    if week is not None:
        monday = today - timedelta(days=today.weekday())
        return monday + timedelta(days=wanted + {"lalu": -7, "ini": 0, "depan": 7}[which])
    if which == "lalu":
        return since - timedelta(days=(since.weekday() - wanted) % 7 or 7)
    if which == "depan" or prefer == "future":
        return since + timedelta(days=(wanted - since.weekday()) % 7 or 7)
    return since - timedelta(days=(since.weekday() - wanted) % 7)


def _iso(match: re.Match[str], _today: date, _prefer: Prefer, _since: date) -> date | None:
    return _real(int(match[1]), int(match[2]), int(match[3]))


def _dated(match: re.Match[str], _today: date, prefer: Prefer, since: date) -> date | None:
    day, month, year = int(match[1]), _month(match[2]), match[3]
    if month is None:
        return None
    if year is not None:
        return _real(_whole_year(int(year), prefer, since) if len(year) == 2 else int(year), month, day)
    this = _real(since.year, month, day)
    if this is None:
        return None
    # In December "3 januari" is next year's when something is planned; a day just gone stays this year's,
    # so that the answer names the mistake ("sudah lewat") instead of jumping a year ahead.
    if prefer == "future" and (since - this).days > NOT_LAST_YEARS:
        return _real(since.year + 1, month, day)
    if prefer == "past" and (this - since).days > NOT_LAST_YEARS:
        return _real(since.year - 1, month, day)
    return this


def _whole_year(digits: int, prefer: Prefer, since: date) -> int:
    """27 -> 2027; 58 of a day of the past -> 1958."""
    year = since.year // 100 * 100 + digits
    return year - 100 if prefer == "past" and year > since.year + YEARS_AHEAD else year


def _bare(match: re.Match[str], _today: date, prefer: Prefer, since: date) -> date | None:
    step = timedelta(days=-1 if prefer == "past" else 1)
    days = (since + step * days for days in range(62))
    return next((day for day in days if day.day == int(match[1])), None)


def _month(word: str) -> int | None:
    if word.isdigit():
        return int(word)
    if word[:3] in _MONTHS:
        return _MONTHS.index(word[:3]) + 1
    return _OTHER_MONTHS.get(word[:4]) or _OTHER_MONTHS.get(word[:3])


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


_Find = Callable[[re.Match[str], date, Prefer, date], date | None]
_DATE = r"(?:tanggal |tgl\.? )?(\d{1,2})"
# In this order: "minggu lalu" is a week ago, "hari minggu lalu" a Sunday.
_READERS: tuple[tuple[re.Pattern[str], _Find], ...] = (
    (re.compile("|".join(_NEAR)), _near),
    (re.compile(rf"(?:{_COUNT} ?)?(minggu|pekan|bulan) (?:yang )?(lalu|depan|lagi)"), _counted),
    (re.compile(rf"{_COUNT} ?(hari) (?:yang )?(lalu|lagi)"), _counted),
    (re.compile(rf"(?:hari )?({_DAY})(?: (minggu )?(?:yang )?(lalu|depan|ini))?"), _weekday),
    (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})"), _iso),
    (re.compile(rf"(\d{{1,2}})\s*[/.\-]\s*(\d{{1,2}})(?:\s*[/.\-]\s*{_YEAR})?"), _dated),
    (re.compile(r"(\d{1,2}) (\d{1,2}) (\d{4})"), _dated),
    (re.compile(rf"{_DATE} ?(?:bulan )?([a-z]{{3,}})\.?,?(?: {_YEAR})?"), _dated),
    (re.compile(_DATE), _bare),
)
