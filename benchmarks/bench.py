"""What every part of the benchmarks works on: the bots of the run, each before a Telegram of its own."""

import statistics
from collections.abc import Sequence
from pathlib import Path

from benchmarks.house import EVERYBODY, STAFF_CHATS, furnish, settings_of
from benchmarks.kinds import Officers
from benchmarks.stand import Burst, Stand, pandu
from benchmarks.table import Table

BARE, COMMITS = "bare", "commits"
QUIET_S = 3.0  # without a tap: what a process uses by itself
CALM = 0.05  # CPU seconds a second: what came due at the start is said


class Bench:
    """The stands are kept between parts: a bot that serves nobody waits for updates and no more.

    Args:
        is_quick: fewer rounds, and the long parts at a tenth of their size.
    """

    def __init__(self, folder: Path, table: Table, *, is_quick: bool) -> None:
        self.folder = folder
        self.table = table
        self.is_quick = is_quick
        self.rounds = 1 if is_quick else 3
        self.floors = {name: self._floor(name) for name in (BARE, COMMITS)}
        self.house = folder / "house"
        furnish(self.house)
        self.stand = Stand(self.house)
        self.serve(self.stand, self.house)
        self.officers = Officers(self.stand, self.house)
        self.officers.sit_down()

    def close(self) -> None:
        """End every process."""
        for stand in (self.stand, *self.floors.values()):
            stand.close()

    def serve(self, stand: Stand, folder: Path, *, counts: Path | None = None, paced: bool = True) -> None:
        """Start Pandu (again), and wait until what came due is said."""
        stand.ends()
        stand.seat(EVERYBODY)
        pandu(stand, settings_of(folder), counts=counts, paced=paced)
        while stand.rests(1.0) > CALM:
            pass
        stand.rests(QUIET_S)

    def _floor(self, name: str) -> Stand:
        stand = Stand(self.folder / name)
        more = [str(self.folder / name / "two_commits.db")] if name == COMMITS else []
        stand.starts("benchmarks.bare_bot", *more)
        stand.seat(STAFF_CHATS)
        stand.rests(QUIET_S)
        stand.shows_card(STAFF_CHATS)
        return stand


def each(burst: Burst) -> float:
    """CPU seconds of one act."""
    return burst.cpu_s / burst.acts


def p95(waits: Sequence[float]) -> float:
    """Seconds that one in twenty waited for or longer."""
    return sorted(waits)[int(len(waits) * 0.95)]


def in_words(waits: Sequence[float]) -> str:
    """Median and p95, milliseconds."""
    return f"{statistics.median(waits) * 1000:.0f} / {p95(waits) * 1000:.0f}" if waits else "none"
