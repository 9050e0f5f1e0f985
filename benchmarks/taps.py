"""What a tap costs: CPU, time, statements; when many arrive, from far away, and in a house with a long past."""

import random
import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from benchmarks.bench import BARE, COMMITS, QUIET_S, Bench, each, in_words, p95
from benchmarks.house import furnish, size_mb
from benchmarks.kinds import (
    CARD,
    FORM,
    KINDS,
    MANY,
    ONE,
    READ,
    SELESAI,
    TUGAS,
    URUNGKAN,
    WEIGHT,
    Kind,
    Officers,
    floor_taps,
    floors,
)
from benchmarks.launcher import read_counts
from benchmarks.stand import Act, Burst, Stand
from benchmarks.table import Row

AWAY_S = 0.05  # there and back, as measured from the institution
BEYOND_FLOOR_S = 0.015  # p95 with 30 a second arriving
AIM = 1.5  # times the bare bot with two commits
GROWS = 1.2  # at most, at 100,000 confirmations, weights, forms, entries and looks
LOADS = (10, 30, 60)  # taps a second arriving
SERVED = 0.9  # of 60 a second: from the first tap to the last answer
SAID = 100_000  # confirmations
FLOOR_COUNTS = {BARE: "0 / 0 / 0 / ", COMMITS: "2 / 2 / 0 / "}  # what is in benchmarks/bare_bot.py


def taps(bench: Bench) -> None:
    """CPU and time of each kind of tap, from one phone and from twenty."""
    for phones in (ONE, MANY):
        ours: dict[Kind, list[Burst]] = defaultdict(list)
        theirs: dict[tuple[str, str], list[Burst]] = defaultdict(list)
        for _round in range(bench.rounds):
            for name, stand in bench.floors.items():
                for floor, burst in floors(stand, phones).items():
                    theirs[name, floor].append(burst)
            for kind, burst in bench.officers.do(phones).items():
                ours[kind].append(burst)
        who = "1 phone" if phones == ONE else f"{phones} phones"
        for kind in KINDS:
            found = (ours[kind], theirs[BARE, kind.floor], theirs[COMMITS, kind.floor])
            cells = [f"{statistics.median(map(each, many)) * 1000:.1f} ({in_words(sum(many, Burst()).screens)})"
                     for many in found]  # fmt: skip
            bare, commits = _times(found[0], found[1]), _times(found[0], found[2])
            goal = f"≤ {kind.goal:g} × bare (aim: {AIM:g} × commits)"
            what = f"{kind.name}, {who}: CPU ms a tap (p50 / p95 ms)"
            bench.table.add(Row(what, cells, (bare, commits), goal, bare <= kind.goal))


def counts(bench: Bench) -> None:
    """Statements, commits that wrote, hops between threads and context switches of a tap."""
    folder, counted = bench.folder / "counted", bench.folder / "counts"
    furnish(folder)
    stand = Stand(folder)
    bench.serve(stand, folder, counts=counted)
    officers = Officers(stand, folder)
    officers.sit_down()
    officers.do(ONE, (WEIGHT, FORM))  # the lists of children are open from then on
    before = read_counts(counted)
    stand.rests(QUIET_S)
    idle = [one / QUIET_S for one in _since(before, counted)]
    least = {name: floors(bare, ONE) for name, bare in bench.floors.items()}
    for kind in KINDS:
        if kind is URUNGKAN:
            continue  # told with Selesai
        before, began = read_counts(counted), time.monotonic()
        burst = sum(officers.do(ONE, (kind,)).values(), Burst())
        seconds = time.monotonic() - began
        made = [max(0.0, one - alone * seconds) / burst.acts
                for one, alone in zip(_since(before, counted), idle, strict=True)]  # fmt: skip
        ours = " / ".join(f"{one:.1f}" for one in (*made, _switches(burst)))
        theirs = [f"{does}{_switches(least[name][kind.floor]):.1f}" for name, does in FLOOR_COUNTS.items()]
        who = "Selesai and Urungkan" if kind is SELESAI else kind.name
        bench.table.add(Row(f"{who}: statements / commits / hops / context switches", [ours, *theirs]))
    stand.close()


def arriving(bench: Bench) -> None:
    """Taps that come whether those before are answered or not, from forty phones."""
    seconds = 4 if bench.is_quick else 10
    floor: dict[int, Burst] = {}
    for a_second in LOADS:
        floor[a_second], commits = (
            _arrive(stand, floor_taps(a_second * seconds), a_second) for stand in bench.floors.values()
        )
        ours = _arrive(bench.stand, bench.officers.mixed(a_second * seconds), a_second)
        _load_row(bench, a_second, "", ours, floor[a_second], commits)
    bench.serve(bench.stand, bench.house, paced=False)
    for a_second in LOADS[1:]:
        ours = _arrive(bench.stand, bench.officers.mixed(a_second * seconds), a_second)
        _load_row(bench, a_second, ", not held to Telegram's 30 messages a second", ours, floor[a_second])
    bench.serve(bench.stand, bench.house)


def far(bench: Bench) -> None:
    """As much with Telegram 50 ms away."""
    stands = (bench.stand, *bench.floors.values())
    for stand in stands:
        stand.away_s = AWAY_S
    theirs = [floors(stand, MANY) for stand in bench.floors.values()]
    for kind, burst in bench.officers.do(MANY, (TUGAS, CARD, SELESAI)).items():
        cells = [in_words(one.screens) for one in (burst, *(floor[kind.floor] for floor in theirs))]
        bench.table.add(Row(f"{kind.name}, 20 phones, Telegram 50 ms away: p50 / p95 ms", cells))
    for stand in stands:
        stand.away_s = 0.0


def history(bench: Bench) -> None:
    """The same taps in a house that has confirmed much."""
    said = SAID // 10 if bench.is_quick else SAID
    folder = bench.folder / "old"
    furnish(folder, said=said)
    stand = Stand(folder)
    bench.serve(stand, folder)
    old = Officers(stand, folder)
    old.sit_down()
    found: dict[Kind, list[tuple[Burst, Burst]]] = defaultdict(list)
    for _round in range(bench.rounds):
        young = bench.officers.do(MANY, (TUGAS, CARD, SELESAI, *READ))
        for kind, burst in old.do(MANY, tuple(young)).items():
            found[kind].append((burst, young[kind]))
    for kind, pairs in found.items():
        aged, fresh = zip(*pairs, strict=True)
        times = _times(aged, fresh)
        cells = " and ".join(f"{statistics.median(map(each, many)) * 1000:.1f}" for many in (aged, fresh))
        goal = f"≤ {GROWS:g} × ({times:.2f} ×)"
        what = f"{kind.name} at {said:,} confirmations: CPU ms, and at none"
        bench.table.add(Row(what, [cells], goal=goal, is_met=times <= GROWS))
    bench.table.add(Row(f"database at {said:,} confirmations, MB", [f"{size_mb(folder):.0f}"]))
    stand.close()


def _arrive(stand: Stand, acts: Sequence[Act], a_second: int) -> Burst:
    dice = random.Random(a_second)
    return stand.does(acts, a_second, lambda: dice.expovariate(a_second))


def _load_row(bench: Bench, a_second: int, how: str, ours: Burst, *theirs: Burst) -> None:
    goal = ""
    is_met: bool | None = None
    if a_second == LOADS[1]:
        goal = f"p95 ≤ floor + {BEYOND_FLOOR_S * 1000:.0f} ms"
        is_met = p95(ours.screens) <= p95(theirs[0].screens) + BEYOND_FLOOR_S
    elif a_second == LOADS[2]:
        goal = "60 a second served"
        is_met = ours.acts / ours.seconds >= SERVED * LOADS[2]
    cells = [f"{in_words(one.screens)}; toast {in_words(one.toasts)}; {one.acts / one.seconds:.0f} a second"
             for one in (ours, *theirs)]  # fmt: skip
    bench.table.add(
        Row(f"{a_second} taps a second arriving{how}: p50 / p95 ms", cells, goal=goal, is_met=is_met)
    )


def _since(before: Sequence[int], path: Path) -> list[int]:
    return [after - one for after, one in zip(read_counts(path), before, strict=True)]


def _times(ours: Sequence[Burst], theirs: Sequence[Burst]) -> float:
    """The median of the ratios of one round each."""
    return statistics.median(each(one) / each(other) for one, other in zip(ours, theirs, strict=True))


def _switches(burst: Burst) -> float:
    return burst.switches / burst.acts
