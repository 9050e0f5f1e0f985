"""Callback data: a verb with whole numbers and one short word, versioned, at most 64 bytes, parsed here only.

The shape is `1.verb.a.b.c~word`. It is user input: a forged one meets the same checks as any other.
"""

import re
from dataclasses import dataclass

VERSION = 1
MAX_BYTES = 64  # Telegram's limit for callback data
_SHAPE = re.compile(r"1\.([a-z_]{1,24})((?:\.-?\d{1,18})*)(?:~([^~]{0,40}))?")


class ButtonError(ValueError):
    """Callback data that this bot never made, or of a version it no longer knows."""


@dataclass(frozen=True)
class Press:
    """What a button means: a verb (the route), its numbers, a word."""

    verb: str
    numbers: tuple[int, ...] = ()
    word: str = ""

    def number(self, position: int) -> int:
        """The number at `position`. Raises ButtonError when the data is too short: it was forged."""
        try:
            return self.numbers[position]
        except IndexError as error:
            raise ButtonError(f"{self.verb} has no number {position}") from error


def pack(verb: str, *numbers: int, word: str = "") -> str:
    """Callback data for a button.

    Raises:
        ButtonError: it would not fit in 64 bytes, or would not parse back.
    """
    data = ".".join([str(VERSION), verb, *map(str, numbers)]) + (f"~{word}" if word else "")
    if len(data.encode()) > MAX_BYTES or _SHAPE.fullmatch(data) is None:
        raise ButtonError(f"not fit for a button: {data}")
    return data


def parse(data: str) -> Press:
    """The press that `pack` made. Raises ButtonError on anything else."""
    match = _SHAPE.fullmatch(data)
    if match is None or len(data.encode()) > MAX_BYTES:
        raise ButtonError("not a button of ours")
    verb, numbers, word = match.groups()
    return Press(verb, tuple(int(n) for n in numbers.split(".")[1:]) if numbers else (), word or "")
