"""The parents' visit in week two (SOP 9.1.09). The angkatan of these tests arrives on Tuesday 1 December 2026."""

from sqlmodel import col, select

from handlers.ui.request import pack
from storage.tables import Record, Task, TaskState
from tests.support.person import Person
from tests.support.steps import does, opens
from tests.support.town import Town


async def week_one(town: Town) -> Person:
    """Rahmat is the only one of the section; it is Wednesday 2 December, 08.00."""
    await town.officer("Kepala Contoh", role="kepala", admin=True)
    for name, role in (("Budi Contoh", "penyantunan"), ("Tuti Contoh", "tu"), ("Sari Contoh", "peksos")):
        await town.officer(name, role=role)
    rahmat = await town.officer("Rahmat Contoh", role="bimbingan")
    await town.open_cohort(name="Angkatan III", arrival="2026-12-01", children=4)
    await town.lives_until("2026-12-02 08.00")
    return rahmat


async def asks_for_the_date(town: Town, person: Person) -> Task:
    task = town.task("9.1.09", 1)
    await person.taps_data(pack("parents_choose", task.id or 0))
    return task


async def test_the_date_is_chosen_by_a_button(town: Town) -> None:
    rahmat = await week_one(town)
    assert any("Pilih tanggal" in label for screen in rahmat.screens for label in screen.buttons)
    task = await asks_for_the_date(town, rahmat)
    assert rahmat.last_screen.text == (
        "Kunjungan orang tua Angkatan III ada di minggu kedua: 8 sampai 14 Desember. Tanggal berapa?"
    )
    assert rahmat.buttons == ["Minggu 13 Des", "Sabtu 12 Des", "Tanggal lain", "‹ Kembali"]
    await rahmat.taps("Minggu 13 Des")
    assert "Kunjungan orang tua: Minggu, 13 Desember 2026." in rahmat.last_screen.text
    assert "Saya ingatkan 3 hari dan 1 hari sebelumnya" in rahmat.last_screen.text
    assert str(town.task("9.1.09", 1).chosen_on) == "2026-12-13"
    assert town.confirmations(task) == []  # choosing confirms nothing


async def test_batal_on_the_card_ends_the_question_for_the_date(town: Town) -> None:
    rahmat = await week_one(town)
    task = await asks_for_the_date(town, rahmat)
    await rahmat.taps_data(pack("task_cancel", task.id or 0))
    await rahmat.types("terima kasih banyak")
    assert "Pertanyaan tadi" not in rahmat.last_screen.text  # nothing is asked that could have been closed
    assert town.task("9.1.09", 1).chosen_on is None


async def test_a_date_outside_week_two_is_refused_with_the_rule(town: Town) -> None:
    rahmat = await week_one(town)
    await asks_for_the_date(town, rahmat)
    await rahmat.types("20 desember")
    assert rahmat.last_screen.text == (
        "20 Desember sudah lewat minggu kedua. Menurut SOP 9.1.09 pilih antara 8 dan 14 Desember."
    )
    await rahmat.types("7/12")
    assert "7 Desember belum masuk minggu kedua." in rahmat.last_screen.text
    await rahmat.types("kapan saja")
    assert "Saya belum mengerti tanggal “kapan saja”" in rahmat.last_screen.text
    await rahmat.types("besok")  # is 3 December, and not some Thursday of week two
    assert "3 Desember belum masuk minggu kedua." in rahmat.last_screen.text
    assert "pilih antara 8 dan 14 Desember" in rahmat.last_screen.text
    assert town.task("9.1.09", 1).chosen_on is None
    await rahmat.types("minggu")  # the Sunday of week two, not the coming one
    assert str(town.task("9.1.09", 1).chosen_on) == "2026-12-13"


async def test_a_typed_day_and_a_change_of_mind(town: Town) -> None:
    rahmat = await week_one(town)
    await asks_for_the_date(town, rahmat)
    await rahmat.taps("Tanggal lain")
    await rahmat.types("12")
    assert str(town.task("9.1.09", 1).chosen_on) == "2026-12-12"
    await rahmat.taps("Ubah tanggal")
    assert "Yang terpilih: Sabtu, 12 Desember 2026." in rahmat.last_screen.text
    await rahmat.types("14 desember")
    assert str(town.task("9.1.09", 1).chosen_on) == "2026-12-14"
    await town.lives_until("2026-12-15 00.00")
    lines = [line for screen in rahmat.screens for line in screen.text.split("\n")]
    assert [line for line in lines if "Kunjungan orang tua · " in line] == [
        "8. Kunjungan orang tua · 14 Desember",  # of the 11th, in the morning's list, and not of the 12th
        "Kunjungan orang tua · besok.",
        "1. Kunjungan orang tua · pukul 16.00",  # what is of today stands first
    ]


async def test_being_ready_and_the_list(town: Town) -> None:
    rahmat = await week_one(town)
    await asks_for_the_date(town, rahmat)
    await rahmat.taps("Minggu 13 Des")
    await town.lives_until("2026-12-10 07.31")
    assert rahmat.last_screen.buttons[:2] == ["Sudah siap: Kunjungan", "Lihat daftar: Kunjungan"]
    await rahmat.taps("Lihat daftar")
    assert "SDN 1 Contoh: 001, 003" in rahmat.last_screen.text
    assert "Anak Contoh" not in rahmat.last_screen.text
    await rahmat.taps_data(pack("parents_ready", town.task("9.1.09", 1).id or 0))
    assert "siap untuk kunjungan orang tua Minggu, 13 Desember 2026" in rahmat.last_screen.text
    assert town.task("9.1.09", 1).state == TaskState.OPEN


async def test_attendance_by_buttons_on_the_day(town: Town) -> None:
    rahmat = await week_one(town)
    await asks_for_the_date(town, rahmat)
    await rahmat.taps("Minggu 13 Des")
    await town.lives_until("2026-12-12 09.00")
    await does(town, rahmat, "9.1.09", 1)
    assert "Belum waktunya" in rahmat.last_screen.text or "terlalu awal" in rahmat.last_screen.text.lower()
    await town.lives_until("2026-12-13 10.00")
    await does(town, rahmat, "9.1.09", 1)
    await opens(town, rahmat, "9.1.09", 2)
    assert rahmat.buttons[:5] == ["Ayah", "Ibu", "Keduanya", "Wali", "Tidak hadir"]
    await rahmat.taps("Keduanya")
    await rahmat.taps("Wali")
    await rahmat.types("4 ibu")
    await rahmat.taps("Sisanya: tidak hadir")
    await rahmat.taps("Ya, 1 anak")
    task = town.task("9.1.09", 2)
    rows = town.rows(select(Record).where(Record.task_id == task.id).order_by(col(Record.id)))
    assert [(row.child_id, row.data["kehadiran"]) for row in rows] == [
        (1, "Keduanya"),
        (2, "Wali"),
        (4, "Ibu"),
        (3, "Tidak hadir"),
    ]
    assert task.state == TaskState.DONE
    assert town.task("9.1.09", 3).close_reason == "no_children"  # nobody was flagged


async def test_another_section_can_not_choose(town: Town) -> None:
    await week_one(town)
    sari = town.person("Sari Contoh")
    task = await asks_for_the_date(town, sari)
    assert "Seksi Bimbingan" in sari.last_screen.text
    await sari.taps_data(pack("parents_date", task.id or 0, 739598))
    assert town.task("9.1.09", 1).chosen_on is None


async def test_a_colleague_chose_and_the_one_in_charge_hears_of_it(town: Town) -> None:
    rahmat = await week_one(town)
    kasi = await town.officer("Kasi Contoh", head="bimbingan", role="bimbingan")
    await asks_for_the_date(town, kasi)
    await kasi.taps("Sabtu 12 Des")
    assert any("Kasi Contoh memilih tanggal" in screen.text for screen in rahmat.screens)
