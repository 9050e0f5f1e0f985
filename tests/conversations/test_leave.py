"""/cuti as officers meet it: days tapped or typed, a deputy, a last look; the deputy's messages and cards."""

from datetime import date

import pytest
from sqlmodel import select

from storage.tables import Absence
from tests.support.person import Person
from tests.support.town import Town


@pytest.fixture
async def budi(town: Town) -> Person:
    """Budi of Penyantunan with a kasi, a colleague and an admin; it is Monday 30 November 2026, 08.00."""
    await town.officer("Tari", role="tu", admin=True)
    await town.officer("Kasi", role="penyantunan", head="penyantunan")
    await town.officer("Citra", role="penyantunan")
    return await town.officer("Budi", role="penyantunan")


def leaves(town: Town) -> list[tuple[date, date, bool]]:
    """Leave that has not ended: days, and whether it is in force."""
    return [
        (one.from_on, one.until_on, one.begun_at is not None)
        for one in town.rows(select(Absence))
        if one.ended_at is None
    ]


async def test_two_days_tapped_and_a_deputy(town: Town, budi: Person) -> None:
    citra = town.person("Citra")
    await budi.types("/cuti")
    assert budi.last_screen.text.splitlines()[:2] == ["Cuti", "Belum ada cuti yang tercatat."]
    assert "Untuk petugas lain" not in budi.buttons
    await budi.taps("Catat cuti saya")
    assert budi.buttons[:2] == ["Hari ini", "Besok"]
    await budi.taps("Besok")
    assert "Mulai 1 Desember. Sampai tanggal berapa?" in budi.last_screen.text
    await budi.taps("3 Des")
    assert budi.last_screen.text == (
        "Cuti Anda\nCuti 1 sampai 3 Desember. Siapa penggantinya? Tugas dan pengingat beralih kepadanya."
    )
    assert set(budi.buttons) == {"Kasi", "Citra", "Tanpa pengganti", "Batal"}
    await budi.taps("Citra")
    assert budi.last_screen.text.splitlines() == [
        "Cuti Anda",
        "Cuti: 1 sampai 3 Desember",
        "Pengganti: Citra, yang akan langsung diberi tahu",
        "Sudah benar?",
    ]
    await budi.taps("Catat")
    assert budi.last_screen.text.startswith("✅ Tercatat.\n\nCuti Anda · 1 sampai 3 Desember\nBelum dimulai.")
    assert leaves(town) == [(date(2026, 12, 1), date(2026, 12, 3), False)]
    assert citra.lowest_screen.text == (
        "Budi cuti 1 sampai 3 Desember. Anda penggantinya: tugas dan pengingatnya beralih kepada Anda selama itu."
    )
    await citra.taps("Cuti", on=citra.lowest_screen)
    assert "1. Budi · 1 sampai 3 Desember · Anda penggantinya" in citra.last_screen.text


async def test_days_typed_at_once(town: Town, budi: Person) -> None:
    await budi.types("/cuti")
    await budi.taps("Catat cuti saya")
    await budi.types("3 sampai 7 desember")
    assert "Cuti 3 sampai 7 Desember. Siapa penggantinya?" in budi.last_screen.text
    await budi.taps("Tanpa pengganti")
    assert "atau ke kepala seksi bila tidak ada" in budi.last_screen.text
    await budi.taps("Catat")
    assert leaves(town) == [(date(2026, 12, 3), date(2026, 12, 7), False)]


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("3-7 desember", "2026-12-03", "2026-12-07"),
        ("28 des - 3 jan", "2026-12-28", "2027-01-03"),
        ("besok sampai jumat", "2026-12-01", "2026-12-04"),
        ("besok sampai lusa", "2026-12-01", "2026-12-02"),
        ("28 november s.d. 1 desember", "2026-11-28", "2026-12-01"),
    ],
)
async def test_how_days_are_typed(town: Town, budi: Person, typed: str, first: str, last: str) -> None:
    await budi.types("/cuti")
    await budi.taps("Catat cuti saya")
    await budi.types(typed)
    await budi.taps("Tanpa pengganti")
    await budi.taps("Catat")
    assert leaves(town)[0][:2] == (date.fromisoformat(first), date.fromisoformat(last))


async def test_what_is_not_understood_or_not_possible(town: Town, budi: Person) -> None:
    await budi.types("/cuti")
    await budi.taps("Catat cuti saya")
    await budi.types("nanti saja")
    assert "Saya belum mengerti tanggal “nanti saja”" in budi.last_screen.text
    await budi.types("5 desember")
    await budi.types("3 desember")
    assert "Cuti 5 Desember sampai 3 Desember 2027" not in budi.last_screen.text
    await budi.types("/cuti")
    await budi.taps("Catat cuti saya")
    await budi.types("1 oktober sampai 5 oktober")
    assert leaves(town) == []


async def test_a_leave_that_overlaps(town: Town, budi: Person) -> None:
    await records(budi, "3 sampai 7 desember")
    await budi.types("/cuti")
    await budi.taps("Catat cuti saya")
    await budi.types("7 sampai 9 desember")
    assert "⚠️ Sudah tercatat cuti 3 sampai 7 Desember. Ubah cuti itu, atau pilih tanggal lain." in (
        budi.last_screen.text
    )


async def test_the_same_button_twice(town: Town, budi: Person) -> None:
    await records(budi, "3 sampai 7 desember", confirm=False)
    screen = budi.last_screen
    data = screen.data_of("Catat")
    await budi.taps("Catat")
    await budi.taps_data(data, on=screen)
    assert budi.last_screen.text.startswith("Itu sudah tercatat.")
    assert len(leaves(town)) == 1


async def test_the_deputy_s_first_morning_card_and_confirmation(town: Town, budi: Person) -> None:
    citra = town.person("Citra")
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-11-30 09.00")
    task = town.task("9.2.01", 2)
    await budi.taps_data(f"1.task_take.{task.id}")
    await records(budi, "besok sampai 4 desember", "Citra")
    before = budi.screens
    await town.lives_until("2026-12-01 08.00")
    morning = citra.lowest_screen
    assert "1. Surat pemberitahuan ke Kab/Kota · pukul 16.00 · menggantikan Budi" in morning.text
    assert (
        "2. Mulai hari ini sampai 4 Desember Anda menggantikan Budi. "
        "1 tugas terbuka, 1 di antaranya jatuh tempo hari ini atau terlambat."
    ) in morning.text
    assert budi.new_since(before) == [], "on leave"
    await citra.taps("Buka", on=morning)
    assert "Penanggung jawab: Anda, menggantikan Budi" in citra.last_screen.text
    await citra.taps("Selesai")
    assert citra.last_screen.text.splitlines()[0].endswith("(menggantikan Budi)")
    assert [(one.kind, one.officer_id) for one in town.confirmations(task)][-1] == ("done", citra.id)
    kasi = town.person("Kasi")
    await kasi.taps_data(f"1.task_open.{task.id}")
    assert "Citra" in kasi.last_screen.text
    assert "menggantikan Budi" in kasi.last_screen.text


async def test_who_looks_at_the_card_sees_the_deputy(town: Town, budi: Person) -> None:
    kasi = town.person("Kasi")
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-11-30 09.00")
    task = town.task("9.2.01", 2)
    await budi.taps_data(f"1.task_take.{task.id}")
    await records(budi, "hari ini sampai 4 desember", "Citra")
    await kasi.types("/tugas")
    await kasi.taps_data(f"1.task_open.{task.id}")
    assert (
        "Penanggung jawab: Budi (Seksi Penyantunan), sedang cuti. Pengganti: Citra" in kasi.last_screen.text
    )


async def test_ending_it_early(town: Town, budi: Person) -> None:
    citra = town.person("Citra")
    await records(budi, "hari ini sampai 4 desember", "Citra")
    await budi.types("/cuti")
    await budi.taps("1")
    assert "Sedang cuti." in budi.last_screen.text
    await budi.taps("Akhiri cuti")
    await budi.taps("Ya, akhiri")
    assert budi.last_screen.text.startswith("✅ Cuti Budi sudah diakhiri.")
    assert leaves(town) == []
    assert any("Budi sudah kembali" in screen.text for screen in citra.screens)
    await budi.taps_data("1.leave_end_ok.1")
    assert budi.last_screen.text == "Cuti ini sudah berakhir."


async def test_changing_it(town: Town, budi: Person) -> None:
    citra = town.person("Citra")
    await records(budi, "3 sampai 7 desember", "Citra")
    await budi.taps("Ubah")
    assert "Yang tercatat sekarang: 3 sampai 7 Desember." in budi.last_screen.text
    await budi.types("4 sampai 5 desember")
    await budi.taps("Kasi")
    await budi.taps("Catat")
    assert leaves(town) == [(date(2026, 12, 4), date(2026, 12, 5), False)]
    assert any("Anda tidak lagi menggantikan Budi" in screen.text for screen in citra.screens)


async def test_the_kasi_records_for_somebody_who_is_ill(town: Town, budi: Person) -> None:
    kasi = town.person("Kasi")
    await kasi.types("/cuti")
    await kasi.taps("Untuk petugas lain")
    await kasi.taps("Budi")
    await kasi.types("28 november sampai 2 desember")
    await kasi.taps("Citra")
    await kasi.taps("Catat")
    assert leaves(town) == [(date(2026, 11, 28), date(2026, 12, 2), True)]
    assert "Dicatat oleh Kasi." in kasi.last_screen.text
    assert budi.lowest_screen.text == (
        "Kasi mencatat bahwa Anda cuti 28 November sampai 2 Desember. Penggantinya Citra."
    )
    assert (
        "Mulai hari ini sampai 2 Desember Anda menggantikan Budi." in town.person("Citra").lowest_screen.text
    )


async def test_when_nobody_is_left_the_head_and_the_admin_hear_it(town: Town, budi: Person) -> None:
    kirana = await town.officer("Kirana", role="kepala")
    dewi = await town.officer("Dewi", role="bimbingan")
    await dewi.types("/cuti")
    await dewi.taps("Catat cuti saya")
    await dewi.types("besok sampai 4 desember")
    assert (
        "Tidak ada rekan dengan peran yang sama: tugas dan pengingat beralih ke atasan."
        in dewi.last_screen.text
    )
    await dewi.taps("Catat")
    assert "⚠️ Tidak ada petugas Seksi Bimbingan pada 1 sampai 4 Desember." in dewi.last_screen.text
    for hears in (kirana, town.person("Tari")):
        assert hears.lowest_screen.text.startswith(
            "Tidak ada petugas Seksi Bimbingan pada 1 sampai 4 Desember: Dewi"
        )


@pytest.mark.parametrize(
    "data",
    [
        "1.leave_open.999",
        "1.leave_open",
        "1.leave_new.999",
        "1.leave_first.1.0.99999999999",
        "1.leave_end_ok.1",
        "1.leave_ok.1.0.739900.739905.0",
        "1.leave_ok.4.0.739900.739905.0",
        "1.leave_look.4.0.739900.739905.999",
        "1.leave_change.1",
    ],
)
async def test_forged_buttons_explain_themselves(town: Town, budi: Person, data: str) -> None:
    sari = await town.officer("Sari", role="peksos")
    await records(budi, "3 sampai 7 desember")
    await sari.types("/cuti")
    before = leaves(town)
    await sari.taps_data(data)
    assert sari.last_screen.text in (
        "Tombol ini sudah tidak berlaku.",
        "Itu sudah tidak ada.",
        "Hanya petugas itu sendiri, kepala seksi, atau admin yang dapat melakukannya.",
    )
    assert leaves(town) == before


async def records(
    person: Person, days: str, deputy: str = "Tanpa pengganti", *, confirm: bool = True
) -> None:
    """/cuti, typed days, a deputy."""
    await person.types("/cuti")
    await person.taps("Catat cuti saya")
    await person.types(days)
    await person.taps(deputy)
    if confirm:
        await person.taps("Catat")
