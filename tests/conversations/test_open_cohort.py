"""Opening an angkatan from the chat, its roster, what was done before Pandu, and a school that withdraws."""

import io
from datetime import datetime
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlmodel import select

from handlers.ui.request import pack as button_of
from sop_flows.declarations.loader import Pack
from storage.tables import Child, Cohort, Correction, LeaveReason, Membership, School, Task, TaskState
from tests.support.packs import real_pack
from tests.support.person import Person
from tests.support.steps import does, opens
from tests.support.town import Town

HEADER = ("Nama", "Jenis Kelamin", "Tanggal Lahir", "Sekolah", "Nama Orang Tua", "Telepon", "Alamat")
CHILDREN = [
    ("Anak Contoh 01", "L", "12/05/2016", "SDN 1 Contoh", "Ibu Contoh", "0800111222", "Jalan Contoh 1"),
    ("Anak Contoh 02", "P", "3 Juni 2016", "SDN 1 Contoh", "", "", ""),
    ("Anak Contoh 03", "P", "", "SDN 2 Contoh", "", "", ""),
]


def excel(*rows: tuple[Any, ...]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


async def opener(town: Town, arrival: str = "22 desember", name: str = "Angkatan III") -> Person:
    """An officer of TU at the question for the schools."""
    ratna = await town.officer("Ibu Ratna", "tu")
    await ratna.types("/angkatan")
    await ratna.taps("Buka angkatan baru")
    await ratna.types(name)
    await ratna.types(arrival)
    await ratna.taps(ratna.buttons[0])  # the departure as proposed
    return ratna


async def test_from_name_to_open_with_an_excel_roster(any_town: Town) -> None:
    town = any_town
    ratna = await town.officer("Ibu Ratna", "tu")
    await ratna.types("/angkatan")
    assert ratna.last_screen.text == "Belum ada angkatan yang dibuka."
    await ratna.taps("Buka angkatan baru")
    assert ratna.last_screen.text == "Apa nama angkatan ini? Misalnya: Angkatan III."
    await ratna.types("Angkatan III")
    assert ratna.last_screen.text == "Kapan anak-anak datang? Ketik tanggalnya, misalnya 1 Desember."
    await ratna.types("22 desember")
    assert ratna.buttons[0] == "Kamis, 21 Januari 2027"  # thirty days later
    await ratna.taps("Kamis, 21 Januari 2027")
    await ratna.taps("Menurut daftar anak")
    await ratna.sends_file(excel(HEADER, *CHILDREN), "anak.xlsx")

    assert ratna.last_screen.text == (
        "Angkatan III\nDatang Selasa, 22 Desember 2026\nPulang Kamis, 21 Januari 2027\n"
        "2 sekolah: SDN 1 Contoh (2), SDN 2 Contoh (1)\n3 anak: 1 laki-laki, 2 perempuan\n"
        "Umur 10 tahun. Termuda: baris 3 (3 Juni 2016). Tertua: baris 2 (12 Mei 2016). 1 tanpa tanggal lahir.\n\n"
        "Sudah benar semua?"
    )
    assert not any(
        message.takes_caption for message in ratna.phone.messages
    )  # the file with the names is gone
    assert town.rows(select(Cohort)) == []
    await ratna.taps("Buka angkatan")
    assert ratna.last_screen.text.startswith("✅ Angkatan III dibuka.")

    (cohort,) = town.rows(select(Cohort))
    assert (cohort.name, str(cohort.arrival_on), str(cohort.departure_on)) == (
        "Angkatan III",
        "2026-12-22",
        "2027-01-21",
    )
    assert [(c.number, c.name, c.sex) for c in town.rows(select(Child))] == [
        (1, "Anak Contoh 01", "L"), (2, "Anak Contoh 02", "P"), (3, "Anak Contoh 03", "P"),
    ]  # fmt: skip
    assert [school.name for school in town.rows(select(School))] == ["SDN 1 Contoh", "SDN 2 Contoh"]
    assert {str(m.from_on) for m in town.rows(select(Membership))} == {"2026-12-22"}
    assert town.tasks("9.2.01")  # its SOPs have started


async def test_a_second_tap_on_open_does_not_open_twice(town: Town) -> None:
    ratna = await opener(town)
    await ratna.taps("Menurut daftar anak")
    await ratna.taps("Menyusul")
    screen = ratna.last_screen
    data = screen.data_of("Buka angkatan")
    await ratna.taps("Buka angkatan")
    await ratna.taps_data(data, on=screen)
    assert len(town.rows(select(Cohort))) == 1


async def test_bad_rows_are_named_and_nothing_is_stored(town: Town) -> None:
    ratna = await opener(town)
    await ratna.taps("Menurut daftar anak")
    await ratna.sends_file(excel(HEADER, CHILDREN[0], ("Anak Contoh 02", "X", "31/02/2016", "")), "anak.xlsx")
    assert ratna.last_screen.text == (
        "1 baris perlu diperbaiki.\n"
        "Baris 3: jenis kelamin “X” tidak dikenal (tulis L atau P); sekolah kosong;"
        " tanggal lahir “31/02/2016” bukan tanggal (tulis misalnya 12/05/2016)\n\n"
        "Belum ada yang disimpan. Perbaiki barisnya, lalu kirim ulang seluruh daftar."
    )
    assert not any(message.takes_caption for message in ratna.phone.messages)
    await ratna.sends_file(excel(HEADER, CHILDREN[0]), "anak.xlsx")
    assert "1 anak: 1 laki-laki, 0 perempuan" in ratna.last_screen.text


async def test_pasted_lines_in_two_messages_are_added_up_and_deleted(town: Town) -> None:
    ratna = await opener(town)
    await ratna.types("SDN 1 Contoh\nSDN 2 Contoh")
    await ratna.types("1. Anak Contoh 01; L; SDN 1 Contoh\n2. Anak Contoh 02; P; sdn 1 contoh")
    assert ratna.last_screen.text == "2 anak terbaca. Kirim baris berikutnya, atau lanjut."
    await ratna.types("3. Anak Contoh 03; P; SDN 2 Contoh")
    assert ratna.last_screen.text == "3 anak terbaca. Kirim baris berikutnya, atau lanjut."
    assert not any("Anak Contoh 01" in message.text for message in ratna.phone.messages)
    await ratna.taps("Lanjut")
    assert "2 sekolah: SDN 1 Contoh (2), SDN 2 Contoh (1)" in ratna.last_screen.text
    await ratna.taps("Buka angkatan")
    assert len(town.rows(select(Child))) == 3


async def test_one_name_twice_in_a_school_is_a_question(town: Town) -> None:
    ratna = await opener(town)
    await ratna.taps("Menurut daftar anak")
    await ratna.types("Anak Contoh; L; SDN 1 Contoh\nAnak Contoh; L; SDN 1 Contoh")
    await ratna.taps("Lanjut")
    assert "Baris 1, 2 bernama sama di satu sekolah." in ratna.last_screen.text
    await ratna.taps("Buka angkatan")
    assert len(town.rows(select(Child))) == 2


async def test_children_who_are_in_another_open_angkatan_are_asked_about(town: Town) -> None:
    await town.open_cohort(name="Angkatan II", arrival="2026-12-01", children=2, schools=1)
    ratna = await opener(town)
    await ratna.types("SDN 1 Contoh, SDN 5 Contoh")
    await ratna.types(
        "anak contoh 01; L; SDN 1 Contoh\nAnak Contoh 01; L; SDN 5 Contoh\nAnak Baru; P; SDN 1 Contoh"
    )
    await ratna.taps("Lanjut")
    assert "1 anak masih tercatat di Angkatan II (baris 1). Anak yang sama?" in ratna.last_screen.text
    assert "2 sekolah: SDN 1 Contoh (2), SDN 5 Contoh (1)" in ratna.last_screen.text
    await ratna.taps("Buka angkatan")  # it is a question, not a lock
    assert len(town.rows(select(Child))) == 5


async def test_an_answer_can_be_changed_at_the_end(town: Town) -> None:
    ratna = await opener(town)
    await ratna.taps("Menurut daftar anak")
    await ratna.taps("Menyusul")
    await ratna.taps("Ubah…")
    await ratna.taps("Datang")
    await ratna.types("5 januari 2027")
    await ratna.taps("Kamis, 4 Februari 2027")
    assert "Datang Selasa, 5 Januari 2027\nPulang Kamis, 4 Februari 2027" in ratna.last_screen.text
    await ratna.taps("Ubah…")
    await ratna.taps("Nama")
    await ratna.types("Angkatan IV")
    assert ratna.last_screen.text.startswith("Angkatan IV\n")


async def test_wrong_answers_are_asked_again(town: Town) -> None:
    await town.open_cohort("Angkatan III")
    ratna = await town.officer("Ibu Ratna", "tu")
    await ratna.types("/angkatan")
    await ratna.taps("Buka angkatan baru")
    await ratna.types("angkatan iii")
    assert ratna.last_screen.text == "Sudah ada angkatan Angkatan III. Ketik nama lain."
    await ratna.types("Angkatan IV")
    await ratna.types("entah")
    assert ratna.last_screen.text.startswith("Saya belum mengerti tanggal “entah”.")
    await ratna.types("1 februari 2027")
    await ratna.types("31 januari 2027")
    assert ratna.last_screen.text.startswith("Tanggal pulang harus setelah kedatangan Senin, 1 Februari 2027")


async def test_a_restart_in_the_middle_loses_no_answer(town: Town) -> None:
    ratna = await opener(town)
    await ratna.taps("Menurut daftar anak")
    await ratna.types("Anak Contoh 01; L; SDN 1 Contoh")
    await town.restart()
    await ratna.types("Anak Contoh 02; P; SDN 1 Contoh")
    assert ratna.last_screen.text == "2 anak terbaca. Kirim baris berikutnya, atau lanjut."


async def test_only_tu_and_admin_open(town: Town) -> None:
    await town.officer("Ibu Admin", "tu")
    sari = await town.officer("Ibu Sari", "peksos")
    await sari.types("/angkatan")
    assert sari.buttons == []
    await sari.taps_data("1.cohort_new")
    assert sari.last_screen.text == "Itu hanya dapat dilakukan Bagian TU atau admin."


async def test_the_roster_can_follow_and_one_more_child_later(town: Town) -> None:
    ratna = await opener(town)
    await ratna.taps("Menurut daftar anak")
    await ratna.taps("Menyusul")
    await ratna.taps("Buka angkatan")
    assert "Daftar anak menyusul" in ratna.last_screen.text
    await town.lives_until("2026-12-24 09.00")
    await ratna.types("/angkatan")
    await ratna.taps("Angkatan III")
    await ratna.taps("Tambah anak")
    await ratna.sends_file(excel(HEADER, *CHILDREN), "anak.xlsx")
    await ratna.taps("Simpan")
    assert ratna.last_screen.text.startswith("✅ Ditambahkan: No. 001 sampai 003.")
    # They were in the house from the arrival on; the one who comes later is not.
    await ratna.taps("Tambah anak")
    await ratna.types("Anak Contoh 01; P; SDN 1 Contoh")
    assert "Sudah ada di daftar: 1. Mereka tetap seperti semula." in ratna.last_screen.text
    assert "Simpan" not in ratna.buttons  # nobody is doubled by a list that is sent again
    await ratna.taps("Mereka anak lain")
    assert "Baris 1 bernama sama dengan No. 001. Apakah anak yang lain?" in ratna.last_screen.text
    await ratna.taps("Simpan")
    assert [str(m.from_on) for m in town.rows(select(Membership))] == [*["2026-12-22"] * 3, "2026-12-24"]


async def test_a_list_that_is_sent_again_shows_what_would_change(town: Town) -> None:
    ratna = await town.officer("Ibu Ratna", "tu")
    await town.open_cohort("Angkatan III", children=2, schools=1)
    await ratna.types("/angkatan")
    await ratna.taps("Angkatan III")
    await ratna.taps("Tambah anak")
    born = [
        (one.name, "LP"[one.sex == "P"], f"1{one.number}/05/2016", "SDN 1 Contoh")
        for one in town.rows(select(Child))
    ]
    await ratna.sends_file(excel(("Nama", "JK", "Tanggal Lahir", "Sekolah"), *born), "lagi.xlsx")
    assert "Sudah ada di daftar: 2." in ratna.last_screen.text
    assert "• 001: tanggal lahir" in ratna.last_screen.text
    assert [child.born_on for child in town.rows(select(Child))] == ["2016-01-01", "2016-02-02"]
    await ratna.taps("Perbaiki: 2")
    assert "✅ 2 data diperbaiki." in ratna.last_screen.text
    assert [child.born_on for child in town.rows(select(Child))] == ["2016-05-11", "2016-05-12"]
    assert len(town.rows(select(Correction))) == 2


async def test_a_school_withdraws_and_takes_its_children(any_town: Town) -> None:
    town = any_town
    ratna = await town.officer("Ibu Ratna", "tu")
    await town.open_cohort("Angkatan III", children=6, schools=2)
    await town.lives_until("2026-12-23 09.00")
    await ratna.types("/angkatan")
    await ratna.taps("Angkatan III")
    await ratna.taps("Sekolah")
    await ratna.taps("2")
    await ratna.taps("Sekolah mundur")
    await ratna.types("Ujian dimajukan")
    await ratna.taps("Hari ini")
    assert ratna.last_screen.text.startswith("SDN 2 Contoh mundur dan membawa 3 anaknya? Hari terakhir")
    assert ratna.last_screen.text.endswith("Alasan: Ujian dimajukan")
    screen = ratna.last_screen
    data = screen.data_of("Ya, mundur")
    await ratna.taps("Ya, mundur")
    assert ratna.last_screen.text == "✅ SDN 2 Contoh mundur bersama 3 anak."
    undo = ratna.last_screen.data_of("Urungkan")
    await ratna.taps_data(data, on=screen)  # a second tap is no harm
    assert "mundur 23 Desember" in ratna.last_screen.text
    gone = [m for m in town.rows(select(Membership)) if m.until_on is not None]
    assert [(str(m.until_on), m.reason) for m in gone] == [("2026-12-23", LeaveReason.SCHOOL_WITHDREW)] * 3
    await ratna.taps_data(undo)
    assert ratna.last_screen.text.startswith("✅ SDN 2 Contoh ikut lagi dengan 3 anak.")
    assert "6 anak" in ratna.last_screen.text


async def test_in_the_middle_of_a_stay_the_past_is_asked_once_and_is_not_late(any_town: Town) -> None:
    town = any_town
    ratna = await opener(town, arrival="20 november")
    await ratna.taps("Menurut daftar anak")
    await ratna.types("Anak Contoh 01; L; SDN 1 Contoh\nAnak Contoh 02; P; SDN 1 Contoh")
    await ratna.taps("Lanjut")
    assert "tidak dihitung terlambat" in ratna.last_screen.text
    await ratna.taps("Buka angkatan")
    waiting = [task for task in town.tasks("9.2.01") if task.is_before_pandu]
    assert waiting
    await ratna.taps("Sebelum Pandu")
    assert ratna.last_screen.text.startswith(
        "Sudah dilaksanakan sebelum Pandu dipakai?\nAngkatan III\n9.2.01 "
    )

    # One step was not done: an ordinary task, due from today on.
    await ratna.taps("9.2.01")
    await ratna.taps("1")
    await ratna.taps("Belum dilaksanakan")
    owed = next(task for task in town.tasks("9.2.01") if task.id == waiting[0].id)
    assert owed.state == TaskState.OPEN
    assert owed.due_at is not None
    assert owed.due_at > town.clock.now()

    # One was done on a known day; the rest in bulk, on no known day.
    await ratna.taps("‹ Daftar")
    await ratna.taps("9.2.01")
    await ratna.taps("1")
    await ratna.taps("Sudah dilaksanakan")
    await ratna.types("29 oktober")
    assert ratna.last_screen.text == "✅ 1 langkah dicatat sudah dilaksanakan."
    await ratna.taps("‹ Daftar")
    await ratna.taps("Konfirmasi semua")
    await ratna.taps("Tanggal tidak diketahui")
    left = [task for task in town.rows(select(Task)) if task.state == TaskState.BEFORE_PANDU]
    assert ratna.last_screen.text == (
        f"Angkatan III\n{len(left)} langkah akan dicatat sudah dilaksanakan sebelum Pandu dipakai.\n"
        "Tanggal tidak diketahui"
    )
    assert len(town.confirmations()) == 1  # one more look: nothing is noted yet
    await ratna.taps("Ya, konfirmasi")
    assert ratna.last_screen.text == f"✅ {len(left)} langkah dicatat sudah dilaksanakan."
    await ratna.taps("Urungkan")
    assert ratna.last_screen.text == f"{len(left)} langkah kembali ke daftar."
    again = [task for task in town.rows(select(Task)) if task.state == TaskState.BEFORE_PANDU]
    assert {task.id for task in again} == {task.id for task in left}
    await ratna.taps("‹ Daftar")
    await ratna.taps("Konfirmasi semua")
    await ratna.taps("Tanggal tidak diketahui")
    await ratna.taps("Ya, konfirmasi")
    undo = ratna.last_screen.data_of("Urungkan")
    town.clock.advance(minutes=11)
    await ratna.taps_data(undo)
    assert ratna.lowest_screen.text.startswith("Hanya dapat diurungkan dalam 10 menit")
    assert not [task for task in town.rows(select(Task)) if task.state == TaskState.BEFORE_PANDU]
    said = town.confirmations()
    assert [str(one.done_on) for one in said if one.done_on] == ["2026-10-29"]
    assert {one.task_id for one in said} >= {task.id for task in waiting[1:]}
    assert owed.id not in {one.task_id for one in said}


async def test_an_angkatan_is_closed_after_its_departure(town: Town) -> None:
    ratna = await town.officer("Ibu Ratna", "tu")
    cohort = await town.open_cohort("Angkatan III", arrival="2026-12-01", departure="2026-12-04", children=2)
    await ratna.types("/angkatan")
    await ratna.taps("Angkatan III")
    assert "Tutup angkatan" not in ratna.buttons
    await ratna.taps_data(f"1.cohort_closed.{cohort.id}")  # forged: not before the children have left
    assert ratna.lowest_screen.text.startswith("Belum waktunya")
    await town.lives_until("2026-12-05 09.00")
    await ratna.types("/angkatan")
    await ratna.taps("Angkatan III")
    kepala = await town.officer("Bu Kepala", "kepala")
    await ratna.taps("Tutup angkatan")
    assert "Masih terbuka dan tidak ditanyakan lagi:\n• " in ratna.last_screen.text
    await ratna.types("Laporan dikerjakan di luar Pandu")
    await ratna.taps("Ya, tutup")
    assert "Ibu Ratna menutup Angkatan III." in kepala.lowest_screen.text
    assert "Tindak lanjut sesudah masa tinggal tetap berjalan." in kepala.lowest_screen.text
    assert ratna.last_screen.text.startswith("✅ Masa tinggal Angkatan III ditutup.")
    assert "oleh Ibu Ratna: Laporan dikerjakan di luar Pandu" in ratna.last_screen.text
    assert (
        "Tetap berjalan sesudah masa tinggal: 9.1.18 Bimbingan Lanjut, 9.1.19 Evaluasi."
        in ratna.last_screen.text
    )
    assert {t.sop for t in town.rows(select(Task)) if t.state in (TaskState.OPEN, TaskState.WAITING)} <= {
        "9.1.18",
        "9.1.19",
    }
    await ratna.taps("Tutup angkatan")
    await ratna.types("Tindak lanjut ditiadakan")
    await ratna.taps("Ya, tutup")
    assert ratna.last_screen.text == "✅ Angkatan III ditutup. Terima kasih atas kerjanya."
    assert not [t for t in town.rows(select(Task)) if t.state in (TaskState.OPEN, TaskState.WAITING)]
    held = town.rows(select(Membership))
    assert {(str(m.until_on), m.reason) for m in held} == {("2026-12-04", LeaveReason.ENDED)}
    await ratna.types("/angkatan")
    assert ratna.last_screen.text == "Belum ada angkatan yang dibuka."
    await ratna.taps("Yang sudah ditutup")
    await ratna.taps("Angkatan III")
    assert "Buka lagi…" not in ratna.buttons
    await kepala.taps_data(f"1.cohort_card.{cohort.id}")
    await kepala.taps("Buka lagi…")
    await kepala.types("Laporan akhir belum ada")
    assert any(one.text.startswith("✅ Dilanjutkan dari langkah terakhir.") for one in kepala.screens)
    assert [t for t in town.rows(select(Task)) if t.state == TaskState.OPEN]
    assert any("Bu Kepala membuka lagi Angkatan III" in one.text for one in ratna.screens)


async def test_a_pasted_list_never_becomes_schools(town: Town) -> None:
    ratna = await opener(town)
    await ratna.types(
        "Anak Contoh 01; L; SDN 1 Contoh"
    )  # at the question for the schools: it answers that too
    assert "1 sekolah: SDN 1 Contoh (1)\n1 anak: 1 laki-laki, 0 perempuan" in ratna.last_screen.text
    await ratna.taps("Buka angkatan")
    assert [school.name for school in town.rows(select(School))] == ["SDN 1 Contoh"]


async def test_schools_parted_by_semicolons_are_no_list(town: Town) -> None:
    ratna = await opener(town)
    await ratna.types("SDN 1 Contoh; SDN 2 Contoh; MI Contoh")
    assert ratna.last_screen.text.startswith("Kirim daftar anak")
    await ratna.taps("Menyusul")
    assert "3 sekolah: SDN 1 Contoh, SDN 2 Contoh, MI Contoh" in ratna.last_screen.text


@pytest.mark.parametrize("answered", [0, 1, 2, 3, 4])
async def test_a_file_is_taken_at_any_question(town: Town, answered: int) -> None:
    ratna = await town.officer("Ibu Ratna", "tu")
    await ratna.types("/angkatan")
    await ratna.taps("Buka angkatan baru")
    file = excel(HEADER, *CHILDREN)
    for place, typed in enumerate(("Angkatan III", "22 desember", "21 januari 2027", "SDN 1 Contoh", "")):
        if place == answered:
            await ratna.sends_file(file, "anak.xlsx")
            assert not any(message.takes_caption for message in ratna.phone.messages)
        if typed and not ratna.last_screen.text.startswith("Angkatan III"):
            await ratna.types(typed)
    assert "3 anak: 1 laki-laki, 2 perempuan" in ratna.last_screen.text
    await ratna.sends_file(
        excel(HEADER, CHILDREN[0]), "anak.xlsx"
    )  # and at the last look: in place of the first
    assert "1 anak: 1 laki-laki, 0 perempuan" in ratna.last_screen.text
    await ratna.taps("Buka angkatan")
    assert [child.name for child in town.rows(select(Child))] == ["Anak Contoh 01"]


async def test_other_things_are_no_answer_there(town: Town) -> None:
    ratna = await opener(town)
    await ratna.sends_sticker()
    assert town.rows(select(Cohort)) == []
    await ratna.sends_photo()
    assert ratna.last_screen.text == "Foto daftar tidak bisa saya baca. Kirim sebagai Excel atau CSV."
    await ratna.sends_file(b"%PDF-1.7 \x00\x01", "anak.pdf")
    assert ratna.last_screen.text.startswith("Ini bukan berkas Excel atau CSV.")
    await ratna.types("SDN 1 Contoh")  # the question is still open
    assert ratna.last_screen.text.startswith("Kirim daftar anak")


NO_SCHOOL = excel(
    ("Daftar Peserta Didik",),
    ("SD NEGERI 1 CONTOH",),
    ("Nama", "JK", "Tanggal Lahir"),
    ("Anak Contoh 01", "L", datetime(2016, 12, 5)),  # noqa: DTZ001 - Excel knows no zones
    ("Anak Contoh 02", "P", "13/05/2016"),
    ("Jumlah", 2, ""),
)


async def test_what_a_list_leaves_open_is_asked_once(town: Town) -> None:
    ratna = await opener(town)
    await ratna.sends_file(NO_SCHOOL, "dapodik.xlsx")
    assert ratna.last_screen.text.startswith(
        "Daftar ini tidak menyebut asal sekolah 2 anak. Dari sekolah mana?"
    )
    assert ratna.buttons == ["SD NEGERI 1 CONTOH", "Batal"]
    await ratna.types("SDN 1 Contoh; SDN 2 Contoh")
    assert ratna.last_screen.text == "Ketik nama satu sekolah asal mereka semua."
    await ratna.types("SDN 1 Contoh")
    assert "Baris 4: 5 Desember 2016 atau 12 Mei 2016?" in ratna.last_screen.text
    assert ratna.buttons == ["5 Desember 2016", "12 Mei 2016", "Batal"]
    turned = ratna.last_screen.data_of("12 Mei 2016")
    await ratna.types("12 mei")
    assert ratna.last_screen.text.startswith("Gunakan tombolnya.")
    await town.restart()
    await ratna.taps("12 Mei 2016")
    assert ratna.last_screen.text.splitlines()[3:] == [
        "1 sekolah: SDN 1 Contoh (2)",
        "2 anak: 1 laki-laki, 1 perempuan",
        "Umur 10 tahun. Termuda: baris 5 (13 Mei 2016). Tertua: baris 4 (12 Mei 2016).",
        "",
        "Baris yang dilewati karena bukan anak: 6",
        "",
        "Sudah benar semua?",
    ]
    await ratna.taps("Buka angkatan")
    assert [str(child.born_on) for child in town.rows(select(Child))] == ["2016-05-12", "2016-05-13"]
    await ratna.taps_data(turned)  # an old button does nothing
    assert len(town.rows(select(Cohort))) == 1


async def test_children_who_are_added_have_the_same_questions(town: Town) -> None:
    ratna = await town.officer("Ibu Ratna", "tu")
    await town.open_cohort("Angkatan III", children=2, schools=1)
    await ratna.types("/angkatan")
    await ratna.taps("Angkatan III")
    await ratna.taps("Tambah anak")
    await ratna.sends_file(NO_SCHOOL, "dapodik.xlsx")
    assert ratna.buttons == ["SD NEGERI 1 CONTOH", "SDN 1 Contoh", "Batal"]
    await ratna.taps("SDN 1 Contoh")
    await ratna.taps("5 Desember 2016")
    await ratna.taps("Mereka anak lain")
    await ratna.taps("Simpan")
    assert [str(child.born_on) for child in town.rows(select(Child))][2:] == ["2016-12-05", "2016-05-13"]
    assert [school.name for school in town.rows(select(School))] == ["SDN 1 Contoh"]


async def test_a_list_to_fill_in_comes_on_request_and_is_read(town: Town) -> None:
    ratna = await opener(town)
    await ratna.taps("Menurut daftar anak")
    await ratna.taps("Contoh berkas")
    [document] = [message for message in ratna.phone.received if "document" in message.content]
    assert document.content["document"]["file_name"] == "daftar-anak.xlsx"
    book = load_workbook(io.BytesIO(town.world.find_file(document.content["document"]["file_id"]).content))
    sheet = book["Daftar anak"]
    sheet.append(
        ["Anak Contoh 01", "L", "12/05/2016", "SDN 1 Contoh", "Ibu Contoh", "08001112", "Jalan Contoh"]
    )
    out = io.BytesIO()
    book.save(out)
    await ratna.sends_file(out.getvalue(), "daftar-anak.xlsx")
    assert "1 anak: 1 laki-laki, 0 perempuan" in ratna.last_screen.text
    assert "tidak dibaca" not in ratna.last_screen.text


@pytest.mark.parametrize(
    "pack", [Pack(real_pack().unit, {"9.2.01": real_pack().sops["9.2.01"]})], ids=["9.2.01"]
)
async def test_who_gathers_the_children_sends_their_list(town: Town) -> None:
    """SOP 9.2.01 step 3: by a button of its card, or the file by itself. Nobody else of the sections may."""
    await town.officer("Kepala Contoh", role="kepala", admin=True)
    budi = await town.officer("Budi Contoh", role="penyantunan")
    sari = await town.officer("Sari Contoh", role="peksos")
    cohort = await town.open_cohort("Angkatan III", arrival="2027-01-11", children=0)
    await town.lives_until("2026-12-02 09.00")
    add = button_of("cohort_add", cohort.id or 0)
    await budi.taps_data(add)
    assert budi.last_screen.text == "Itu hanya dapat dilakukan Bagian TU atau admin."  # its time has not come
    await does(town, budi, "9.2.01", 2)
    await opens(town, budi, "9.2.01", 3, "task_open")
    await budi.taps("Kirim daftar anak")
    await budi.taps("Batal")
    await budi.taps("‹ Kembali")
    await budi.taps("Kirim daftar anak")
    await budi.sends_file(excel(HEADER, *CHILDREN), "anak.xlsx")
    await budi.taps("Simpan")
    assert budi.last_screen.text.splitlines() == [
        "✅ Ditambahkan: No. 001 sampai 003.",
        "Angkatan III: 3 anak",
    ]
    await budi.taps("‹ Kembali")
    assert "☑ Jelas asal sekolah" in budi.last_screen.text
    await budi.sends_file(excel(HEADER, ("Anak Contoh 04", "L", "", "SDN 2 Contoh")), "satu lagi.xlsx")
    assert budi.last_screen.text.startswith("Ini daftar anak.\n")
    await budi.taps("Untuk Angkatan III")
    await budi.taps("Simpan")
    assert budi.last_screen.text.startswith("✅ Ditambahkan: No. 004.\n")
    await sari.taps_data(add)
    assert sari.last_screen.text == "Itu hanya dapat dilakukan Bagian TU atau admin."


async def test_a_stay_over_a_long_holiday_says_so_before_it_is_opened(town: Town) -> None:
    ratna = await opener(town, arrival="20 februari 2027")
    await ratna.taps("Menurut daftar anak")
    await ratna.taps("Menyusul")
    assert (
        "Libur panjang selama tinggal: 6 sampai 15 Maret 2027, Hari Suci Nyepi, Hari Raya Idul Fitri. "
        "Anak tetap di sini; tugas kantor pindah ke hari kerja." in ratna.last_screen.text
    )


async def test_a_name_that_was_put_right_says_what_stood_there(town: Town) -> None:
    ratna = await town.officer("Ibu Ratna", "tu")
    cohort = await town.open_cohort("Angkatan III", arrival="2026-12-01", children=2)
    await ratna.taps_data(f"1.cohort_card.{cohort.id}")
    await ratna.taps("Perbaiki nama")
    await ratna.types("Angkatan Tiga")
    await ratna.types("menurut SK")
    yes = ratna.last_screen.data_of("Ya, perbaiki")
    await ratna.taps("Ya, perbaiki")
    assert "Angkatan III → Angkatan Tiga" in ratna.last_screen.text
    await ratna.taps_data(yes)
    assert ratna.toast == "Pertanyaan itu sudah selesai: tombol ini tidak mengubah apa-apa lagi."
    await ratna.taps_data(f"1.fix_cohort.{cohort.id}")
    assert "• Nama: Angkatan III → Angkatan Tiga · Ibu Ratna" in ratna.last_screen.text
    assert "menurut SK" in ratna.last_screen.text
