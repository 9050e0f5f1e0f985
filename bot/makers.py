"""Makers of pictures and documents, by the name that a handler's SendFile gives."""

from typing import Any


def draw_weights(arguments: dict[str, Any]) -> bytes:
    """The chart of a weigh-in as PNG."""
    from bot.charts import draw_weights as draw  # matplotlib takes long to import: only when one is drawn

    return draw(**arguments)


MAKERS = {"weights": draw_weights}
