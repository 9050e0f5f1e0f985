"""The bot starts with a new calendar while an angkatan goes by the former one: one notice, one screen, one decision."""

import pytest
from sqlmodel import select

from handlers.ui.request import pack as button_of
from sop_flows.declarations.loader import Pack
from storage.tables import Cohort, Run
from tests.conversations.test_new_pack import starts_with
from tests.support.packs import real_pack
from tests.support.person import Person
from tests.support.steps import does
from tests.support.town import Town

NUMBERS = ("9.1.02", "9.1.07", "9.2.07", "9.2.15")


@pytest.fixture
def pack() -> Pack:
    """As it was before."""
    ours = real_pack()
    return Pack(ours.unit, {number: ours.former[number] for number in NUMBERS}, ours.lines)


async def decided(town: Town) -> tuple[Person, Person]:
    """Tari opens angkatan, Dewi does the guidance; it is Thursday 10 December, and the bot has started anew."""
    tari = await town.officer("Tari Contoh", role="tu", admin=True)
    dewi = await town.officer("Dewi Contoh", role="bimbingan")
    await town.open_cohort(name="Angkatan III", arrival="2026-12-01", children=2)
    await town.lives_until("2026-12-09 09.00")
    await does(town, dewi, "9.1.02", 2)
    await town.lives_until("2026-12-10 09.00")
    ours = real_pack()
    await starts_with(
        town, Pack(ours.unit, {number: ours.sops[number] for number in NUMBERS}, ours.lines, ours.folder)
    )
    return tari, dewi


def opens_on(town: Town, sop: str) -> str:
    (run,) = town.rows(select(Run).where(Run.sop == sop))
    return f"{town.house.today(run.opens_at or town.clock.now())}"


async def test_one_notice_leads_to_what_moves_and_refusing_changes_nothing(town: Town) -> None:
    tari, dewi = await decided(town)
    said = (
        "Angkatan III: ada kalender baru. Yang lama berlaku sampai selesai, kecuali Anda memakai yang baru."
    )
    assert [said in screen.text for screen in tari.screens].count(True) == 1
    assert not any("kalender baru" in screen.text for screen in dewi.screens)
    await tari.taps("Lihat yang pindah")
    text = tari.last_screen.text
    assert text.startswith(
        "Kalender baru: Angkatan III\n3 SOP pindah. Yang sudah selesai tetap.\n4 langkah sudah lewat"
    )
    assert "9.1.07 Study Banding: Rabu 16 Des → Senin 14 Des" in text
    assert "Sesudah dipakai tidak dapat dikembalikan." in text
    await tari.taps("Tetap yang lama")
    assert opens_on(town, "9.1.07") == "2026-12-16"
    assert "Kalender baru" in tari.buttons  # it can still be taken


async def test_taken_it_goes_by_the_new_one_and_the_sections_are_asked(town: Town) -> None:
    tari, dewi = await decided(town)
    await tari.taps("Lihat yang pindah")
    await tari.taps("Pakai kalender baru")
    assert tari.last_screen.text.startswith("✅ Mulai sekarang memakai kalender baru; 3 SOP pindah.")
    assert "Kalender baru" not in tari.buttons
    assert opens_on(town, "9.1.07") == "2026-12-14"
    await town.lives_until("2026-12-10 09.30")
    assert "3 langkah bagian Anda lewat waktunya. Sudah dilaksanakan atau belum?" in dewi.last_screen.text
    await dewi.taps("Lihat daftar")
    assert dewi.last_screen.text.startswith("Lewat waktunya: sudah atau belum?")
    await dewi.taps("9.1.02")
    await dewi.taps("Semua sudah dilaksanakan")
    await dewi.taps("Tanggal tidak diketahui")
    await dewi.taps("Ya, konfirmasi")
    assert "✅ 3 langkah dicatat sudah dilaksanakan." in dewi.last_screen.text


async def test_a_second_tap_and_the_button_of_another_officer(town: Town) -> None:
    tari, dewi = await decided(town)
    (cohort,) = town.rows(select(Cohort))
    await dewi.taps_data(button_of("plan_cohort_yes", cohort.id or 0))
    assert opens_on(town, "9.1.07") == "2026-12-16"
    for _time in range(2):
        await tari.taps_data(button_of("plan_cohort_yes", cohort.id or 0))
    assert tari.last_screen.text.startswith("Tidak ada kalender lain")
