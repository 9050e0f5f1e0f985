"""What a wake with 100 due reminders costs does not grow with how many others wait: a thousand, or a million."""

import asyncio
import statistics
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from simulator.state import Account
from storage.tables import ReminderState
from tests.soak.crowd import chat_of, owe, settle_in
from tests.support.clocks import wita
from tests.support.database import Databases
from tests.support.town import Town

pytestmark = [pytest.mark.soak, pytest.mark.slow]

OFFICERS = 100
FEW, MANY = 1_000, 1_000_000
ROUNDS = 15
AT_MOST = 1.5
BEGINS = wita("2026-12-03 08.00")


async def a_house(databases: Databases, folder: Path, waiting: int) -> Town:
    """A hundred officers; so many reminders wait for a year to come."""
    url = databases.migrated()
    await asyncio.to_thread(folder.mkdir)
    town = Town(url, folder)
    settle_in(town.store, town.house, OFFICERS, wita("2026-12-02 09.00"), wita("2026-12-29 16.00"))
    everybody = range(1, OFFICERS + 1)
    owe(town.store, everybody, waiting, wita("2026-12-29 07.30"), timedelta(days=365) / waiting, "waiting")
    for number in everybody:
        town.world.accounts[chat_of(number)] = Account(chat_of(number), "rekaan", started=True)
    with town.store.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()
    town.clock.set(BEGINS)
    await town.open()
    await town.runtime.dispatcher.dispatch_until_idle()
    return town


async def a_wake(town: Town, at: datetime) -> float:
    """Seconds of one wake with one reminder due to each officer."""
    owe(town.store, range(1, OFFICERS + 1), OFFICERS, at, timedelta(0), f"due{at:%H%M}")
    town.clock.set(at)
    began = time.perf_counter()
    settled = await town.runtime.dispatcher.dispatch_until_idle()
    seconds = time.perf_counter() - began
    assert settled == OFFICERS
    return seconds


async def test_a_wake_costs_the_same_among_a_thousand_and_a_million(
    databases: Databases, tmp_path: Path
) -> None:
    few = await a_house(databases, tmp_path / "few", FEW)
    many = await a_house(databases, tmp_path / "many", MANY)
    times: dict[int, list[float]] = {FEW: [], MANY: []}
    for number in range(1, ROUNDS + 1):
        at = BEGINS + timedelta(minutes=20 * number)  # in quarters of an hour of their own
        for town, waiting in ((few, FEW), (many, MANY)):
            seconds = await a_wake(town, at)
            if number > 1:  # the first one warms up
                times[waiting].append(seconds)
    medians = {waiting: statistics.median(seconds) for waiting, seconds in times.items()}
    ratio = medians[MANY] / medians[FEW]
    sys.stdout.write(
        f"\n{databases.dialect}: a wake with {OFFICERS} due: {medians[FEW] * 1000:.0f} ms among {FEW:,} waiting,"
        f" {medians[MANY] * 1000:.0f} ms among {MANY:,}: {ratio:.2f} x\n"
    )
    for town in (few, many):
        sent = [row for row in town.reminders() if row.state == ReminderState.SENT] if town is few else []
        assert town is many or len(sent) == ROUNDS * OFFICERS
        await town.close()
    assert ratio <= AT_MOST
