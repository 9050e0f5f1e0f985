"""Callback data: a verb with whole numbers and one short word, versioned, at most 64 bytes, parsed here only.

The shape is `1.verb.a.b.c~word`. It is user input: a forged one meets the same checks as any other.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from handlers.ui.reply import Action, Edit, Keyboard, Say

VERSION = 1
MAX_BYTES = 64  # Telegram's limit for callback data
OPENS = ("task_open", "visit_open", "weigh_start", "roll_open")  # verbs whose first number is a task
OF_CARD = "task_snooze"  # stands on every card of an own open task; its numbers are the task and a child
OF_ANOTHER = "book_open"  # stands on the card of a colleague's; its second number is the task
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


@dataclass(frozen=True)
class Shown:
    """What stood on the phone.

    Attributes:
        lines: task ids by the number of their line; empty when it was no list.
        card: task and child (or 0) of the card; None when it was none, or several.
    """

    lines: dict[int, int]
    card: tuple[int, int] | None

    def as_json(self, at: datetime) -> dict[str, Any]:
        """To be stored. `at`: Telegram's own date of the message."""
        return {
            "at": at.isoformat(),
            "lines": [[number, task] for number, task in self.lines.items()],
            "card": None if self.card is None else list(self.card),
        }

    @classmethod
    def of_json(cls, row: dict[str, Any]) -> Self:
        """What was stored."""
        card = row.get("card")
        return cls(dict(row.get("lines") or ()), None if card is None else (card[0], card[1]))


def shown_by(actions: Sequence[Action]) -> Shown | None:
    """What the last message of these shows of tasks, if anything."""
    keyboards = [one.keyboard for one in actions if isinstance(one, Say | Edit) and one.keyboard]
    if not keyboards:
        return None
    pressed = list(_presses(keyboards[-1]))
    lines = {int(text): press.numbers[0] for text, press in pressed if text.isdigit() and press.verb in OPENS}
    cards = {(press.numbers[0], (*press.numbers, 0)[1]) for _text, press in pressed if press.verb == OF_CARD}
    cards = cards or {
        (press.numbers[1], 0) for _text, press in pressed if press.verb == OF_ANOTHER and press.numbers[1:]
    }
    card = cards.pop() if len(cards) == 1 and not lines else None
    return None if card is None and not lines else Shown(lines, card)


def _presses(keyboard: Keyboard) -> Iterator[tuple[str, Press]]:
    for one in (button for row in keyboard for button in row):
        try:
            press = parse(one.data)
        except ButtonError:
            continue
        if press.numbers:
            yield one.text, press
