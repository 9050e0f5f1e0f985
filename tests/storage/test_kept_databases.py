"""The database of each release is opened by today's code, with the phones as they were (tests/storage/kept)."""

import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlmodel import col, select

from simulator.snapshot import load
from storage.schema import upgrade
from storage.tables import (
    Absence,
    Case,
    Child,
    Cohort,
    Confirmation,
    Officer,
    Weight,
)
from tests.support.town import Town

KEPT = Path(__file__).parent / "kept"


@pytest.fixture(params=sorted(file.stem for file in KEPT.glob("*.sqlite3")))
async def kept(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Town]:
    """What tests/support/kept_database.py lived with that release; it is still Thursday 10 December 2026, 08.00."""
    file = tmp_path / "pandu.db"
    shutil.copy(KEPT / f"{request.param}.sqlite3", file)
    town = Town(f"sqlite:///{file}", tmp_path)
    assert load(town.world, KEPT / f"{request.param}.phones.json") is not None
    town.clock.set("2026-12-10 08.00")
    upgrade(town.store.engine)
    await town.open()
    yield town
    await town.close()


async def test_nothing_that_somebody_said_is_lost(kept: Town) -> None:
    assert [one.name for one in kept.rows(select(Officer).order_by(col(Officer.id)))] == [
        "Tari Contoh",
        "Wayan Contoh",
        "Rahmat Contoh",
        "Budi Contoh",
        "Citra Contoh",
        "Ani Contoh",
        "Sari Contoh",
    ]
    assert [(one.name, one.arrival_on) for one in kept.rows(select(Cohort).order_by(col(Cohort.id)))] == [
        ("Angkatan Melati", date(2026, 11, 30)),
        ("Angkatan Mawar", date(2026, 12, 31)),
    ]
    children = kept.rows(select(Child).order_by(col(Child.id)))
    assert [child.name for child in children] == [
        *(f"Anak Contoh {number:02d}" for number in range(1, 7)),
        *(f"Anak Contoh {number:02d}" for number in range(1, 5)),
    ]
    assert {child.parent_name for child in children if child.number == 1} == {"Orang Tua Contoh 01"}
    (case,) = kept.rows(select(Case))
    assert (case.code_name, case.name, case.reason) == ("Anggrek", "Putri Rekaan", "Ditinggal di pasar")
    assert [c.kind for c in kept.confirmations()] == [
        "taken",
        "delegated",
        "done",
        "undone",
        "done",
        "taken",
        "obstacle",
    ]
    assert [row.weight_g for row in kept.rows(select(Weight).order_by(col(Weight.id)))] == [
        24_100,
        25_400,
        26_200,
        27_500,
    ]
    assert [(one.from_on.day, one.ended_at is not None) for one in kept.rows(select(Absence))] == [
        (3, True),
        (14, False),
    ]


async def test_what_was_said_can_still_not_be_changed(kept: Town) -> None:
    for statement in ("DELETE FROM confirmations", "UPDATE confirmations SET kind = 'done'"):
        with pytest.raises(DatabaseError, match="append-only"), kept.store.transaction() as s:
            s.execute(text(statement))
    assert len(kept.rows(select(Confirmation))) == 7


async def test_the_lists_and_the_state_of_things(kept: Town) -> None:
    budi, wayan, sari = kept.person("Budi Contoh"), kept.person("Wayan Contoh"), kept.person("Sari Contoh")
    await budi.types("/tugas")
    assert budi.last_screen.text.splitlines()[:6] == [
        "Tugas Anda, Kamis 10 Desember",
        "⏰ Terlambat 2",
        "Angkatan Melati",
        "1. Kedatangan kelayan · 10 hari terlambat",
        "Angkatan Mawar",
        "2. Data sekolah dan calon anak · 9 hari terlambat",
    ]
    assert (
        "\nLewat target 4\nAngkatan Melati\n3. Penyerahan anak oleh Kab/Kota · 10 hari lewat target\n"
        in budi.last_screen.text
    )
    await wayan.types("/status")
    assert wayan.last_screen.text.startswith("Angkatan Melati · hari 10 dari 30 ▓▓▓░░░░░░░ · 6 anak\n")
    assert "Sebelum Pandu: 14 belum ditandai, 0 sudah" in wayan.last_screen.text
    assert "\n\nAngkatan Mawar · " in wayan.last_screen.text
    await wayan.taps("Per bagian")
    assert (
        "Seksi Penyantunan: 0 selesai · 12 berjalan · ⏰ 1 · 5 lewat target · 40 terlewat"
        in wayan.last_screen.text
    )
    await sari.types("/kasus")
    assert "1. Kasus Anggrek · perempuan · 9 tahun · hari ke-11 · ⏰ 1" in sari.last_screen.text


async def test_old_buttons_are_answered(kept: Town) -> None:
    citra = kept.person("Citra Contoh")
    offer, done = (next(s for s in citra.screens if label in s.buttons) for label in ("Terima", "Urungkan"))
    await citra.taps("Terima", on=offer)
    assert citra.last_screen.text.startswith("✅ Diterima. Sekarang Anda penanggung jawab tugas ini.")
    assert "Ditangani Wayan Contoh sejak 10 Desember" in citra.last_screen.text
    await citra.taps("Urungkan", on=done)
    assert citra.last_screen.text == "Hanya dapat diurungkan dalam 10 menit."


async def test_dialogs_go_on_where_they_were_left(kept: Town) -> None:
    ani, sari = kept.person("Ani Contoh"), kept.person("Sari Contoh")
    await ani.types("28")
    assert ani.last_screen.text.startswith("✅ 005 · 28,0 kg\nAngkatan Melati · 6/6 · No. 006")
    await ani.taps("Tidak hadir")
    assert "Penimbangan ke-2 selesai: 5 ditimbang, 1 tidak hadir." in ani.last_screen.text
    await sari.taps("Lanjut")
    assert sari.last_screen.text == "Berapa tahun umur anak?"


async def test_the_next_morning_comes(kept: Town) -> None:
    budi = kept.person("Budi Contoh")
    await kept.lives_until("2026-12-11 07.31")
    text_of_morning = budi.lowest_screen.text
    assert text_of_morning.startswith("Selamat pagi, Budi Contoh. Hari ini 8 tugas, 2 terlambat.")
    assert "Tentukan lokasi outbond · pukul 16.00 (target)" in text_of_morning
    assert any(
        screen.text.startswith("Angkatan Mawar: kedatangan pindah dari Rabu 30 Desember")
        for screen in budi.screens
    )


# --- a row in every table, made by the migrations as they were ----------------------------------------------------


@pytest.fixture
async def eleven(tmp_path: Path) -> AsyncIterator[Town]:
    """It is still Thursday 10 December 2026, 08.00."""
    file = tmp_path / "pandu.db"
    shutil.copy(KEPT / "eleven" / "0011.sqlite3", file)
    before = counts(file)
    assert [table for table, count in before.items() if not count] == []
    town = Town(f"sqlite:///{file}", tmp_path)
    assert load(town.world, KEPT / "eleven" / "0011.phones.json") is not None
    town.clock.set("2026-12-10 08.00")
    upgrade(town.store.engine)
    after = counts(file)
    assert {name: count for name, count in before.items() if after.get(name) != count} == MOVED
    assert (after["journal"], after["child_flags"], after["incidents"]) == (72, 1, 1)
    await town.open()
    yield town
    await town.close()


MOVED = {
    "chat_leases": 1,  # of one process alone, in its memory, since 0012
    "confirmation_effects": 27,  # the journal, row by row, since 0013
    "child_flags": 2,  # what was marked for the nurse is an incident, since 0023
}


def counts(file: Path) -> dict[str, int]:
    """Rows by table."""
    with closing(sqlite3.connect(file)) as s:
        tables = [name for (name,) in s.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: s.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}


async def test_a_row_of_every_table_is_there_and_officers_go_on(eleven: Town) -> None:
    """They open a child with all that is recorded of it, confirm, read the history, weigh on."""
    rahmat, budi, ani = (eleven.person(f"{name} Contoh") for name in ("Rahmat", "Budi", "Ani"))
    await rahmat.types("/anak 1")
    await rahmat.taps("001 Contoh")
    assert "Kelompok 1 · Wisma Rinjani" in rahmat.last_screen.text
    records, history = (rahmat.last_screen.data_of(label) for label in ("Catatan", "Riwayat"))
    await rahmat.taps_data(records)
    assert (
        "\nHasil: Keluarga setuju, jadwal belajar disamakan.\nLokasi: ada\nFoto: 1\n"
        in rahmat.last_screen.text
    )
    assert "Alamat: Jalan Contoh 1" in rahmat.last_screen.text
    assert "Masalah: sulit tidur" in rahmat.last_screen.text
    await rahmat.taps_data(history)
    lines = rahmat.last_screen.text.splitlines()
    assert lines[1] == "• Kamis 10 Des: Timbang berat badan ✅ · Budi Contoh"
    assert lines[-2:] == [
        "• Senin 30 Nov: ditandai: Perlu penanganan khusus · Sari Contoh",
        "• Senin 30 Nov: masuk angkatan",
    ]
    await budi.types("3 26,2")  # in the weigh-in that was open
    assert budi.last_screen.text.startswith("✅ 003 · 26,2 kg (+0,2)\nAngkatan Contoh · 4/4 · No. 004")
    await budi.types("/tugas")
    await budi.taps("1")
    assert "Ditangani Kepala Contoh sejak 10 Desember" in budi.last_screen.text
    await budi.taps("Selesai")
    assert budi.last_screen.text.startswith("✅ SOP 9.2.03 langkah 4 selesai")
    await ani.types("/anak 2")
    await ani.taps("002 Contoh")
    assert "⚖️ 25,0 kg (30 Nov) → 25,4 kg (10 Des)" in ani.last_screen.text
    assert "• ditandai untuk perawat, pada 30 November pukul 09.00" in ani.last_screen.text
