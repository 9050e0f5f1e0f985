"""Run all benchmarks and print one line each."""

import asyncio
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import yaml
from sqlalchemy import text

from benchmarks.figure import Figure, measure, measure_async
from benchmarks.house import NOW, FullHouse, build
from benchmarks.start_up import start_ups
from bot.ports import real_ports
from handlers.ui.reply import Reply, Say, reply
from handlers.ui.request import Request
from sop_flows.core.work import Work
from sop_flows.declarations.loader import load_pack
from sop_flows.packs import find_pack
from sop_flows.recording import entries
from sop_flows.views import task_views

LATENCY_S = 0.05  # to Telegram from the institution, measured
TAPS = 3  # of each officer, one after the other


def packs() -> Figure:
    """Reading all SOPs at start, against parsing their YAML and nothing else."""
    folder = find_pack("rppsa_putra_utama")
    texts = [path.read_text("utf-8") for path in folder.glob("*.yaml")]
    return measure(
        "start: load and check the pack",
        lambda: load_pack(folder),
        "parsing its YAML",
        lambda: [yaml.load(one, yaml.CSafeLoader) for one in texts],
    )


def lists(full: FullHouse) -> list[Figure]:
    """What a screen reads, against one query that finds nothing."""
    officer = full.officer("Penyantunan Satu")

    def my_tasks() -> object:
        with full.store.reading() as s:
            return task_views.my_tasks(Work(s, full.house, NOW), officer)

    def names() -> object:
        with full.store.reading() as s:
            return [child.name for child in entries.present_children(s, 1)]

    def nothing() -> object:
        with full.store.reading() as s:
            return s.execute(text("SELECT 1")).scalar()

    return [
        measure("read: the tasks of one officer", my_tasks, "SELECT 1", nothing),
        measure("read: 60 children with their names decrypted", names, "SELECT 1", nothing),
    ]


async def taps(full: FullHouse, bare: FullHouse) -> list[Figure]:
    """One message from the inbox to the answer, against the same bot answering one word."""

    async def says(house: FullHouse, words: str) -> None:
        house.phones["Penyantunan Satu"].types(words)
        await house.settle()

    return [
        await measure_async(
            "message: /tugas, from inbox to answer",
            lambda: says(full, "/tugas"),
            "answering one word",
            lambda: says(bare, "/tugas"),
        ),
        await measure_async(
            "message: /status, from inbox to answer",
            lambda: says(full, "/status"),
            "answering one word",
            lambda: says(bare, "/status"),
        ),
    ]


async def at_once(full: FullHouse) -> Figure:
    """All officers at once with Telegram 50 ms away, against one of them alone."""
    full.transport.latency_s = LATENCY_S

    async def type_all(names: list[str]) -> None:
        for name in names:
            for _ in range(TAPS):
                full.phones[name].types("/tugas")
        await full.settle()

    everyone = list(full.phones)
    try:
        return await measure_async(
            f"{len(everyone)} officers, {TAPS} messages each, 50 ms away",
            lambda: type_all(everyone),
            "one officer alone",
            lambda: type_all(everyone[:1]),
        )
    finally:
        full.transport.latency_s = 0.0


def one_word(_request: Request) -> Reply:
    """The least that a bot can answer."""
    return reply(Say("ya"))


async def run(folder: Path) -> list[Figure]:
    """Everything, on two houses: the real one and one that answers one word."""
    full = await build(folder / "full")
    bare = await build(folder / "bare")
    bare.runtime.gate._unit = replace(bare.runtime.unit, ports=replace(real_ports(), route=one_word))
    figures = [packs(), *start_ups(folder), *lists(full), *await taps(full, bare), await at_once(full)]
    for house in (full, bare):
        await house.runtime.stop()
        house.store.close()
    return figures


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        for figure in asyncio.run(run(Path(folder))):
            sys.stdout.write(figure.line() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
