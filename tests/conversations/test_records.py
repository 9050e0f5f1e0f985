"""Records of every kind on the phone: notes with more, tables, voice, rests, what an earlier step said."""

import pytest
from sqlmodel import col, select

from sop_flows.declarations.loader import Pack
from storage.tables import Record, StoredFile
from tests.support.log_pack import log_pack
from tests.support.person import Person
from tests.support.steps import does, opens
from tests.support.town import Town


@pytest.fixture
def pack() -> Pack:
    return log_pack()


async def arrived(town: Town, role: str = "bimbingan", children: int = 3) -> Person:
    person = await town.officer("Rahmat Contoh", role=role)
    await town.open_cohort(arrival="2026-12-01", children=children)
    await town.lives_until("2026-12-02 09.00")
    return person


def data(town: Town, key: str, step: int, sop: str = "9.9.31") -> list[dict[str, object]]:
    task = town.task(sop, step)
    rows = town.rows(
        select(Record).where(Record.key == key, Record.task_id == task.id).order_by(col(Record.id))
    )
    return [row.data for row in rows]


async def test_one_message_is_a_note_and_what_it_says_is_proposed(town: Town) -> None:
    rahmat = await arrived(town)
    await opens(town, rahmat, "9.9.30", 1, "task_open")
    await rahmat.taps("+ Catatan")
    assert "Tulis materinya. Untuk hari lain awali dengan harinya" in rahmat.last_screen.text
    await rahmat.types("permainan kerja sama, 55 anak, dua demam")
    assert "✅ Dicatat untuk Rabu, 2 Desember 2026: permainan kerja sama" in rahmat.last_screen.text
    assert "Tambah peserta dan foto?" in rahmat.last_screen.text
    await rahmat.taps("Tambah")
    await rahmat.taps("55 anak")
    await rahmat.sends_photo()
    await rahmat.taps("Selesai")
    await rahmat.taps("Simpan")
    (file,) = town.rows(select(StoredFile))
    assert data(town, "log", 1, "9.9.30")[-1] == {
        "words": "permainan kerja sama, 55 anak, dua demam",
        "peserta": 55,
        "foto": [file.id],
    }
    await rahmat.taps("+ Catatan")
    await rahmat.types("kemarin: perkenalan")
    await rahmat.taps("Lihat semua")
    assert "2. Selasa 1 Des: perkenalan · Rahmat Contoh" in rahmat.last_screen.text
    assert "1. Rabu 2 Des: permainan kerja sama, 55 anak, dua demam · Peserta: 55 anak · Foto: 1" in (
        rahmat.last_screen.text
    )
    await rahmat.taps("2")
    assert "Berapa yang ikut?" in rahmat.last_screen.text


async def test_a_photo_sent_for_a_note_is_kept_until_the_words_come(town: Town) -> None:
    rahmat = await arrived(town)
    await opens(town, rahmat, "9.9.30", 1, "task_open")
    await rahmat.taps("+ Catatan")
    await rahmat.sends_photo()
    assert "Tersimpan. Sekarang tulis satu dua kalimat tentangnya." in rahmat.last_screen.text
    await rahmat.types("menari")
    (file,) = town.rows(select(StoredFile))
    assert data(town, "log", 1, "9.9.30") == [{"words": "menari", "foto": [file.id]}]
    assert "Tambah peserta?" in rahmat.last_screen.text


async def test_every_kind_is_asked_and_a_line_without_a_part_is_asked_back(town: Town) -> None:
    rahmat = await arrived(town)
    await does(town, rahmat, "9.9.30", 2)
    await rahmat.types("Senin; 08.00; Membaca\nSelasa; 09.00")
    assert "✅ 1 baris sudah lengkap.\n“Selasa; 09.00” kurang satu bagian." in rahmat.last_screen.text
    await rahmat.types("Menari")
    await rahmat.types("25")
    assert "Ketik jamnya, misalnya 08.30." in rahmat.last_screen.text
    await rahmat.types("pukul 8")
    await rahmat.types("385")
    assert "Suhu 385 °C? Ketik angka antara 34 dan 43 °C." in rahmat.last_screen.text
    await rahmat.types("36,5")
    assert "Rahmat Contoh" in rahmat.buttons
    await rahmat.types("Ibu Asuh")
    await rahmat.sends_voice(duration_s=601)
    assert "Pesan suara itu 11 menit; paling lama 5 menit yang disimpan." in rahmat.last_screen.text
    await rahmat.sends_voice(duration_s=30)
    assert "Jadwal:\n• Senin · 08.00 · Membaca\n• Selasa · 09.00 · Menari" in rahmat.last_screen.text
    assert "Mulai: 08.00\nSuhu: 36,5 °C\nPengasuh: Ibu Asuh\nCerita: 1" in rahmat.last_screen.text
    await rahmat.taps("Simpan")
    assert "✅ SOP 9.9.30 langkah 2 selesai" in rahmat.last_screen.text


async def test_who_looks_after_a_child_is_proposed_for_its_group(town: Town) -> None:
    sari = await arrived(town, "peksos")
    await opens(town, sari, "9.9.31", 1)
    await sari.taps("Usulan")
    await sari.taps("Pakai usulan")
    await opens(town, sari, "9.9.31", 2)
    await sari.types("Ibu Asuh")
    await sari.taps("Usulan")
    await sari.taps("Pakai usulan")
    assert [one["pengasuh"] for one in data(town, "form", 2)] == ["Ibu Asuh"] * 3


async def test_the_rest_is_as_an_earlier_step_says(town: Town) -> None:
    sari = await arrived(town, "peksos")
    await does_all(town, sari)
    await opens(town, sari, "9.9.31", 3)
    await sari.types("pemalu")
    await sari.taps("Sisanya")
    await sari.taps("Ya, ")
    await opens(town, sari, "9.9.31", 4)
    assert "Usulan: pemalu" in sari.last_screen.text
    await sari.taps("Sisanya: sesuai")
    await sari.taps("Ya, ")
    assert data(town, "form", 4) == [
        {"masalah": "pemalu", "potensi": None},
        {"masalah": "tidak ada", "potensi": None},
        {"masalah": "tidak ada", "potensi": None},
    ]


async def test_several_rests_and_a_tap_is_enough(town: Town) -> None:
    sari = await arrived(town, "peksos")
    await does_all(town, sari, 4)
    await opens(town, sari, "9.9.31", 5)
    assert {"Orang tua", "Sekolah", "Sisanya: ke orang tua", "Sisanya: ke sekolah"} <= set(sari.buttons)
    await sari.taps("Orang tua")
    await sari.types("Sekolah; Bu Guru")
    await sari.taps("Sisanya: ke sekolah")
    await sari.taps("Ya, ")
    assert data(town, "form", 5) == [
        {"oleh": "Orang tua", "nama": None},
        {"oleh": "Sekolah", "nama": "Bu Guru"},
        {"oleh": "Sekolah", "nama": None},
    ]


async def does_all(town: Town, sari: Person, last: int = 2) -> None:
    """The rolls up to this step, by their shortest way."""
    await opens(town, sari, "9.9.31", 1)
    await sari.taps("Usulan")
    await sari.taps("Pakai usulan")
    await opens(town, sari, "9.9.31", 2)
    await sari.types("Ibu Asuh")
    await sari.taps("Usulan")
    await sari.taps("Pakai usulan")
    for step in range(3, last + 1):
        await opens(town, sari, "9.9.31", step)
        await sari.taps("Sisanya")
        await sari.taps("Ya, ")


async def test_a_height_stands_behind_the_weight_and_is_asked_about_when_it_may_be_swapped(
    town: Town,
) -> None:
    rahmat = await arrived(town, "penyantunan", children=4)
    await opens(town, rahmat, "9.9.32", 1, "weigh_start")
    await rahmat.types("23,5 121")
    assert "✅ 001 · 23,5 kg · 121 cm" in rahmat.last_screen.text
    await rahmat.types("122 24,5")
    assert "Ketik berat dulu, lalu tinggi: 23,5 121." in rahmat.last_screen.text
    assert data(town, "form", 1, "9.9.32") == [{"tinggi": 121}]
    await rahmat.taps("24,5 kg · 122 cm")
    assert "✅ 002 · 24,5 kg · 122 cm" in rahmat.last_screen.text
    await rahmat.types("23,5 235")
    assert "235 cm terlalu tinggi; paling tinggi 200 cm. Belum ada yang dicatat." in rahmat.last_screen.text
    await rahmat.types("003 25,5 119\n004 26")
    assert [row["tinggi"] for row in data(town, "form", 1, "9.9.32")] == [121, 122, 119]
    assert town.task("9.9.32", 1).state == "done"
