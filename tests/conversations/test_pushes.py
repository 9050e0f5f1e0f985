"""What comes by itself: the morning, leads, notices; codes and never a child's name; the buttons that finish it."""

from sqlmodel import select

from storage.tables import Child
from tests.support.town import Town


async def test_the_morning_names_what_is_due_and_late_with_its_buttons(town: Town) -> None:
    rahmat = await town.officer("Pak Rahmat", role="penyantunan")
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-12-02 08.00")
    push = rahmat.lowest_screen
    assert push.text.splitlines() == [
        "Selamat pagi, Pak Rahmat. Hari ini 1 tugas, 1 terlambat.",
        "1. ⏰ Surat pemberitahuan ke Kab/Kota · 1 hari terlambat",
    ]
    assert push.buttons == ["Selesai", "Buka", "Ingatkan lagi", "Semua"]
    assert push.is_protected
    await rahmat.taps("Selesai", on=push)
    assert rahmat.last_screen.text.startswith("✅ SOP 9.2.01 langkah 2 selesai")


async def test_nothing_to_say_is_not_said(town: Town) -> None:
    await town.officer("Admin", role="tu", admin=True)
    sari = await town.officer("Sari", role="peksos")
    await town.open_cohort(arrival="2026-12-30")
    before = sari.screens
    await town.lives_until("2026-12-02 08.00")
    assert sari.new_since(before) == []


async def test_a_weigh_in_comes_the_day_before_and_in_the_morning_with_mulai(town: Town) -> None:
    await town.officer("Admin", role="tu", admin=True)
    ani = await town.officer("Ani", role="perawat")
    await town.open_cohort(arrival="2026-12-01", children=4)
    await town.lives_until("2026-12-10 08.00")
    assert "⚖️ Timbang berat badan ke-2 · besok" in ani.lowest_screen.text
    await town.lives_until("2026-12-11 08.00")
    assert "⚖️ Timbang berat badan ke-2 · 4 anak · pukul 16.00" in ani.lowest_screen.text
    assert "Mulai" in ani.lowest_screen.buttons
    assert "Anak Contoh" not in ani.lowest_screen.text
    await ani.taps("Mulai")
    assert "No. 001" in ani.lowest_screen.text


async def test_the_date_of_the_parents_visit_is_asked_and_its_lead_follows(town: Town) -> None:
    await town.officer("Admin", role="tu", admin=True)
    bimo = await town.officer("Bimo", role="bimbingan")
    kasi = await town.officer("Kasi", role="bimbingan", head="bimbingan")
    await town.open_cohort(arrival="2026-12-01")
    await town.lives_until("2026-12-02 08.00")
    assert (
        bimo.lowest_screen.text == "Kunjungan orang tua: antara 8 Desember dan 14 Desember. Tanggal berapa?"
    )
    assert bimo.lowest_screen.buttons[0] == "Pilih tanggal"
    await town.lives_until("2026-12-05 08.00")
    assert kasi.lowest_screen.text == (
        "Tanggal Kunjungan orang tua belum dipilih. Bila tidak dipilih, berlaku usulan 13 Desember."
    )
    await town.lives_until("2026-12-10 08.00")
    # Other work of the section is late by now, so the lead comes with the morning.
    (lead,) = [line for line in bimo.lowest_screen.text.splitlines() if "Kunjungan orang tua" in line]
    assert lead.endswith(". Kunjungan orang tua · 13 Desember")


async def test_the_others_push_says_who_took_it(town: Town) -> None:
    ani = await town.officer("Ani", role="perawat")
    budi = await town.officer("Budi", role="perawat")
    await town.open_cohort(arrival="2026-12-01", children=4)
    await town.lives_until("2026-12-10 08.00")
    push = budi.lowest_screen
    await ani.types("/tugas")
    weighing = town.task("9.2.15", 4, occurrence=1)
    await ani.taps_data(f"1.task_take.{weighing.id}")
    await town.settle()
    changed = next(screen for screen in budi.screens if screen.message.id == push.message.id)
    assert changed.text.splitlines()[0] == "Sudah diambil Ani: Timbang berat badan ke-2."


async def test_an_obstacle_reaches_the_kasi_in_the_morning_without_its_words(town: Town) -> None:
    kasi = await town.officer("Kasi", role="penyantunan", head="penyantunan")
    rahmat = await town.officer("Rahmat", role="penyantunan")
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-11-30 09.00")
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    await rahmat.taps("Hambatan")
    await rahmat.taps("Tulis sendiri")
    await rahmat.types("Anak Contoh 01 belum terdata")
    await town.lives_until("2026-12-01 08.00")
    assert "1. Hambatan: Surat pemberitahuan ke Kab/Kota · Rahmat" in kasi.lowest_screen.text
    assert "Anak Contoh" not in kasi.lowest_screen.text


async def test_kapan_names_the_rule_and_the_date_it_counts_from(town: Town) -> None:
    ani = await town.officer("Ani", role="perawat")
    await town.open_cohort(arrival="2026-12-01", children=4)
    await town.lives_until("2026-12-02 08.00")
    await ani.types("/kapan")
    said = ani.last_screen.text.splitlines()
    assert said[0] == "Pengingat Anda yang akan datang"
    assert said[said.index("Kamis 10 Des") :][:6] == [
        "Kamis 10 Des",
        "• 07.30 Timbang berat badan ke-2 · 1 hari sebelum jatuh tempo 11 Desember",
        "• 07.30 Kunjungan orang tua · 3 hari sebelum jatuh tempo 13 Desember",
        "Jumat 11 Des",
        "• Timbang berat badan ke-2 · mulai · 10 hari setelah kedatangan 1 Desember",
        "• 07.30 Timbang berat badan ke-2 · pagi hari 11 Desember",
    ]


async def test_two_open_cohorts_stand_below_a_heading_each(town: Town) -> None:
    rahmat = await town.officer("Rahmat", role="penyantunan")
    await town.open_cohort("Angkatan I", arrival="2026-12-30")
    await town.open_cohort("Angkatan II", arrival="2027-01-02")
    await town.lives_until("2026-12-01 09.00")
    await rahmat.types("/tugas")
    assert rahmat.last_screen.text.splitlines()[1:] == [
        "Hari ini 1",
        "Angkatan I",
        "1. Surat pemberitahuan ke Kab/Kota · pukul 16.00",
        "Berikutnya 1",
        "Angkatan II",
        "2. Surat pemberitahuan ke Kab/Kota · besok",
    ]
    await rahmat.taps("1")
    assert rahmat.last_screen.text.startswith("Angkatan I · SOP 9.2.01")


async def test_on_the_day_of_the_parents_visit_the_push_finishes_it(town: Town) -> None:
    bimo = await town.officer("Bimo", role="bimbingan")
    await town.open_cohort(arrival="2026-12-01")
    await town.lives_until("2026-12-13 08.00")
    push = bimo.lowest_screen
    assert "Kunjungan orang tua" in push.text
    assert any(label.startswith("Selesai") for label in push.buttons)
    assert not any(label.startswith("Pilih tanggal") for label in push.buttons)
    await bimo.taps("Selesai", on=push)
    assert town.task("9.1.09", 1).state == "done"


async def test_buttons_and_notices_of_two_cohorts_say_which(town: Town) -> None:
    kasi = await town.officer("Kasi", role="penyantunan", head="penyantunan")
    ani = await town.officer("Ani", role="perawat")
    await town.open_cohort("Angkatan I", arrival="2026-12-01", children=2)
    await town.open_cohort("Angkatan II", arrival="2026-12-01", children=2)
    await town.lives_until("2026-12-11 08.00")
    starts = [label for label in ani.lowest_screen.buttons if label.startswith("Mulai")]
    assert starts == ["Mulai 9.2.15 Angkatan I", "Mulai 9.2.15 Angkatan II"]
    child = next(one for one in town.rows(select(Child)) if one.number == 1)
    await ani.taps_data(f"1.child_leave_ok.{child.id}.{town.house.today(town.clock.now()).toordinal()}~SICK")
    assert any(one.text.startswith("Angkatan I · Anak No. 001") for one in kasi.screens)


async def test_several_obstacles_of_one_task_are_one_line(town: Town) -> None:
    kasi = await town.officer("Kasi", role="penyantunan", head="penyantunan")
    rahmat = await town.officer("Rahmat", role="penyantunan")
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-11-30 09.00")
    await rahmat.types("/tugas")
    task = town.task("9.2.01", 2)
    for obstacle in (0, 0):
        await rahmat.taps_data(f"1.task_hurdle.{task.id}.{obstacle}")
    await town.lives_until("2026-12-01 08.00")
    assert kasi.lowest_screen.text.count("Hambatan") == 1


async def test_the_day_of_departure_says_so_to_the_house(town: Town) -> None:
    budi = await town.officer("Budi", "penyantunan")
    tari = await town.officer("Tari", "tu")  # has nothing to do on that day
    away = await town.officer("Dewi", "tu")
    await town.open_cohort("Angkatan III", arrival="2026-12-01", departure="2026-12-03", children=2)
    await away.types("/cuti")
    await away.taps("Catat cuti saya")
    await away.types("3 sampai 4 desember")
    await away.taps("Tari")
    await away.taps("Catat")
    await town.lives_until("2026-12-03 08.00")
    for one in (budi, tari):
        assert "Hari ini Angkatan III pulang." in one.lowest_screen.text, one.name
    assert not any("pulang" in one.text for one in away.screens)
