"""A file of a pack -> its text, whatever is in it and however large it is."""

import os
import stat
from pathlib import Path

from sop_flows.declarations.errors import PackError, PackErrors
from sop_flows.declarations.marked_yaml import MarkedYaml
from sop_flows.declarations.yaml_reading import read_marked

BYTES_MAX = 1_000_000  # a SOP has 10 000

# What Windows editors put in front of "Unicode" text; UTF-8 with such a mark is read.
_WIDE = (b"\xff\xfe", b"\xfe\xff")


def read_file(path: Path) -> MarkedYaml:
    """Read one file, UTF-8 with or without a byte order mark, with any line ends.

    Raises:
        PackErrors: it is no file, can't be opened, is larger than BYTES_MAX, is not UTF-8, or is no YAML.
    """
    try:
        found = os.stat(path)
        if not stat.S_ISREG(found.st_mode):
            raise _error(path, 1, "not a file")
        if found.st_size > BYTES_MAX:
            raise _error(path, 1, _too_large(found.st_size))
        with path.open("rb") as file:
            written = file.read(BYTES_MAX + 1)
    except OSError as error:
        raise _error(path, 1, f"can't be opened: {error.strerror}") from error
    if len(written) > BYTES_MAX:  # it grew meanwhile
        raise _error(path, 1, _too_large(len(written)))
    if written.startswith(_WIDE):
        raise _error(path, 1, "not UTF-8, but UTF-16; save the file as UTF-8")
    try:
        text = written.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = written[: error.start].count(b"\n") + 1
        raise _error(path, line, "not UTF-8; save the file as UTF-8") from error
    return read_marked(text.replace("\r\n", "\n").replace("\r", "\n"), path.name)


def _too_large(size: int) -> str:
    return f"the file has {size:,} bytes; {BYTES_MAX:,} are the most. Is it a pack file at all?"


def _error(path: Path, line: int, what: str) -> PackErrors:
    return PackErrors([PackError(path.name, line, what)])
