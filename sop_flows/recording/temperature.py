"""What a report says besides its words, as people type it: a body temperature ("demam 38,5", "suhu 385", "panas 3,85"), and
what was done ("diberi parasetamol"). Pure."""

import re
from dataclasses import dataclass

LOWEST, HIGHEST = 340, 430  # tenths of a degree Celsius; nobody is outside them for long

_CUE = r"(?P<cue>demam|panas|suhu\w*|temp\w*)\D{0,12}"
_UNIT = r"\s*(?P<unit>°|derajat|drajat|celsius|c\b)"
_COUNTED = (
    r"\s*(?:hari|jam|x\b|kali|tablet|tetes|sendok|mg|ml|cc|tahun|thn|bulan|minggu|menit|orang|butir|kg)"
)
_NUMBER = r"(?P<number>\d{1,3}(?:[.,]\d{1,2})?)(?![\d.,]*\d)"
_SAID = re.compile(rf"(?:{_CUE})?(?<![\d.,/]){_NUMBER}(?:{_UNIT}|(?!{_COUNTED}))", re.IGNORECASE)


@dataclass(frozen=True)
class Temperature:
    """What was found.

    Attributes:
        tenths: in tenths of a degree Celsius; None when it has to be asked.
        typed: the number as it was typed.
        maybe: what it may mean; None when it is no temperature of a body at all.
    """

    tenths: int | None
    typed: str
    maybe: int | None = None


def find_temperature(words: str) -> Temperature | None:
    """The temperature in a report; None when it has none. 385 and 3,85 may be 38,5; 50 is asked for again."""
    for match in _SAID.finditer(words):
        found = _judged(match["number"])
        is_told = match["cue"] is not None or match["unit"] is not None
        if is_told or (found.tenths is not None and len(found.typed) > 2):
            return found
    return None


def read_temperature(words: str) -> Temperature | None:
    """A number that answers the question for a temperature; None when there is none."""
    match = re.search(_NUMBER, words)
    return None if match is None else _judged(match["number"])


_DONE = re.compile(
    r"(?:(?:sudah|sdh|udah|telah|lalu|kemudian|langsung)\s+)?"
    r"(?:di(?:beri|kasih|berikan|kompres|oles|olesi|obati|bawa|rujuk|istirahatkan|perban|bersihkan|minumkan|periksakan)"
    r"|minum|kompres|oralit|obat|para[sc]etamol|pct|ibuprofen|betadin\w*|antibioti[kc]\w*)\b",
    re.IGNORECASE,
)
_NOT_DONE = re.compile(
    r"\b(?:belum|blm|tidak|tdk|tak|gak|ga|nggak|menolak|minta|perlu|butuh|habis)(?:\s+\w+)?\s*$",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[;.\n]\s|,\s|$")


def find_treatment(words: str) -> str:
    """What was done for the child, by the report: "diberi parasetamol"; "" when it says nothing of the kind."""
    for match in _DONE.finditer(words):
        if _NOT_DONE.search(words[: match.start()]) is None:
            ends = _ENDS.search(words, match.end())
            return words[match.start() : None if ends is None else ends.start()].strip(" .,;")
    return ""


def _judged(typed: str) -> Temperature:
    tenths = round(float(typed.replace(",", ".")) * 10)
    if LOWEST <= tenths <= HIGHEST:
        return Temperature(tenths, typed)
    return Temperature(None, typed, _meant(typed))


def _meant(typed: str) -> int | None:
    """A comma that was left out, or stands a place too far to the left."""
    digits = re.sub(r"\D", "", typed)
    tenths = int(digits.ljust(3, "0")[:3])
    return tenths if LOWEST <= tenths <= HIGHEST and len(digits) > 1 else None
