"""Doing tasks from the card: finish, undo, hinder, skip, remind, move, hand over, attach."""

import pytest

from handlers.ui.request import pack
from tests.support.institution import local
from tests.support.person import Person
from tests.support.steps import at_work
from tests.support.town import Town


async def test_a_task_is_listed_opened_finished_and_leads_to_the_next(town: Town) -> None:
    rahmat = (await at_work(town, Rahmat="penyantunan"))["Rahmat"]
    await rahmat.types("/tugas")
    assert rahmat.last_screen.text.splitlines() == [
        "Tugas Anda, Senin 30 November",
        "Berikutnya 1",
        "1. Surat pemberitahuan ke Kab/Kota · besok",
    ]
    await rahmat.taps("1")
    assert rahmat.last_screen.text.splitlines()[:5] == [
        "SOP 9.2.01 Pelayanan Petirahan: Orientasi/konsultasi · langkah 2 dari 6",
        "Kirim surat pemberitahuan pelayanan ke Kabupaten/Kota.",
        "Pastikan: ☑ Sekolah yang belum pernah dilayani",
        "Waktu baku 1 hari kerja · jatuh tempo besok, 16.00",
        "Penanggung jawab: Anda",
    ]
    assert rahmat.last_screen.is_protected
    await rahmat.taps("Selesai")
    assert rahmat.last_screen.text.splitlines() == [
        "✅ SOP 9.2.01 langkah 2 selesai · Rahmat, 30 November 09.00",
        "Langkah berikutnya: Data sekolah dan calon anak, 1 hari kerja.",
    ]
    assert rahmat.buttons == ["Urungkan", "Buka langkah 3", "Tugas saya"]
    assert [c.kind for c in town.confirmations(town.task("9.2.01", 2))] == ["done"]


async def test_undo_opens_the_step_again_and_withdraws_what_it_opened(town: Town) -> None:
    rahmat = (await at_work(town, Rahmat="penyantunan"))["Rahmat"]
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    await rahmat.taps("Selesai")
    await rahmat.taps("Urungkan")
    assert rahmat.last_screen.text.startswith("Sudah diurungkan. Langkah ini terbuka lagi.")
    assert [task.state for task in town.tasks("9.2.01", 3)] == ["withdrawn"]
    assert [c.kind for c in town.confirmations(town.task("9.2.01", 2))] == ["done", "undone"]


async def test_undo_after_ten_minutes_says_so(town: Town) -> None:
    rahmat = (await at_work(town, Rahmat="penyantunan"))["Rahmat"]
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    await rahmat.taps("Selesai")
    town.clock.advance(minutes=11)
    await rahmat.taps("Urungkan")
    assert rahmat.last_screen.text == "Hanya dapat diurungkan dalam 10 menit."


async def test_a_refused_undo_says_the_reason_that_holds(town: Town) -> None:
    people = await at_work(town, Rahmat="penyantunan", Rina="penyantunan")
    rahmat, rina = people["Rahmat"], people["Rina"]
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    await rahmat.taps("Selesai")
    undo = rahmat.last_screen.data_of("Urungkan")
    await rina.taps_data(undo, on=rina.last_screen)
    assert rina.last_screen.text == "Rahmat yang mencatatnya, jadi hanya Rahmat yang dapat mengurungkannya."
    await rahmat.taps("Urungkan")
    await rahmat.taps_data(undo)
    assert rahmat.last_screen.text == "Sudah diurungkan oleh Rahmat. Tidak ada yang perlu diurungkan lagi."
    await rahmat.taps_data(f"1.task_done.{town.task('9.2.01', 2).id}")
    await rahmat.taps("Buka langkah 3")
    await rahmat.taps("Selesai")
    await rahmat.taps("Ya, selesaikan")
    await rahmat.taps_data(undo)
    assert rahmat.last_screen.text == "Tidak dapat diurungkan lagi: Rahmat sudah menyelesaikan langkah 3."


async def test_a_colleague_was_first_and_the_old_card_says_who_and_when(town: Town) -> None:
    people = await at_work(town, Rahmat="penyantunan", Rina="penyantunan")
    rahmat, rina = people["Rahmat"], people["Rina"]
    for one in (rahmat, rina):
        await one.types("/tugas")
        await one.taps("1")
    await rahmat.taps("Selesai")
    town.clock.advance(minutes=5)
    await rina.taps("Selesai")
    assert rina.last_screen.text == "Langkah ini sudah diselesaikan Rahmat tadi pukul 09.00."
    await rina.taps("Lihat")
    assert rina.last_screen.text.startswith("✅ SOP 9.2.01 langkah 2 selesai · Rahmat, 30 November 09.00")
    assert len(town.confirmations(town.task("9.2.01", 2))) == 1


async def test_an_old_button_of_ones_own_is_friendly(town: Town) -> None:
    rahmat = (await at_work(town, Rahmat="penyantunan"))["Rahmat"]
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    done = rahmat.last_screen.data_of("Selesai")
    await rahmat.taps("Selesai")
    await rahmat.taps_data(done)
    assert rahmat.last_screen.text == "Langkah ini sudah diselesaikan Anda tadi pukul 09.00."
    assert len(town.confirmations(town.task("9.2.01", 2))) == 1


async def test_with_several_members_one_takes_it_and_it_leaves_the_others_list(town: Town) -> None:
    people = await at_work(town, Rahmat="penyantunan", Rina="penyantunan")
    rahmat, rina = people["Rahmat"], people["Rina"]
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    assert "Seksi Penyantunan · belum ada yang mengambil" in rahmat.last_screen.text
    await rahmat.taps("Saya kerjakan")
    assert rahmat.last_screen.text.startswith("Anda kini penanggung jawab tugas ini.")
    assert "Saya kerjakan" not in rahmat.buttons
    await rina.types("/tugas")
    assert "Surat pemberitahuan" not in rina.last_screen.text


async def asked_for_an_obstacle(town: Town) -> Person:
    """An officer who has tapped [Hambatan] on the card of 9.2.01 step 2."""
    rahmat = (await at_work(town, Rahmat="penyantunan"))["Rahmat"]
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    await rahmat.taps("Hambatan")
    return rahmat


async def test_an_obstacle_of_the_sop_leaves_the_task_open_and_offers_a_time(town: Town) -> None:
    rahmat = await asked_for_an_obstacle(town)
    assert rahmat.last_screen.text.splitlines()[-2:] == [
        "Apa hambatannya?",
        "Atau tulis saja dengan satu dua kalimat.",
    ]
    usual = ["Kapal atau cuaca", "Anggaran belum ada", "Alat belum ada", "Petugas berhalangan"]
    assert rahmat.buttons == [
        "Pejabat tidak di tempat",
        *usual,
        "Orang tua berhalangan",
        "Tulis sendiri",
        "Batal",
    ]
    await rahmat.taps("Pejabat tidak di tempat")
    assert rahmat.last_screen.text.splitlines() == [
        "Tercatat: Pejabat yang berwenang tidak di tempat",
        "Tugas tetap terbuka dan kepala Seksi Penyantunan akan melihatnya. Kapan saya ingatkan lagi?",
    ]
    await rahmat.taps("Sore ini")
    assert rahmat.last_screen.text == "Saya ingatkan lagi hari ini, 15.00. Jatuh temponya tidak berubah."
    task = town.task("9.2.01", 2)
    assert (task.state, [c.kind for c in town.confirmations(task)]) == ("open", ["obstacle"])
    await town.lives_until("2026-11-30 15.01")
    assert rahmat.lowest_screen.text.startswith("Pengingat yang Anda minta: Surat pemberitahuan ke Kab/Kota.")
    assert rahmat.lowest_screen.buttons == ["Selesai", "Buka", "Ingatkan lagi"]


async def test_an_obstacle_in_own_words_is_words_not_a_weight(town: Town) -> None:
    rahmat = await asked_for_an_obstacle(town)
    await rahmat.types("24,5")
    assert rahmat.last_screen.text == "Mohon tulis dengan kata-kata, satu dua kalimat."
    await rahmat.types("Stempel <dinas> belum ada")
    assert rahmat.last_screen.text.startswith("Tercatat: Stempel <dinas> belum ada")
    await rahmat.taps("Buka")
    assert "Hambatan: Stempel <dinas> belum ada · Rahmat" in rahmat.last_screen.text
    await rahmat.types("halo")
    assert rahmat.last_screen.text == "Saya membantu langkah SOP. Mau melihat tugas Anda?"


async def test_what_usually_hinders_in_the_house_is_a_tap(town: Town) -> None:
    rahmat = await asked_for_an_obstacle(town)
    await rahmat.taps("Kapal atau cuaca")
    assert rahmat.last_screen.text.startswith("Tercatat: Kapal atau cuaca")
    await rahmat.types("selamat siang")
    assert len(town.confirmations(town.task("9.2.01", 2))) == 1  # the question was over with the tap


async def test_a_button_asks_for_own_words_alone(town: Town) -> None:
    rahmat = await asked_for_an_obstacle(town)
    await rahmat.taps("Tulis sendiri")
    assert rahmat.last_screen.text == "Tulis hambatannya dalam satu dua kalimat."
    await rahmat.types("Kapal tidak berangkat")
    assert rahmat.last_screen.text.startswith("Tercatat: Kapal tidak berangkat")


async def test_a_step_is_skipped_with_a_reason(town: Town) -> None:
    rahmat = (await at_work(town, Rahmat="penyantunan"))["Rahmat"]
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    await rahmat.taps("Lainnya…")
    await rahmat.taps("Lewati")
    await rahmat.types("Sudah diberitahukan lewat rapat")
    assert rahmat.last_screen.text.splitlines() == [
        "SOP 9.2.01 langkah 2 dilewati. Alasan: Sudah diberitahukan lewat rapat",
        "Langkah berikutnya: Data sekolah dan calon anak, 1 hari kerja.",
    ]
    assert town.task("9.2.01", 2).state == "skipped"


async def test_batal_goes_back_to_the_card(town: Town) -> None:
    rahmat = (await at_work(town, Rahmat="penyantunan"))["Rahmat"]
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    await rahmat.taps("Lainnya…")
    await rahmat.taps("Lewati")
    await rahmat.taps("Batal")
    assert "Kirim surat pemberitahuan" in rahmat.last_screen.text
    await rahmat.types("alasan yang terlambat diketik")
    assert rahmat.last_screen.text == "Saya membantu langkah SOP. Mau melihat tugas Anda?"
    assert town.task("9.2.01", 2).state == "open"


async def test_done_yesterday_shows_both_dates(town: Town) -> None:
    rahmat = (await at_work(town, Rahmat="penyantunan"))["Rahmat"]
    await town.lives_until("2026-12-01 08.30")
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    await rahmat.taps("Lainnya…")
    await rahmat.taps("Dikerjakan kemarin")
    assert rahmat.last_screen.text.splitlines()[0] == (
        "✅ SOP 9.2.01 langkah 2 selesai · Rahmat, 1 Desember 08.30 (dikerjakan Senin 30 Nov)"
    )
    assert [str(c.done_on) for c in town.confirmations(town.task("9.2.01", 2))] == ["2026-11-30"]


async def test_another_date_is_typed_and_a_date_to_come_is_refused(town: Town) -> None:
    rahmat = (await at_work(town, Rahmat="penyantunan"))["Rahmat"]
    await town.lives_until("2026-12-02 08.30")
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    await rahmat.taps("Lainnya…")
    await rahmat.taps("Tanggal lain")
    await rahmat.types("kapan ya")
    assert rahmat.last_screen.text == (
        "Saya belum mengerti tanggal “kapan ya”. Ketik misalnya: 3 Desember, atau 3/12."
    )
    await rahmat.types("5 desember")
    assert rahmat.last_screen.text.startswith("Sabtu, 5 Desember 2026 tidak dapat dipakai.")
    await rahmat.types("30 november")
    assert "dikerjakan Senin 30 Nov" in rahmat.last_screen.text


async def test_recorded_for_a_colleague_of_the_same_role(town: Town) -> None:
    people = await at_work(town, Rahmat="penyantunan", Rina="penyantunan", Sari="peksos")
    rahmat = people["Rahmat"]
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    await rahmat.taps("Lainnya…")
    await rahmat.taps("Dikerjakan oleh")
    assert rahmat.buttons == ["Rina", "Kemarin", "Batal"]
    await rahmat.taps("Rina")
    assert rahmat.last_screen.text.splitlines()[0] == (
        "✅ SOP 9.2.01 langkah 2 selesai · Rina, 30 November 09.00 (dicatat oleh Rahmat)"
    )
    said = town.confirmations(town.task("9.2.01", 2))[0]
    assert (said.officer_id, said.recorded_by_id) == (people["Rina"].id, rahmat.id)


async def test_moving_the_date_needs_a_reason_and_tells_the_kasi(town: Town) -> None:
    kasi = await town.officer("Kasi", role="penyantunan", head="penyantunan")
    rahmat = (await at_work(town, Rahmat="penyantunan"))["Rahmat"]
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    await rahmat.taps("Lainnya…")
    await rahmat.taps("Jadwalkan ulang")
    await rahmat.types("kemarin")
    assert rahmat.last_screen.text == "Tanggal itu sudah lewat. Mohon pilih yang lebih kemudian."
    await rahmat.types("4 desember")
    assert rahmat.last_screen.text == "Ke Jumat, 4 Desember 2026. Apa alasannya? Mohon ditulis."
    await rahmat.types("Menunggu surat dinas")
    assert rahmat.last_screen.text == (
        "Dijadwalkan ulang ke Jumat, 4 Desember 2026. Alasan: Menunggu surat dinas. Kepala seksi akan melihatnya."
    )
    assert kasi.lowest_screen.text == (
        "Rahmat menjadwalkan ulang Surat pemberitahuan ke Kab/Kota ke Jumat, 4 Desember 2026."
        " Alasannya ada pada kartu tugas."
    )
    await kasi.taps("Buka")
    assert "Dijadwalkan ulang oleh Rahmat: Menunggu surat dinas" in kasi.last_screen.text


async def test_a_weigh_in_is_not_moved_past_the_next_one(town: Town) -> None:
    ani = await town.officer("Ani", role="penyantunan", admin=True)
    await town.open_cohort(arrival="2026-12-01", departure="2026-12-31")
    await town.lives_until("2026-12-18 08.00")
    task = town.task("9.2.15", 4, 1)
    await ani.types("/tugas")
    await ani.taps_data(pack("task_move", task.id or 0))
    assert ani.buttons == ["Besok", "Lusa", "Batal"], "in a week is too late"
    await ani.types("24 desember")
    assert ani.last_screen.text == (
        "Yang berikutnya sudah Senin, 21 Desember 2026. Paling lambat dapat dipindah ke Minggu, 20 Desember 2026."
        " Bila tidak dapat dilaksanakan, pilih Lewati."
    )
    assert ani.buttons == ["Minggu 20 Des", "Lewati", "Batal"]
    await ani.taps("Minggu 20 Des")
    await ani.types("Timbangan rusak")
    assert local(town.task("9.2.15", 4, 1).due_at) == "2026-12-20 16.00"


async def test_handed_to_a_colleague_who_accepts(town: Town) -> None:
    people = await at_work(town, Rahmat="penyantunan", Rina="penyantunan")
    rahmat, rina = people["Rahmat"], people["Rina"]
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    await rahmat.taps("Saya kerjakan")
    await rahmat.taps("Lainnya…")
    await rahmat.taps("Serahkan ke rekan")
    await rahmat.taps("Rina")
    assert "Penanggung jawab: Anda" in rahmat.last_screen.text
    await rina.taps("Terima")
    assert "Penanggung jawab: Anda" in rina.last_screen.text
    await rahmat.types("/tugas")
    assert rahmat.last_screen.text.startswith("Tidak ada tugas Anda")


async def test_a_photo_is_attached_and_a_word_is_no_photo(town: Town) -> None:
    rahmat = (await at_work(town, Rahmat="penyantunan"))["Rahmat"]
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    await rahmat.taps("Lainnya…")
    await rahmat.taps("Lampirkan foto/berkas")
    await rahmat.types("ini fotonya")
    assert rahmat.last_screen.text == "Saya menunggu foto atau berkas."
    await rahmat.sends_photo()
    await rahmat.sends_file(b"isi surat", "surat.pdf")
    assert rahmat.last_screen.text == "Tersimpan. 2 berkas terlampir. Kirim lagi, atau ketuk “Cukup”."
    await rahmat.taps("Cukup")
    assert "2 berkas terlampir" in rahmat.last_screen.text


async def test_another_roles_officer_is_told_whose_step_it_is(town: Town) -> None:
    people = await at_work(town, Rahmat="penyantunan", Sari="peksos")
    task = town.task("9.2.01", 2)
    await people["Sari"].types("/tugas")
    await people["Sari"].taps_data(f"1.task_done.{task.id}")
    assert people["Sari"].last_screen.text == (
        "Langkah ini tugas Seksi Penyantunan. Yang memegang sekarang: Rahmat."
    )
    assert town.confirmations(task) == []


async def test_a_question_survives_a_restart(town: Town) -> None:
    rahmat = await asked_for_an_obstacle(town)
    await rahmat.taps("Tulis sendiri")
    await town.restart()
    await rahmat.types("Kendaraan dipakai")
    assert rahmat.last_screen.text.startswith("Tercatat: Kendaraan dipakai")


async def test_a_colleague_finished_it_while_the_reason_was_being_typed(town: Town) -> None:
    people = await at_work(town, Rahmat="penyantunan", Rina="penyantunan")
    rahmat, rina = people["Rahmat"], people["Rina"]
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    await rahmat.taps("Lainnya…")
    await rahmat.taps("Lewati")
    await rina.types("/tugas")
    await rina.taps("1")
    await rina.taps("Selesai")
    await rahmat.types("Sudah lewat rapat")
    assert rahmat.last_screen.text == "Langkah ini sudah diselesaikan Rina tadi pukul 09.00."
    await rahmat.types("halo")
    assert rahmat.last_screen.text == "Saya membantu langkah SOP. Mau melihat tugas Anda?"


async def test_an_obstacle_in_between_does_not_lose_a_weigh_in(town: Town) -> None:
    await town.officer("Admin", role="tu", admin=True)
    ani = await town.officer("Ani", role="perawat")
    await town.open_cohort(arrival="2026-12-01", children=4)
    await town.lives_until("2026-12-11 08.00")
    await ani.taps("Mulai")
    await ani.types("24,5")
    weighing = town.task("9.2.15", 4, occurrence=1)
    await ani.types("/tugas")
    await ani.taps_data(f"1.task_hurdle_own.{weighing.id}")
    await ani.types("Timbangan rusak sebentar")
    assert ani.last_screen.text.startswith("Tercatat: Timbangan rusak sebentar")
    await ani.types("25,1")
    assert "002 · 25,1 kg" in " ".join(screen.text for screen in ani.screens)


TOO_LATE = "Pertanyaan tadi sudah ditutup, jadi kata-kata ini tidak saya catat."


async def asked_why_skipped(town: Town) -> Person:
    rahmat = (await at_work(town, Rahmat="penyantunan"))["Rahmat"]
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    await rahmat.taps("Lainnya…")
    await rahmat.taps("Lewati")
    return rahmat


@pytest.mark.parametrize("screen", ["/tugas", "/bantuan", "Bantuan", "/ngawur"])
async def test_another_screen_ends_the_question_for_a_reason(town: Town, screen: str) -> None:
    rahmat = await asked_why_skipped(town)
    await rahmat.types(screen)
    await rahmat.types("Assalamualaikum, selamat pagi")
    assert rahmat.last_screen.text == TOO_LATE
    assert town.task("9.2.01", 2).state == "open"
    assert town.confirmations(town.task("9.2.01", 2)) == []
    await rahmat.taps("Buka tugas itu")
    assert "Kirim surat pemberitahuan" in rahmat.last_screen.text
    await rahmat.types("Selamat pagi")
    assert rahmat.last_screen.text == "Saya membantu langkah SOP. Mau melihat tugas Anda?"


async def test_another_button_ends_the_question_for_an_obstacle(town: Town) -> None:
    rahmat = (await at_work(town, Rahmat="penyantunan"))["Rahmat"]
    task = town.task("9.2.01", 2)
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    for question in ("task_hurdle_own", "task_skip", "task_past", "task_move", "task_snooze_day"):
        await rahmat.taps_data(f"1.{question}.{task.id}")
        await rahmat.taps_data(f"1.task_open.{task.id}")
        await rahmat.types("kemarin ada tamu dari dinas")
        assert rahmat.last_screen.text == TOO_LATE, question
    assert town.confirmations(task) == []


async def test_a_question_is_over_after_an_hour_and_a_sticker_does_not_end_it(town: Town) -> None:
    rahmat = await asked_why_skipped(town)
    town.clock.advance(minutes=50)
    await rahmat.sends_sticker()
    await rahmat.types("24,5")
    assert rahmat.last_screen.text == "Mohon tulis dengan kata-kata, satu dua kalimat."
    town.clock.advance(minutes=11)
    await rahmat.types("Assalamualaikum, selamat pagi")
    assert rahmat.last_screen.text == TOO_LATE
    assert town.task("9.2.01", 2).state == "open"


async def test_a_weigh_in_under_a_question_that_was_left_goes_on(town: Town) -> None:
    await town.officer("Admin", role="tu", admin=True)
    ani = await town.officer("Ani", role="perawat")
    await town.open_cohort(arrival="2026-12-01", children=4)
    await town.lives_until("2026-12-11 08.00")
    await ani.taps("Mulai")
    weighing = town.task("9.2.15", 4, occurrence=1)
    await ani.types("/tugas")
    await ani.taps_data(f"1.task_hurdle_own.{weighing.id}")
    await ani.types("/tugas")
    await ani.types("1 24,5")
    assert "001 · 24,5 kg" in " ".join(screen.text for screen in ani.screens)
