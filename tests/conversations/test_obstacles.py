"""Obstacles as they reach whoever answers for the work: in the morning list, each once, each with its number."""

import pytest

from tests.support.person import Person
from tests.support.town import Town

pytestmark = pytest.mark.sops("9.2.01")


async def hindered(town: Town, budi: Person, angkatan: int = 1) -> None:
    """Budi has the first letter of so many angkatan, and an obstacle in each."""
    for nth in range(1, angkatan + 1):
        await town.open_cohort(f"Angkatan {nth:02}", arrival="2026-12-30", children=1, schools=1)
    await town.lives_until("2026-11-30 09.00")
    for task in town.tasks("9.2.01", 2):
        await budi.taps_data(f"1.task_take.{task.id}")
        await budi.taps_data(f"1.task_hurdle.{task.id}.0")


def obstacles_in(person: Person) -> list[str]:
    """The lines about obstacles in the newest message."""
    return [line for line in person.lowest_screen.text.splitlines() if "Hambatan" in line]


async def test_more_than_a_list_has_room_for_come_the_next_morning(town: Town) -> None:
    kasi = await town.officer("Dewi", "penyantunan", head="penyantunan")
    budi = await town.officer("Budi", "penyantunan")
    await hindered(town, budi, angkatan=12)
    await town.lives_until("2026-12-01 08.00")
    first = obstacles_in(kasi)
    assert len(first) == 10
    assert "dan 2 lagi, di daftar pagi berikutnya" in kasi.lowest_screen.text.splitlines()
    await town.lives_until("2026-12-02 08.00")
    assert [line.split(" · ")[0] for line in obstacles_in(kasi)] == [
        "1. Hambatan: Angkatan 11",
        "2. Hambatan: Angkatan 12",
    ]
    assert "lagi" not in kasi.lowest_screen.text
    await town.lives_until("2026-12-03 08.00")
    assert obstacles_in(kasi) == []


async def test_its_number_opens_the_card(town: Town) -> None:
    kasi = await town.officer("Dewi", "penyantunan", head="penyantunan")
    budi = await town.officer("Budi", "penyantunan")
    await hindered(town, budi)
    await town.lives_until("2026-12-01 07.31")
    assert kasi.lowest_screen.text.splitlines() == [
        "Selamat pagi, Dewi.",
        "1. Hambatan: Surat pemberitahuan ke Kab/Kota · Budi",
    ]
    assert kasi.lowest_screen.buttons == ["1", "Tugas saya"]
    await kasi.taps("1")
    assert "Pejabat yang berwenang tidak di tempat · Budi" in kasi.lowest_screen.text


async def test_with_no_kasi_and_no_kepala_the_admin_hears_of_it(town: Town) -> None:
    admin = await town.officer("Tari", "tu", admin=True)
    citra = await town.officer("Citra", "penyantunan")
    budi = await town.officer("Budi", "penyantunan")
    await hindered(town, budi)
    before = citra.screens
    await town.lives_until("2026-12-01 07.31")
    assert obstacles_in(admin) == ["1. Hambatan: Surat pemberitahuan ke Kab/Kota · Budi"]
    assert not any("Hambatan" in screen.text for screen in citra.new_since(before))
    shown = len(admin.screens)
    await town.lives_until("2026-12-02 12.00")
    assert len(admin.screens) == shown, "told once"


async def test_with_a_kasi_the_admin_is_left_alone(town: Town) -> None:
    admin = await town.officer("Tari", "tu", admin=True)
    await town.officer("Dewi", "penyantunan", head="penyantunan")
    budi = await town.officer("Budi", "penyantunan")
    await hindered(town, budi)
    before = admin.screens
    await town.lives_until("2026-12-02 12.00")
    assert not any("Hambatan" in screen.text for screen in admin.new_since(before))


async def test_saya_tangani_keeps_the_obstacles_of_the_message_and_they_are_told_once(town: Town) -> None:
    kasi = await town.officer("Dewi", "penyantunan", head="penyantunan")
    budi = await town.officer("Budi", "penyantunan")
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-12-02 12.00")
    await budi.taps_data(f"1.task_hurdle.{town.task('9.2.01', 2).id}.0")
    await town.lives_until("2026-12-03 07.31")
    assert obstacles_in(kasi) == ["1. Hambatan: Surat pemberitahuan ke Kab/Kota · Budi"]
    await kasi.taps("Saya tangani")
    assert obstacles_in(kasi) == ["1. Hambatan: Surat pemberitahuan ke Kab/Kota · Budi"]
    shown = len(kasi.screens)
    await town.lives_until("2026-12-05 12.00")
    assert len(kasi.screens) == shown
