"""Days and times as people say and type them (locale id, the unit's zone)."""

import re
from datetime import date, datetime, tzinfo

from babel.dates import format_date

from handlers.ui.markup import LABEL_MAX, echo
from handlers.ui.texts import LOCALE, _, ngettext
from sop_flows.handbook.typed_days import Prefer, parse_day, read_day

_FROM_A_DAY = re.compile(r"h ?[-–+] ?\d{1,3}", re.IGNORECASE)  # "H-3"

__all__ = [
    "Prefer",
    "brief_day_words",
    "clock_words",
    "date_words",
    "day_label",
    "day_words",
    "days_words",
    "due_words",
    "moment_words",
    "near_day_words",
    "not_a_day",
    "other_weekday",
    "parse_day",
    "plain_date_words",
    "short_date_words",
    "stamp_words",
]


def date_words(on: date) -> str:
    """ "Senin, 23 November 2026"."""
    return format_date(on, "EEEE, d MMMM y", locale=LOCALE)


def short_date_words(on: date, today: date | None = None) -> str:
    """ "Senin 23 Nov"; with the year when it is another year than today's."""
    pattern = "EEEE d MMM" if today is None or today.year == on.year else "EEEE d MMM y"
    return format_date(on, pattern, locale=LOCALE)


def day_label(on: date) -> str:
    """ "Senin, 23 November 2026", or "Selasa 22 Sep 2026" where that is too long for a button."""
    whole = date_words(on)
    return whole if len(whole) <= LABEL_MAX else format_date(on, "EEEE d MMM y", locale=LOCALE)


def weekday_words(on: date, beside: date) -> str:
    """ "Selasa 1 Desember"; with the year when `beside` is in another one."""
    return format_date(on, "EEEE d MMMM" if on.year == beside.year else "EEEE d MMMM y", locale=LOCALE)


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


def not_a_day(words: str, today: date, prefer: Prefer) -> str:
    """Ask again after words that are no day, or a weekday beside the date of another one."""
    found = read_day(words, today, prefer)
    if found is not None and found.weekday is not None and found.day is not None:
        return other_weekday(words, found.day)
    if _FROM_A_DAY.fullmatch(words.strip()):
        said = _(
            "“{words}” is counted from a day that I do not know. Please type the date, for example 3 December."
        )
    else:
        said = _(
            "I do not understand the date “{words}”. Type it for example like this: 3 December, or 3/12."
        )
    return said.format(words=echo(words))


def other_weekday(words: str, day: date) -> str:
    """Ask again after a weekday beside the date of another one."""
    said = _("“{words}”: {day} is a {weekday}. Which day is meant? Please type the date once more.")
    weekday = format_date(day, "EEEE", locale=LOCALE)
    return said.format(words=echo(words), day=plain_date_words(day), weekday=weekday)


def span_words(first: date, last: date, today: date) -> str:
    """ "7 sampai 10 Desember", "7 Desember", "28 Desember sampai 3 Januari 2027"."""
    until = plain_date_words(last, today)
    if first == last:
        return until
    if (first.year, first.month) == (last.year, last.month):
        return _("{first} to {last}").format(first=first.day, last=until)
    return _("{first} to {last}").format(first=plain_date_words(first, today), last=until)
