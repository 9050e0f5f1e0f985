"""/pengingat: seven days on one screen, the hour of the morning list, and what one can do without."""

from tests.support.person import Person
from tests.support.town import Town

OWN_TIME = "Jam daftar pagi"
OFF, ON = "Matikan: sebelum hari H", "Nyalakan: sebelum hari H"


async def ani_weighs(town: Town) -> Person:
    """Ani, perawat; the children came on 1 December; it is the 6th."""
    await town.officer("Admin", role="tu", admin=True)
    ani = await town.officer("Ani", role="perawat")
    await town.open_cohort(arrival="2026-12-01", children=4)
    await town.lives_until("2026-12-06 09.00")
    return ani


async def test_the_week_has_what_is_to_come_by_days(town: Town) -> None:
    ani = await ani_weighs(town)
    await ani.types("/pengingat")
    assert ani.last_screen.text.splitlines() == [
        "Pengingat Anda, 7 hari ke depan",
        "Daftar pagi: pukul 07.30",
        "Kamis 10 Des",
        "• 07.30 Timbang berat badan ke-2 · untuk besoknya",
        "Jumat 11 Des",
        "• 07.30 Timbang berat badan ke-2 · mulai, jatuh tempo 16.00",
    ]
    assert ani.last_screen.rows == [[OWN_TIME], [OFF], ["Tugas saya"]]


async def test_a_week_with_nothing_says_so(town: Town) -> None:
    await town.officer("Admin", role="tu", admin=True)
    sari = await town.officer("Sari", role="peksos")
    await sari.types("/pengingat")
    assert sari.last_screen.text.splitlines()[2:] == ["Tidak ada yang akan datang dalam 7 hari ini."]


async def test_the_week_names_the_holidays_in_it(town: Town) -> None:
    await town.officer("Admin", role="tu", admin=True)
    sari = await town.officer("Sari", role="peksos")
    await town.lives_until("2026-12-21 09.00")
    holidays = "Libur kantor: 24 sampai 27 Desember, Hari Raya Natal"
    await sari.types("/pengingat")
    assert holidays in sari.last_screen.text.splitlines()
    await sari.types("/tugas")
    await sari.taps("Minggu ini ›")
    assert holidays in sari.last_screen.text.splitlines()


async def test_a_full_week_is_several_short_screens(town: Town) -> None:
    await town.officer("Admin", role="tu", admin=True)
    budi = await town.officer("Budi", role=("penyantunan", "bimbingan", "peksos"))
    await town.open_cohort("Angkatan I", arrival="2026-12-01", children=4)
    await town.open_cohort("Angkatan II", arrival="2026-12-04", children=4)
    await town.lives_until("2026-12-01 09.00")
    await budi.types("/pengingat")
    seen = [budi.last_screen.text.splitlines()]
    while "Berikutnya ›" in budi.last_screen.buttons and len(seen) < 9:
        await budi.taps("Berikutnya ›")
        seen.append(budi.last_screen.text.splitlines())
    assert len(seen) > 1
    assert max(len(lines) for lines in seen) <= 11
    tasks = [line for lines in seen for line in lines if line.startswith("•")]
    assert len(tasks) == 10
    await budi.taps("‹ Sebelumnya")
    assert budi.last_screen.text.splitlines() == seen[-2]


async def test_another_hour_is_chosen_in_place_and_the_reminders_come_then(town: Town) -> None:
    ani = await ani_weighs(town)
    await ani.types("/pengingat")
    message = ani.last_screen.message.id
    await ani.taps(OWN_TIME)
    assert ani.last_screen.rows == [
        ["06.00", "06.30", "07.00", "✓ 07.30"],
        ["08.00", "08.30", "09.00"],
        ["‹ Kembali"],
    ]
    times = ani.last_screen
    six_thirty = times.data_of("06.30")
    await ani.taps("06.30")
    assert ani.last_screen.message.id == message
    assert ani.last_screen.text.splitlines()[:3] == [
        "Daftar pagi Anda dikirim pukul 06.30, mulai besok.",
        "Pengingat Anda, 7 hari ke depan",
        "Daftar pagi: pukul 06.30",
    ]
    assert "• 06.30 Timbang berat badan ke-2 · untuk besoknya" in ani.last_screen.text.splitlines()
    await ani.taps_data(six_thirty, on=times)  # the first answer was slow: the same tap again
    assert ani.last_screen.text.splitlines()[2] == "Daftar pagi: pukul 06.30"
    await town.lives_until("2026-12-10 06.29")
    before = ani.screens
    await town.lives_until("2026-12-10 12.00")
    (lead,) = ani.new_since(before)
    assert "Timbang berat badan ke-2 · besok" in lead.text


async def test_on_the_morning_itself_both_hours_are_said(town: Town) -> None:
    ani = await ani_weighs(town)
    await town.lives_until("2026-12-10 07.00")
    await ani.types("/pengingat")
    await ani.taps(OWN_TIME)
    await ani.taps("06.30")
    assert ani.last_screen.text.splitlines()[2] == "Daftar pagi: pukul 07.30, mulai besok pukul 06.30"
    before = ani.screens
    await town.lives_until("2026-12-11 07.45")
    assert ["besok" in ani_screen.text for ani_screen in ani.new_since(before)] == [True, False]


async def test_without_the_lead_the_weigh_in_is_still_in_the_list_of_its_day(town: Town) -> None:
    ani = await ani_weighs(town)
    await ani.types("/pengingat")
    week, off = ani.last_screen, ani.last_screen.data_of(OFF)
    await ani.taps(OFF)
    assert ani.last_screen.text.splitlines() == [
        "Anda diingatkan pada hari H saja, tidak lagi pada hari sebelumnya.",
        "Pengingat Anda, 7 hari ke depan",
        "Daftar pagi: pukul 07.30",
        "Pengingat sebelum hari H: dimatikan",
        "Jumat 11 Des",
        "• 07.30 Timbang berat badan ke-2 · mulai, jatuh tempo 16.00",
    ]
    await ani.taps_data(off, on=week)  # an old button says off, and off it is
    assert ON in ani.last_screen.buttons
    before = ani.screens
    await town.lives_until("2026-12-10 18.00")
    assert [one.text for one in ani.new_since(before) if "Timbang berat badan ke-2" in one.text] == []
    await town.lives_until("2026-12-11 08.00")
    assert "⚖️ Timbang berat badan ke-2 · 4 anak · pukul 16.00" in ani.lowest_screen.text


async def test_switched_on_again_the_lead_comes(town: Town) -> None:
    ani = await ani_weighs(town)
    await ani.types("/pengingat")
    await ani.taps(OFF)
    await ani.taps(ON)
    await town.lives_until("2026-12-10 08.00")
    assert "Timbang berat badan ke-2 · besok" in ani.lowest_screen.text


async def test_forged_buttons_change_nothing(town: Town) -> None:
    ani = await ani_weighs(town)
    await ani.types("/pengingat")
    for data, answer in (
        ("1.remind_at.300", "Itu tidak dapat dipilih."),
        ("1.remind_at.1440", "Itu tidak dapat dipilih."),
        ("1.remind_at", "Tombol ini sudah tidak berlaku."),
        ("1.remind_switch.2~lead", "Tombol ini sudah tidak berlaku."),
    ):
        await ani.taps_data(data)
        assert ani.lowest_screen.text == answer
    await ani.types("/pengingat")
    assert "Daftar pagi: pukul 07.30" in ani.last_screen.text.splitlines()
    assert OFF in ani.last_screen.buttons


async def test_on_leave_it_says_who_gets_what_is_due(town: Town) -> None:
    ani = await ani_weighs(town)
    await town.officer("Citra", role="perawat")
    await ani.types("/cuti")
    await ani.taps("Catat cuti saya")
    await ani.types("6 sampai 12 desember")
    await ani.taps("Citra")
    await ani.taps("Catat")
    await ani.types("/pengingat")
    assert "Anda sedang cuti: yang jatuh tempo diteruskan ke Citra." in ani.last_screen.text
    assert "untuk besoknya" not in ani.last_screen.text  # Citra's
