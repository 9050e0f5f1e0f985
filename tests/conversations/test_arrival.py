"""The day of arrival on the phone: the hand-over by school, the roll-call, from which Kab/Kota the schools are."""

import pytest

from sop_flows.declarations.loader import Pack
from sop_flows.declarations.offset import Offset
from sop_flows.declarations.sop import Start
from storage.tables import TaskState
from tests.support.packs import real_pack
from tests.support.steps import Team, a_team, does, opens
from tests.support.town import Town

NUMBERS = ("9.2.03", "9.2.04", "9.2.05", "9.1.15")


@pytest.fixture
def pack() -> Pack:
    """The arrival and the farewell of the calendar that comes with Pandu."""
    ours = real_pack()
    sops = {number: ours.sops[number] for number in NUMBERS}
    starts = (Start(at=Offset(anchor="arrival", days=-21)),)  # not after the SOPs before it
    sops["9.2.03"] = sops["9.2.03"].model_copy(update={"starts": starts})
    return Pack(ours.unit, sops, ours.lines)


async def arriving(town: Town) -> Team:
    """Four children of two schools have come this morning: 001 and 003, 002 and 004."""
    team = await a_team(town)
    await town.open_cohort(arrival="2026-11-30", children=4)
    await town.lives_until("2026-11-30 09.00")
    return team


async def received(town: Town) -> Team:
    team = await arriving(town)
    await opens(town, team.budi, "9.2.04", 1, "origin_open")
    await team.budi.taps("Sesuai daftar")
    await does(town, team.budi, "9.2.04", 2)
    await does(town, team.kepala, "9.2.04", 3)
    await opens(town, team.sari, "9.2.05", 1)
    return team


async def test_the_hand_over_is_one_tap_when_all_is_as_listed(town: Town) -> None:
    team = await arriving(town)
    await opens(town, team.budi, "9.2.04", 1, "task_open")
    await team.budi.taps("Mulai")
    assert "Cocok semua?" in team.budi.last_screen.text
    await team.budi.taps("Sesuai daftar")
    assert "✅ SOP 9.2.04 langkah 1 selesai" in team.budi.last_screen.text
    await team.budi.taps("Lengkapi isian")
    await team.budi.taps("✅ SDN")
    assert "Siapa guru pendampingnya?" in team.budi.last_screen.text
    await team.budi.types("Ibu Guru Contoh")
    for _rest in ("penyerah", "nomor", "foto"):
        await team.budi.taps("Lewati")
    await team.budi.taps("Simpan")
    assert "Ibu Guru Contoh" in team.budi.last_screen.text


async def test_a_school_that_differs_is_noted_and_the_difference_is_said(town: Town) -> None:
    team = await arriving(town)
    await opens(town, team.budi, "9.2.04", 1, "origin_open")
    await team.budi.taps("SDN")
    await team.budi.types("1")
    await team.budi.types("0")
    await team.budi.taps("Simpan")
    assert "menurut daftar: 2" in team.budi.last_screen.text
    await team.budi.taps("Sesuai daftar")  # the other one
    assert town.task("9.2.04", 1).state == TaskState.DONE


async def test_all_came_but_one_school_by_school(town: Town) -> None:
    team = await received(town)
    assert "2 anak terdaftar. Semua datang?" in team.sari.last_screen.text
    assert "semua sekolah lengkap" in team.sari.last_screen.text
    await team.sari.taps("Semua datang")
    assert "2 datang" in team.sari.last_screen.text
    await team.sari.taps("Ada yang tidak")
    assert team.sari.last_screen.is_protected
    await team.sari.taps("Simpan")
    assert "Belum ada yang diketuk" in team.sari.last_screen.text
    await team.sari.types("anak itu")
    assert "Ketik nomor anak yang tidak datang" in team.sari.last_screen.text
    await team.sari.types("4 099")
    assert "sudah tercatat: No. 099" in team.sari.last_screen.text
    assert "☑ 004" in " ".join(team.sari.buttons)
    await team.sari.taps("Simpan")
    assert "hadir 3 dari 4 anak.\nTidak datang 1: 004" in team.sari.last_screen.text
    await team.sari.taps("Urungkan")
    assert town.task("9.2.05", 1).state == TaskState.OPEN
    await opens(town, team.sari, "9.2.05", 1)
    await team.sari.taps("Semua datang")
    assert "hadir 4 dari 4 anak" in team.sari.last_screen.text


async def test_a_count_that_differs_is_said_with_the_question(town: Town) -> None:
    team = await arriving(town)
    await opens(town, team.budi, "9.2.04", 1, "origin_open")
    await team.budi.taps("SDN")
    await team.budi.types("0")
    await team.budi.types("1")
    await team.budi.taps("Simpan")
    await team.budi.taps("Sesuai daftar")
    await does(town, team.budi, "9.2.04", 2)
    await does(town, team.kepala, "9.2.04", 3)
    await opens(town, team.sari, "9.2.05", 1)
    assert "Serah terima mencatat 1 anak" in team.sari.last_screen.text
    assert "Semua sekolah lengkap" not in team.sari.buttons


async def test_from_which_kabupaten_the_schools_are(town: Town) -> None:
    team = await arriving(town)
    await team.kepala.types("/angkatan")
    await team.kepala.taps(team.kepala.buttons[0])
    assert "Kab/Kota 2 sekolah belum dicatat." in team.kepala.last_screen.text
    await team.kepala.taps("Isi Kab/Kota")
    await team.kepala.types("Sekolah Lain: Bima")
    assert "Belum ada yang dicatat" in team.kepala.last_screen.text
    await team.kepala.types("Lombok Barat")
    assert "Kab/Kota 2 sekolah tercatat" in team.kepala.last_screen.text
    await team.kepala.taps("Sekolah")
    await team.kepala.taps("2")
    assert "Lombok Barat" in team.kepala.last_screen.text
    await team.kepala.taps("Kab/Kota")
    await team.kepala.types("Kota Mataram")
    assert "Kab/Kota 1 sekolah tercatat" in team.kepala.last_screen.text


async def selecting(town: Town, children: int) -> Team:
    """The angkatan comes on 21 December; its selection is open."""
    team = await a_team(town)
    await town.open_cohort(arrival="2026-12-21", children=children)
    await town.lives_until("2026-11-30 09.00")
    await does(town, team.rahmat, "9.2.03", 1)
    await opens(town, team.rahmat, "9.2.03", 2)
    return team


async def test_a_reserve_is_offered_in_place_of_who_did_not_come(town: Town) -> None:
    team = await selecting(town, children=4)
    await team.rahmat.taps("Cadangan")  # 001
    await team.rahmat.types("2 tidak diterima")
    await team.rahmat.taps("Sisanya: diterima")
    await team.rahmat.taps("Ya, 2 anak")
    assert "diterima 2 dari 4 anak.\nCadangan 1: 001\nTidak diterima 1: 002" in team.rahmat.last_screen.text
    await town.lives_until("2026-12-21 09.00")
    await opens(town, team.budi, "9.2.04", 1, "origin_open")
    await team.budi.taps("Sesuai daftar")
    await does(town, team.budi, "9.2.04", 2)
    await does(town, team.kepala, "9.2.04", 3)
    await opens(town, team.sari, "9.2.05", 1)
    await team.sari.taps("Ada yang tidak")
    await team.sari.types("3")
    await team.sari.taps("Simpan")
    assert team.sari.last_screen.text.endswith("Panggil cadangan?")
    await team.sari.taps("Ya, pilih")
    await team.sari.taps("001")
    assert "No. 001 dipanggil" in team.sari.last_screen.text
    assert "1 anak terdaftar. Semua datang?" in team.sari.last_screen.text  # its own arrival is asked


async def test_a_reserve_is_called_up_from_its_page(town: Town) -> None:
    team = await selecting(town, children=2)
    await team.rahmat.taps("Cadangan")
    await team.rahmat.types("/anak 1")
    assert "Cadangan Angkatan Contoh: belum ikut." in team.rahmat.last_screen.text
    await team.rahmat.taps("Panggil cadangan")
    assert "mulai sekarang ikut angkatan" in team.rahmat.last_screen.text
    assert "Panggil cadangan" not in team.rahmat.buttons


async def test_a_selection_without_a_list_asks_for_it(town: Town) -> None:
    team = await selecting(town, children=0)
    assert "Daftar anak belum ada" in team.rahmat.last_screen.text
    assert "Kepala Contoh dapat mengirimnya" in team.rahmat.last_screen.text
