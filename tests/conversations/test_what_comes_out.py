"""After some weeks the Kepala answers what is asked of a stay, each in three taps: the word below the text box, and two."""

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlmodel import col, select

from handlers.ui.request import pack
from sop_flows.declarations.loader import Pack
from storage.tables import Child, LeaveReason, Membership, ReadEntry
from tests.conversations.test_case_services import at_home
from tests.conversations.test_home_visit import visits_owed
from tests.support.database import Databases
from tests.support.packs import real_pack
from tests.support.person import Person
from tests.support.steps import assessed, does, opens, placed
from tests.support.town import Town, a_town


async def lived(town: Town) -> Person:
    """Twelve days of an angkatan: placed, weighed twice, two children to be visited, the parents were here."""
    team = await assessed(town, (1, 2))
    await opens(town, team.rahmat, "9.1.12", 2)
    await team.rahmat.taps("Sudah benar")
    await team.rahmat.taps("Sudah benar")
    await team.rahmat.taps_data(pack("visit_open", town.task("9.1.12", 3).id or 0, 1))
    await team.rahmat.taps("Catat hasil")
    await team.rahmat.taps("Ibu")
    await team.rahmat.types("Baik")
    await team.rahmat.taps("Lewati")
    await team.rahmat.taps("Lewati")
    await team.rahmat.taps("Simpan")
    await town.lives_until("2026-12-10 09.00")
    await team.budi.types("/timbang")
    await team.budi.types("1 24,5\n2 24,2\n3 26,5\n4 27,4")
    await town.lives_until("2026-12-13 09.00")
    await does(town, team.rahmat, "9.1.09", 1)
    await opens(town, team.rahmat, "9.1.09", 2)
    await team.rahmat.taps("Ayah")
    await team.rahmat.taps("Ibu")
    await team.rahmat.taps("Sisanya: tidak hadir")
    await team.rahmat.taps("Ya")
    return team.kepala


async def list_named(kepala: Person, name: str) -> str:
    """Status, Daftar, and the number of the list."""
    await kepala.types("Status")
    await kepala.taps("Daftar")
    lines = kepala.last_screen.text.splitlines()
    await kepala.taps(next(line.split(".")[0] for line in lines if name in line))
    assert kepala.last_screen.is_protected
    return kepala.last_screen.text


async def test_the_kepala_answers_each_question_in_three_taps(town: Town) -> None:
    kepala = await lived(town)
    await kepala.types("Status")
    status = kepala.last_screen.text.splitlines()
    assert status[0].startswith("Angkatan Contoh · hari 13 dari 30 ▓▓▓▓")
    assert len(status[: status.index("")]) <= 10
    assert any(
        line.startswith("⏰ Terlambat ") and "Rahmat Contoh" in line for line in status
    )  # what is late, whose
    await kepala.taps("Terlambat")
    assert "• Tertinggal: " in kepala.last_screen.text  # what falls behind the plan
    lost = await list_named(kepala, "Penimbangan ke-2")
    assert "1 anak turun (No. 002)" in lost
    visits = await list_named(kepala, "Kunjungan rumah")
    assert "Belum tercatat: 1 (No. 002)" in visits
    rooms = await list_named(kepala, "Tempatkan anak di wisma")
    assert "Wisma Melati 1 (19 kosong)" in rooms
    parents = await list_named(kepala, "Informasi dan motivasi orang tua")
    assert parents.splitlines()[1] == "Ayah 1, Ibu 1, Tidak hadir 2"
    assert "001 Anak Contoh 01 · SDN 1 Contoh · Ayah" in parents


async def test_a_case_can_be_read_from_its_opening_on_by_who_may_and_by_nobody_else(town: Town) -> None:
    people = await at_home(town)
    sari, rahmat, budi, kepala = (people[name] for name in ("sari", "rahmat", "budi", "kepala"))
    for knowing in (sari, kepala):
        await knowing.types("Kasus")
        await knowing.taps("1")
        assert "Hari ke-1" in knowing.last_screen.text
        await knowing.taps("Berkas kasus")
        read = knowing.last_screen.text
        while "Berikutnya ›" in knowing.buttons:
            await knowing.taps("Berikutnya ›")
            read += knowing.last_screen.text
        steps = [line.split(" ")[0] for line in read.splitlines() if line.startswith("9.1.")]
        assert steps[0] == "9.1.20/1"
        assert steps == sorted(steps)
        assert "Catatan rekaan" in read
        assert knowing.last_screen.is_protected
        await knowing.taps("‹ Kembali")
        await knowing.taps("Riwayat")
        assert " · Ibu Sari, 30 November " in knowing.last_screen.text
        assert "Dibuka: Ibu Sari, 30 November 08.00" in knowing.last_screen.text
    looked = town.rows(select(ReadEntry).where(col(ReadEntry.screen) == "case file"))
    assert {one.officer_id for one in looked} == {sari.id, kepala.id}
    for other in (rahmat, budi):
        for forged in ("1.case_file.1.0", "1.case_past.1.0"):
            await other.taps_data(forged)
            assert "9.1.20" not in other.last_screen.text
            assert "Anggrek" not in other.last_screen.text
    await sari.taps_data("1.case_file.1.99")  # forged: a page that is not there
    assert "Berkas kasus · " in sari.last_screen.text
    shown = sari.last_screen.message
    town.clock.advance(minutes=6)
    await town.settle()
    assert "Catatan rekaan" not in shown.text


@pytest.fixture
async def letters_town(sqlite_databases: Databases, tmp_path: Path) -> AsyncIterator[Town]:
    """A town with the letters of the preparation."""
    async with a_town(sqlite_databases, tmp_path, with_letters()) as built:
        yield built


def with_letters() -> Pack:
    """9.2.01 by the present pack, whose letters are recorded."""
    real = real_pack()
    return Pack(real.unit, {"9.2.01": real.sops["9.2.01"]}, real.lines)


async def test_letters_with_their_number_make_an_agenda(letters_town: Town) -> None:
    town = letters_town
    rahmat = await town.officer("Rahmat", role="penyantunan")
    sari = await town.officer("Sari", role="peksos")
    tuti = await town.officer("Tuti", role="tu")
    await town.open_cohort(arrival="2027-01-06")  # its preparation begins later
    await town.lives_until("2026-11-30 09.00")
    await tuti.taps_data("1.letters.1.0")
    assert tuti.last_screen.text.endswith("Belum ada surat bernomor yang tercatat.")
    await town.lives_until("2026-12-10 09.00")
    await does(town, rahmat, "9.2.01", 2)
    await rahmat.taps("Tambah")
    await rahmat.types("=12/PU/XI/2026")
    await rahmat.types("9 desember")
    while "Simpan" not in rahmat.buttons:
        await rahmat.taps(next(label for label in rahmat.buttons if label in ("Nanti", "Lewati", "Selesai")))
    await rahmat.taps("Simpan")
    for reader in (rahmat, tuti):  # who wrote it, and the office that keeps the agenda
        await reader.types("/angkatan")
        await reader.taps("Angkatan Contoh")
        await reader.taps("Daftar")
        await reader.taps("Agenda surat")
        assert reader.last_screen.text.splitlines() == [
            "Angkatan Contoh · Agenda surat · 1",
            "1. =12/PU/XI/2026 · Rabu 9 Des · Surat pemberitahuan ke Kab/Kota",
        ]
    await tuti.taps("Excel")
    document = tuti.phone.last_message.content["document"]
    sheet = load_workbook(BytesIO(town.world.find_file(document["file_id"]).content)).active
    assert sheet is not None
    assert sheet["A3"].value == "=12/PU/XI/2026"
    assert sheet["A3"].data_type == "s"
    await tuti.taps("PDF")
    assert tuti.phone.last_message.content["document"]["file_name"].endswith(".pdf")
    await sari.taps_data("1.letters.1.0")
    assert "=12" not in sari.last_screen.text


# --- what has no good answer: a sentence and a way on, never an empty screen or a loop --------------------------------

LONG = "Anak" + "a" * 96  # as long as a name may be, and nowhere to break it


async def test_a_search_that_fits_nobody_or_forty_says_so_and_goes_on(town: Town) -> None:
    sari = await town.officer("Sari Contoh", role="peksos")
    await sari.types("/anak contoh")
    assert sari.last_screen.text == "Belum ada angkatan yang dibuka, jadi belum ada anak."
    await town.open_cohort(arrival="2026-12-22", children=40)
    await sari.types("/anak contoh")
    lines = sari.last_screen.text.splitlines()
    assert lines[0] == "Anak yang mana?"
    assert lines[10:] == [
        "010 · Anak Contoh 10 · SDN 2 Contoh",
        "… dan 30 lagi. Ketik nama yang lebih lengkap.",
    ]
    assert len(sari.buttons) == 10
    await sari.types("contoh 37")  # the question is still open
    assert sari.last_screen.text.startswith("No. 037 · Anak Contoh 37\n")
    for nobody in ("qwertyuiop", "?", "999999999999", "x" * 108, "'; --"):
        await sari.types(f"/anak {nobody}")
        assert sari.last_screen.text.startswith("Anak itu tidak saya temukan.")
        assert sari.buttons == ["Angkatan Contoh"]
    await sari.taps("Angkatan Contoh")
    assert "001 Anak Conto…" in sari.buttons


async def test_an_empty_list_says_so_and_goes_on(town: Town) -> None:
    team = await assessed(town, ())
    visits = town.task("9.1.12", 3).id
    for verb in ("roll_list", "roll_workbook"):
        await team.kepala.taps_data(f"1.{verb}.{visits}.0.0")
        assert team.kepala.last_screen.text.splitlines()[1:] == ["Belum ada anak pada daftar ini."]
        assert team.kepala.buttons == ["Daftar lain", "‹ Kembali"]
    await team.kepala.taps("Daftar lain")
    assert "Kunjungan rumah" not in team.kepala.last_screen.text


async def test_a_name_without_end_is_refused_or_cut_and_breaks_no_screen(town: Town) -> None:
    team = await placed(town)
    sari, kepala = team.sari, team.kepala
    await sari.types("/anak 2")
    await sari.taps("Perbaiki data")
    await sari.taps("Nama")
    await sari.types("Maria " * 18)
    assert sari.last_screen.text == "Itu terlalu panjang. Ketik lebih pendek."
    with town.store.transaction() as s:
        s.get_one(Child, 2).name = LONG
    await sari.types(LONG[:60])  # nothing is asked any more: words without a question
    await sari.types(f"/anak {LONG}")
    assert LONG in sari.last_screen.text
    for screen in (
        "child_list.1.0.0",
        "child_past.2.0",
        "child_records.2",
        "child_parents.2",
        "when_child.2.0",
    ):
        await sari.taps_data(f"1.{screen}")
        assert "002" in sari.last_screen.text or any("002 " in label for label in sari.buttons)
    await opens(town, kepala, "9.2.06", 4, "roll_list")
    assert f"002 {LONG[:30]}" in kepala.last_screen.text
    assert LONG not in kepala.last_screen.text
    await kepala.taps("Excel")
    sheet = load_workbook(
        BytesIO(town.world.find_file(kepala.phone.last_message.content["document"]["file_id"]).content)
    ).active
    assert sheet is not None
    assert sheet["B4"].value == LONG


async def test_every_old_button_of_a_child_who_left_says_so_and_goes_on(town: Town) -> None:
    team = await visits_owed(town)
    sari, rahmat = team.sari, team.rahmat
    task = {place: town.task(*place).id for place in (("9.2.09", 4), ("9.1.12", 2), ("9.1.12", 3))}
    await sari.types("/anak 2")
    await sari.taps("Keluar…")
    await sari.taps("Sakit")
    await sari.taps("Hari ini")
    await sari.taps("Ya, catat")
    gone = (
        "child_card.2", "child_parents.2", "child_records.2", "child_past.2.0", "child_curve.2", "files_child.2",
        "child_photo.2", "child_photo.2.1", "when_child.2.0", "incident_new.2", "child_mark.2.1.0", "child_mark.2.1.1",
        "child_leave.2", "child_leave_why.2~SICK", "child_call.2", "fix_child.2",
        f"roll_card.{task['9.2.09', 4]}.2", f"roll_card.{task['9.1.12', 2]}.2", f"visit_open.{task['9.1.12', 3]}.2",
        f"visit_move.{task['9.1.12', 3]}.2", f"form_note.{task['9.1.12', 3]}.2", f"visit_not_met.{task['9.1.12', 3]}.2",
    )  # fmt: skip
    for data in gone:
        for person in (sari, rahmat):
            before = person.phone.last_message.id, len(person.screens)
            await person.taps_data(f"1.{data}")
            screen = person.last_screen
            assert screen.text.strip() or person.phone.last_message.id != before[0], data
            assert screen.buttons, data
    assert "Itu sekarang tidak mungkin." not in [
        screen.text for one in (sari, rahmat) for screen in one.screens
    ]
    (left,) = town.rows(select(Membership).where(Membership.child_id == 2))
    assert left.reason == LeaveReason.SICK
