"""What heads are told of late steps, as it looks on their phones, and what they can do about it."""

import pytest
from sqlmodel import select

from storage.tables import Acknowledgement
from tests.conversations.test_cases import opens_case
from tests.support.person import Person
from tests.support.town import Town


async def test_the_kasis_morning_lists_what_is_late_for_a_working_day(town: Town) -> None:
    kasi = await town.officer("Bu Dewi", "penyantunan", head="penyantunan")
    kepala = await town.officer("Bu Kirana", "kepala")
    await town.officer("Pak Budi", "penyantunan")
    await town.open_cohort(arrival="2026-12-30")
    before = kasi.screens
    await town.lives_until("2026-12-02 09.00")
    assert kasi.new_since(before) == []
    await town.lives_until("2026-12-03 07.30")
    (push,) = kasi.new_since(before)
    assert push.text.splitlines() == [
        "Selamat pagi, Bu Dewi.",
        "1 langkah seksi Anda terlambat 1 hari kerja atau lebih:",
        "1. Surat pemberitahuan ke Kab/Kota · Pak Budi · 2 hari terlambat",
    ]
    assert push.buttons == ["Saya tangani", "Serahkan ke…", "1", "Semua"]
    assert push.is_protected
    await town.lives_until("2026-12-07 07.30")
    assert kepala.lowest_screen.text.splitlines() == [
        "Selamat pagi, Bu Kirana.",
        "1 langkah terlambat 3 hari kerja atau lebih:",
        "1. Surat pemberitahuan ke Kab/Kota · Seksi Penyantunan · Pak Budi · 6 hari terlambat",
    ]


async def test_saya_tangani_keeps_the_lines_and_says_who(town: Town) -> None:
    kasi = await town.officer("Bu Dewi", "penyantunan", head="penyantunan")
    kepala = await town.officer("Bu Kirana", "kepala")
    budi = await town.officer("Pak Budi", "penyantunan")
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-12-03 08.00")
    push = kasi.lowest_screen
    await kasi.taps("Saya tangani")
    assert kasi.lowest_screen.message.id == push.message.id
    assert kasi.lowest_screen.text.splitlines()[-1] == (
        "1. Surat pemberitahuan ke Kab/Kota · Pak Budi · 2 hari terlambat · ditangani Bu Dewi"
    )
    assert kasi.lowest_screen.buttons == ["Serahkan ke…", "Pilih…", "1", "Semua"]
    assert "Sampai 8 Desember pukul 16.00 tidak diingatkan lagi." in (kasi.toast or "")
    await kasi.taps_data(f"1.late_take_on.{reminder_of(town, push.message.id)}")  # a double tap
    shown = len(kasi.screens)
    await town.lives_until("2026-12-05 09.00")
    assert len(kasi.screens) == shown, "what was taken on rests"
    await town.lives_until("2026-12-07 08.00")
    assert kepala.lowest_screen.text.endswith("6 hari terlambat · ditangani Bu Dewi")
    await budi.types("/tugas")
    await budi.taps("1")
    assert "Ditangani Bu Dewi sejak 3 Desember" in budi.lowest_screen.text


async def test_what_was_done_meanwhile_is_gone_from_the_list(town: Town) -> None:
    kasi = await town.officer("Bu Dewi", "penyantunan", head="penyantunan")
    budi = await town.officer("Pak Budi", "penyantunan")
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-12-03 08.00")
    await budi.types("/tugas")
    await budi.taps("1")
    await budi.taps("Selesai")
    await kasi.taps("Saya tangani")
    assert kasi.lowest_screen.text == "Semuanya sudah tidak terlambat lagi."


async def test_serahkan_names_another_officer(town: Town) -> None:
    kasi = await town.officer("Bu Dewi", "penyantunan", head="penyantunan")
    await town.officer("Pak Budi", "penyantunan")
    await town.open_cohort("Angkatan I", arrival="2026-12-30")
    await town.open_cohort("Angkatan II", arrival="2026-12-30")
    citra = await town.officer("Bu Citra", "penyantunan")
    await town.lives_until("2026-12-03 08.00")
    await kasi.taps("Serahkan ke…")
    assert kasi.lowest_screen.text.splitlines() == [
        "Tugas mana yang diserahkan?",
        "1. Angkatan I · Surat pemberitahuan ke Kab/Kota",
        "2. Angkatan II · Surat pemberitahuan ke Kab/Kota",
    ]
    await kasi.taps("‹ Kembali")
    assert "2 langkah seksi Anda terlambat" in kasi.lowest_screen.text
    await kasi.taps("Serahkan ke…")
    await kasi.taps("2")
    await kasi.taps("Bu Citra")
    await town.settle()
    assert "Angkatan II · Surat pemberitahuan ke Kab/Kota" in citra.lowest_screen.text


async def test_the_list_joins_the_heads_own_morning(town: Town) -> None:
    """One message, with the head's own steps above."""
    kasi = await town.officer("Bu Dewi", "penyantunan", head="penyantunan")
    await town.officer("Pak Budi", "penyantunan")
    await town.open_cohort("Angkatan I", arrival="2026-12-30")
    await town.open_cohort("Angkatan II", arrival="2026-12-30")
    await town.lives_until("2026-11-30 09.00")
    await kasi.taps_data(f"1.task_give_to.{town.tasks('9.2.01', 2)[0].id}.{kasi.id}")
    before = kasi.screens
    await town.lives_until("2026-12-03 07.31")
    push = kasi.new_since(before)[-1]
    assert push.text.splitlines() == [
        "Selamat pagi, Bu Dewi. Hari ini 1 tugas, 1 terlambat.",
        "Angkatan I",
        "1. ⏰ Surat pemberitahuan ke Kab/Kota · 2 hari terlambat",
        "1 langkah seksi Anda terlambat 1 hari kerja atau lebih:",
        "2. Angkatan II · Surat pemberitahuan ke Kab/Kota · Pak Budi · 2 hari terlambat",
    ]
    assert push.buttons == ["Saya tangani", "Serahkan ke…", "1", "2", "Semua"]


async def test_an_emergency_wakes_the_kasi_at_night_by_code_name(any_town: Town) -> None:
    town = any_town
    kasi = await town.officer("Bu Lina", "peksos", head="peksos")
    kepala = await town.officer("Bu Kirana", "kepala")
    sari = await town.officer("Ibu Sari", "peksos")
    stranger = await town.officer("Pak Budi", "penyantunan", admin=True)
    await town.lives_until("2026-12-01 22.30")
    await opens_case(sari)
    counts = len(kepala.screens), len(stranger.screens)
    await town.lives_until("2026-12-02 22.35")
    push = kasi.lowest_screen
    assert push.text.startswith("⏰ Darurat, belum selesai: SOP 9.1.20 langkah 1")
    assert "Ibu Sari" in push.text
    assert "Putri" not in push.text
    assert push.buttons[:2] == ["Saya tangani", "Serahkan ke…"]
    assert push.is_protected
    later = [one.text for one in kepala.screens[counts[0] :]]
    assert later == ["Ibu Sari sudah membuat PIN kasus."]  # at six, and nothing of the emergency yet
    assert len(stranger.screens) == counts[1]
    await kasi.taps("Saya tangani")
    assert "Ditangani Bu Lina." in kasi.lowest_screen.text
    await town.lives_until("2026-12-03 02.40")
    assert kepala.lowest_screen.text.startswith("⏰ Darurat, belum selesai: SOP 9.1.20 langkah 1")
    assert "Ditangani Bu Lina." in kepala.lowest_screen.text
    assert len(stranger.screens) == counts[1]


async def test_a_button_of_somebody_elses_list_says_so(town: Town) -> None:
    kasi = await town.officer("Bu Dewi", "penyantunan", head="penyantunan")
    budi = await town.officer("Pak Budi", "penyantunan")
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-12-03 08.00")
    number = reminder_of(town, kasi.lowest_screen.message.id)
    for verb in ("late_take_on", "late_give", "late_list"):
        await budi.taps_data(f"1.{verb}.{number}")
        assert "Surat" not in budi.lowest_screen.text
        assert budi.lowest_screen.text


def reminder_of(town: Town, message_id: int) -> int:
    (row,) = [one for one in town.reminders() if one.message_id == message_id and one.kind == "digest"]
    return row.id or 0


async def test_an_emergency_and_the_morning_in_one_message_name_it_once(town: Town) -> None:
    """Off from before the step was late until after the morning: both are said at once."""
    kasi = await town.officer("Bu Lina", "peksos", head="peksos")
    await town.officer("Bu Kirana", "kepala")
    sari = await town.officer("Ibu Sari", "peksos")
    await town.lives_until("2026-12-01 22.30")
    await opens_case(sari)
    await town.lives_until("2026-12-02 22.00")
    before = kasi.screens
    await town.is_off_until("2026-12-03 08.00")
    (push,) = kasi.new_since(before)
    assert push.text.count("Kasus ") == 1, push.text
    assert "darurat" in push.text
    assert push.buttons[:2] == ["Saya tangani", "Serahkan ke…"]
    await kasi.taps("Saya tangani")
    assert "ditangani Bu Lina" in kasi.last_screen.text
    before = kasi.screens
    await town.lives_until("2026-12-04 20.00")
    assert not any("Kasus" in screen.text for screen in kasi.new_since(before)), "taken on"


async def test_not_twice_on_a_day_whatever_happens_to_the_bot_and_the_clock(town: Town) -> None:
    kasi = await town.officer("Bu Dewi", "penyantunan", head="penyantunan")
    await town.officer("Pak Budi", "penyantunan")
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-12-03 07.30")
    shown = len(kasi.screens)
    assert "terlambat 1 hari kerja" in kasi.lowest_screen.text
    await town.restart()
    await town.settle()
    await town.is_off_until("2026-12-03 12.00")
    for back_to in ("2026-12-03 07.00", "2026-12-02 21.00"):
        town.clock.set(back_to)
        await town.lives_until("2026-12-03 19.00")
    assert len(kasi.screens) == shown
    await town.lives_until("2026-12-04 08.00")
    assert len(kasi.screens) == shown + 1


async def test_a_clock_that_ran_ahead_does_not_silence_the_days_between(town: Town) -> None:
    kasi = await town.officer("Bu Dewi", "penyantunan", head="penyantunan")
    await town.officer("Pak Budi", "penyantunan")
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-12-02 12.00")
    town.clock.set("2026-12-04 07.30")
    await town.settle()
    shown = len(kasi.screens)
    assert "terlambat 1 hari kerja" in kasi.lowest_screen.text
    town.clock.set("2026-12-02 12.05")
    await town.lives_until("2026-12-03 08.00")
    assert len(kasi.screens) == shown + 1, "the true Thursday"
    assert "terlambat 1 hari kerja" in kasi.lowest_screen.text


async def test_two_emergencies_at_once_are_taken_on_with_one_tap(town: Town) -> None:
    kasi = await town.officer("Bu Lina", "peksos", head="peksos")
    kepala = await town.officer("Bu Kirana", "kepala")
    sari = await town.officer("Ibu Sari", "peksos")
    await town.lives_until("2026-12-01 22.30")
    await opens_case(sari)
    town.clock.set("2026-12-01 22.30")  # at once, however long she types
    await opens_case(sari)
    before = kasi.screens
    await town.lives_until("2026-12-02 23.00")
    (push,) = [one for one in kasi.new_since(before) if "PIN" not in one.text]
    assert push.text.count("Kasus ") == 2
    assert push.buttons[0] == "Saya tangani"
    await kasi.taps("Saya tangani")
    assert kasi.last_screen.message.id == push.message.id
    assert kasi.last_screen.text.count("ditangani Bu Lina") == 2
    assert "Saya tangani" not in kasi.last_screen.buttons
    await town.lives_until("2026-12-03 02.45")
    assert kepala.lowest_screen.text.count("ditangani Bu Lina") == 2


# --- more than one screen, and the way back ------------------------------------------------------------------


async def late_letters(town: Town, angkatan: int) -> tuple[Person, Person]:
    """The morning of a kasi with a late letter in each of so many angkatan, all in Budi's hands."""
    kasi = await town.officer("Bu Dewi", "penyantunan", head="penyantunan")
    budi = await town.officer("Pak Budi", "penyantunan")
    for nth in range(1, angkatan + 1):
        await town.open_cohort(f"Angkatan {nth:02}", arrival="2026-12-30", children=1, schools=1)
    await town.lives_until("2026-12-03 07.31")
    return kasi, budi


def listed_in(person: Person) -> list[str]:
    """The angkatan whose letters stand in the newest message, with their numbers."""
    lines = person.lowest_screen.text.splitlines()
    return [line.split(" · ")[0] for line in lines if "Surat pemberitahuan" in line]


@pytest.mark.sops("9.2.01")
async def test_saya_tangani_takes_on_what_is_on_the_screen_and_no_more(town: Town) -> None:
    kasi, _budi = await late_letters(town, 13)
    push = kasi.lowest_screen
    assert push.text.splitlines()[1] == "13 langkah seksi Anda terlambat 1 hari kerja atau lebih:"
    assert len(listed_in(kasi)) == 10
    assert push.text.splitlines()[-1] == "dan 3 lagi"
    assert push.buttons[:2] == ["Saya tangani 10 ini", "Serahkan ke…"]
    await kasi.taps("Saya tangani 10 ini")
    assert kasi.lowest_screen.text.count("ditangani Bu Dewi") == 10
    assert len(town.rows(select(Acknowledgement))) == 10
    await kasi.taps("Semua")
    await kasi.taps("›")
    assert kasi.lowest_screen.text.splitlines()[0] == (
        "13 langkah seksi Anda terlambat 1 hari kerja atau lebih:"
    )
    assert listed_in(kasi) == ["11. Angkatan 11", "12. Angkatan 12", "13. Angkatan 13"]
    await kasi.taps("Saya tangani 3 ini")
    assert kasi.lowest_screen.text.count("ditangani Bu Dewi") == 3
    assert len(town.rows(select(Acknowledgement))) == 13
    shown = len(kasi.screens)
    await town.lives_until("2026-12-04 12.00")
    assert len(kasi.screens) == shown


@pytest.mark.sops("9.2.01")
async def test_what_was_not_taken_on_is_told_again_the_next_morning(town: Town) -> None:
    kasi, _budi = await late_letters(town, 12)
    await kasi.taps("Saya tangani 10 ini")
    await town.lives_until("2026-12-04 08.00")
    assert listed_in(kasi) == ["1. Angkatan 11", "2. Angkatan 12"]


@pytest.mark.sops("9.2.01")
async def test_a_step_done_meanwhile_moves_nothing_unseen_under_the_button(town: Town) -> None:
    kasi, budi = await late_letters(town, 12)
    push = kasi.lowest_screen
    for task in town.tasks("9.2.01", 2)[:2]:
        await budi.taps_data(f"1.task_done.{task.id}")
    await kasi.taps("Saya tangani 10 ini", on=push)
    assert len(town.rows(select(Acknowledgement))) == 8
    assert "10 langkah seksi Anda terlambat" in kasi.lowest_screen.text
    assert listed_in(kasi)[0] == "1. Angkatan 03"
    await kasi.taps("Serahkan ke…")
    assert len(listed_in(kasi)) == 8


@pytest.mark.sops("9.2.01")
async def test_a_card_opened_from_the_list_leads_back_to_it(town: Town) -> None:
    kasi, _budi = await late_letters(town, 2)
    push = kasi.lowest_screen
    await kasi.taps("1")
    assert "SOP 9.2.01" in kasi.lowest_screen.text
    await kasi.taps("‹ Kembali")
    assert kasi.lowest_screen.text == push.text
    assert kasi.lowest_screen.buttons == push.buttons
    await kasi.taps("Semua")
    assert listed_in(kasi) == ["1. Angkatan 01", "2. Angkatan 02"]
    await kasi.taps("2")
    await kasi.taps("‹ Kembali")
    assert kasi.lowest_screen.buttons == [
        "Saya tangani", "Serahkan ke…", "Pilih…", "1", "2", "Tugas saya", "‹ Status",
    ]  # fmt: skip


@pytest.mark.sops("9.2.01")
async def test_screens_of_a_head_lead_to_the_list_while_anything_is_late(town: Town) -> None:
    kasi, budi = await late_letters(town, 2)
    for command in ("/tugas", "/status", "/pengingat"):
        await kasi.types(command)
        await kasi.taps("Perlu ditangani (2)")
        assert listed_in(kasi) == ["1. Angkatan 01", "2. Angkatan 02"]
        assert kasi.lowest_screen.buttons[0] == "Saya tangani"
        await budi.types(command)
        assert not any("Perlu ditangani" in label for label in budi.lowest_screen.buttons)
    for task in town.tasks("9.2.01", 2):
        await budi.taps_data(f"1.task_done.{task.id}")
    await kasi.types("/tugas")
    assert not any("Perlu ditangani" in label for label in kasi.lowest_screen.buttons)


async def test_an_emergency_that_was_opened_can_still_be_taken_on(town: Town) -> None:
    kasi = await town.officer("Bu Lina", "peksos", head="peksos")
    sari = await town.officer("Ibu Sari", "peksos")
    await town.lives_until("2026-12-01 22.30")
    await opens_case(sari)
    await town.lives_until("2026-12-02 22.35")
    await kasi.taps("Buka")
    await kasi.taps("‹ Kembali")
    assert kasi.lowest_screen.text.startswith("⏰ Darurat, belum selesai")
    await kasi.taps("Saya tangani")
    assert "Ditangani Bu Lina." in kasi.lowest_screen.text


# --- one thing once, in words that fit who reads them --------------------------------------------------------


@pytest.mark.sops("9.2.01")
async def test_what_nobody_took_is_once_in_the_morning_of_a_kasi_of_the_section(town: Town) -> None:
    kasi = await town.officer("Bu Dewi", "penyantunan", head="penyantunan")
    for name in ("Pak Budi", "Bu Citra"):
        await town.officer(name, "penyantunan")
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-12-03 07.31")
    assert kasi.lowest_screen.text.splitlines() == [
        "Selamat pagi, Bu Dewi.",
        "1 langkah seksi Anda terlambat 1 hari kerja atau lebih:",
        "1. Surat pemberitahuan ke Kab/Kota · belum ada yang mengambil · 2 hari terlambat",
    ]
    await kasi.taps("Saya tangani")
    shown = len(kasi.screens)
    await town.lives_until("2026-12-05 12.00")
    assert len(kasi.screens) == shown, "what was taken on rests"


@pytest.mark.sops("9.2.01")
async def test_an_admin_who_answers_for_want_of_a_kasi_is_told_whose_it_is(town: Town) -> None:
    admin = await town.officer("Bu Tari", "tu", admin=True)
    await town.officer("Pak Budi", "penyantunan")
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-12-03 07.31")
    assert admin.lowest_screen.text.splitlines() == [
        "Selamat pagi, Bu Tari.",
        "1 langkah terlambat 1 hari kerja atau lebih:",
        "1. Surat pemberitahuan ke Kab/Kota · Seksi Penyantunan · Pak Budi · 2 hari terlambat",
    ]


@pytest.mark.sops("9.2.01")
async def test_two_heads_of_one_name_are_two_persons(town: Town) -> None:
    dewi = await town.officer("Dewi", "penyantunan", head="penyantunan")
    other = town.person("the other Dewi")
    await other.starts(town.invite("Dewi", "kepala"))
    await town.officer("Pak Budi", "penyantunan")
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-12-07 07.31")
    await dewi.taps("Saya tangani")
    await other.types("/status")
    await other.taps("Perlu ditangani (1)")
    assert "ditangani Dewi" in other.lowest_screen.text
    assert other.lowest_screen.buttons[0] == "Saya tangani"
    await other.taps("Saya tangani")
    assert other.lowest_screen.buttons[0] == "Serahkan ke…"


@pytest.mark.sops("9.2.01")
async def test_the_lines_that_were_chosen_are_taken_on_and_given_back(town: Town) -> None:
    kasi, _budi = await late_letters(town, 3)
    await kasi.taps("Pilih…")
    await kasi.taps("☐ 2")
    assert [one.taken_back_at for one in town.rows(select(Acknowledgement))] == [None]
    assert "☑ 2. Angkatan 02" in kasi.last_screen.text
    await kasi.taps("☐ 3")
    await kasi.taps("☑ 2")
    assert "☐ 2. Angkatan 02" in kasi.last_screen.text
    await kasi.taps("‹ Kembali")
    assert kasi.lowest_screen.text.count("ditangani Bu Dewi") == 1
    await town.lives_until("2026-12-04 08.00")  # what was given back is told of again
    assert listed_in(kasi) == ["1. Angkatan 01", "2. Angkatan 02"]
