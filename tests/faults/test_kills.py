"""Killed at any moment, with the Bot API failing meanwhile: nothing is lost, nothing early, little twice.

`PANDU_KILLS`: how many kills; `PANDU_SEED`: which. Both are printed with the figures.
"""

import os
import time
from pathlib import Path

import pytest

from tests.faults.evidence import Evidence, collect
from tests.faults.forgeries import forged
from tests.faults.month import Month
from tests.faults.verdict import Verdict, lines
from tests.support.database import Databases

pytestmark = pytest.mark.slow

SEED = int(os.environ.get("PANDU_SEED", "20261201"))
KILLS = int(os.environ.get("PANDU_KILLS", "200"))
DAYS = 30
EACH = 30  # kills in each phase, of 200
FEW_KILLS, FEW_DAYS = 8, 2


def lived(folder: Path, url: str, days: int, kills: int) -> Evidence:
    began = time.monotonic()
    month = Month(folder, url, days, kills, SEED)
    try:
        month.lives()
        seen = collect(month)
    finally:
        month.close()
    verdict = Verdict(seen)
    print(  # noqa: T201 -- the figures are half of the proof
        f"\nseed {SEED}, {days} days in {time.monotonic() - began:.0f} s: {verdict.figures}"
    )
    assert not verdict.problems, lines(verdict.problems)
    return seen


def test_a_few_kills_lose_nothing(sqlite_databases: Databases, tmp_path: Path) -> None:
    seen = lived(tmp_path / "house", sqlite_databases.migrated(), FEW_DAYS, FEW_KILLS)
    assert len(seen.lived.kills) == FEW_KILLS
    for what, wrong in forged(seen):
        assert Verdict(wrong).problems, f"not noticed: {what}"


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_two_hundred_kills_lose_nothing(databases: Databases, tmp_path: Path) -> None:
    seen = lived(tmp_path / "house", databases.migrated(), DAYS, KILLS)
    histogram = seen.lived.histogram
    assert all(histogram[phase] >= EACH * KILLS // 200 for phase in ("receive", "commit", "send", "mark")), (
        histogram
    )
