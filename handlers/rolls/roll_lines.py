"""Words typed on a roll: a number to go to, lines by number."""

import re

from sop_flows.recording.roll_call import Roll

DIGITS = ("number", "decimal", "date", "time", "weight")  # kinds whose answer may be a bare number
SHORT = (
    "choice",
    "choices",
    "number",
    "decimal",
    "yes",
    "date",
    "time",
    "officer",
)  # kinds whose answer is never a sentence
_GO_TO = re.compile(r"(?:no(?:mor)?\.?|ke|anak|#)\s*0*(\d{1,4})", re.IGNORECASE)
_BARE = re.compile(r"0*(\d{1,4})")
_MARKED = re.compile(
    r"(?:(?:no(?:mor)?|anak)\.?\s*|#\s*)0*(\d{1,4})\s*[.:)=]?\s+(.+)|0*(\d{1,4})\s*[:=)]\s*(.+)",
    re.IGNORECASE,
)
_CODED = re.compile(r"(\d{3,4})[.]?\s+(.+)")  # "012 sehat": nobody writes a count with a zero in front
_LOOSE = re.compile(r"0*(\d{1,4})[.]?\s+(.+)")


def jump_number(text: str, roll: Roll) -> int | None:
    """The number whose card is asked for: "no 12", "#12", or a bare "12" where numbers are no answers."""
    match = _GO_TO.fullmatch(text)
    form = roll.step.record
    fields = () if form is None else form.fields[:1] if form.fields[0].kind == "text" else form.fields
    if match is None and all(field.kind not in DIGITS for field in fields):
        match = _BARE.fullmatch(text)
    return int(match[1]) if match else None


def numbered_lines(text: str, roll: Roll) -> list[tuple[int, str]] | None:
    """Number and answer of every line; None when the words are one answer for the child shown.

    One line needs a code that can't be part of an answer ("012 ...", "no 12 ...", "12: ..."), unless the answers
    are choices or numbers. Several lines need a number each.
    """
    form = roll.step.record
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if form is None or not lines:
        return None
    short_answers = len(form.fields) == 1 and form.fields[0].kind in SHORT
    loose = len(lines) > 1 or short_answers
    found = [_line(line, loose) for line in lines]
    if any(one is None for one in found):
        return None
    return [one for one in found if one is not None]


def _line(line: str, loose: bool) -> tuple[int, str] | None:
    if match := _MARKED.fullmatch(line):
        return int(match[1] or match[3]), match[2] or match[4]
    if match := (_LOOSE if loose else _CODED).fullmatch(line):
        return int(match[1]), match[2]
    return None
