"""Home visits in the chat (SOP 9.1.12): parents' data, the visit, its result, location and photos."""

import pytest
from sqlmodel import col, select

from handlers.ui.request import pack
from storage.tables import (
    ConfirmationKind,
    EntryState,
    ReadEntry,
    Record,
    ReminderState,
    StoredFile,
    TaskEntry,
    TaskState,
)
from tests.support.person import Person
from tests.support.steps import Team, assessed, opens
from tests.support.town import Town


async def visits_owed(town: Town, *flagged: int) -> Team:
    """Children 1 and 2 (or `flagged`) are to be visited; their parents' data are in."""
    team = await assessed(town, flagged or (1, 2))
    await opens(town, team.rahmat, "9.1.12", 2)
    for _child in flagged or (1, 2):
        await team.rahmat.taps("Sudah benar")
    return team


async def opens_visit(town: Town, person: Person, number: int) -> None:
    """The child's card; children are numbered as their ids here."""
    await person.taps_data(pack("visit_open", town.task("9.1.12", 3).id or 0, number))


def reports(town: Town) -> list[dict[str, object]]:
    task = town.task("9.1.12", 3)
    rows = town.rows(
        select(Record).where(Record.task_id == task.id, Record.key == "form").order_by(col(Record.id))
    )
    return [row.data for row in rows]


def entry(town: Town, number: int) -> TaskEntry:
    task = town.task("9.1.12", 3)
    (row,) = town.rows(select(TaskEntry).where(TaskEntry.task_id == task.id, TaskEntry.child_id == number))
    return row


async def test_a_visit_opens_when_its_own_parents_data_are_in(town: Town) -> None:
    team = await assessed(town, (1, 2))
    rahmat = team.rahmat
    await opens(town, rahmat, "9.1.12", 2)
    assert "Usulan: Orang Tua Contoh 01; 08000000001; Jalan Contoh 1" in rahmat.last_screen.text
    await rahmat.taps("Sudah benar")
    await opens(town, rahmat, "9.1.12", 3, "visit_open")
    assert "1 anak perlu dikunjungi" in rahmat.last_screen.text
    assert "Data orang tua belum ada: No. 002" in rahmat.last_screen.text
    assert "Anak Contoh" not in rahmat.last_screen.text  # the list carries codes only
    await rahmat.taps("Catat data")
    await rahmat.types("Ibu Contoh; ; Dusun Contoh")
    await opens(town, rahmat, "9.1.12", 3, "visit_open")
    assert "2 anak perlu dikunjungi" in rahmat.last_screen.text
    await rahmat.taps("No. 002")
    assert "No. 002 · Anak Contoh 02 · Dusun Contoh" in rahmat.last_screen.text


async def test_the_card_after_buka_has_name_and_address(town: Town) -> None:
    team = await visits_owed(town, 1)
    rahmat = team.rahmat
    await town.lives_until("2026-12-02 07.31")  # the day before it is due: 3 December
    push = rahmat.screens[-1]
    assert push.text == "Kunjungan rumah · No. 001: batasnya besok."
    assert push.is_protected
    await rahmat.taps("Buka", on=push)
    card = rahmat.last_screen
    assert card.message.id == push.message.id  # the same message, changed
    assert card.is_protected
    assert "Kunjungan rumah · No. 001 · Anak Contoh 01 · Jalan Contoh 1" in card.text
    assert "Waktu baku 3 hari · jatuh tempo besok, 16.00" in card.text
    assert card.buttons == ["Catat hasil", "Tidak bertemu", "Jadwalkan ulang", "‹ Daftar"]
    looked = town.rows(select(ReadEntry).where(ReadEntry.child_id == 1, ReadEntry.screen != "proposals"))
    assert [row.officer_id for row in looked] == [rahmat.id]


async def test_the_numbers_of_several_visits_open_each_child(town: Town) -> None:
    team = await visits_owed(town, 1, 2)
    rahmat = team.rahmat
    await town.lives_until("2026-12-02 07.31")
    push = rahmat.screens[-1]
    assert push.text.splitlines() == [
        "2 hal untuk Anda:",
        "1. Kunjungan rumah · No. 001 · besok",
        "2. Kunjungan rumah · No. 002 · besok",
    ]
    await rahmat.taps("2", on=push)
    assert "Kunjungan rumah · No. 002 · Anak Contoh 02" in rahmat.last_screen.text


async def test_the_numbers_of_visits_in_the_morning_open_each_child(town: Town) -> None:
    rahmat = (await visits_owed(town, 1, 2)).rahmat
    await town.lives_until("2026-12-03 07.31")
    push = rahmat.lowest_screen
    assert push.text.splitlines() == [
        "Selamat pagi, Rahmat Contoh. Hari ini 1 tugas.",
        "1. Kunjungan rumah · 2 anak · pukul 16.00",
        "2. Kunjungan rumah · No. 001 · hari ini",
        "3. Kunjungan rumah · No. 002 · hari ini",
    ]
    await rahmat.taps("3", on=push)
    assert "Kunjungan rumah · No. 002 · Anak Contoh 02" in rahmat.last_screen.text


async def test_many_visits_of_one_day_are_one_line_that_opens_their_list(town: Town) -> None:
    team = await visits_owed(town, 1, 2, 3, 4)
    rahmat = team.rahmat
    await town.lives_until("2026-12-02 07.31")
    push = rahmat.screens[-1]
    assert push.text.splitlines()[0] == "Kunjungan rumah · besok · 4 anak: No. 001, 002, 003, 004"
    assert push.buttons == ["Mulai", "Buka", "Ingatkan lagi"]
    told = [row for row in town.reminders(rahmat) if row.message_id == push.message.id]
    assert [row.child_id for row in told] == [1, 2, 3, 4]
    await rahmat.taps("Mulai", on=push)
    assert "4 anak perlu dikunjungi" in rahmat.last_screen.text
    await rahmat.taps("No. 004")
    assert "Kunjungan rumah · No. 004 · Anak Contoh 04" in rahmat.last_screen.text


async def test_a_long_list_of_visits_has_pages(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.rolls.home_visit.LISTED", 3)
    rahmat = (await visits_owed(town, 1, 2, 3, 4)).rahmat
    await opens(town, rahmat, "9.1.12", 3, "visit_open")
    first = ["No. 001 Anak · 3 Des", "No. 002 Anak · 3 Des", "No. 003 Anak · 3 Des"]
    assert rahmat.last_screen.buttons == [*first, "Berikutnya ›", "Tugas saya"]
    await rahmat.taps("Berikutnya ›", on=rahmat.last_screen)
    assert rahmat.last_screen.buttons == ["No. 004 Anak · 3 Des", "‹ Sebelumnya", "Tugas saya"]
    await rahmat.taps("‹ Sebelumnya", on=rahmat.last_screen)
    assert rahmat.last_screen.buttons[:3] == first


async def test_a_report_question_by_question(any_town: Town) -> None:
    town = any_town
    team = await visits_owed(town)
    rahmat = team.rahmat
    await opens_visit(town, rahmat, 1)
    await rahmat.taps("Catat hasil")
    assert rahmat.buttons == ["Ayah", "Ibu", "Keduanya", "Wali", "Tulis", "Nanti saja"]
    await rahmat.taps("Ibu")
    assert "Ringkas hasilnya" in rahmat.last_screen.text
    words = "Keluarga setuju, jadwal belajar <malam> disamakan."
    await rahmat.types(words)
    typed = [m.text for m in rahmat.phone.messages if m.sender_id == rahmat.phone.id]
    assert words not in typed  # it does not stay in the chat
    await rahmat.types("di sini")
    assert "Kirim lokasi" in rahmat.last_screen.text
    await rahmat.sends_location(-8.6, 116.2)
    assert rahmat.buttons == ["Selesai", "Lewati", "Nanti saja"]
    await rahmat.sends_photo()
    assert "Sudah 1 foto." in rahmat.lowest_screen.text  # the question is always the last message
    await rahmat.sends_photo()
    await rahmat.taps("Selesai")
    text = rahmat.last_screen.text
    assert "Simpan laporan ini?" in text
    assert f"Ditemui: Ibu\nHasil: {words}\nLokasi: ada\nFoto: 2" in text
    assert rahmat.buttons == ["Simpan", "Ubah", "Nanti saja"]
    assert reports(town) == []
    await rahmat.taps("Simpan")
    assert "Kunjungan rumah No. 001 tercatat." in rahmat.last_screen.text
    (report,) = reports(town)
    assert (report["ditemui"], report["hasil"]) == ("Ibu", words)
    assert report["lokasi"] == {"latitude": -8.6, "longitude": 116.2}
    files = town.rows(select(StoredFile))
    assert report["foto"] == [file.id for file in files]
    assert {(file.child_id, file.officer_id) for file in files} == {(1, rahmat.id)}
    assert town.house.cabinet.get(files[0].content_key)[:2] == b"\xff\xd8"
    assert entry(town, 1).state == EntryState.DONE
    await opens_visit(town, rahmat, 2)
    await rahmat.taps("Catat hasil")
    await rahmat.taps("Tulis")
    await rahmat.types("Nenek")
    await rahmat.types("Baik")
    await rahmat.taps("Lewati")
    await rahmat.taps("Lewati")
    await rahmat.taps("Simpan")
    assert "Kunjungan rumah: 2 anak tercatat semua" in rahmat.last_screen.text
    assert town.task("9.1.12", 3).state == TaskState.DONE
    assert reports(town)[1] == {"ditemui": "Nenek", "hasil": "Baik", "lokasi": None, "foto": None}


async def test_a_draft_survives_a_restart_another_question_and_batal(town: Town) -> None:
    team = await visits_owed(town)
    rahmat = team.rahmat
    await opens_visit(town, rahmat, 1)
    await rahmat.taps("Catat hasil")
    await rahmat.taps("Keduanya")
    await town.restart()
    await rahmat.types("Semua baik")
    await rahmat.types("/batal")
    await opens_visit(town, rahmat, 2)  # another child in between
    await rahmat.taps("Catat hasil")
    await rahmat.taps("Ayah")
    await opens_visit(town, rahmat, 1)
    assert "Anda punya draf" in rahmat.last_screen.text
    await rahmat.taps("Catat hasil")
    assert "Kirim lokasi" in rahmat.last_screen.text
    await rahmat.taps("Lewati")
    await rahmat.taps("Lewati")
    await rahmat.taps("Nanti saja")
    assert "Draf disimpan" in rahmat.last_screen.text
    assert reports(town) == []
    await rahmat.taps("Lanjutkan")
    await rahmat.taps("Ubah")
    await rahmat.taps("Hasil")
    await rahmat.types("Semua sangat baik")
    await rahmat.taps("Simpan")
    (report,) = reports(town)
    assert (report["ditemui"], report["hasil"]) == ("Keduanya", "Semua sangat baik")


async def test_a_visit_of_yesterday_is_entered_under_its_date(town: Town) -> None:
    team = await visits_owed(town, 1)
    rahmat = team.rahmat
    await town.lives_until("2026-12-02 09.00")
    await opens_visit(town, rahmat, 1)
    await rahmat.taps("Catat hasil")
    await rahmat.taps("Ibu")
    await rahmat.types("Baik")
    await rahmat.taps("Lewati")
    await rahmat.taps("Lewati")
    await rahmat.taps("Ubah")
    await rahmat.taps("Tanggal")
    await rahmat.taps("Kemarin")
    assert "Tanggal: kemarin" in rahmat.last_screen.text
    await rahmat.taps("Simpan")
    (row,) = town.rows(
        select(Record).where(Record.key == "form", Record.task_id == town.task("9.1.12", 3).id)
    )
    assert str(row.done_on) == "2026-12-01"
    done = [c for c in town.confirmations(town.task("9.1.12", 3)) if c.kind == ConfirmationKind.DONE]
    assert [str(c.done_on) for c in done] == ["2026-12-01"]


async def test_nobody_met_is_an_obstacle_and_is_tried_again(town: Town) -> None:
    team = await visits_owed(town)
    rahmat = team.rahmat
    await opens_visit(town, rahmat, 2)
    await rahmat.taps("Tidak bertemu")
    await rahmat.taps("Rumah kosong")
    task = town.task("9.1.12", 3)
    said = [(c.kind, c.note) for c in town.confirmations(task)]
    assert said == [(ConfirmationKind.OBSTACLE, "No. 002: tidak bertemu, Rumah kosong")]
    assert entry(town, 2).state == EntryState.OPEN
    await rahmat.taps("Besok")
    assert "Dipindah ke Selasa, 1 Desember 2026. Alasan: Rumah kosong" in rahmat.last_screen.text
    assert f"{entry(town, 2).due_at:%Y-%m-%d %H}" == "2026-12-01 08"  # 16.00 WITA
    await rahmat.taps("Tidak bertemu")
    await rahmat.types("keluarga pindah ke pulau lain")
    await rahmat.taps("Tutup tanpa bertemu")
    assert (entry(town, 2).state, entry(town, 2).reason) == (
        EntryState.EXCUSED,
        "tidak bertemu: keluarga pindah ke pulau lain",
    )


async def test_one_childs_visit_is_moved_with_a_reason(town: Town) -> None:
    team = await visits_owed(town)
    rahmat = team.rahmat
    await opens_visit(town, rahmat, 1)
    await rahmat.taps("Jadwalkan ulang")
    await rahmat.types("29 november")
    assert "sudah lewat" in rahmat.last_screen.text
    await rahmat.types("5 desember")
    await rahmat.types("123")  # no words, no reason
    await rahmat.types("hujan deras")
    assert "Dipindah ke Sabtu, 5 Desember 2026. Alasan: hujan deras" in rahmat.last_screen.text
    assert f"{entry(town, 1).due_at:%Y-%m-%d}" == "2026-12-05"
    assert f"{entry(town, 2).due_at:%Y-%m-%d}" == "2026-12-03"  # the other child's stays
    task = town.task("9.1.12", 3)
    assert task.due_at == entry(town, 2).due_at  # the roll is due when its earliest entry is
    moved = [(c.kind, c.child_id, c.note) for c in town.confirmations(task)]
    assert moved == [(ConfirmationKind.RESCHEDULED, 1, "hujan deras")]
    await town.lives_until("2026-12-05 07.31")
    sent = [r for r in town.reminders(rahmat) if r.child_id == 1 and r.state == ReminderState.SENT]
    assert [(r.rule, f"{r.due_at:%Y-%m-%d %H.%M}") for r in sent] == [  # UTC; none for the former date
        ("lead:1", "2026-12-03 23.30"),
        ("morning", "2026-12-04 23.30"),
    ]


async def test_a_colleague_who_was_first_is_named(town: Town) -> None:
    team = await visits_owed(town)
    rahmat = team.rahmat
    dewi = await town.officer("Dewi Contoh", role="bimbingan")
    for person in (rahmat, dewi):
        await opens_visit(town, person, 1)
        await person.taps("Catat hasil")
        await person.taps("Ibu")
        await person.types(f"Laporan {person.name}")
        await person.taps("Lewati")
        await person.taps("Lewati")
    await rahmat.taps("Simpan")
    await dewi.taps("Simpan")
    assert "Rekan Anda lebih dulu mencatat" in dewi.last_screen.text
    assert "Dicatat Rahmat Contoh" in dewi.last_screen.text
    assert [report["hasil"] for report in reports(town)] == ["Laporan Rahmat Contoh"]


async def test_other_sections_do_not_see_the_family(town: Town) -> None:
    team = await visits_owed(town)
    await opens_visit(town, team.budi, 1)
    assert "Seksi Bimbingan" in team.budi.last_screen.text
    assert "Jalan Contoh" not in team.budi.last_screen.text
    await team.budi.taps_data(pack("visit_save", town.task("9.1.12", 3).id or 0, 1))
    assert reports(town) == []


async def test_the_questions_can_be_left(town: Town) -> None:
    team = await visits_owed(town)
    rahmat = team.rahmat
    await opens_visit(town, rahmat, 1)
    await rahmat.taps("Catat hasil")
    assert rahmat.buttons[-1] == "Nanti saja"
    await rahmat.taps("Ibu")
    await rahmat.taps("Nanti saja")
    await rahmat.taps("Lanjutkan")
    assert "Ringkas" in rahmat.last_screen.text
