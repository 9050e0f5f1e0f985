"""[Tambah] [Nanti] under a step that is done, and "Belum lengkap" at the end of the list."""

import pytest
from sqlmodel import select

from handlers.ui.request import pack as packed
from sop_flows.declarations.loader import Pack
from storage.tables import Record, StoredFile, TaskState
from tests.support.after_pack import after_pack
from tests.support.person import Person
from tests.support.steps import does
from tests.support.town import Town


@pytest.fixture
def pack() -> Pack:
    return after_pack()


async def done(town: Town) -> Person:
    rahmat = await town.officer("Rahmat Contoh", role="penyantunan")
    await town.open_cohort(arrival="2026-11-30", children=2)
    await town.lives_until("2026-12-01 09.00")
    await does(town, rahmat, "9.9.20", 1)
    return rahmat


def standing(town: Town) -> list[dict[str, object]]:
    return [row.data for row in town.rows(select(Record).where(Record.key == "form"))]


async def test_it_is_added_at_once(town: Town) -> None:
    rahmat = await done(town)
    assert town.task("9.9.20", 1).state == TaskState.DONE
    assert "Tambah nomor surat, tanggal surat, dan berkas?" in rahmat.last_screen.text
    assert rahmat.buttons == ["Tambah", "Urungkan", "Buka langkah 2", "Nanti saja"]
    await rahmat.taps("Tambah")
    await rahmat.types("400.9/12/2026")
    await rahmat.types("kemarin")
    assert "Kirim foto atau dokumen (PDF, Word, Excel), paling besar 20 MB." in rahmat.last_screen.text
    await rahmat.sends_file(b"%PDF-1.4", "surat.pdf")
    assert "Sudah 1 berkas." in rahmat.last_screen.text
    await rahmat.taps("Selesai")
    assert (
        "Simpan ini?\nNomor surat: 400.9/12/2026\nTanggal surat: 30 November 2026" in rahmat.last_screen.text
    )
    await rahmat.taps("Simpan")
    assert "✅ Tercatat." in rahmat.last_screen.text
    assert "Belum lengkap" not in rahmat.last_screen.text
    (file,) = town.rows(select(StoredFile))
    assert standing(town) == [{"nomor": "400.9/12/2026", "tanggal": "2026-11-30", "berkas": [file.id]}]
    await rahmat.taps("Lihat isian")
    await rahmat.taps("Lihat 1 berkas")
    assert "document" in rahmat.phone.messages[-1].content


async def test_put_off_it_waits_at_the_end_of_the_list(town: Town) -> None:
    rahmat = await done(town)
    await rahmat.taps("Nanti saja")
    assert "Belum lengkap: 1" in rahmat.buttons
    await rahmat.taps("Belum lengkap: 1")
    assert "1. Surat contoh · nomor surat, tanggal surat, dan berkas" in rahmat.last_screen.text
    await rahmat.taps("1")
    await rahmat.types("400.9/12/2026")
    await rahmat.taps("Nanti saja")  # what was answered stands
    assert standing(town) == [{"nomor": "400.9/12/2026"}]
    assert "Belum lengkap: tanggal surat dan berkas" in rahmat.last_screen.text
    await rahmat.taps("Tambah")
    await rahmat.taps("Lewati")
    await rahmat.taps("Lewati")
    await rahmat.taps("Simpan")
    await rahmat.types("/tugas")
    assert not any(label.startswith("Belum lengkap") for label in rahmat.buttons)


async def test_an_old_button_of_a_step_that_was_undone_asks_nothing(town: Town) -> None:
    rahmat = await done(town)
    add = packed("form_add", town.task("9.9.20", 1).id or 0, 0)
    await rahmat.taps("Urungkan")
    await rahmat.taps_data(add)
    assert "Kirim surat." in rahmat.last_screen.text
    assert "Selesai" in rahmat.buttons
    assert standing(town) == []


@pytest.mark.parametrize(
    ("name", "size", "said"),
    [
        ("program.exe", 10, "“program.exe” jenis berkasnya tidak bisa dibuka orang lain."),
        ("film.pdf", 25 * 1024 * 1024, "Berkas itu lebih dari 20 MB, terlalu besar untuk saya."),
    ],
)
async def test_a_file_that_can_not_be_kept_is_refused_and_the_rest_stays(
    town: Town, name: str, size: int, said: str
) -> None:
    rahmat = await done(town)
    await rahmat.taps("Tambah")
    await rahmat.types("400.9/12/2026")
    await rahmat.types("kemarin")
    await rahmat.sends_file(b"x" * size, name)
    assert said in rahmat.last_screen.text
    assert "Kirim berkasnya." in rahmat.last_screen.text
    assert town.rows(select(StoredFile)) == []
    await rahmat.taps("Lewati")
    assert "Nomor surat: 400.9/12/2026" in rahmat.last_screen.text
