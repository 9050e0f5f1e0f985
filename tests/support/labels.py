"""Every button that the bot sends in a test is looked at: no label is wider than a phone, or cut that need not be."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

import bot.sender
import locales
from handlers.ui.request import Keyboard
from handlers.ui.words import LABEL_MAX
from tests.support.packs import real_pack

BEGINNING = 12  # characters of a cut label by which it is known where it comes from


@contextmanager
def watched() -> Iterator[list[str]]:
    """The labels that are wrong, of all keyboards that leave while it is open."""
    wrong: list[str] = []
    lay_out = bot.sender.laid_out

    def look(keyboard: Keyboard) -> Keyboard:
        wrong.extend(one.text for row in keyboard for one in row if is_wrong(one.text))
        return lay_out(keyboard)

    bot.sender.laid_out = look
    try:
        yield wrong
    finally:
        bot.sender.laid_out = lay_out


def is_wrong(label: str) -> bool:
    """Whether it is too long, or was cut though it is no name: what we or the pack say has to fit."""
    if len(label) > LABEL_MAX:
        return True
    if len(label) < LABEL_MAX or not label.endswith("…"):
        return False
    beginning = label[:BEGINNING]
    return any(one.startswith(beginning) for one in ours())


@cache
def ours() -> tuple[str, ...]:
    """What the catalogue and the pack say: any of it may stand on a button."""
    po = (Path(locales.__file__ or "").parent / "id" / "LC_MESSAGES" / "pandu.po").read_text("utf-8")
    said = [str(one.string) for one in read_po(io.StringIO(po), locale="id") if one.id]
    steps = [step.short for sop in real_pack().sops.values() for step in sop.steps]
    return (*said, *steps, *real_pack().unit.obstacles)
