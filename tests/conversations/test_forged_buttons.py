"""Callback data is what somebody sent us: whatever its numbers, the answer is a sentence, never our failure."""

import itertools

import pytest

from handlers.buttons import ButtonError, Press
from handlers.refusals import refusal
from handlers.routes import PRESSES, route
from handlers.visit import Visit
from sop_flows.errors import RuleError
from storage.tables import Officer
from tests.support.town import Town

HUGE = 10**17
WORDS = ("", "SICK", "hour", "9.2.15", "penyantunan", "x")


def forged(real: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Numbers that no button of ours has, and real ones followed by such."""
    bad = (0, -1, HUGE, -HUGE)
    lists: list[tuple[int, ...]] = [(), *((one,) * length for one in bad for length in (1, 3, 5))]
    for one in real:
        lists += [(one,), *((one, *(other,) * 4) for other in bad)]
    return lists + [(real[-1], 1, one, one) for one in bad]


async def test_no_forged_button_is_a_failure_of_ours(town: Town) -> None:
    ani = await town.officer(
        "Ani", role=("perawat", "penyantunan", "peksos", "tu"), head="penyantunan", admin=True
    )
    await town.open_cohort(arrival="2026-12-01", children=3)
    await town.lives_until("2026-12-11 08.00")
    roll = town.task("9.2.15", 4, occurrence=1).id or 0
    failures: dict[str, str] = {}
    cases = [(numbers, "") for numbers in forged((1, roll))]
    cases += itertools.product(((), (1,), (roll,), (roll, 1), (HUGE,)), WORDS[1:])
    for verb in PRESSES:
        for numbers, word in cases:
            if verb in failures:
                break
            with town.store.transaction() as s:
                visit = Visit(
                    s, town.house, town.clock.now(), 1, 1, "chat", s.get_one(Officer, ani.id),
                    message_id=1, press=Press(verb, numbers, word), kind="button",
                )  # fmt: skip
                try:
                    try:
                        with s.begin_nested():
                            route(visit)
                    except (RuleError, ButtonError) as error:
                        refusal(visit, error)
                except Exception as error:
                    failures[verb] = f"{numbers} {word}: {error!r}"[:200]
                s.rollback()
    assert failures == {}


@pytest.mark.parametrize("forged_who", [999, HUGE, -1])
async def test_work_is_not_recorded_for_an_officer_who_does_not_exist(town: Town, forged_who: int) -> None:
    rahmat = await town.officer("Rahmat", role="penyantunan")
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-11-30 09.00")
    task = town.task("9.2.01", 2)
    await rahmat.types("/tugas")
    await rahmat.taps_data(f"1.task_by_who.{task.id}.{forged_who}.0")
    assert town.confirmations(task) == []
    assert rahmat.last_screen.text == "Itu sudah tidak ada."


async def test_a_guru_sees_no_task_and_no_status_of_another_angkatan(town: Town) -> None:
    await town.officer("Ibu Admin", "tu")
    await town.officer("Rahmat", "penyantunan")
    own = await town.open_cohort("Angkatan III", arrival="2026-12-22", children=2)
    other = await town.open_cohort("Angkatan IV", arrival="2026-12-29", children=2)
    guru = await town.officer("Ibu Guru", "guru", cohort=own)
    await guru.types("/status")
    assert "Angkatan III" in guru.last_screen.text
    assert "Angkatan IV" not in guru.last_screen.text
    for verb in ("status_late", "status_parts"):
        await guru.taps_data(f"1.{verb}.{other.id}")
        assert guru.last_screen.text == "Itu tidak dapat Anda lakukan."
    foreign = next(task for task in town.tasks("9.2.01", 2) if task.cohort_id == other.id)
    for verb in ("task_open", "task_snooze", "task_snooze_day", "task_more", "task_past", "task_hurdle_own"):
        await guru.types("/status")
        await guru.taps_data(f"1.{verb}.{foreign.id}")
        assert guru.last_screen.text == "Itu tidak dapat Anda lakukan.", verb
