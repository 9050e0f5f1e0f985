"""Makers of pictures and documents, by the name that a handler's SendFile gives."""

from collections.abc import Callable
from typing import Any

from storage.cabinet import Cabinet


def draw_weights(arguments: dict[str, Any]) -> bytes:
    """The chart of a weigh-in as PNG."""
    from bot.charts import draw_weights as draw  # matplotlib takes long to import: only when one is drawn

    return draw(**arguments)


def file_makers(cabinet: Cabinet) -> dict[str, Callable[[dict[str, Any]], bytes]]:
    """All makers; `stored` takes what an officer sent out of the cabinet, by its key."""
    return {"weights": draw_weights, "stored": lambda arguments: cabinet.get(str(arguments["key"]))}
