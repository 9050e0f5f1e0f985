"""/kapan: past and to come in one list, with whom and why then; nobody sees what is not theirs to see."""

from sqlmodel import col, select

from storage.tables import Child
from tests.support.person import Person
from tests.support.steps import assessed, opens
from tests.support.town import Town

OBAT_DUE = "jatuh tempo 2 Desember, 1 hari setelah kedatangan 1 Desember"
OBAT = "Susun dan sediakan obat"  # SOP 9.2.15 step 2: late since the 4th


async def stay(town: Town) -> tuple[Person, Person]:
    """Ani (perawat) and Kasi; four children since 1 December; it is the evening before the 2nd weigh-in."""
    await town.officer("Admin", role="tu", admin=True)
    ani = await town.officer("Ani", role="perawat")
    kasi = await town.officer("Kasi", role="penyantunan", head="penyantunan")
    await town.open_cohort(arrival="2026-12-01", children=4)
    await town.lives_until("2026-12-10 18.00")
    return ani, kasi


def lines(person: Person) -> list[str]:
    return person.last_screen.text.splitlines()


async def test_an_sop_has_what_was_said_and_what_is_to_come(town: Town) -> None:
    ani, _kasi = await stay(town)
    await ani.types("/kapan 9.2.15")
    assert lines(ani)[1:] == [
        "Kemarin",
        f"• 07.30 {OBAT} → Kasi · dilaporkan terlambat · {OBAT_DUE}",
        "Hari ini",
        "• 07.30 Timbang berat badan ke-2 → Ani · terkirim · 1 hari sebelum jatuh tempo 11 Desember",
        f"• 07.30 {OBAT} → Kasi · dilaporkan terlambat",
        "Akan datang",
        "Besok",
        "• Timbang berat badan ke-2 · mulai · 10 hari setelah kedatangan 1 Desember",
        "• 07.30 Timbang berat badan ke-2 → Ani · pagi hari 11 Desember",
        f"• 07.30 {OBAT} → Ani · daftar pagi",
        f"• 07.30 {OBAT} → Kasi · bila masih terlambat",
    ]
    await ani.taps("Sesudahnya ›")
    assert lines(ani)[1:5] == [
        "Minggu 13 Des",
        "• 07.30 Timbang berat badan ke-2 → Kasi · bila masih terlambat",
        "Selasa 15 Des",
        "• 07.30 Timbang berat badan ke-2 → Admin · bila masih terlambat",
    ]
    assert "• Timbang berat badan ke-3 · mulai · 20 hari setelah kedatangan 1 Desember" in lines(ani)
    assert "• 07.30 Timbang berat badan ke-3 → Ani · 1 hari sebelum jatuh tempo 21 Desember" in lines(ani)
    await ani.taps("‹ Sebelumnya")
    await ani.taps("‹ Sebelumnya")
    assert "Sesudahnya ›" in ani.last_screen.buttons
    assert "Akan datang" not in lines(ani)


async def test_what_was_announced_comes_when_it_was_announced(town: Town) -> None:
    ani, kasi = await stay(town)
    await ani.types("/kapan 9.2.15")
    before = kasi.screens
    await town.lives_until("2026-12-12 23.00")
    assert not any("Timbang berat badan ke-2" in one.text for one in kasi.new_since(before))
    await town.lives_until("2026-12-13 07.30")
    assert any("Timbang berat badan ke-2" in one.text for one in kasi.new_since(before))


async def test_of_a_task_it_says_why_something_was_not_sent(town: Town) -> None:
    ani, _kasi = await stay(town)
    weigh_in = town.task("9.2.15", 4, occurrence=1)
    await ani.types("/tugas")
    await ani.taps_data(f"1.task_snooze_at.{weigh_in.id}.0~hour")
    await town.lives_until("2026-12-11 07.00")
    await ani.taps_data(f"1.task_snooze_at.{weigh_in.id}.0~afternoon")
    await town.lives_until("2026-12-11 16.30")
    await ani.taps_data(f"1.task_when.{weigh_in.id}")
    assert lines(ani) == [
        "Timbang berat badan ke-2 · 4 anak",
        "10 hari setelah kedatangan 1 Desember",
        "Kemarin",
        "• 07.30 → Ani · terkirim · 1 hari sebelum jatuh tempo 11 Desember",
        "• 19.00 → Ani · terkirim · diminta lewat “Ingatkan lagi”",
        "Hari ini",
        "• 07.30 → Ani · tidak dikirim: ditunda dengan “Ingatkan lagi”",
        "• 15.00 → Ani · terkirim · diminta lewat “Ingatkan lagi”",
        "Akan datang",
        "Besok",
        "• 07.30 → Ani · daftar pagi",
        "Lusa",
        "• 07.30 → Kasi · bila masih terlambat",
        "Selasa 15 Des",
        "• 07.30 → Admin · bila masih terlambat",
    ]
    await ani.taps("Seluruh SOP 9.2.15")
    assert lines(ani)[0].startswith("SOP 9.2.15")


async def test_a_blocked_bot_is_said_as_what_could_not_be_sent(town: Town) -> None:
    ani, kasi = await stay(town)
    await ani.blocks()
    await town.lives_until("2026-12-11 08.00")
    await kasi.types("/kapan 9.2.15")
    assert "• 07.30 Timbang berat badan ke-2 → Ani · tidak dapat dikirim" in lines(kasi)


async def test_the_moved_and_the_done_leave_no_reminder_to_come(town: Town) -> None:
    ani, _kasi = await stay(town)
    weigh_in = town.task("9.2.15", 4, occurrence=1)
    await town.lives_until("2026-12-11 06.00")
    await ani.taps_data(f"1.weigh_start.{weigh_in.id}")
    await ani.types("1 24\n2 25\n3 26\n4 27")
    await town.settle()
    assert town.task("9.2.15", 4, occurrence=1).state == "done"
    await town.lives_until("2026-12-11 08.00")
    await ani.types("/kapan 9.2.15")
    said = [line for line in lines(ani) if "ke-2" in line]
    assert said == [
        "• 07.30 Timbang berat badan ke-2 → Ani · tidak dikirim: sudah selesai",
    ]
    await ani.taps("‹ Sebelumnya")
    assert (
        "• 07.30 Timbang berat badan ke-2 → Ani · terkirim · 1 hari sebelum jatuh tempo 11 Desember"
        in lines(ani)
    )


async def test_a_guru_sees_the_own_angkatan_only(town: Town) -> None:
    await town.officer("Admin", role="tu", admin=True)
    await town.officer("Ani", role="perawat")
    first = await town.open_cohort("Angkatan I", arrival="2026-12-01", children=4)
    await town.open_cohort("Angkatan II", arrival="2026-12-05", children=4)
    guru = await town.officer("Guru", role="guru", cohort=first)
    await town.lives_until("2026-12-09 08.00")
    await guru.types("/kapan 9.2.15")
    assert "Angkatan II" not in guru.last_screen.text
    assert "Sesudahnya ›" in guru.last_screen.buttons
    theirs, others = (one.run_id for one in town.tasks("9.2.15", 2))
    await guru.taps_data(f"1.when_run.{others}.0")
    assert guru.lowest_screen.text == "Itu sudah tidak ada."
    await guru.taps_data(f"1.when_run.{theirs}.0")
    assert "Itu sudah tidak ada." not in guru.lowest_screen.text
    child = town.rows(select(Child).where(Child.number == 1).order_by(col(Child.id)))[1]
    await guru.taps_data(f"1.when_child.{child.id}.0")
    assert guru.lowest_screen.text == "Itu sudah tidak ada."


async def test_a_child_has_its_visit_and_no_name(town: Town) -> None:
    """A home visit stands in /kapan of whoever does it; to an onlooker the child is no line of the SOP."""
    team = await assessed(town, (1, 2))
    ani = await town.officer("Ani", role="perawat")
    await opens(town, team.rahmat, "9.1.12", 2)
    for _child in (1, 2):
        await team.rahmat.taps("Sudah benar")
    await team.rahmat.types("/kapan 2")
    assert lines(team.rahmat) == [
        "No. 002",
        "Lusa",
        "• 07.30 Kunjungan rumah · No. 002 → Rahmat Contoh · 1 hari sebelum jatuh tempo 3 Desember",
        "Kamis 3 Des",
        "• 07.30 Kunjungan rumah · No. 002 → Rahmat Contoh · pagi hari 3 Desember",
        "• 16.00 Kunjungan rumah · No. 002 → Rahmat Contoh · saat jatuh tempo, 3 Desember",
        "Senin 7 Des",
        "• 07.30 Kunjungan rumah → Kepala Contoh · bila masih terlambat · jatuh tempo 3 Desember,"
        " 3 hari sejak 30 November",
    ]
    await team.rahmat.types("/kapan 9.1.12")
    assert sum("No. 001" in line for line in lines(team.rahmat)) == 3
    await ani.types("/kapan 9.1.12")
    assert lines(ani) == [
        "SOP 9.1.12 Home Visit (Kunjungan Keluarga)",
        "Senin 7 Des",
        "• 07.30 Kunjungan rumah → Kepala Contoh · bila masih terlambat · jatuh tempo 3 Desember,"
        " 3 hari sejak 30 November",
    ]
    await ani.types("/kapan 2")
    assert any("Timbang berat badan" in line for line in lines(ani))
    assert not any("Kunjungan rumah" in line for line in lines(ani))


async def test_a_child_has_the_weigh_ins_until_it_is_weighed(town: Town) -> None:
    ani, _kasi = await stay(town)
    coming = [
        "• Timbang berat badan ke-2 · mulai · 10 hari setelah kedatangan 1 Desember",
        "• 07.30 Timbang berat badan ke-2 → Ani · pagi hari 11 Desember",
    ]
    await ani.types("/kapan 3")
    assert lines(ani)[:2] == ["No. 003", "Hari ini"]
    assert [line for line in lines(ani) if line in coming] == coming
    weigh_in = town.task("9.2.15", 4, occurrence=1)
    await town.lives_until("2026-12-11 09.00")
    await ani.taps_data(f"1.weigh_start.{weigh_in.id}")
    await ani.types("3 24,5")
    await town.lives_until("2026-12-13 09.00")
    await ani.types("/kapan 3")  # weighed
    assert "• 07.30 Timbang berat badan ke-2 → Ani · terkirim · pagi hari 11 Desember" in lines(ani)
    assert not any("ke-2" in line for line in lines(ani)[lines(ani).index("Akan datang") :])
    await ani.types("/kapan 2")  # not yet
    assert any("ke-2" in line for line in lines(ani)[lines(ani).index("Akan datang") :])


async def test_what_is_not_there_is_said(town: Town) -> None:
    ani, _kasi = await stay(town)
    await ani.types("/kapan 9.9.99")
    assert ani.last_screen.text == "SOP 9.9.99 tidak ada."
    await ani.types("/kapan 9.1.20")
    assert ani.last_screen.text == "SOP 9.1.20 sedang tidak berjalan dan belum ada tanggalnya."
    await ani.types("/kapan 088")
    assert "088" in ani.last_screen.text
    await ani.types("/kapan 9.2.15")
    for page in (-99, 99):  # an old button: the nearest page there is
        await ani.taps_data(f"1.when_sop.{page}~9.2.15")
        assert "• " in ani.last_screen.text


async def test_it_is_asked_for_by_words(town: Town) -> None:
    ani, _kasi = await stay(town)
    await ani.types("/kapan timbang berat")
    assert lines(ani)[0].startswith("SOP 9.2.15")
    await ani.types("/kapan anak")
    assert lines(ani)[0] == "“anak” ada di beberapa SOP. Yang mana?"
    assert "9.2.03" in ani.buttons
    await ani.taps("9.2.03")
    assert lines(ani)[0].startswith("SOP 9.2.03")
    await ani.types("/kapan zzyzx")
    assert ani.last_screen.text == (
        "Saya tidak menemukan “zzyzx”. Tanyakan SOP, anak, atau kata dari sebuah langkah: /kapan 9.2.15, /kapan 017,"
        " /kapan timbang."
    )
    assert ani.buttons[0] == "Pengingat saya"


async def test_what_is_under_way_says_what_its_date_counts_from(town: Town) -> None:
    ani, _kasi = await stay(town)
    await town.lives_until("2026-12-11 07.31")
    await ani.types("/kapan 9.2.15")
    assert (
        "• 07.30 Timbang berat badan ke-2 → Ani · terkirim · pagi hari 11 Desember"
        " · 10 hari setelah kedatangan 1 Desember" in lines(ani)
    )
    await ani.types("/kapan 001")
    assert sum("10 hari setelah kedatangan 1 Desember" in line for line in lines(ani)) == 1


async def test_what_would_read_the_same_on_one_day_is_said_once(town: Town) -> None:
    ani, _kasi = await stay(town)
    await ani.types("/kapan 9.2.12")  # a dozen daily steps that have one name
    days: dict[str, list[str]] = {}
    for line in lines(ani):
        if line.startswith("•"):
            days[list(days)[-1]].append(line)
        else:
            days[line] = []
    assert days["Besok"][0].startswith("• Pelayanan Kebutuhan Dasar, harian · mulai")
    assert all(len(set(found)) == len(found) for found in days.values())
