"""What is asked and noted of the child of a case, by the pack that comes with Pandu."""

import pytest
from sqlmodel import select

from handlers.ui.request import pack as button_of
from sop_flows.declarations.loader import Pack
from storage.tables import Case, TaskState
from tests.support.packs import real_pack
from tests.support.person import Person
from tests.support.steps import opens
from tests.support.town import Town


@pytest.fixture
def pack() -> Pack:
    """The shelter's SOPs."""
    ours = real_pack()
    sops = {number: sop for number, sop in ours.sops.items() if sop.subject == "case"}
    return Pack(ours.unit, sops, ours.lines)


async def at_age(town: Town) -> Person:
    """A social worker who opens a case, asked for the age."""
    sari = await town.officer("Ibu Sari", "peksos")
    await sari.types("/kasus")
    await sari.taps("Buka kasus baru")
    await sari.taps("☐ Situasi darurat")
    await sari.taps("Lanjut")
    return sari


async def goes_on(sari: Person, name: str) -> None:
    """From the name to the page of the new case."""
    await sari.types(name)
    await sari.types("Ditinggal di pasar")
    await sari.taps("Pakai")


async def opened(town: Town) -> Person:
    """A girl of about 9, not in the house yet, who goes to no school."""
    sari = await at_age(town)
    await sari.types("kira-kira 9")
    await sari.taps("Perempuan")
    await sari.taps("Belum")
    await sari.taps("Tidak bersekolah")
    await goes_on(sari, "Putri Rekaan")
    assert "perempuan · kira-kira 9 tahun" in sari.last_screen.text
    assert "Di rumah ini: belum · Sekolah: tidak" in sari.last_screen.text
    await sari.taps("Buka kasus")
    return sari


async def test_an_age_that_nobody_knows_and_a_child_who_is_here(town: Town) -> None:
    sari = await at_age(town)
    await sari.types("belum diketahui")
    await sari.taps("Laki-laki")
    await sari.taps("Ya, sudah di sini")
    await sari.taps("Bersekolah")
    await goes_on(sari, "Putra Rekaan")
    await sari.taps("Buka kasus")
    assert "laki-laki · umur belum diketahui" in sari.last_screen.text
    (case,) = town.rows(select(Case))
    assert (case.age_years, case.unborn, case.in_house, case.at_school) == (None, False, True, True)
    assert town.task("9.1.24", 2).state == TaskState.OPEN


async def test_before_the_birth_the_mother_is_asked_for_and_after_it_there_is_a_baby(town: Town) -> None:
    sari = await at_age(town)
    await sari.taps("Masih dalam kandungan")
    await sari.taps("Belum diketahui")
    await sari.taps("Ya, sudah di sini")
    assert "Siapa nama ibunya?" in sari.last_screen.text  # no school, no name of its own
    await goes_on(sari, "Ibu Rekaan")
    assert "Nama ibu: Ibu Rekaan" in sari.last_screen.text
    await sari.taps("Buka kasus")
    assert "dalam kandungan" in sari.last_screen.text
    await sari.taps("Data anak")
    assert "Nama: " not in sari.last_screen.text
    await sari.taps("Sudah lahir: perempuan")
    assert "perempuan · di bawah 1 tahun" in sari.last_screen.text
    assert "Nama: belum diketahui\nNama ibu: Ibu Rekaan" in sari.last_screen.text


async def test_nobody_weighs_a_child_that_is_not_born(town: Town) -> None:
    sari = await at_age(town)
    budi = await town.officer("Budi Contoh", "penyantunan")
    await sari.taps("Masih dalam kandungan")
    await sari.taps("Belum diketahui")
    await sari.taps("Ya, sudah di sini")
    await goes_on(sari, "Ibu Rekaan")
    await sari.taps("Buka kasus")
    check_up = town.task("9.1.28", 3, occurrence=1)
    await budi.taps_data(button_of("task_log", check_up.id or 0))
    assert "Apa hasil pemeriksaannya?" in budi.last_screen.text
    await budi.types("Ibu dan janin sehat")
    assert "Tambah suhu dan obat?" in budi.last_screen.text  # no weight, no height
    await budi.taps("Tambah")
    assert "Berapa suhunya?" in budi.last_screen.text


async def test_what_is_known_later_is_noted_on_the_page_of_the_child(town: Town) -> None:
    sari = await opened(town)
    await sari.taps("Data anak")
    await sari.taps("Umur")
    await sari.types("18")
    assert "di bawah 18 tahun" in sari.last_screen.text
    await sari.types("10")
    assert "perempuan · 10 tahun" in sari.last_screen.text
    await sari.taps("‹ Kembali")
    await sari.taps("Data anak")
    await sari.taps("Sudah di rumah ini")
    assert "Di rumah ini: sudah" in sari.last_screen.text
    assert town.task("9.1.24", 2).state == TaskState.OPEN


async def test_not_below_18_is_answered_with_what_to_do(town: Town) -> None:
    sari = await at_age(town)
    await sari.taps("Belum diketahui")
    await sari.taps("Perempuan")
    await sari.taps("Belum")
    await sari.taps("Bersekolah")
    await goes_on(sari, "Putri Rekaan")
    await sari.taps("Buka kasus")
    await opens(town, sari, "9.1.20", 1, "task_done")
    await sari.taps("☐ Situasi darurat")
    await sari.taps("Lanjut")
    await sari.taps("Tidak")
    assert "hubungi Dinas Sosial" in sari.last_screen.text
    await sari.taps("Ya")
    assert "Simpan" in sari.buttons


async def test_the_kepala_hears_of_it_without_a_name(town: Town) -> None:
    kepala = await town.officer("Kepala Contoh", "kepala", admin=True)
    await opened(town)
    await town.lives_until("2026-11-30 08.30")
    said = next(screen for screen in kepala.screens if "membuka kasus" in screen.text)
    assert "🚨 Ibu Sari membuka kasus: Kasus Anggrek." in said.text
    assert "Putri" not in said.text


async def test_every_step_takes_a_note_and_the_case_shows_what_was_recorded(town: Town) -> None:
    sari = await opened(town)
    await opens(town, sari, "9.1.20", 2, "task_done")
    await sari.taps("Polisi")
    await sari.types("Bripka Rekaan, 0812")
    await sari.taps("Lewati")
    await sari.taps("Lewati")
    await sari.taps("Simpan")
    await opens(town, sari, "9.1.20", 3, "task_more")
    await sari.taps("+ Catatan")
    await sari.types("luka di tangan dibersihkan")
    assert "luka di tangan dibersihkan" in sari.last_screen.text
    await sari.taps("‹ Kasus Anggrek")
    await sari.taps("Berkas kasus")
    shown = sari.last_screen.text
    assert "Perujuk: Polisi\nNama dan kontak: Bripka Rekaan, 0812" in shown
    assert "Beri pertolongan pertama" in shown
    assert "luka di tangan dibersihkan" in shown
    assert sari.last_screen.is_protected


async def test_the_nurse_checks_the_child_within_a_day_and_the_file_has_it(town: Town) -> None:
    ani = await town.officer("Ani Contoh", role="perawat")
    await town.officer("Budi Contoh", role="penyantunan")
    sari = await at_age(town)
    await sari.types("9")
    await sari.taps("Perempuan")
    await sari.taps("Ya, sudah di sini")
    await sari.taps("Bersekolah")
    await goes_on(sari, "Putri Rekaan")
    await sari.taps("Buka kasus")
    await town.lives_until("2026-11-30 08.15")
    check_up = "1. Kasus Anggrek · Periksa kesehatan anak masuk: catatan pertama · besok"
    assert check_up in ani.last_screen.text.splitlines()
    await sari.types("/kasus")
    await sari.taps("1")
    await sari.taps("Semua langkah")
    assert "Periksa kesehatan anak masuk: catatan pertama · Ani Contoh · besok" in sari.last_screen.text
    await ani.types("/tugas")
    assert check_up in ani.last_screen.text.splitlines()
    assert "Berjalan: 1" in ani.buttons
    await ani.taps("1")
    assert "jatuh tempo besok, 16.00" in ani.last_screen.text
    assert ani.buttons[:2] == ["+ Catatan", "Selesai"]
    await ani.taps("+ Catatan")
    await ani.types("sehat, luka kecil di tangan")
    assert "Tambah berat, tinggi, suhu, dan obat?" in ani.last_screen.text
    done = "✅ Periksa kesehatan anak masuk: catatan pertama · tercatat · Ani Contoh, 30 November 08.15"
    assert f"Kasus Anggrek · {done}" in ani.last_screen.text
    await ani.taps("Tambah")
    await ani.types("22,5")
    for _rest in ("tinggi", "suhu", "obat"):
        await ani.taps("Lewati")
    await ani.taps("Simpan")
    await ani.types("/tugas")
    assert "Periksa kesehatan anak masuk: catatan bulan ke-1, Rabu 30 Des" in ani.last_screen.text
    await ani.taps("Berjalan: 1")
    assert ani.last_screen.text == "Berjalan\n1. Kasus Anggrek · 2 layanan berjalan"
    await ani.taps("1")
    assert "2. Periksa kesehatan anak masuk" in ani.last_screen.text
    await sari.types("/kasus")
    await sari.taps("1")
    assert "catatan pertama" not in sari.last_screen.text  # it is answered
    await sari.taps("Berkas kasus")
    assert "sehat, luka kecil di tangan\nBerat: 22,5 kg" in sari.last_screen.text
