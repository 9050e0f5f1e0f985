"""One cell of a roster: what an officer may have typed for a name, a sex, a date, a telephone number."""

import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

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
_CLOCK = r"(?:[T ,]+\d{1,2}[:.]\d\d(?:[:.]\d\d)?)?"
_NUMERIC_DATE = re.compile(rf"(\d{{1,2}})\s*[/.\-\s]\s*(\d{{1,2}})\s*[/.\-\s]\s*(\d{{4}}|\d{{2}}){_CLOCK}")
_ISO_DATE = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_CLOCK}")
_WORD_DATE = re.compile(rf"(\d{{1,2}})[\s\-/.,]*([a-z]+)[\s\-/.,]*(\d{{4}}|'?\d{{2}}){_CLOCK}")
_MONTH_FIRST = re.compile(r"([a-z]+)[\s\-/.]*(\d{1,2})[\s,]+(\d{4})")
_PLACE = re.compile(r"^\D*?[a-z.)][\s,./:\-]+(?=\d)")  # "Lombok, 12-05-2016": a place before the date
_NO_LETTERS = re.compile(r"\d{8}")
_CENTURY = 70  # two digits of a year from here on are of the last century

_SCIENTIFIC = re.compile(
    r"\d+(?:[.,]\d+)?e[+-]?\d+", re.IGNORECASE
)  # what a spreadsheet shows of a long number
_ERROR = re.compile(
    r"#(?:REF|N/?A|VALUE|DIV/0|NAME|NUM|NULL|SPILL|CALC|GETTING_DATA|####*)[!?]?|#{3,}|Err:\d+", re.IGNORECASE
)


@dataclass(frozen=True)
class ReadDate:
    """A date as it was read, and as it would be with day and month the other way round.

    Attributes:
        on: day first, as it is written here; None when that is no date.
        other: month first; None when that is no date, or the same.
        kind: "numbers" written in a text; a "cell" that a spreadsheet has taken for a date; "words" for the rest,
            which can be read in one way only.
    """

    on: date | None
    other: date | None = None
    kind: Literal["numbers", "cell", "words"] = "words"


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
    if isinstance(cell, float) and 1e6 <= abs(cell) < 1e16:
        return str(int(cell))
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
    return read_date(cell).on


def read_date(cell: Cell) -> ReadDate:
    """The date in a cell, and what it would be if a spreadsheet had taken day and month the other way round."""
    if isinstance(cell, (date, datetime)):
        on = cell.date() if isinstance(cell, datetime) else cell
        return ReadDate(on, _turned(on), "cell")
    if isinstance(cell, bool) or (isinstance(cell, float) and not math.isfinite(cell)):
        return ReadDate(None)
    if isinstance(cell, (int, float)) and int(cell) in _EXCEL_DAYS:
        on = _EXCEL_DAY_ZERO + timedelta(days=int(cell))
        return ReadDate(on, _turned(on), "cell")
    text = text_of(cell).casefold()
    if text.isdecimal() and len(text) == 5 and int(text) in _EXCEL_DAYS:
        return ReadDate(_EXCEL_DAY_ZERO + timedelta(days=int(text)))
    found = _date_in(text)
    return found if found.on or found.other else _date_in(_PLACE.sub("", text, count=1))


def is_error(text: str) -> bool:
    """Whether a spreadsheet shows that it could not work the cell out ("#REF!", "#N/A")."""
    return _ERROR.fullmatch(text) is not None


def is_scientific(text: str) -> bool:
    """Whether a spreadsheet has shortened a long number ("8,139E+10"): its last digits are lost."""
    return _SCIENTIFIC.fullmatch(text.replace(" ", "")) is not None


def is_plausible_birth(born_on: date, today: date) -> bool:
    """Whether a child of today can be born on that day."""
    return date(today.year - OLDEST_YEARS, 1, 1) <= born_on < today


def phone_of(text: str) -> str | None:
    """The number as it is to be dialled, None when there are too few digits, or a spreadsheet has shortened it.

    Excel drops the leading 0 of a number: "81234567890" comes back as "081234567890".
    """
    digits = [c for c in text if c.isdecimal()]
    if len(digits) < PHONE_MIN_DIGITS or is_scientific(text):
        return None
    text = text.strip("'` ")
    return f"0{text}" if text.isdecimal() and text.startswith("8") else text


def _date_in(text: str) -> ReadDate:
    if match := _ISO_DATE.fullmatch(text):
        on = _real(match[1], match[2], match[3])
        return ReadDate(on, on and _turned(on), "cell")
    if match := _NUMERIC_DATE.fullmatch(text):
        on, other = _real(match[3], match[2], match[1]), _real(match[3], match[1], match[2])
        return ReadDate(on, None if other == on else other, "numbers")
    if (match := _WORD_DATE.fullmatch(text)) and match[2] in _MONTH_OF:
        return ReadDate(_real(match[3].lstrip("'"), str(_MONTH_OF[match[2]]), match[1]))
    if (match := _MONTH_FIRST.fullmatch(text)) and match[1] in _MONTH_OF:
        return ReadDate(_real(match[3], str(_MONTH_OF[match[1]]), match[2]))
    if _NO_LETTERS.fullmatch(text):
        return ReadDate(_real(text[4:], text[2:4], text[:2]) or _real(text[:4], text[4:6], text[6:]))
    return ReadDate(None)


def _turned(on: date) -> date | None:
    return None if on.day == on.month else _real(str(on.year), str(on.day), str(on.month))


def _real(year: str, month: str, day: str) -> date | None:
    whole = int(year) if len(year) == 4 else int(year) + (1900 if int(year) >= _CENTURY else 2000)
    try:
        return date(whole, int(month), int(day))
    except ValueError:
        return None
