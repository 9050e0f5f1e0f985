"""Makers of pictures and documents, by the name that a handler's SendFile gives."""

from collections.abc import Callable
from typing import Any

from bot.typesetting import TEMPLATES, typeset
from storage.cabinet import Cabinet


def draw_weights(arguments: dict[str, Any]) -> bytes:
    """The chart of a weigh-in as PNG, 960 x 1344 pixels: a 5-inch phone held upright."""
    return typeset(TEMPLATES / "weigh_in.typ", arguments, "png")


def file_makers(cabinet: Cabinet) -> dict[str, Callable[[dict[str, Any]], bytes]]:
    """All makers; `stored` takes what an officer sent out of the cabinet, by its key."""
    return {"weights": draw_weights, "stored": lambda arguments: cabinet.get(str(arguments["key"]))}
