"""Makers of pictures and documents, by the name that a handler's SendFile gives."""

import io
from collections.abc import Callable
from typing import Any

import segno

from bot.typesetting import TEMPLATES, typeset
from storage.cabinet import Cabinet

QR_SCALE = 10  # pixels of a module
QR_BORDER = 4  # modules, as the standard asks


def draw_weights(arguments: dict[str, Any]) -> bytes:
    """The chart of a weigh-in as PNG, 960 x 1344 pixels: a 5-inch phone held upright."""
    return typeset(TEMPLATES / "weigh_in.typ", arguments, "png")


def draw_qr(arguments: dict[str, Any]) -> bytes:
    """The QR code of a link as PNG, to be read from one phone by another."""
    drawn = io.BytesIO()
    segno.make(str(arguments["link"]), micro=False).save(drawn, kind="png", scale=QR_SCALE, border=QR_BORDER)
    return drawn.getvalue()


def file_makers(cabinet: Cabinet) -> dict[str, Callable[[dict[str, Any]], bytes]]:
    """All makers; `stored` takes what an officer sent out of the cabinet, by its key."""
    return {
        "weights": draw_weights,
        "qr": draw_qr,
        "stored": lambda arguments: cabinet.get(str(arguments["key"])),
    }
