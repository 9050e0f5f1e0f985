"""Days and hours as people type them: "kemarin", "20 desember", "20/12", "senin pukul 10". Pure: today is passed in."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Literal

from sop_flows.calendar.dates import add_months
from sop_flows.calendar.moments import EVENING, THIS_AFTERNOON

Prefer = Literal["past", "future"]

YEARS_AHEAD = 5  # how far ahead the two digits of a year may mean one to come where the past is asked for
NOT_LAST_YEARS = (
    180  # days; a day without a year that is further on the wrong side is of the next year, or the last
)

_NEAR = {
    "hari ini": 0, "sekarang": 0, "tadi": 0, "today": 0,
    "kemarin": -1, "tadi malam": -1, "semalam": -1, "yesterday": -1,
    "kemarin lusa": -2, "kemarin dulu": -2, "selumbari": -2, "dua hari kemarin": -2,
    "besok": 1, "esok": 1, "tomorrow": 1, "keesokan hari": 1, "lusa": 2, "besok lusa": 2, "tulat": 3,
}  # fmt: skip
WEEKDAYS = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")
_MONTHS = ("jan", "feb", "mar", "apr", "mei", "jun", "jul", "agu", "sep", "okt", "nov", "des")
_OTHER_MONTHS = {
    "ags": 8,
    "agt": 8,
    "nop": 11,
    "pebr": 2,
    "peb": 2,
    "mrt": 3,
    "may": 5,
    "aug": 8,
    "oct": 10,
    "dec": 12,
}
_COUNTS = (
    "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas", "dua belas",
)  # fmt: skip
_PARTS = {"pagi": None, "siang": time(12), "sore": THIS_AFTERNOON, "malam": EVENING}  # without an hour
# As it is typed: what the word is that we go on with. Whole words, in this order.
_SPELLINGS = tuple(
    (re.compile(rf"\b(?:{written})(?![a-z])"), meant)
    for written, meant in (
        (r"jum'?\s?'?[ae]?[ae]t|jum'?ad|jumaat", "jumat"), ("ahad|mgu", "minggu"), ("senen|snin", "senin"),
        ("saptu|sbtu", "sabtu"), ("rebo", "rabu"), ("kemis", "kamis"), ("selase|slasa", "selasa"),
        ("yg", "yang"), ("kemaren|kmrn|kmaren", "kemarin"), ("bsk|bsok|besuk", "besok"), ("hr|hri", "hari"),
        ("mgg|mg|minggu2", "minggu"), ("bln", "bulan"), ("dlm", "dalam"), ("ntar|entar|tar", "nanti"),
        ("petang", "sore"), ("mlm|malem", "malam"), (r"pg|pagi-pagi|pagi2|pagi hari|subuh", "pagi"), ("siang hari|tengah hari", "siang"),
        ("sore hari", "sore"), ("malam hari", "malam"), ("kmudian|kemudian|ke depan|kedepan|dari sekarang|mendatang lagi", "lagi"),
        ("yang akan datang|akan datang|mendatang|berikutnya|besoknya|dtg|datang|dpn", "depan"), ("tgl|tanggalnya|tg", "tanggal"),
        ("pkl|pk|jm", "jam"), ("pukul", "jam"), ("sebelumnya", "lalu"),
    )
)  # fmt: skip

_COUNT = rf"(\d{{1,3}}|{'|'.join(sorted(_COUNTS, key=len, reverse=True))}|se)"
_DAY = "|".join(WEEKDAYS)
_YEAR = r"'?(\d{4}|\d{2})"
_PART = rf"({'|'.join(_PARTS)})"
_HOURS = rf"(\d{{1,2}}|{'|'.join(sorted(_COUNTS, key=len, reverse=True))})"
# "jam 15.30", "jam setengah delapan malam", "setengah 8", "jam 9 lewat 10", "jam 9 kurang seperempat"
_HOUR = re.compile(
    rf"(?:^| )(?:jam\.? ?(setengah )?{_HOURS}|(setengah )(?!jam){_HOURS})(?:[.:](\d\d))?"
    rf"(?: (lewat|lebih|kurang) (\d{{1,2}}|seperempat)(?: menit)?)?(?:[, ]+{_PART})?(?: wita)?(?= |$)"
)
_BARE_HOUR = re.compile(rf"(?:^|[ ,]+)(?:jam )?(\d{{1,2}})([.:])(\d\d)(?: {_PART})?(?: wita)?$")
_FROM_NOW = re.compile(rf"(?:dalam )?(?:{_COUNT} ?(jam|menit)|(setengah) ?jam)(?: lagi)?")
_PART_OF_DAY = re.compile(rf"(?:^| ){_PART}$")
_THIS_PART = re.compile(rf"^(?:nanti {_PART}|{_PART} (?:ini|nanti))$")
_ITS_WEEKDAY = re.compile(rf"(?:hari )?({_DAY})(?: |, ?|/|-)(?=(?:tanggal )?\d)")
_TO = r"(?:sampai(?: dengan)?|hingga|s\.? ?/?d\.?|sd|to|ke|–|—)"
_BETWEEN = (
    re.compile(rf" ?\b{_TO}(?= |\d)\.? ?| ?[–—] ?"),
    re.compile(r" - "),
    re.compile(r"(?<=[a-z]) ?- ?(?=\d|[a-z])|(?<=\d{4})-(?=\d)|(?<=/\d\d)-(?=\d{1,2}/)"),
)
_SHORT_SPAN = re.compile(
    rf"(?:tanggal )?(\d{{1,2}}) ?(?:-|{_TO}) ?(?:tanggal )?(\d{{1,2}})((?: |/)[a-z\d].*)"
)
_LENGTH = r"(?:selama )?(?P<count>\d{1,2}|[a-z]+(?= )|se) ?(?P<unit>hari|minggu|pekan)"
_LENGTH_FROM = re.compile(rf"{_LENGTH},? (?:mulai|dari|sejak)(?: dari)? (?P<first>.+)")
_FROM_LENGTH = re.compile(rf"(?P<first>.+?),? selama {_LENGTH.removeprefix('(?:selama )?')}")
_FILLERS = re.compile(
    r"^(?:pada|di|mulai|dari|sejak|sampai|hingga) |\.$|^(?:ya|oke|ok),? | (?:ya|saja|aja|deh|juga)$"
)


@dataclass(frozen=True)
class TypedDay:
    """What somebody typed.

    Attributes:
        day: None where only an hour was typed.
        at: the local time, None where none was typed and for a morning.
        weekday: the weekday typed beside a date that has another one (0 Monday): which is meant has to be asked.
        is_date: day and month were typed; else the day was worked out, and is said back before it counts.
        after: so long from now ("2 jam lagi"), where neither day nor hour was typed.
    """

    day: date | None
    at: time | None = None
    weekday: int | None = None
    after: timedelta | None = None
    is_date: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class TypedSpan:
    """Two days that somebody typed; beside which of them stood the weekday of another date (0 Monday)."""

    first: date
    last: date
    first_weekday: int | None = None
    last_weekday: int | None = None

    @property
    def doubtful(self) -> date | None:
        """The day whose weekday is another one than was typed."""
        if self.first_weekday is not None:
            return self.first
        return self.last if self.last_weekday is not None else None


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
    words = _as_we_spell(text)
    if match := _FROM_NOW.fullmatch(words):
        minutes = 30 if match[3] else _number(match[1]) * (60 if match[2] == "jam" else 1)
        return TypedDay(None, after=timedelta(minutes=minutes)) if minutes else None
    at = None
    if match := _HOUR.search(words):
        words = (words[: match.start()] + words[match.end() :]).strip(" ,")
        at = _hour_of(match)
        if at is None:
            return None
        if not words:
            return TypedDay(None, at)
        words = "hari ini" if words == "nanti" else words
    return _day_in(words, at, today, prefer, since or today) or _with_bare_hour(
        words, at, today, prefer, since or today
    )


def read_span(text: str, read: Callable[[str, date | None], TypedDay | None]) -> TypedSpan | None:
    """From which day to which: "3-5 des", "senin s.d. rabu", "besok sampai lusa", "3 hari mulai besok".

    Args:
        text: what was typed.
        read: reads one of the two; the last day is looked for from the first one on.

    Returns:
        None when the words are no two days.
    """
    words = _as_we_spell(text)
    if match := _SHORT_SPAN.fullmatch(words):  # "3-5 des": one month for both
        words = f"{match[1]}{match[3]} sampai {match[2]}{match[3]}"
    elif match := _LENGTH_FROM.fullmatch(words) or _FROM_LENGTH.fullmatch(words):
        first, days = (
            read(match["first"], None),
            _number(match["count"]) * (1 if match["unit"] == "hari" else 7),
        )
        if first is None or first.day is None or days == 0:
            return None
        return TypedSpan(first.day, first.day + timedelta(days=days - 1), first.weekday)
    for between in _BETWEEN:
        ends = between.split(words)
        first = read(ends[0], None) if len(ends) == 2 else None
        last = read(ends[1], first.day) if first is not None and first.day is not None else None
        if first is not None and last is not None and first.day is not None and last.day is not None:
            return TypedSpan(first.day, last.day, first.weekday, last.weekday)
    return None


def _as_we_spell(text: str) -> str:
    words = " ".join(re.sub(r"[’‘ʼ`´]", "'", text.lower()).split())
    for written, meant in _SPELLINGS:
        words = written.sub(meant, words)
    return _FILLERS.sub("", words).strip(" ,!?")


def _day_in(words: str, at: time | None, today: date, prefer: Prefer, since: date) -> TypedDay | None:
    if words not in _NEAR and (match := _PART_OF_DAY.search(_THIS_PART.sub(r"hari ini \1\2", words))):
        words = match.string[: match.start()]
        at = _PARTS[match[1]] if at is None else _hour(at.hour, at.minute, match[1])
    weekday = None
    if match := _ITS_WEEKDAY.match(words):
        words, weekday = words[match.end() :], WEEKDAYS.index(match[1])
    for pattern, find in _READERS:
        if (match := pattern.fullmatch(words)) and (day := find(match, today, prefer, since)):
            other = weekday if weekday not in (None, day.weekday()) else None
            return TypedDay(day, at, other, is_date=find in (_iso, _dated))
    return None


def _with_bare_hour(words: str, at: time | None, today: date, prefer: Prefer, since: date) -> TypedDay | None:
    """ "besok 09.00", "15:30": an hour without the word, where the words are nothing else."""
    match = _BARE_HOUR.search(words)
    if at is not None or match is None:
        return None
    at, rest = _hour(int(match[1]), int(match[3]), match[4]), words[: match.start()]
    if at is None or rest.isdecimal():
        return None
    return _day_in(rest, at, today, prefer, since) if rest else TypedDay(None, at)


def _number(word: str | None) -> int:
    return 1 if word in (None, "se") else _COUNTS.index(word) + 1 if word in _COUNTS else int(word)


def _hour_of(match: re.Match[str]) -> time | None:
    half, hour = match[1] or match[3], _number(match[2] or match[4])
    minute, part = int(match[5] or 0), match[8]
    if half:  # "setengah delapan" is half past seven
        hour, minute = (hour or 12) - 1, 30
    more = {"seperempat": 15}.get(match[7]) or int(match[7] or 0)
    at = _hour(hour, minute, part)
    if at is None or not more:
        return at
    minutes = at.hour * 60 + at.minute + (-more if match[6] == "kurang" else more)
    return time(minutes // 60 % 24, minutes % 60)


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
    count = -_number(written) if way in ("lalu", "kemarin") else _number(written)
    if unit == "bulan":
        return add_months(today, count)
    return today + timedelta(days=count * (1 if unit == "hari" else 7))


def _month_end(match: re.Match[str], today: date, prefer: Prefer, _since: date) -> date:
    """ "awal bulan depan" is its first day, "akhir bulan" the last of this one."""
    which, way = match.groups()
    ahead = {"depan": 1, "lalu": -1, "kemarin": -1, "ini": 0}.get(way or "")
    first = add_months(today.replace(day=1), ahead or 0)
    if which == "akhir":
        last = add_months(first, 1) - timedelta(days=1)
        behind = ahead is None and prefer == "past" and last > today
        return first - timedelta(days=1) if behind else last
    return add_months(first, 1) if ahead is None and prefer == "future" and first < today else first


def _year_end(_match: re.Match[str], today: date, prefer: Prefer, _since: date) -> date:
    return date(today.year - (1 if prefer == "past" else 0), 12, 31)


def _of_month(match: re.Match[str], today: date, _prefer: Prefer, _since: date) -> date | None:
    """ "tanggal 5 bulan depan", "bulan depan tanggal 5"."""
    day, way = (match[1], match[2]) if match[1].isdecimal() else (match[2], match[1])
    ahead = {"depan": 1, "lalu": -1, "kemarin": -1, "ini": 0}[way]
    month = add_months(today.replace(day=1), ahead)
    return _real(month.year, month.month, int(day))


def _week_and_day(match: re.Match[str], today: date, _prefer: Prefer, _since: date) -> date:
    """ "minggu depan hari rabu": of the week after this one."""
    monday = today - timedelta(days=today.weekday())
    ahead = {"lalu": -7, "kemarin": -7, "ini": 0, "depan": 7}[match[1]]
    return monday + timedelta(days=ahead + WEEKDAYS.index(match[2]))


def _weekday(match: re.Match[str], today: date, prefer: Prefer, since: date) -> date:
    """ "senin lalu" typed on a Monday is a week ago, "senin" of work done is today."""
    wanted, week, which = WEEKDAYS.index(match[1]), match[2], match[3] or ""
    if week is not None:
        monday = today - timedelta(days=today.weekday())
        return monday + timedelta(days=wanted + {"lalu": -7, "kemarin": -7, "ini": 0, "depan": 7}[which])
    if which in ("lalu", "kemarin"):
        return since - timedelta(days=(since.weekday() - wanted) % 7 or 7)
    if which in ("depan", "besok", "nanti") or prefer == "future":
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
    if word.isdecimal():
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
_DATE = r"(?:tanggal )?(\d{1,2})"
_WAY = "(lalu|kemarin|depan|ini)"
# In this order: "minggu lalu" is a week ago, "hari minggu lalu" a Sunday.
_READERS: tuple[tuple[re.Pattern[str], _Find], ...] = (
    (re.compile("|".join(_NEAR)), _near),
    (
        re.compile(rf"(?:dalam )?(?:{_COUNT} ?)?(minggu|pekan|bulan) (?:yang )?(lalu|kemarin|depan|lagi)"),
        _counted,
    ),
    (re.compile(rf"(?:dalam )?{_COUNT} ?(hari) (?:yang )?(lalu|lagi|depan)"), _counted),
    (re.compile(rf"dalam {_COUNT} ?(hari|minggu|pekan|bulan)()"), _counted),
    (re.compile(rf"(?:minggu|pekan) (?:yang )?{_WAY},? (?:hari )?({_DAY})"), _week_and_day),
    (
        re.compile(
            rf"(?:hari )?({_DAY})(?: (minggu |pekan )?(?:yang )?(lalu|kemarin|depan|besok|nanti|ini))?"
        ),
        _weekday,
    ),
    (re.compile(rf"(akhir|awal) bulan(?: (?:yang )?{_WAY})?"), _month_end),
    (re.compile(r"akhir tahun"), _year_end),
    (re.compile(rf"{_DATE},? bulan (?:yang )?{_WAY}"), _of_month),
    (re.compile(rf"bulan (?:yang )?{_WAY},? (?:tanggal )?(\d{{1,2}})"), _of_month),
    (re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"), _iso),
    (re.compile(rf"(?:tanggal )?(\d{{1,2}})\s*[/.\-]\s*(\d{{1,2}})(?:\s*[/.\-]\s*{_YEAR})?"), _dated),
    (re.compile(r"(\d{1,2}) (\d{1,2}) (\d{4})"), _dated),
    (re.compile(rf"{_DATE}[ /.\-]*(?:bulan )?([a-z]{{3,}})\.?,?(?:[ /.\-]+{_YEAR})?"), _dated),
    (re.compile(_DATE), _bare),
)
