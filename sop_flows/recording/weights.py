"""Weights as officers type them: reading, doubting, proposing. Pure; grams inside, kilograms on the phone.

Babel reads "23.5" in Indonesian as 235: hence a parser of our own.
"""

import re
from dataclasses import dataclass
from typing import Literal

from sop_flows.declarations.unit import WeightLimits

RECORDABLE_G = range(1_000, 200_001)  # grams that the database accepts: a baby to a very heavy adult
LINES_MAX = 100  # lines of one message; an angkatan has about 60 children
PROPOSALS_MAX = 2  # more buttons than that are slower than typing again
SCALE_G = 100  # what a bathroom scale shows; a proposal is never finer

_KILOS = re.compile(r"(\d{1,3})(?:[.,](\d{1,3}))?[.,]?\s*(?:kg\.?|kilo|kilogram)?", re.IGNORECASE)
_GRAMS = re.compile(r"(\d{4,6})\s*(?:g|gr|gram)\.?", re.IGNORECASE)
_NUMBERED = re.compile(
    r"(?:(?:no(?:mor)?|anak)\b\.?\s*|#\s*)?0*(\d{1,4})\s*(?:[.):;=]\s*|\s[-–]\s+|\s+)([-–]?\d.*)",
    re.IGNORECASE,
)
_PAIR = re.compile(
    r"(\d{1,3}(?:[.,]\d{1,3})?)\s*(?:kg)?(?:\s+|\s*[/;]\s*)(\d{2,3}(?:[.,]\d)?)\s*(?:cm)?", re.IGNORECASE
)
_TORN = re.compile(r"(\d{2,3}) (\d)(?: ?kg)?", re.IGNORECASE)

_CODE = re.compile(r"0\d{2}")  # "003": nobody writes a weight with a zero in front and no comma

Trouble = Literal["not_a_weight", "no_number", "twice"]


@dataclass(frozen=True)
class TypedWeight:
    """One line of what was typed.

    Attributes:
        text: the line.
        number: the child's number, None on a bare weight.
        weight_g: grams, None when the line is no weight.
        trouble: why the line can't be used; None when it can.
    """

    text: str
    number: int | None = None
    weight_g: int | None = None
    trouble: Trouble | None = None


@dataclass(frozen=True)
class Doubt:
    """A weight to ask back about.

    Attributes:
        weight_g: as typed, grams.
        last_g: what the child weighed last, if known.
        recordable: whether the officer may insist.
        proposals: what may have been meant, grams, best first.
    """

    weight_g: int
    last_g: int | None
    recordable: bool
    proposals: tuple[int, ...]


def parse_weight(text: str) -> int | None:
    """Grams of "23,5", "23.5", "23,5 kg", "23" or "23500 gram"; None when it is no weight.

    "235" is read as 235 kg: what is implausible is asked back by `doubt_about`, never guessed.
    """
    words = text.strip()
    if match := _KILOS.fullmatch(words):
        return int(match[1]) * 1000 + int((match[2] or "0").ljust(3, "0"))
    if match := _GRAMS.fullmatch(words):
        return int(match[1])
    return None


def parse_message(text: str) -> tuple[TypedWeight, ...]:
    """Every line of a message: one bare weight, or one or many lines of number and weight.

    In a message of several lines each line needs its child's number, and a number counts once.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()][:LINES_MAX]
    read = [_parse_line(line) for line in lines]
    if len(read) == 1:
        return tuple(read)
    seen: set[int] = set()
    answer: list[TypedWeight] = []
    for line in read:
        if line.trouble is None and line.number is None:
            answer.append(TypedWeight(line.text, trouble="no_number"))
        elif line.number is not None and line.number in seen:
            answer.append(TypedWeight(line.text, line.number, line.weight_g, "twice"))
        else:
            answer.append(line)
            if line.number is not None:
                seen.add(line.number)
    return tuple(answer)


def _parse_line(line: str) -> TypedWeight:
    bare = parse_weight(line)
    if bare is not None:
        return TypedWeight(line, weight_g=bare)
    if match := _NUMBERED.fullmatch(line):
        weight_g = parse_weight(match[2])
        if weight_g is not None:
            return TypedWeight(line, int(match[1]), weight_g)
        return TypedWeight(line, int(match[1]), trouble="not_a_weight")
    return TypedWeight(line, trouble="not_a_weight")


def typed_code(text: str) -> int | None:
    """The number of "003": three digits that begin with a zero are a child's code, never a weight."""
    words = text.strip()
    return int(words) if _CODE.fullmatch(words) else None


HEIGHT_FROM_CM = 80  # a second number from here up is a height; below it the first is a child's number


@dataclass(frozen=True)
class Pair:
    """A weight and a height in one line. `sure`: whether it can mean nothing else; `first`: its first number."""

    weight_g: int
    height_cm: float
    sure: bool
    first: int


def read_pair(text: str) -> Pair | None:
    """ "23,5 121": a weight and a height in cm (SOP 9.2.06 step 4); None for anything else, such as "12 23,5" of child 12.

    With exactly 80 behind it the first may be a child's number, and in "121 23,5" the two may be swapped.
    """
    match = _PAIR.fullmatch(text.strip())
    if match is None or typed_code(match[1]) is not None:
        return None
    first, second = (float(part.replace(",", ".")) for part in match.groups())
    weight_g = parse_weight(match[1] if second >= HEIGHT_FROM_CM else match[2])
    if weight_g is None:
        return None
    if second >= HEIGHT_FROM_CM:
        return Pair(weight_g, second, second > HEIGHT_FROM_CM, int(first))
    return Pair(weight_g, first, False, int(first)) if first >= HEIGHT_FROM_CM else None


def without_heights(text: str) -> tuple[str, dict[int, float]]:
    """Lines of number, weight and height ("001 23,5 121") as lines without the height, and the heights by number."""
    lines, heights = [], {}
    for line in text.splitlines():
        match = _NUMBERED.fullmatch(line.strip())
        pair = None if match is None else read_pair(match[2])
        if match is None or pair is None or not pair.sure:
            lines.append(line)
            continue
        lines.append(f"{match[1]} {pair.weight_g / 1000:g}")
        heights[int(match[1])] = pair.height_cm
    return "\n".join(lines), heights


def torn_weight(text: str) -> int | None:
    """Grams of "23 5", where a space may stand for the comma; None for anything else."""
    match = _TORN.fullmatch(text.strip())
    return int(match[1]) * 1000 + int(match[2]) * 100 if match else None


def is_plausible(weight_g: int, last_g: int | None, limits: WeightLimits) -> bool:
    """Whether a weight can be believed without asking back."""
    if not limits.min_g <= weight_g <= limits.max_g:
        return False
    return last_g is None or abs(weight_g - last_g) <= limits.change_g


def doubt_about(weight_g: int, last_g: int | None, limits: WeightLimits) -> Doubt | None:
    """What to ask back about a weight outside the unit's limits, or too far from the last one; None: believe it."""
    if is_plausible(weight_g, last_g, limits):
        return None
    return Doubt(weight_g, last_g, weight_g in RECORDABLE_G, _proposals(weight_g, last_g, limits))


def _proposals(weight_g: int, last_g: int | None, limits: WeightLimits) -> tuple[int, ...]:
    """What may have been meant: a forgotten or misplaced comma first, then a lost first digit, then swapped digits."""
    digits = _digits(weight_g)
    comma = _with_comma(digits)
    lost_first = _with_comma(str(last_g // 1000)[0] + digits) if last_g is not None else set()
    swapped: set[int] = set()
    for turned in _neighbours_swapped(digits):
        swapped |= _with_comma(turned) | {int(turned) * 1000}
    found: list[int] = []
    for guesses in (comma, lost_first, swapped):
        fitting = sorted(
            (g for g in guesses if g != weight_g and g % SCALE_G == 0 and is_plausible(g, last_g, limits)),
            key=lambda g: (abs(g - last_g) if last_g is not None else 0, g),
        )
        found += [g for g in fitting[:1] if g not in found]
        if guesses is comma and found:
            break  # the comma is by far the most likely slip
    return tuple(found[:PROPOSALS_MAX])


def _digits(weight_g: int) -> str:
    """The digits that were typed, as far as grams still tell: 52000 is "52", 2450 is "245"."""
    whole, rest = divmod(weight_g, 1000)
    return f"{whole}{rest:03d}".rstrip("0") if rest else str(whole)


def _with_comma(digits: str) -> set[int]:
    return {
        int(digits[:place]) * 1000 + int(digits[place:].ljust(3, "0"))
        for place in range(1, len(digits))
        if len(digits) - place <= 3
    }


def _neighbours_swapped(digits: str) -> set[str]:
    return {
        digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :]
        for i in range(len(digits) - 1)
        if digits[i] != digits[i + 1]
    }
