"""What goes wrong when a pack is read.

PackError    one mistake: file, line, what
PackErrors   all mistakes of one reading
"""

from collections.abc import Iterator, Sequence


class PackError(Exception):
    """One mistake in a pack. `line` counts from 1; its text is `9.2.15.yaml:34: what is wrong`."""

    def __init__(self, file: str, line: int, what: str) -> None:
        super().__init__(f"{file}:{line}: {what}")
        self.file = file
        self.line = line
        self.what = what


class PackErrors(Exception):
    """Everything that is wrong with a pack, one line each, in the order of files and lines."""

    def __init__(self, errors: Sequence[PackError]) -> None:
        self.errors = tuple(sorted(errors, key=lambda error: (error.file, error.line)))
        super().__init__("\n".join(str(error) for error in self.errors))

    def __iter__(self) -> Iterator[PackError]:
        return iter(self.errors)
