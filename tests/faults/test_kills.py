"""Killed at any moment, with the Bot API failing meanwhile: nothing is lost, nothing early, little twice.

`PANDU_KILLS`: how many kills; `PANDU_SEED`: which. Both are printed with the figures.
"""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.evidence import Evidence, collect
from tests.faults.forgeries import forged
from tests.faults.month import Month
from tests.faults.verdict import TAKES_OVER_WITHIN_S, Verdict, lines
from tests.support.database import Databases

pytestmark = pytest.mark.slow

SEED = int(os.environ.get("PANDU_SEED", "20261201"))
KILLS = int(os.environ.get("PANDU_KILLS", "200"))
DAYS = 30
EACH = 30  # kills in each phase, of 200
FEW_KILLS, FEW_TAKE_OVERS, FEW_DAYS = 8, 5, 2


def lived(folder: Path, url: str, days: int, kills: int, *, stands_by: bool) -> Evidence:
    began = time.monotonic()
    month = Month(folder, url, days, kills, SEED, stands_by=stands_by)
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


@pytest.mark.timeout(600)
def test_a_few_kills_lose_nothing(sqlite_databases: Databases, tmp_path: Path) -> None:
    url = sqlite_databases.migrated()
    seen = lived(tmp_path / "house", url, FEW_DAYS, FEW_KILLS, stands_by=False)
    assert len(seen.lived.kills) == FEW_KILLS
    for what, wrong in forged(seen):
        assert Verdict(wrong).problems, f"not noticed: {what}"


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_a_few_take_overs_lose_nothing(sqlite_databases: Databases, tmp_path: Path) -> None:
    seen = lived(tmp_path / "house", sqlite_databases.migrated(), FEW_DAYS, FEW_TAKE_OVERS, stands_by=True)
    assert seen.lived.take_overs_s
    assert seen.lived.standbys_killed
    late = replace(seen.lived, take_overs_s=[TAKES_OVER_WITHIN_S + 1])
    assert Verdict(replace(seen, lived=late)).problems


@pytest.mark.soak
@pytest.mark.timeout(0)
@pytest.mark.parametrize("stands_by", [False, True], ids=["started_again", "taken_over"])
def test_two_hundred_kills_lose_nothing(databases: Databases, tmp_path: Path, stands_by: bool) -> None:
    seen = lived(tmp_path / "house", databases.migrated(), DAYS, KILLS, stands_by=stands_by)
    histogram = seen.lived.histogram
    assert all(histogram[phase] >= EACH * KILLS // 200 for phase in ("receive", "commit", "send", "mark")), (
        histogram
    )
