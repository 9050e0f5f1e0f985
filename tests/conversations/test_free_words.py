"""Words, photos and numbers without a question: each goes somewhere, said back before anything is stored."""

from sqlmodel import select

from storage.tables import Confirmation, Reminder, ReminderKind, ReminderState, StoredFile, TaskState
from tests.support.steps import at_work
from tests.support.town import Town

HELP = "Saya membantu langkah SOP. Mau melihat tugas Anda?"


async def test_a_number_opens_the_child_and_two_angkatan_are_asked(town: Town) -> None:
    sari = await town.officer("Sari", role="peksos")
    await town.open_cohort("Angkatan III", arrival="2026-12-22", children=6)
    for typed in ("003", "3", "no. 003", "anak 3"):
        await sari.types(typed)
        assert sari.last_screen.text.startswith("No. 003 · "), typed
        assert sari.last_screen.is_protected
    await sari.types("099")
    assert sari.last_screen.text == "Tidak ada anak No. 099 di angkatan yang dapat Anda lihat."
    await town.open_cohort("Angkatan IV", arrival="2027-02-01", children=6)
    await sari.types("003")
    assert sari.buttons == ["003 III", "003 IV"]
    await sari.taps("003 IV")
    assert sari.last_screen.text.startswith("Angkatan IV · No. 003 · ")


async def test_a_guru_opens_only_children_of_the_own_angkatan(town: Town) -> None:
    await town.officer("Ibu Admin", role="tu")  # the first officer is the admin
    third = await town.open_cohort("Angkatan III", arrival="2026-12-22", children=6)
    await town.open_cohort("Angkatan IV", arrival="2027-02-01", children=9)
    guru = await town.officer("Guru", role="guru", cohort=third)
    await guru.types("003")
    assert "No. 003 · " in guru.last_screen.text
    await guru.types("009")
    assert guru.last_screen.text == "Tidak ada anak No. 009 di angkatan yang dapat Anda lihat."


async def test_words_open_the_own_task_else_the_sop(town: Town) -> None:
    people = await at_work(town, Rahmat="penyantunan", Sari="peksos")
    rahmat, sari = people["Rahmat"], people["Sari"]
    await rahmat.types("surat pemberitahuan")
    assert rahmat.last_screen.text.startswith("SOP 9.2.01 ")
    assert "Selesai" in rahmat.buttons
    await sari.types("kunjungan rumah")
    assert "9.1.12" in sari.last_screen.text
    await sari.types("demam")
    assert "9.2.15" in sari.last_screen.text
    await sari.types("9.1.8")
    assert sari.last_screen.text.startswith("SOP 9.1.08 Konseling")
    for typed in ("halo", "Selamat pagi", "terima kasih", "qwxyz", "Assalamualaikum, selamat pagi"):
        await sari.types(typed)
        assert sari.last_screen.text == HELP, typed


async def test_a_case_is_found_by_its_code_by_whom_it_concerns(town: Town) -> None:
    sari = await town.officer("Sari", role="peksos", head="peksos")
    await sari.types("Anggrek")
    assert "Kasus" not in sari.last_screen.text


async def test_lines_of_the_list_are_done_by_their_numbers(town: Town) -> None:
    rahmat = (await at_work(town, Rahmat="penyantunan"))["Rahmat"]
    await rahmat.types("selesai 1")
    assert rahmat.last_screen.text == "Daftar yang mana? Buka tugas Anda, lalu tulis misalnya: selesai 1 3."
    await rahmat.types("/tugas")
    await rahmat.types("selesai 1 7")
    assert rahmat.last_screen.text.splitlines() == [
        "Yang ini selesai, dikerjakan hari ini?",
        "☑ 1. Surat pemberitahuan ke Kab/Kota",
        "Daftarnya tidak punya baris 7.",
    ]
    assert town.confirmations() == []
    await rahmat.taps("Selesai (1)")
    assert rahmat.last_screen.text.splitlines() == [
        "✅ 1 tugas selesai:",
        "• Surat pemberitahuan ke Kab/Kota",
    ]
    assert town.task("9.2.01", 2).state == TaskState.DONE
    await rahmat.taps("Urungkan")
    await rahmat.taps("Ya, urungkan")
    assert town.task("9.2.01", 2).state == TaskState.OPEN


async def test_a_line_that_a_colleague_has_done_since_is_named(town: Town) -> None:
    people = await at_work(town, Rahmat="penyantunan", Rina="penyantunan")
    rahmat, rina = people["Rahmat"], people["Rina"]
    await rahmat.types("/tugas")
    await rina.types("/tugas")
    await rina.taps("1")
    await rina.taps("Selesai")
    await rahmat.types("selesai 1")
    assert "– 1. Surat pemberitahuan ke Kab/Kota: sudah selesai oleh Rina, tadi pukul 09.00" in (
        rahmat.last_screen.text
    )
    assert rahmat.buttons == ["Batal"]


async def test_the_list_is_the_one_that_could_be_read(town: Town) -> None:
    """Sent in the same second as the next list came: the one before it is meant."""
    rahmat = (await at_work(town, Rahmat="penyantunan"))["Rahmat"]
    await rahmat.types("/tugas")
    town.clock.advance(seconds=30)
    await rahmat.bursts("/anak", "selesai 1")
    assert "Surat pemberitahuan" in rahmat.last_screen.text


async def test_several_are_ticked_on_the_list(town: Town) -> None:
    tuti = await town.officer("Tuti", role="tu", head="tu", admin=True)
    rahmat = await town.officer("Rahmat", role=["penyantunan", "bimbingan"])
    await town.open_cohort("Angkatan III", arrival="2026-12-30")
    await town.open_cohort("Angkatan IV", arrival="2026-12-30")
    await town.lives_until("2026-11-30 09.00")
    await rahmat.types("/tugas")
    text = rahmat.last_screen.text
    assert text.count("Angkatan III") == text.count("Angkatan IV") == 1  # a heading, not on every line
    await rahmat.taps("Tandai beberapa")
    assert rahmat.buttons[:2] == ["☐ 1", "☐ 2"]
    await rahmat.taps("☐ 1")
    await rahmat.taps("☐ 2")
    await rahmat.taps("☑ 2")
    await rahmat.taps("☐ 2")
    await rahmat.taps("Selesai (2)")
    done = [task for task in town.tasks("9.2.01", 2) if task.state == TaskState.DONE]
    assert len(done) == 2
    assert tuti.id  # somebody else is there and was not asked
    await rahmat.types("/sop")
    await rahmat.types("urungkan")
    assert rahmat.last_screen.text.startswith("Urungkan ini, yang dicatat pukul 09.00?")
    assert rahmat.last_screen.text.count("•") == 2
    await rahmat.taps("Ya, urungkan")
    assert [task.state for task in town.tasks("9.2.01", 2)] == ["open", "open"]


async def test_undo_is_reachable_for_ten_minutes_after_any_screen(town: Town) -> None:
    rahmat = (await at_work(town, Rahmat="penyantunan"))["Rahmat"]
    await rahmat.types("urungkan")
    assert rahmat.last_screen.text == "Dalam 10 menit terakhir tidak ada catatan Anda yang dapat diurungkan."
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    await rahmat.taps("Selesai")
    await rahmat.types("/sop")
    await rahmat.types("/tugas")
    town.clock.advance(minutes=9)
    await rahmat.taps("Urungkan yang terakhir")
    await rahmat.taps("Ya, urungkan")
    assert town.task("9.2.01", 2).state == TaskState.OPEN
    await rahmat.types("/tugas")
    assert "Urungkan yang terakhir" not in rahmat.buttons
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    await rahmat.taps("Selesai")
    town.clock.advance(minutes=11)
    await rahmat.types("Urungkan")
    assert rahmat.last_screen.text == "Dalam 10 menit terakhir tidak ada catatan Anda yang dapat diurungkan."


async def test_remind_moves_the_card_that_was_shown(town: Town) -> None:
    rahmat = (await at_work(town, Rahmat="penyantunan"))["Rahmat"]
    await rahmat.types("ingatkan senin jam 10")
    assert rahmat.last_screen.text.startswith("Tugas yang mana? Buka tugasnya dulu")
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    await rahmat.types("ingatkan senin jam 10")
    assert rahmat.last_screen.text.splitlines() == [
        "Saya ingatkan lagi Senin, 7 Desember 2026, 10.00 tentang ini? Jatuh temponya tidak berubah.",
        "Surat pemberitahuan ke Kab/Kota",
    ]
    await rahmat.taps("Ya, ingatkan")
    rows = town.rows(
        select(Reminder).where(Reminder.kind == ReminderKind.SNOOZE, Reminder.state == ReminderState.PENDING)
    )
    assert [row.due_at.isoformat() for row in rows] == ["2026-12-07T02:00:00+00:00"]
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    await rahmat.types("ingatkan selasa 2 desember")
    assert town.rows(select(Confirmation)) == []
    assert "2 Desember" in rahmat.last_screen.text
    assert "Ya, ingatkan" not in rahmat.buttons


async def test_remind_is_refused_to_who_has_no_part(town: Town) -> None:
    people = await at_work(town, Rahmat="penyantunan", Sari="peksos")
    sari = people["Sari"]
    task = town.task("9.2.01", 2)
    await sari.taps_data(f"1.task_snooze.{task.id}", on=sari.last_screen)
    await sari.types("ingatkan besok")
    assert "Ya, ingatkan" not in sari.buttons


async def test_a_photo_sent_first_asks_once_what_it_is_for(town: Town) -> None:
    rahmat = (await at_work(town, Rahmat="penyantunan"))["Rahmat"]
    await rahmat.sends_photo()
    assert rahmat.last_screen.text.splitlines()[0] == "Untuk tugas mana foto atau berkas ini?"
    before = len(rahmat.screens)
    await rahmat.sends_photo()
    await rahmat.sends_photo()
    assert len(rahmat.screens) == before  # an album is one question
    assert rahmat.last_screen.text.startswith("Untuk tugas mana 3 foto atau berkas ini?")
    assert town.rows(select(StoredFile)) == []
    await rahmat.taps("1")
    assert rahmat.last_screen.text == "✅ 3 berkas dilampirkan: Surat pemberitahuan ke Kab/Kota"
    assert {row.task_id for row in town.rows(select(StoredFile))} == {town.task("9.2.01", 2).id}
    await rahmat.sends_photo()
    await rahmat.taps("Buang")
    assert len(town.rows(select(StoredFile))) == 3


async def test_a_search_that_was_left_open_takes_no_order(town: Town) -> None:
    rahmat = (await at_work(town, Rahmat="penyantunan"))["Rahmat"]
    await rahmat.types("/tugas")
    await rahmat.types("/anak")
    await rahmat.types("selesai 1")
    assert rahmat.last_screen.text.startswith("Yang ini selesai, dikerjakan hari ini?")


async def test_a_weight_without_a_question_says_where_it_goes(town: Town) -> None:
    ani = (await at_work(town, Ani="perawat"))["Ani"]
    for typed in ("23,5", "012 23,5", "23.5 kg"):
        await ani.types(typed)
        assert ani.last_screen.text.startswith("Itu seperti berat badan."), typed
