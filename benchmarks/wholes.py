"""Whole things: a start, an hour of taps, a morning, a year."""

import statistics
import time
from datetime import date

from benchmarks import year as years
from benchmarks.bench import BARE, Bench, each
from benchmarks.house import (
    FIRST_GURU,
    STAFF_CHATS,
    enrol_staff,
    furnish,
    opened_in,
    settings_of,
    size_mb,
)
from benchmarks.kinds import A_SECOND, ACTS, floor_taps
from benchmarks.stand import Act, Stand, pandu
from benchmarks.table import Row
from simulator.clock import SimClock
from tests.soak.crowd import chat_of
from tests.support.clocks import wita

START_TIMES, MEMORY_TIMES = 3.0, 2.5  # goals: times the bare bot
TAPS = 20_000
TAPS_WITHIN_S = 240.0  # on a slow machine fewer taps are made, and told
AT_ONCE = 8  # taps that wait at a time
CHUNKS = 10
FLAT_MB = 1.0  # a thousand taps, in the second half
MORNING_OFFICERS = 3_000
PER_SECOND = 30  # messages that Telegram takes
STAYS = 12  # angkatan a year
CHILDREN = 60


def start(bench: Bench) -> None:
    """With bytecode: the first start of each is not counted."""
    folder = bench.folder / "start"
    furnish(folder)
    stand = Stand(folder)
    bare = Stand(folder / "bare")
    ours, theirs = [], []
    for _round in range(1 + 2 * bench.rounds):
        ours.append((pandu(stand, settings_of(folder)), stand.cpu_s()))
        stand.ends()
        theirs.append((bare.starts("benchmarks.bare_bot"), bare.cpu_s()))
        bare.ends()
    wall, cpu = (statistics.median(column) for column in zip(*ours[1:], strict=True))
    bare_wall, bare_cpu = (statistics.median(column) for column in zip(*theirs[1:], strict=True))
    goal, times = f"≤ {START_TIMES:g} × bare", cpu / bare_cpu
    bench.table.add(
        Row("start-up: CPU s until it asks for updates (s on the clock)",
            [f"{cpu:.2f} ({wall:.2f})", f"{bare_cpu:.2f} ({bare_wall:.2f})"], [times], goal, times <= START_TIMES)
    )  # fmt: skip
    stand.close()
    bare.close()


def memory(bench: Bench) -> None:
    """Looks and confirmations, as many at once as eight phones make."""
    most = TAPS // 20 if bench.is_quick else TAPS
    within_s = TAPS_WITHIN_S / 10 if bench.is_quick else TAPS_WITHIN_S
    bench.serve(bench.stand, bench.house, paced=False)
    begin = bench.stand.rss_mb()
    acts, sizes, made, spent_s = bench.officers.for_ever(), [], 0, 0.0
    for chunk in range(CHUNKS):
        left = (within_s - spent_s) / (CHUNKS - chunk)
        burst = bench.stand.keeps_busy(acts, left, most // CHUNKS, AT_ONCE)
        made, spent_s = made + burst.acts, spent_s + burst.seconds
        sizes.append((made, bench.stand.rss_mb()))
    second_half = sizes[CHUNKS // 2 :]
    slope = statistics.linear_regression(*zip(*second_half, strict=True)).slope * 1000
    bare = bench.floors[BARE]
    bare.does(floor_taps(most // 20), 60)
    times = sizes[-1][1] / bare.rss_mb()
    bench.table.add(
        Row(f"memory after {made:,} taps, MB ({begin:.0f} at the start)",
            [f"{sizes[-1][1]:.0f}", f"{bare.rss_mb():.0f}"], [times], f"≤ {MEMORY_TIMES:g} × bare", times <= MEMORY_TIMES),
        Row("memory, MB more for a thousand taps in the second half", [f"{slope:.2f}"], goal=f"flat (≤ {FLAT_MB:g})",
            is_met=slope <= FLAT_MB),
        Row("taps a second that one process serves", [f"{made / spent_s:.0f}"]),
    )  # fmt: skip
    bench.serve(bench.stand, bench.house)


def morning(bench: Bench) -> None:
    """Everybody gets a morning list at 07.30, at Telegram's pace."""
    officers = MORNING_OFFICERS // 10 if bench.is_quick else MORNING_OFFICERS
    folder = bench.folder / "morning"
    furnish(folder, officers=officers)
    clock = SimClock(folder)
    clock.move_to(wita("2026-12-16 07.20"))  # what is theirs is due on this day
    stand = Stand(folder)
    chats = [chat_of(FIRST_GURU + number) for number in range(1, officers + 1)]
    stand.seat(chats)
    bench.serve(stand, folder)
    said = sum(stand.sent.values())
    cpu_s, began = stand.cpu_s(), time.monotonic()
    stand.clock.move_to(wita("2026-12-16 07.30"))
    while not all(stand.sent[chat] for chat in chats):
        assert time.monotonic() < began + 60 + 10 * officers / PER_SECOND, "the morning does not end"
        time.sleep(0.05)
    seconds, used = time.monotonic() - began, stand.cpu_s() - cpu_s
    messages = sum(stand.sent.values()) - said
    bare = bench.floors[BARE].does([Act(chat, words="/tugas") for chat in STAFF_CHATS], A_SECOND)
    least = officers / PER_SECOND
    bench.table.add(
        Row(f"{messages:,} morning lists at 07.30: s (Telegram's pace allows {least:.0f} s)", [f"{seconds:.1f}"],
            goal="≤ 1.1 × that", is_met=seconds <= 1.1 * least + 1),
        Row("a morning list: CPU ms", [f"{used / messages * 1000:.1f}", f"{each(bare) * 1000:.1f}"],
            [used / messages / each(bare)]),
    )  # fmt: skip
    stand.close()


def year(bench: Bench) -> None:
    """Lived by the rules, without phones; then officers tap in what is left of it."""
    stays = 1 if bench.is_quick else STAYS
    folder = bench.folder / "year"
    first = date(2026, 1, 12)
    opened = opened_in(folder, years.evening(first - years.AHEAD))
    enrol_staff(opened)
    empty_mb, began = size_mb(folder), time.monotonic()
    over = years.live(opened, first, stays, CHILDREN)
    lived_s = time.monotonic() - began
    with opened.store.reading() as s:
        rows = years.count_rows(s)
    opened.store.close()
    what = ", ".join(f"{count:,} {name}" for name, count in rows.most_common())
    bench.table.add(
        Row(f"{stays} angkatan of {CHILDREN} children lived by the rules: MB ({what})",
            [f"{size_mb(folder) - empty_mb:.1f}"]),
        Row("a day of it: openings, plans and confirmations, ms", [f"{lived_s * 1000 / (stays * 30):.0f}"]),
    )  # fmt: skip
    SimClock(folder).move_to(years.evening(over))
    stand = Stand(folder)
    bench.serve(stand, folder)
    for words in ("/tugas", "/status", "/kapan"):
        old = stand.does([Act(chat, words=words) for chat in STAFF_CHATS[:ACTS]], A_SECOND)
        young = bench.stand.does([Act(chat, words=words) for chat in STAFF_CHATS[:ACTS]], A_SECOND)
        bench.table.add(
            Row(f"{words} after it: CPU ms, and at the beginning",
                [f"{each(old) * 1000:.1f} and {each(young) * 1000:.1f}"])
        )  # fmt: skip
    stand.close()
