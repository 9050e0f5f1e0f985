"""[+ Catatan] on the card of a step that goes on for weeks."""

import pytest

from sop_flows.declarations.loader import Pack
from tests.support.packs import real_pack
from tests.support.steps import does, opens
from tests.support.town import Town


@pytest.fixture
def pack() -> Pack:
    ours = real_pack()
    return Pack(ours.unit, {"9.1.02": ours.sops["9.1.02"]}, ours.lines)


async def test_one_message_is_a_note_and_the_card_shows_it(town: Town) -> None:
    await town.officer("Kepala Contoh", role="kepala", admin=True)
    rahmat = await town.officer("Rahmat Contoh", role="bimbingan")
    await town.open_cohort(name="Angkatan III", arrival="2026-12-01", children=2)
    await town.lives_until("2026-12-07 09.00")
    await does(town, rahmat, "9.1.02", 2, 3, 4, 5)
    await opens(town, rahmat, "9.1.02", 6, "task_open")
    await rahmat.taps("+ Catatan")
    await rahmat.types("besok: latihan")
    assert "bukan Selasa, 8 Desember 2026. Belum ada yang dicatat." in rahmat.last_screen.text
    await rahmat.types("latihan <menari>")
    assert "✅ Dicatat untuk Senin, 7 Desember 2026: latihan <menari>" in rahmat.last_screen.text
    assert "Senin 7 Des: latihan <menari> · Rahmat Contoh" in rahmat.last_screen.text
    assert "Selesai" in rahmat.buttons


async def test_what_goes_on_is_one_button_until_its_last_day(town: Town) -> None:
    await town.officer("Kepala Contoh", role="kepala", admin=True)
    rahmat = await town.officer("Rahmat Contoh", role="bimbingan")
    await town.open_cohort(name="Angkatan III", arrival="2026-12-01", children=2)
    await town.lives_until("2026-12-07 09.00")
    await does(town, rahmat, "9.1.02", 2, 3, 4, 5)
    await rahmat.types("/tugas")
    assert "Laksanakan bimbingan sosial" not in rahmat.last_screen.text
    await rahmat.taps("Berjalan: 1")
    assert rahmat.last_screen.text == "Berjalan\n1. Laksanakan bimbingan sosial · 28 Desember"
    await rahmat.taps("1")
    assert "+ Catatan" in rahmat.buttons
    await town.lives_until("2026-12-28 09.00")
    await rahmat.types("/tugas")
    assert "1. Laksanakan bimbingan sosial · pukul 16.00" in rahmat.last_screen.text
    assert not any(label.startswith("Berjalan") for label in rahmat.buttons)
