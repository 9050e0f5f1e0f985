"""Width and height of a picture without a picture library, and the invented sample photo."""

import struct
from importlib.resources import files

from simulator.refusals import bad_request

SAMPLE_NAME = "foto_contoh.jpg"


def sample_picture() -> bytes:
    """A drawn house on a hill, 800 x 600, JPEG: no real place and nobody on it."""
    return files("simulator.page").joinpath("sample.jpg").read_bytes()


def picture_size(content: bytes) -> tuple[int, int]:
    """Width and height in pixels of a JPEG, PNG or GIF.

    Raises:
        Refusal: it is none of them.
    """
    if content[:8] == b"\x89PNG\r\n\x1a\n" and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    if content[:6] in (b"GIF87a", b"GIF89a") and len(content) >= 10:
        width, height = struct.unpack("<HH", content[6:10])
        return width, height
    if content[:2] == b"\xff\xd8":
        return _jpeg_size(content)
    raise bad_request("IMAGE_PROCESS_FAILED")


def _jpeg_size(content: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 < len(content):
        if content[at] != 0xFF:
            at += 1
            continue
        marker = content[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        if marker == 0xFF or 0xD0 <= marker <= 0xD8:
            at += 1 if marker == 0xFF else 2
            continue
        at += 2 + struct.unpack(">H", content[at + 2 : at + 4])[0]
    raise bad_request("IMAGE_PROCESS_FAILED")
