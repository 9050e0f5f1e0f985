"""One cell of a roster: what an officer may have typed for a name, a sex, a date, a telephone number."""

import math
import re
import unicodedata
from datetime import date, datetime, timedelta

Cell = str | int | float | bool | date | datetime | None

CELL_MAX_CHARACTERS = 300  # of one cell; a longer one is a quotation mark that was never closed
NAME_MAX_CHARACTERS = 100
OLDEST_YEARS = 25  # a birth date further back is a slip of the finger
PHONE_MIN_DIGITS = 3  # fewer is a slip of the keyboard; schools write extensions and short numbers too

# Excel counts days from here (its day 60, 29 February 1900, never was: later days are right).
_EXCEL_DAY_ZERO = date(1899, 12, 30)
_EXCEL_DAYS = range(36_526, 73_051)  # 2000 to 2099: a date cell that lost its format

_MONTHS = {
    1: "januari jan january",
    2: "februari feb pebruari peb february",
    3: "maret mar mrt march",
    4: "april apr",
    5: "mei may",
    6: "juni jun june",
    7: "juli jul july",
    8: "agustus agu agt ags agust aug august",
    9: "september sep sept",
    10: "oktober okt oct october",
    11: "november nov nop nopember",
    12: "desember des dec december",
}
_MONTH_OF = {word: month for month, words in _MONTHS.items() for word in words.split()}
_SEX_OF = {
    **dict.fromkeys(
        ["l", "lk", "laki", "lakilaki", "lakilaki2", "laki2", "pria", "putra", "cowok", "m", "male"], "L"
    ),
    **dict.fromkeys(["p", "pr", "perempuan", "wanita", "putri", "cewek", "f", "female"], "P"),
}
_NOTHING = {
    "",
    "-",
    "--",
    "–",
    "—",
    "0",
    "n/a",
    "na",
    "tidak ada",
    "tdk ada",
    "tidak punya",
    "belum ada",
    "kosong",
}
_NUMERIC_DATE = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4}|\d{2})")
_ISO_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]00:00(?::00)?)?")
_WORD_DATE = re.compile(r"(\d{1,2})[\s\-/.]*([a-z]+)[\s\-/.,]*(\d{4}|\d{2})")


def text_of(cell: Cell) -> str:
    """The cell as one line of text: no invisible characters, single spaces, whole numbers without ".0"."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    text = unicodedata.normalize("NFC", str(cell))
    visible = "".join(
        c if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs") else " " for c in text
    )
    return " ".join(visible.split())


def optional(text: str) -> str | None:
    """The text, or None for what people write into an empty cell ("-", "tidak ada")."""
    return None if text.casefold() in _NOTHING else text


def is_name(text: str) -> bool:
    """Whether it can be a person's name: begins with a letter and is not endless."""
    return bool(text) and len(text) <= NAME_MAX_CHARACTERS and (text[0].isalpha() or text[0] in "'’‘`")


def sex_of(text: str) -> str | None:
    """ "L" or "P"; None when it is neither. Accepts L, P, Lk, Laki-laki, Perempuan, in any case."""
    return _SEX_OF.get("".join(c for c in text.casefold() if c.isalnum()))


def date_of(cell: Cell) -> date | None:
    """The date in a cell: an Excel date, or text, the day first ("12/05/2016", "12 Mei 2016", "2016-05-12").

    A place before it is passed over ("Mataram, 12 Mei 2016"). None when it is no date.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, bool) or (isinstance(cell, float) and not math.isfinite(cell)):
        return None
    if isinstance(cell, (int, float)):
        return _EXCEL_DAY_ZERO + timedelta(days=int(cell)) if int(cell) in _EXCEL_DAYS else None
    text = text_of(cell).casefold()
    return _date_in(text) or _date_in(text.partition(",")[2].strip())


def is_plausible_birth(born_on: date, today: date) -> bool:
    """Whether a child of today can be born on that day."""
    return date(today.year - OLDEST_YEARS, 1, 1) <= born_on < today


def phone_of(text: str) -> str | None:
    """The number as it is to be dialled, None when there are too few digits.

    Excel drops the leading 0 of a number: "81234567890" comes back as "081234567890".
    """
    digits = [c for c in text if c.isdigit()]
    if len(digits) < PHONE_MIN_DIGITS:
        return None
    return f"0{text}" if text.isdigit() and text.startswith("8") else text


def _date_in(text: str) -> date | None:
    if match := _ISO_DATE.fullmatch(text):
        year, month, day = match.groups()
    elif match := _NUMERIC_DATE.fullmatch(text):
        day, month, year = match.groups()
    elif (match := _WORD_DATE.fullmatch(text)) and match.group(2) in _MONTH_OF:
        day, month, year = match.group(1), str(_MONTH_OF[match.group(2)]), match.group(3)
    else:
        return None
    try:
        return date(int(year) if len(year) == 4 else 2000 + int(year), int(month), int(day))
    except ValueError:
        return None
