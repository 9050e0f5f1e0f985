"""A clock that was set back is noticed, by a process that goes on and by one that starts: what is ahead is planned."""

import dataclasses

import pytest

from tests.bot.conftest import MakeTown
from tests.support.town import Town


async def watched(make_town: MakeTown) -> tuple[Town, list[str]]:
    """A town at 09.00, and a list of when everything was planned anew."""
    town = await make_town()
    planned: list[str] = []
    town.ports = dataclasses.replace(
        town.ports,
        plan_everything=lambda work: planned.append(f"{work.now.astimezone(work.zone):%d %H.%M}"),
    )
    await town.restart()
    town.clock.set("2026-11-30 09.00")
    await town.settle()
    assert planned == []
    return town, planned


async def test_under_a_process_that_goes_on(make_town: MakeTown) -> None:
    town, planned = await watched(make_town)
    town.clock.set("2026-11-28 09.00")
    await town.settle()
    await town.settle()
    assert planned == ["28 09.00"]


async def test_over_a_restart(make_town: MakeTown) -> None:
    town, planned = await watched(make_town)
    await town.is_off_until("2026-11-28 09.00")
    assert planned == ["28 09.00"]


@pytest.mark.parametrize("at", ["2026-11-30 08.57", "2026-12-02 09.00"])
async def test_clocks_that_differ_a_little_or_go_on_are_not_set_back(make_town: MakeTown, at: str) -> None:
    town, planned = await watched(make_town)
    town.clock.set(at)
    await town.settle()
    assert planned == []
