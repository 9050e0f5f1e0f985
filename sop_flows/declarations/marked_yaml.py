"""A file as plain data that remembers on which line everything stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sop_flows.declarations.errors import PackError

Path = tuple[str | int, ...]  # keys and positions from the top of the file


class Problem(NamedTuple):
    """A mistake that only shows when a declaration is read as a whole: where in the file, and what is wrong."""

    path: Path
    what: str


@dataclass
class MarkedYaml:
    """One file as plain data (sequences are tuples), with the line of every key and item."""

    file: str
    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    errors: list[PackError] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of `path`, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def refuse(self, path: Path, what: str) -> None:
        """Note a mistake at `path`."""
        self.refuse_line(self.line(path), what)

    def refuse_line(self, line: int, what: str) -> None:
        """Note a mistake in a line."""
        self.errors.append(PackError(self.file, line, what))

    def move(self, inside: Path, places: Mapping[Path, Path], lines: Mapping[Path, int]) -> None:
        """Say where things stand after the list at `inside` was put together anew.

        Args:
            inside: the list; items that `places` does not name have no line any more.
            places: old path -> new path of its items, for all that stands below them too.
            lines: of what came from elsewhere; where a line is known already, that one wins.
        """
        depth = len(inside)
        moved: dict[Path, int] = {}
        for path, line in self.lines.items():
            if len(path) <= depth or path[:depth] != inside:
                moved[path] = line
            elif (new := places.get(path[: depth + 1])) is not None:
                moved[(*new, *path[depth + 1 :])] = line
        self.lines = {**lines, **moved}
