"""A colleague takes what the others were told of: their messages say so, and nothing else in them is lost."""

import pytest

from storage.tables import Task, TaskState
from tests.support.person import Person, Screen
from tests.support.town import Town

pytestmark = pytest.mark.sops("9.2.15", "9.1.01")


@pytest.fixture
async def weigh_in(town: Town) -> Task:
    """The weigh-in of 11 December, in Budi's morning list together with what is late."""
    for name in ("Ani", "Budi"):
        await town.officer(name, role="penyantunan")
    await town.open_cohort(arrival="2026-12-01", departure="2026-12-31")
    await town.lives_until("2026-12-11 08.00")
    return next(task for task in town.tasks("9.2.15", 4) if task.state == TaskState.OPEN)


def again(person: Person, screen: Screen) -> Screen:
    """The same message as it looks now."""
    return next(now for now in person.screens if now.message.id == screen.message.id)


async def test_the_rest_of_the_morning_list_stays(town: Town, weigh_in: Task) -> None:
    ani, budi = town.person("Ani"), town.person("Budi")
    *_earlier, yesterday, morning = budi.screens
    assert "Timbang berat badan ke-2" in yesterday.text
    before = yesterday.text
    await ani.taps_data(f"1.task_take.{weigh_in.id}")
    said = again(budi, morning)
    assert said.text == (
        "Sudah diambil Ani: Timbang berat badan ke-2 · 6 anak.\n\n"
        "Selamat pagi, Budi. Hari ini 1 tugas.\n"
        "1. Susun dan sediakan obat · 9 hari lewat target"
    )
    assert said.rows == [["Lihat"], ["Selesai", "Buka"], ["Saya kerjakan", "Ingatkan lagi"], ["Semua"]]
    assert again(budi, yesterday).text == before, "the list of an earlier day stays as it was said"


async def test_a_screen_that_the_list_has_become_stays(town: Town, weigh_in: Task) -> None:
    ani, budi = town.person("Ani"), town.person("Budi")
    await budi.taps("1")
    await budi.taps("Hambatan")
    asked = budi.last_screen
    await ani.taps_data(f"1.task_take.{weigh_in.id}")
    assert again(budi, asked).text == asked.text
    await budi.taps_data(asked.data_of("Persediaan obat kurang"))  # the button says a long one in short
    assert "Tercatat: Persediaan obat-obatan kurang" in budi.last_screen.text
