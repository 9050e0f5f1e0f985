"""A file of a pack -> its text, whatever is in it and however large it is."""

import os
import stat
from pathlib import Path

from sop_flows.declarations.errors import PackError
from sop_flows.declarations.marked_yaml import MarkedYaml
from sop_flows.declarations.yaml_reading import read_marked

BYTES_MAX = 100_000  # the longest SOP of ours has 3,000

# What Windows editors put in front of "Unicode" text; UTF-8 with such a mark is read.
_WIDE = (b"\xff\xfe", b"\xfe\xff")


def read_file(path: Path) -> MarkedYaml:
    """Read one file, UTF-8 with or without a byte order mark, with any line ends; `errors` says what is wrong."""
    try:
        return read_marked(_text_of(path), path.name)
    except PackError as error:
        return MarkedYaml(path.name, errors=[error])


def _text_of(path: Path) -> str:
    try:
        found = os.stat(path)
        if not stat.S_ISREG(found.st_mode):
            raise PackError(path.name, 1, "not a file")
        if found.st_size > BYTES_MAX:
            what = (
                f"the file has {found.st_size:,} bytes; {BYTES_MAX:,} are the most. Is it a pack file at all?"
            )
            raise PackError(path.name, 1, what)
        written = path.read_bytes()
    except OSError as error:
        raise PackError(path.name, 1, f"can't be opened: {error.strerror}") from error
    if written.startswith(_WIDE):
        raise PackError(path.name, 1, "not UTF-8, but UTF-16; save the file as UTF-8")
    try:
        text = written.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = written[: error.start].count(b"\n") + 1
        raise PackError(path.name, line, "not UTF-8; save the file as UTF-8") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")
