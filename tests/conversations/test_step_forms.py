"""What a step itself records: Selesai asks the form question by question, Simpan writes record and confirmation."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import col, select

from handlers.ui.request import pack
from storage.tables import ConfirmationKind, Record, StoredFile, TaskState
from tests.support.database import Databases
from tests.support.form_pack import form_pack
from tests.support.person import Person
from tests.support.steps import does
from tests.support.town import Town, a_town

PEOPLE = "1. Ani Contoh; S1 Pekerjaan Sosial\nBudi <Contoh>; Perawat D3"


@pytest.fixture
async def town(databases: Databases, tmp_path: Path) -> AsyncIterator[Town]:
    """A town with SOPs that record something, on both databases."""
    async with a_town(databases, tmp_path, form_pack()) as built:
        yield built


async def peksos(town: Town, name: str = "Sari Contoh") -> Person:
    person = await town.officer(name, role="peksos")
    if not town.tasks("9.9.01"):
        await town.open_cohort(arrival="2026-11-30", children=3)
        await town.lives_until("2026-11-30 09.00")
    return person


def records(town: Town, step: int = 1) -> list[Record]:
    task = town.task("9.9.01", step)
    return town.rows(
        select(Record).where(Record.task_id == task.id, Record.key == "form").order_by(col(Record.id))
    )


async def answers(sari: Person, start: int = 0) -> None:
    """The seven questions from `start` on."""
    for place in range(start, 7):
        match place:
            case 0:
                await sari.types("120")
            case 1:
                await sari.types("3 november")
            case 2:
                await sari.taps("Ya")
            case 3:
                await sari.taps("☐ Sekolah")
                await sari.taps("☐ Medis")
                await sari.taps("Lanjut")
            case 4:
                await sari.types(PEOPLE)
            case 5:
                await sari.sends_photo()
                await sari.taps("Selesai")
            case 6:
                await sari.taps("Lewati")


async def test_selesai_asks_and_simpan_writes_both(town: Town) -> None:
    sari = await peksos(town)
    await does(town, sari, "9.9.01", 1)
    assert "SOP 9.9.01 · Registrasi contoh\nBerapa panjangnya?" in sari.last_screen.text
    assert "Ketik angka antara 30 dan 200 cm." in sari.last_screen.text
    await answers(sari)
    text = sari.last_screen.text
    assert "Simpan isian ini dan selesaikan langkahnya?" in text
    assert "Panjang: 120 cm\nTanggal: 3 November 2026\nAnak setuju: Ya\nLayanan: Medis, Sekolah" in text
    assert "Petugas:\n• Ani Contoh (S1 Pekerjaan Sosial)\n• Budi <Contoh> (Perawat D3)\nFoto: 1" in text
    assert sari.buttons == ["Simpan", "Ubah", "Nanti saja"]
    assert records(town) == []
    assert town.task("9.9.01", 1).state == TaskState.OPEN
    await sari.taps("Simpan")
    assert "✅ SOP 9.9.01 langkah 1 selesai · Sari Contoh" in sari.last_screen.text
    assert sari.buttons == ["Urungkan", "Lihat isian", "Buka langkah 2", "Tugas saya"]
    (row,) = records(town)
    photos = town.rows(select(StoredFile))
    assert row.data == {
        "panjang": 120,
        "tanggal": "2026-11-03",
        "setuju": True,
        "layanan": ["Medis", "Sekolah"],
        "petugas": [["Ani Contoh", "S1 Pekerjaan Sosial"], ["Budi <Contoh>", "Perawat D3"]],
        "foto": [photo.id for photo in photos],
        "catatan": None,
    }
    (said,) = town.confirmations(town.task("9.9.01", 1))
    assert (said.kind, said.update_id) == (ConfirmationKind.DONE, row.update_id)  # one transaction
    assert said.recorded_at == row.recorded_at


async def test_what_does_not_fit_is_asked_again_kindly(town: Town) -> None:
    sari = await peksos(town)
    await does(town, sari, "9.9.01", 1)
    await sari.types("300")
    assert "Panjang 300 cm? Ketik angka antara 30 dan 200 cm." in sari.last_screen.text
    await sari.types("<b>dua</b>")
    assert "Saya belum mengerti “<b>dua</b>”. Ketik angka antara 30 dan 200 cm." in sari.last_screen.text
    await sari.sends_photo()
    assert "Foto" in sari.last_screen.text  # it has a place of its own later on
    await sari.sends_location()
    assert "Lokasi tidak diperlukan di sini" in sari.last_screen.text
    assert "Berapa panjangnya?" in sari.last_screen.text
    await sari.sends_sticker()
    assert records(town) == []
    await sari.types("120,5 cm")
    await sari.types("besok lusa kapan-kapan")
    assert "Saya belum mengerti tanggal" in sari.last_screen.text
    await sari.types("kemarin")
    await sari.types("mungkin")
    assert "Mohon jawab ya atau tidak." in sari.last_screen.text
    await sari.types("belum")
    await sari.types("medis, penerbangan")
    assert "Pilih salah satu: Medis, Hukum, Sekolah" in sari.last_screen.text
    await sari.types("medis, hukum")
    await sari.types("Ani Contoh; S1\nBudi Contoh\nCitra Contoh;")
    assert "Masih kurang: status pendidikan/profesi untuk Budi Contoh, Citra Contoh" in sari.last_screen.text
    await sari.types("Budi Contoh; Perawat")
    assert "2 orang sudah lengkap.\nCitra Contoh: apa status pendidikan/profesinya?" in sari.last_screen.text
    await sari.types("SMA")
    assert "Sudah 1 foto" in sari.last_screen.text
    await sari.taps("Selesai")
    await sari.types("-")
    await sari.taps("Simpan")
    (row,) = records(town)
    assert (row.data["panjang"], row.data["tanggal"], row.data["setuju"]) == (120.5, "2026-11-29", False)
    assert row.data["petugas"] == [["Ani Contoh", "S1"], ["Budi Contoh", "Perawat"], ["Citra Contoh", "SMA"]]


async def test_the_second_piece_of_a_long_paste_answers_nothing(town: Town) -> None:
    sari = await peksos(town)
    await does(town, sari, "9.9.01", 1)
    await answers(sari)
    await sari.taps("Ubah")
    await sari.taps("Catatan")
    sari.reads()
    sari.phone.types("catatan panjang " * 255)  # Telegram cuts what is longer into pieces
    sari.phone.types("dan ini sisanya")
    await town.settle()
    assert "sisa dari teks yang panjang" in sari.last_screen.text
    assert "Ada catatan?" in sari.last_screen.text
    town.clock.set("2026-11-30 09.02")
    await sari.types("pendek saja")
    await sari.taps("Simpan")
    assert [row.data["catatan"] for row in records(town)] == ["pendek saja"]


async def test_words_after_another_screen_are_no_answer(town: Town) -> None:
    sari = await peksos(town)
    await does(town, sari, "9.9.01", 1)
    await sari.types("/tugas")
    await sari.types("150")
    assert (
        "Tadi kita sampai di sini" in sari.lowest_screen.text
    )  # the question comes down to where the officer is
    assert "Berapa panjangnya?" in sari.lowest_screen.text
    await sari.types("120")
    assert "Sejak kapan?" in sari.lowest_screen.text


async def test_a_draft_survives_restart_another_question_and_nanti_saja(town: Town) -> None:
    sari = await peksos(town)
    await does(town, sari, "9.9.01", 1)
    await answers(sari, 0)
    await sari.taps("Nanti saja")
    assert "Draf disimpan" in sari.last_screen.text
    await town.restart()
    await sari.taps_data(pack("task_open", town.task("9.9.01", 1).id or 0))
    assert "Anda punya draf" in sari.last_screen.text
    await sari.taps("Selesai")
    assert "Simpan isian ini" in sari.last_screen.text
    await sari.taps("Ubah")
    await sari.taps("Layanan")
    assert sari.buttons[:3] == ["☑ Medis", "☐ Hukum", "☑ Sekolah"]
    await sari.taps("☑ Medis")
    await sari.taps("☐ Hukum")
    await town.restart()
    await sari.taps("Lanjut")
    await sari.taps("Ubah")
    await sari.taps("Tanggal")
    await sari.types("1/11")
    await sari.taps("Simpan")
    (row,) = records(town)
    assert (row.data["layanan"], row.data["tanggal"]) == (["Hukum", "Sekolah"], "2026-11-01")


async def test_yesterdays_work_by_a_colleague_keeps_its_facts(town: Town) -> None:
    sari = await peksos(town)
    dewi = await peksos(town, "Dewi Contoh")
    task_id = town.task("9.9.01", 1).id or 0
    await town.lives_until("2026-12-01 09.00")
    await sari.taps_data(pack("task_by_who", task_id, dewi.id, 1))
    await answers(sari)
    assert "Dikerjakan oleh Dewi Contoh" in sari.last_screen.text
    assert "Tanggal: kemarin" in sari.last_screen.text
    await sari.taps("Simpan")
    (row,) = records(town)
    (said,) = town.confirmations(task_id)
    for one in (row, said):
        assert (one.officer_id, one.recorded_by_id, str(one.done_on)) == (dewi.id, sari.id, "2026-11-30")


async def test_a_correction_is_a_further_row(town: Town) -> None:
    sari = await peksos(town)
    await does(town, sari, "9.9.01", 1)
    await answers(sari)
    await sari.taps("Simpan")
    task_id = town.task("9.9.01", 1).id or 0
    await sari.taps_data(pack("task_open", task_id))
    await sari.taps("Lihat isian")
    assert "Panjang: 120 cm" in sari.last_screen.text
    assert "Dicatat Sari Contoh, 30 November 09.00" in sari.last_screen.text
    before = sari.screens
    await sari.taps("Lihat 1 foto")
    (picture,) = sari.new_since(before)
    assert picture.is_protected
    assert "photo" in picture.message.content
    await sari.taps("Koreksi")
    assert "Simpan koreksi ini?" in sari.last_screen.text
    await sari.taps("Ubah")
    await sari.taps("Panjang")
    await sari.types("130")
    assert [row.data["panjang"] for row in records(town)] == [120]
    await sari.taps("Simpan")
    assert "Koreksi tercatat." in sari.last_screen.text
    first, second = records(town)
    assert (first.data["panjang"], second.data["panjang"]) == (120, 130)
    assert (first.replaces_id, second.replaces_id) == (None, first.id)
    assert len(town.confirmations(task_id)) == 1
    await sari.taps("Lihat isian")
    told = sari.last_screen.text
    assert "Sebelum dikoreksi:" in told
    await sari.taps("Koreksi")
    await sari.taps("Simpan")  # looked through: nothing else was said
    await sari.taps("Lihat isian")
    assert sari.last_screen.text == told


async def test_two_who_correct_at_once(town: Town) -> None:
    sari = await peksos(town)
    dewi = await peksos(town, "Dewi Contoh")
    await does(town, sari, "9.9.01", 1)
    await answers(sari)
    await sari.taps("Simpan")
    fix = pack("form_fix", town.task("9.9.01", 1).id or 0, 0)
    for person, value in ((sari, "130"), (dewi, "140")):
        await person.taps_data(fix)
        await person.taps("Ubah")
        await person.taps("Panjang")
        await person.types(value)
    await sari.taps("Simpan")
    await dewi.taps("Simpan")
    assert "Sari Contoh sudah mengoreksinya lebih dulu" in dewi.last_screen.text
    assert [row.data["panjang"] for row in records(town)] == [120, 130]


async def test_undo_keeps_the_record_and_offers_it_again(town: Town) -> None:
    sari = await peksos(town)
    await does(town, sari, "9.9.01", 1)
    await answers(sari)
    await sari.taps("Simpan")
    await sari.taps("Urungkan")
    assert "Lihat isian" not in sari.buttons
    assert town.task("9.9.01", 1).state == TaskState.OPEN
    assert len(records(town)) == 1
    await sari.taps("Selesai")
    assert "Simpan isian ini" in sari.last_screen.text
    assert "Panjang: 120 cm" in sari.last_screen.text
    await sari.taps("Simpan")
    first, second = records(town)
    assert second.replaces_id == first.id


async def test_a_colleague_was_first(town: Town) -> None:
    sari = await peksos(town)
    dewi = await peksos(town, "Dewi Contoh")
    for person in (sari, dewi):
        await does(town, person, "9.9.01", 1)
        await answers(person)
    await sari.taps("Simpan")
    await dewi.taps("Simpan")
    assert "Rekan Anda lebih dulu mencatat" in dewi.last_screen.text
    assert "Sari Contoh" in dewi.last_screen.text
    assert len(records(town)) == 1


async def test_a_colleague_finishes_while_it_is_asked(town: Town) -> None:
    sari = await peksos(town)
    dewi = await peksos(town, "Dewi Contoh")
    await does(town, dewi, "9.9.01", 1)
    await does(town, sari, "9.9.01", 1)
    await answers(sari)
    await sari.taps("Simpan")
    await dewi.types("150")
    assert "sudah diselesaikan Sari Contoh" in dewi.last_screen.text
    assert len(records(town)) == 1


async def test_taps_twice_and_forged_ones(town: Town) -> None:
    sari = await peksos(town)
    budi = await town.officer("Budi Contoh", role="penyantunan")
    task_id = town.task("9.9.01", 1).id or 0
    for verb in ("form_save", "form_note", "form_fix", "form_view", "form_change", "form_later"):
        await sari.taps_data(pack(verb, task_id, 0))
        assert records(town) == []
    for data in (
        pack("form_pick", task_id, 0, 2, 7),
        pack("form_pick", task_id, 0, 99, 0),
        pack("form_skip", task_id, 0, 0, 0),
        pack("form_tick", task_id, 0, 3, 9, 1),
        pack("form_save", 9999, 0),
        pack("form_pick", task_id),
        pack("form_note", task_id, 1),
    ):
        await sari.taps_data(data)
        assert sari.last_screen.buttons
    await budi.taps_data(pack("form_pick", task_id, 0, 2, 1))
    assert "Peksos" in budi.last_screen.text
    await does(town, sari, "9.9.01", 1)
    await answers(sari)
    save = pack("form_save", task_id, 0)
    await sari.taps("Simpan")
    await sari.taps_data(save)
    assert "langkah 1 selesai" in sari.last_screen.text
    assert len(records(town)) == 1
    await budi.taps_data(pack("form_view", task_id))
    assert "Ani Contoh" not in budi.last_screen.text


async def test_the_first_of_a_joint_step_fills_in_the_form(town: Town) -> None:
    sari = await peksos(town)
    rahmat = await town.officer("Rahmat Contoh", role="bimbingan")
    await does(town, sari, "9.9.01", 1)
    await answers(sari)
    await sari.taps("Simpan")
    await does(town, rahmat, "9.9.01", 2)
    await rahmat.types("Sepakat <semua>")
    await rahmat.taps("Simpan")
    assert "Bagian Anda pada SOP 9.9.01 langkah 2 sudah dicatat." in rahmat.last_screen.text
    await sari.taps_data(pack("task_open", town.task("9.9.01", 2).id or 0))
    await sari.taps("Lihat isian")
    assert "Isi: Sepakat <semua>" in sari.last_screen.text
    await does(town, sari, "9.9.01", 2)
    assert "SOP 9.9.01 langkah 2 selesai" in sari.last_screen.text
    assert len(records(town, 2)) == 1
