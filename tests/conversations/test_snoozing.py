"""Ingatkan lagi on the phone: offered times, typed dates, and what ends it; the due date stays as it is."""

import pytest
from sqlmodel import col, select

from handlers.ui.request import pack
from storage.tables import Reminder, ReminderKind, ReminderState
from tests.support.institution import local
from tests.support.person import Person
from tests.support.town import Town


@pytest.fixture
async def budi(town: Town) -> Person:
    """Budi, who has the first letter, due on Tuesday 1 December 16.00; it is Monday 30 November, 09.00."""
    await town.officer("Admin", "tu", admin=True)
    await town.officer("Kasi", "penyantunan", head="penyantunan")
    budi = await town.officer("Budi", "penyantunan")
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-11-30 09.00")
    await budi.types("/tugas")
    await budi.taps("1")
    return budi


def put_off(town: Town) -> list[str | None]:
    rows = town.rows(
        select(Reminder)
        .where(Reminder.kind == ReminderKind.SNOOZE, Reminder.state == ReminderState.PENDING)
        .order_by(col(Reminder.due_at))
    )
    return [local(row.due_at) for row in rows]


@pytest.mark.parametrize(
    ("label", "at"),
    [("1 jam", "2026-11-30 10.00"), ("Sore ini", "2026-11-30 15.00"), ("Besok pagi", "2026-12-01 07.30")],
)
async def test_the_offered_times(town: Town, budi: Person, label: str, at: str) -> None:
    await budi.taps("Ingatkan lagi")
    assert budi.buttons[:4] == ["1 jam", "Sore ini", "Besok pagi", "Pilih tanggal"]
    await budi.taps(label)
    assert put_off(town) == [at]
    assert budi.last_screen.text.endswith("Jatuh temponya tidak berubah.")
    assert local(town.task("9.2.01", 2).due_at) == "2026-12-01 16.00"


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("3 desember", "2026-12-03 07.30"),
        ("besok", "2026-12-01 07.30"),
        ("senin", "2026-12-07 07.30"),
        ("5/12", "2026-12-05 07.30"),
        ("besok pagi", "2026-12-01 07.30"),
        ("besok jam 9", "2026-12-01 09.00"),
        ("jam 15.30", "2026-11-30 15.30"),
    ],
)
async def test_a_typed_date(town: Town, budi: Person, typed: str, at: str) -> None:
    await budi.taps("Ingatkan lagi")
    await budi.taps("Pilih tanggal")
    await budi.types(typed)
    assert put_off(town) == [at]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("28 november 2026", "Waktu itu sudah lewat"),
        ("hari ini", "Waktu itu sudah lewat"),
        ("3 maret 2028", "terlalu jauh"),
        ("29 januari", ""),
        ("30 januari", "terlalu jauh"),
        ("nanti", "Saya belum mengerti tanggal"),
    ],
)
async def test_past_far_and_unclear_dates_are_asked_again(
    town: Town, budi: Person, typed: str, sentence: str
) -> None:
    await budi.taps("Ingatkan lagi")
    await budi.taps("Pilih tanggal")
    await budi.types(typed)
    if not sentence:
        assert put_off(town) == ["2027-01-29 07.30"]
        return
    assert sentence in budi.last_screen.text
    assert put_off(town) == []
    await budi.types("3 desember")
    assert put_off(town) == ["2026-12-03 07.30"], "the question is still there"


async def test_a_task_done_meanwhile_drops_it(town: Town, budi: Person) -> None:
    await budi.taps("Ingatkan lagi")
    await budi.taps("1 jam")
    await budi.taps_data(pack("task_done", town.task("9.2.01", 2).id or 0))
    before = budi.screens
    await town.lives_until("2026-11-30 12.00")
    assert budi.new_since(before) == []
    assert put_off(town) == []


async def test_an_old_sore_ini_tapped_in_the_evening_comes_later_all_the_same(
    town: Town, budi: Person
) -> None:
    await budi.taps("Ingatkan lagi")
    old = budi.last_screen
    data = old.data_of("Sore ini")
    await town.lives_until("2026-11-30 19.30")
    await budi.taps_data(data, on=old)
    assert put_off(town) == ["2026-12-01 06.00"]


@pytest.mark.parametrize("verb", ["task_snooze", "task_snooze_day", "task_move"])
async def test_somebody_elses_task_is_not_put_off_by_a_forged_button(
    town: Town, budi: Person, verb: str
) -> None:
    sari = await town.officer("Sari", "peksos")
    number = town.task("9.2.01", 2).id or 0
    await sari.types("/tugas")
    await sari.taps_data(pack(verb, number))
    await sari.types("3 desember")
    await sari.taps_data(pack("task_snooze_at", number, word="hour"))
    await sari.taps_data(pack("task_snooze_at", number, 999, word="hour"))
    assert put_off(town) == []
    assert local(town.task("9.2.01", 2).due_at) == "2026-12-01 16.00"


async def test_moving_the_date_is_another_thing(town: Town, budi: Person) -> None:
    """It needs a reason, the kasi is told, and what was put off beyond the new date is not said any more."""
    kasi = town.person("Kasi")
    await budi.taps("Ingatkan lagi")
    await budi.taps("Pilih tanggal")
    await budi.types("10 desember")
    task = town.task("9.2.01", 2)
    await budi.taps_data(pack("task_move", task.id or 0))
    await budi.types("4 desember")
    assert local(town.task("9.2.01", 2).due_at) == "2026-12-01 16.00", "not without a reason"
    await budi.types("menunggu tanda tangan")
    assert local(town.task("9.2.01", 2).due_at) == "2026-12-04 16.00"
    assert put_off(town) == []
    assert kasi.lowest_screen.text.startswith(
        "Budi menjadwalkan ulang Surat pemberitahuan ke Kab/Kota ke Jumat, 4 Des"
    )
    assert "tanda tangan" not in kasi.lowest_screen.text
    await kasi.taps("Buka")
    assert "menunggu tanda tangan" in kasi.last_screen.text


async def test_a_deputy_reads_who_asked(town: Town, budi: Person) -> None:
    citra = await town.officer("Citra", "penyantunan")
    await budi.taps_data(pack("task_take", town.task("9.2.01", 2).id or 0))
    await budi.taps_data(pack("task_snooze_at", town.task("9.2.01", 2).id or 0, word="hour"))
    await budi.types("/cuti")
    await budi.taps("Catat cuti saya")
    await budi.types("hari ini sampai 4 desember")
    await budi.taps("Citra")
    await budi.taps("Catat")
    before = budi.screens
    await town.lives_until("2026-11-30 10.30")
    assert citra.lowest_screen.text.startswith("Budi minta diingatkan: Surat pemberitahuan ke Kab/Kota.")
    assert budi.new_since(before) == []


async def test_what_was_put_off_is_not_late_in_the_morning_until_its_day(town: Town, budi: Person) -> None:
    await town.open_cohort("Angkatan IV", arrival="2026-12-30")
    await budi.taps("Ingatkan lagi")
    await budi.taps("Pilih tanggal")
    await budi.types("7 desember")
    await town.lives_until("2026-12-02 08.00")
    morning = budi.lowest_screen.text
    assert morning.startswith("Selamat pagi, Budi. Hari ini 1 tugas"), morning
    assert "– Ditunda sampai Senin 7 Des: Angkatan Contoh · Surat pemberitahuan ke Kab/Kota" in morning
    await town.lives_until("2026-12-07 08.00")
    assert "Ditunda sampai" not in budi.lowest_screen.text
    kasi = town.people["Kasi"]
    assert "Surat pemberitahuan" in kasi.lowest_screen.text  # heads see it all the same
