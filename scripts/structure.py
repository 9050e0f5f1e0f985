"""Prints measures of this repository and their limits; exit status 1 when a limit is broken.

`--tap` also counts the files that run when an officer taps "Selesai" (takes half a minute).
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import mean

ROOT = Path(__file__).parent.parent
ROOMS = ("bot", "handlers", "sop_flows", "storage")
IN_LAYERS = ("sop_flows", "handlers")  # their first level is measured
LONGEST = 5  # files that are listed
MODULES_MAX = {"sop_flows": 14, "handlers": 14}
MANY_PARAMETERS_MAX = {"sop_flows": 10}
LINES_MAX = 44_000  # of the four rooms together; lower it when they are fewer


@dataclass(frozen=True)
class Measure:
    """A figure, and the highest that is allowed; None: any."""

    name: str
    figure: float
    limit: float | None = None

    @property
    def is_broken(self) -> bool:
        """Whether it is above its limit."""
        return self.limit is not None and self.figure > self.limit

    def __str__(self) -> str:
        limit = "" if self.limit is None else f"at most {self.limit:g}" + " BROKEN" * self.is_broken
        return f"{self.name:<58}{self.figure:>8g}  {limit}".rstrip()


@dataclass(frozen=True)
class Room:
    """A top-level package: its files, and the arrows (imports) between the modules of its first level."""

    root: Path
    name: str

    @cached_property
    def files(self) -> list[Path]:
        """Python files, without migrations."""
        found = sorted((self.root / self.name).rglob("*.py"))
        return [path for path in found if "migrations" not in path.parts]

    @cached_property
    def nodes(self) -> dict[Path, list[ast.AST]]:
        """What each file consists of."""
        return {path: list(ast.walk(ast.parse(path.read_text("utf-8")))) for path in self.files}

    @cached_property
    def modules(self) -> set[str]:
        """Files and folders of the first level."""
        return {self.module_of(path) for path in self.files} - {"__init__"}

    def module_of(self, path: Path) -> str:
        """The module of the first level in which a file lies."""
        return path.relative_to(self.root / self.name).parts[0].removesuffix(".py")

    @cached_property
    def arrows(self) -> set[tuple[str, str]]:
        """(importing module, imported module), each pair once."""
        found = {(self.module_of(path), one) for path in self.files for one in self._imported(path)}
        return {(one, other) for one, other in found if one != other and {one, other} <= self.modules}

    def _imported(self, path: Path) -> Iterator[str]:
        for node in self.nodes[path]:
            if isinstance(node, ast.Import | ast.ImportFrom):
                before = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
                names = [before + alias.name for alias in node.names]
                yield from (name.split(".")[1] for name in names if name.startswith(f"{self.name}."))

    def arrows_up(self) -> set[tuple[str, str]]:
        """Arrows that do not lead to a lower layer."""
        level = levels(self.root, self.name)
        return {(one, other) for one, other in self.arrows if level.get(one, 0) >= level.get(other, 0)}

    def largest_circle(self) -> int:
        """How many modules import each other in a circle, at most; 0 when there is no circle."""
        reached = {one: {other for start, other in self.arrows if start == one} for one in self.modules}
        for middle in self.modules:
            for one in self.modules:
                if middle in reached[one]:
                    reached[one] |= reached[middle]
        return max((sum(one in reached[other] for other in reached[one]) for one in self.modules), default=0)

    def parameters(self) -> list[int]:
        """Of each function how many it has, without self and cls."""
        functions = (ast.FunctionDef, ast.AsyncFunctionDef)
        defined = [node for nodes in self.nodes.values() for node in nodes if isinstance(node, functions)]
        named = [[*one.args.posonlyargs, *one.args.args, *one.args.kwonlyargs] for one in defined]
        return [sum(one.arg not in ("self", "cls") for one in arguments) for arguments in named]


def levels(root: Path, container: str) -> dict[str, int]:
    """The layer of each module in `.importlinter`, 0 is the top."""
    config = ConfigParser()
    config.read(root / ".importlinter", "utf-8")
    contract = next(
        section for section in config.values() if section.get("containers", "").strip() == container
    )
    layers = contract["layers"].split("\n")
    return {name.strip(): depth for depth, layer in enumerate(layers) for name in layer.split("|")}


def measures(root: Path) -> Iterator[Measure]:
    """Everything that is measured."""
    rooms = {name: Room(root, name) for name in ROOMS}
    for name in IN_LAYERS:
        room = rooms[name]
        yield Measure(f"{name}: modules at the first level", len(room.modules), MODULES_MAX[name])
        yield Measure(f"{name}: arrows between them", len(room.arrows))
        yield Measure(f"{name}: arrows that run back up", len(room.arrows_up()), 0)
        yield Measure(f"{name}: largest circle of them", room.largest_circle(), 0)
    for name, room in rooms.items():
        counts = room.parameters() or [0]
        many = sum(count >= 7 for count in counts)
        yield Measure(f"{name}: functions with 7 or more parameters", many, MANY_PARAMETERS_MAX.get(name))
        yield Measure(f"{name}: parameters of a function, on average", round(mean(counts), 2))
    lines = {
        path: len(path.read_text("utf-8").splitlines()) for room in rooms.values() for path in room.files
    }
    for name, room in rooms.items():
        yield Measure(f"{name}: lines", sum(lines[path] for path in room.files))
    yield Measure("lines of all four", sum(lines.values()), LINES_MAX)
    for path in sorted(lines, key=lambda path: -lines[path])[:LONGEST]:
        yield Measure(f"lines of {path.relative_to(root)}", lines[path])


def main() -> int:
    """Print the table; 1 when a limit is broken."""
    found = list(measures(ROOT))
    print(*found, sep="\n")  # noqa: T201
    if "--tap" in sys.argv:
        subprocess.run([sys.executable, "-m", "tests.support.traced_tap"], cwd=ROOT, check=True)
    return int(any(one.is_broken for one in found))


if __name__ == "__main__":
    sys.exit(main())
