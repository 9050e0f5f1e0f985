"""A day that nobody recorded is asked about once, and can still be entered under its own date."""

import pytest

from tests.support.person import Person
from tests.support.town import Town


async def test_a_missed_day_is_asked_about_in_the_morning_once_and_entered_under_its_date(town: Town) -> None:
    await town.officer("Admin", role="tu", admin=True)
    rahmat = await town.officer("Rahmat", role="penyantunan")
    await town.open_cohort(arrival="2026-12-01", children=4)
    await town.lives_until("2026-12-02 08.00")
    asked = "Belum dicatat: Pelayanan Kebutuhan Dasar, harian, kemarin. Sudah dikerjakan?"
    lines = rahmat.lowest_screen.text.splitlines()
    line = next(one for one in lines if one.endswith(asked))
    await rahmat.taps(line.split(".")[0])
    assert rahmat.last_screen.text.splitlines()[1] == "Harian · kemarin"
    await rahmat.taps("Semua terlaksana")
    meals = town.task("9.2.12", 6, occurrence=1)
    assert (meals.state, str(meals.done_on)) == ("done", "2026-12-01")
    await town.lives_until("2026-12-03 08.00")
    assert rahmat.lowest_screen.text.count("Belum dicatat") == 1  # the second day only


async def test_the_card_of_today_leads_to_yesterdays(town: Town) -> None:
    await town.officer("Admin", role="tu", admin=True)
    rahmat = await town.officer("Rahmat", role="penyantunan")
    await town.open_cohort(arrival="2026-12-01", children=4)
    await town.lives_until("2026-12-02 09.00")
    await rahmat.types("/tugas")
    line = next(one for one in rahmat.last_screen.text.splitlines() if "harian" in one)
    await rahmat.taps(line.split(".")[0])
    await rahmat.taps("Belum dicatat kemarin")
    assert rahmat.last_screen.text.splitlines()[1] == "Harian · kemarin"


@pytest.mark.sops("9.2.12")
async def test_more_missed_days_than_a_list_has_room_for_are_asked_about_the_next_morning(town: Town) -> None:
    rahmat = await town.officer("Rahmat", role="penyantunan")
    await town.lives_until("2026-12-01 06.00")
    for nth in range(1, 13):
        await town.open_cohort(f"Angkatan {nth:02}", arrival="2026-12-01", children=1, schools=1)
    await town.lives_until("2026-12-02 08.00")
    first = asked_about(rahmat)
    assert len(first) == 10
    assert "dan 2 lagi, di daftar pagi berikutnya" in rahmat.lowest_screen.text.splitlines()
    await town.lives_until("2026-12-03 08.00")
    second = asked_about(rahmat)
    assert second[:2] == [
        "Belum dicatat: Angkatan 11 · Pelayanan Kebutuhan Dasar, harian, Selasa, 1 Desember 2026. Sudah dikerjakan?",
        "Belum dicatat: Angkatan 12 · Pelayanan Kebutuhan Dasar, harian, Selasa, 1 Desember 2026. Sudah dikerjakan?",
    ]
    assert len(second) == 10
    assert "dan 4 lagi, di daftar pagi berikutnya" in rahmat.lowest_screen.text.splitlines()


def asked_about(person: Person) -> list[str]:
    """The lines of the newest message that ask about a missed day, without their numbers."""
    lines = person.lowest_screen.text.splitlines()
    return [line.split(". ", 1)[1] for line in lines if "Belum dicatat" in line]
