"""Days and hours as officers type them, at the questions that ask for them: said back in full before they count."""

import pytest
from sqlmodel import select

from handlers.ui.request import pack
from storage.tables import Absence, TaskState
from tests.support.clocks import wita
from tests.support.person import Person
from tests.support.town import Town


async def with_a_task(town: Town) -> tuple[Person, int]:
    """Budi and his open task 9.2.01 step 2, on Wednesday 2 December."""
    budi = await town.officer("Budi", role="penyantunan")
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-12-02 09.00")
    return budi, town.task("9.2.01", 2).id or 0


@pytest.mark.parametrize(
    ("typed", "day", "on"),
    [
        ("senin", "Senin, 30 November 2026", "2026-11-30"),
        ("kemarin sore", "Selasa, 1 Desember 2026", "2026-12-01"),
        ("30", "Senin, 30 November 2026", "2026-11-30"),
    ],
)
async def test_a_day_that_was_worked_out_is_said_back_first(
    town: Town, typed: str, day: str, on: str
) -> None:
    budi, task_id = await with_a_task(town)
    await budi.taps_data(pack("task_past", task_id))
    await budi.types(typed)
    assert budi.last_screen.text == f"Dikerjakan pada {day}: benar?"
    assert town.confirmations(task_id) == []
    await budi.types("kemarin lusa")  # another one after all
    assert budi.last_screen.text == "Dikerjakan pada Senin, 30 November 2026: benar?"
    await budi.types(typed)
    await budi.taps("Ya")
    assert [str(said.done_on) for said in town.confirmations(task_id)] == [on]


async def test_a_date_counts_at_once_and_a_contradiction_is_asked(town: Town) -> None:
    budi, task_id = await with_a_task(town)
    await budi.taps_data(pack("task_past", task_id))
    await budi.types("senin 1 desember")
    assert budi.last_screen.text.startswith("“senin 1 desember”: 1 Desember 2026 adalah hari Selasa.")
    await budi.types("H-1")
    assert budi.last_screen.text.startswith("“H-1” dihitung dari hari yang tidak saya ketahui.")
    assert town.task("9.2.01", 2).state == TaskState.OPEN
    await budi.types("selasa 1 desember")
    assert [str(said.done_on) for said in town.confirmations(task_id)] == ["2026-12-01"]


@pytest.mark.parametrize(
    ("typed", "at", "said"),
    [
        ("besok jam 9", "2026-12-03 09.00", "besok, 09.00"),
        ("2 jam lagi", "2026-12-02 11.00", "hari ini, 11.00"),
        ("jam 15.30", "2026-12-02 15.30", "hari ini, 15.30"),
        ("besok setengah sepuluh", "2026-12-03 09.30", "besok, 09.30"),
        ("senin pukul 10", "2026-12-07 10.00", "Senin, 7 Desember 2026, 10.00"),
        ("besok", "2026-12-03 07.30", "besok, 07.30"),
    ],
)
async def test_hours_in_reminders(town: Town, typed: str, at: str, said: str) -> None:
    budi, task_id = await with_a_task(town)
    await budi.taps_data(pack("task_snooze_day", task_id, 0))
    await budi.types(typed)
    assert f"Saya ingatkan lagi {said}." in budi.last_screen.text
    assert any(weekday in budi.last_screen.text for weekday in ("Rabu, 2", "Kamis, 3", "Senin, 7"))
    # 2 jam lagi: counted from when it was typed, seconds after the question
    assert any(0 <= (row.due_at - wita(at)).total_seconds() < 60 for row in town.reminders(budi))


@pytest.mark.parametrize(
    ("typed", "span"),
    [
        ("3-5 des", "3 sampai 5 Desember"),
        ("besok sampai lusa", "3 sampai 4 Desember"),
        ("senin s.d. rabu", "7 sampai 9 Desember"),
        ("3 hari mulai besok", "3 sampai 5 Desember"),
    ],
)
async def test_both_days_of_a_leave_at_once(town: Town, typed: str, span: str) -> None:
    budi, _task_id = await with_a_task(town)
    await budi.types("/cuti")
    await budi.taps("Catat cuti saya")
    await budi.types("jumat 3 desember sampai sabtu 5 desember")
    assert "3 Desember 2026 adalah hari Kamis" in budi.last_screen.text
    await budi.types(typed)
    assert span in budi.last_screen.text
    assert town.rows(select(Absence)) == []
