"""The figures as one table in Markdown, each beside its floor and its goal."""

import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

HEAD = ("what", "Pandu", "bare bot", "with two commits", "× bare", "× commits", "goal", "")


@dataclass(frozen=True)
class Row:
    """One figure.

    Attributes:
        cells: Pandu's, the bare bot's and that of the one with two commits; the last ones may be left out.
        times: how many times the one and the other Pandu needs.
        goal: in words.
        is_met: None where there is no goal.
    """

    what: str
    cells: Sequence[str]
    times: Sequence[float] = ()
    goal: str = ""
    is_met: bool | None = None

    def line(self) -> str:
        """As it stands in the table."""
        met = {None: "", True: "met", False: "**missed**"}[self.is_met]
        times = [f"{one:.1f}" for one in self.times]
        return _line([self.what, *_filled(self.cells, 3), *_filled(times, 2), self.goal, met])


@dataclass
class Table:
    """Rows in the order in which they were measured; each is told at once."""

    rows: list[Row] = field(default_factory=list)

    def add(self, *rows: Row) -> None:
        """Keep them."""
        self.rows.extend(rows)

    def lines(self) -> Iterator[str]:
        """The whole of it, with machine and date."""
        yield f"{datetime.now(UTC):%Y-%m-%d}, {machine()}"
        yield ""
        yield _line(HEAD)
        yield _line(["---"] * len(HEAD))
        for row in self.rows:
            yield row.line()


def machine() -> str:
    """What it ran on."""
    model = next(
        (line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines()
         if line.startswith("model name")), platform.machine(),
    )  # fmt: skip
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores of {model}, load {load:.1f} when it ended, Python {platform.python_version()}, SQLite"


def _filled(cells: Sequence[str], count: int) -> list[str]:
    return [*cells, *[""] * (count - len(cells))]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
