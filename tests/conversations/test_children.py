"""/anak: finding a child, its card, leaving early, coming back, marks; and who read what."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from storage.tables import (
    Child,
    EntryState,
    LeaveReason,
    Membership,
    ReadEntry,
    Record,
    Task,
    TaskEntry,
)
from tests.support.person import Person
from tests.support.steps import assessed, placed
from tests.support.town import Town

WEIGHING = "2027-01-01 09.00"  # day 10, when SOP 9.2.15 weighs every child


async def sari_in_the_house(town: Town, role: str = "peksos", at: str = "2026-12-23 09.00") -> Person:
    """A peksos on day 1 of an angkatan of six children."""
    await town.officer("Ibu Admin", "tu")
    sari = await town.officer("Ibu Sari", role)
    await town.open_cohort("Angkatan III", arrival="2026-12-22")
    await town.lives_until(at)
    return sari


async def test_a_child_is_found_by_number(town: Town) -> None:
    sari = await sari_in_the_house(town)
    await sari.types("Anak")
    assert sari.last_screen.text == (
        "Ketik nomor atau nama anak, misalnya 17. Sekolah, wisma, atau kelompok juga bisa."
    )
    await sari.types("3")
    assert sari.last_screen.text == (
        "No. 003 · Anak Contoh 03\nSDN 1 Contoh · laki-laki · 10 tahun\nAngkatan III, sejak 22 Desember.\n"
        "Terbuka: Ukur pakaian anak (Rabu 30 Des)"
    )
    assert sari.last_screen.is_protected
    await sari.types("/anak 004")
    assert sari.last_screen.text.startswith("No. 004 · Anak Contoh 04")


async def test_a_name_finds_all_who_bear_it_and_is_deleted(town: Town) -> None:
    sari = await sari_in_the_house(town)
    await sari.types("/anak contoh")
    lines = sari.last_screen.text.splitlines()
    assert lines[:2] == ["Anak yang mana?", "001 · Anak Contoh 01 · SDN 1 Contoh"]
    assert sari.last_screen.rows == [[f"00{n} Anak Conto…", f"00{n + 1} Anak Conto…"] for n in (1, 3, 5)]
    assert "/anak contoh" not in [message.text for message in sari.phone.messages]
    await sari.taps("002")
    assert sari.last_screen.text.startswith("No. 002 · Anak Contoh 02")


async def test_a_slip_of_the_finger_still_finds_and_nonsense_says_so(town: Town) -> None:
    sari = await sari_in_the_house(town)
    await sari.types("/anak cnotoh")
    assert sari.last_screen.text.startswith("Anak yang mana?")
    await sari.types("qwertyuiop")
    assert sari.last_screen.text == (
        "Anak itu tidak saya temukan. Ketik nomornya, sebagian namanya, sekolah, wisma, atau kelompoknya."
    )
    await sari.taps("Angkatan III")
    assert sari.last_screen.text.startswith("Angkatan III · 6 anak")


async def test_parents_are_shown_after_a_tap_and_every_look_is_logged(town: Town) -> None:
    sari = await sari_in_the_house(town)
    await sari.types("/anak 2")
    assert "Orang Tua Contoh" not in sari.last_screen.text
    await sari.taps("Orang tua")
    assert sari.last_screen.text.splitlines()[1:] == [
        "Orang tua: Orang Tua Contoh 02",
        "Telepon: 08000000002",
        "Alamat: Jalan Contoh 2",
        "",
        "Siapa yang melihat ini tercatat. Disembunyikan lagi setelah 5 menit.",
    ]
    read = town.rows(select(ReadEntry).order_by(ReadEntry.id))  # type: ignore[arg-type]  # a column
    assert [(one.officer_id, one.screen) for one in read] == [(sari.id, "card"), (sari.id, "parents")]
    assert "Siapa yang melihat" not in str(sari.last_screen.rows)
    await sari.taps_data("1.child_looks.2.0")
    assert "Hanya Kepala RPPSA yang bisa melakukan itu." in (sari.last_screen.text, sari.toast)
    await sari.types("002 demam tinggi")
    await sari.taps("Ya, catat")
    wayan = await town.officer("Wayan Contoh", role="kepala")
    await wayan.types("/anak 2")
    await wayan.taps("Siapa yang melihat")
    lines = wayan.last_screen.text.splitlines()
    assert lines[1] == "• 23 Desember: Wayan Contoh · halaman"
    assert "✏️ 23 Desember: Ibu Sari · kejadian" in lines
    assert any(
        line.startswith("• 23 Desember: Ibu Sari · ") and "orang tua, halaman" in line for line in lines
    )


async def test_a_child_leaves_early_and_nothing_more_is_asked_about_it(town: Town) -> None:
    sari = await sari_in_the_house(town, at=WEIGHING)
    assert states_on_the_weighing(town, 3) == [EntryState.OPEN]
    await sari.types("/anak 3")
    await sari.taps("Keluar…")
    assert sari.last_screen.text.startswith("Mengapa No. 003 keluar dari Angkatan III?")
    await sari.taps("Pulang lebih awal")
    await sari.taps("Hari ini")
    assert sari.last_screen.text == (
        "No. 003 keluar dari Angkatan III. Hari terakhir hari ini, alasan: pulang lebih awal.\n"
        "Setelah ini tidak ada yang ditanyakan atau diingatkan tentang anak ini."
    )
    await sari.taps("Ya, catat")
    assert sari.last_screen.text.splitlines()[0] == (
        "✅ Tercatat. Tidak ada lagi yang ditanyakan tentang anak ini."
    )
    assert "Hari terakhirnya hari ini: pulang lebih awal." in sari.last_screen.text
    held = membership_of(town, 3)
    assert (str(held.until_on), held.ended_by_id) == ("2027-01-01", sari.id)
    assert held.reason == LeaveReason.WENT_HOME
    assert states_on_the_weighing(town, 3) == [EntryState.WITHDRAWN]
    assert states_on_the_weighing(town, 4) == [EntryState.OPEN]
    await sari.types("/angkatan")
    assert "5 dari 6 anak" in sari.last_screen.text


async def test_the_heads_hear_that_a_child_left_by_its_number(town: Town) -> None:
    sari = await sari_in_the_house(town)
    kasi = await town.officer("Ibu Kasi", head="penyantunan")
    before = kasi.screens
    await leaves(sari, 3)
    said = [screen.text for screen in kasi.new_since(before)]
    assert len(said) == 1
    assert "Anak No. 003 sudah tidak ikut angkatan (pulang lebih awal)." in said[0]
    assert "Anak Contoh" not in said[0]


async def test_the_last_day_can_be_typed_but_not_lie_ahead(town: Town) -> None:
    sari = await sari_in_the_house(town)
    await town.lives_until("2026-12-28 09.00")
    await sari.types("/anak 3")
    await sari.taps("Keluar…")
    await sari.taps("Sakit")
    await sari.types("30 desember")
    assert sari.last_screen.text.startswith("Rabu, 30 Desember 2026 belum tiba.")
    await sari.types("26 desember")
    await sari.taps("Ya, catat")
    assert str(membership_of(town, 3).until_on) == "2026-12-26"


async def test_another_last_day_can_be_typed_after_one_was_tapped(town: Town) -> None:
    sari = await sari_in_the_house(town)
    await town.lives_until("2026-12-28 09.00")
    await sari.types("/anak 3")
    await sari.taps("Keluar…")
    await sari.taps("Sakit")
    await sari.taps("Hari ini")
    await sari.types("entah")
    assert sari.last_screen.text.startswith("Saya belum mengerti tanggal “entah”")
    await sari.types("26 desember")
    assert "Hari terakhir 26 Desember, alasan: sakit." in sari.last_screen.text
    await sari.taps("Ya, catat")
    assert str(membership_of(town, 3).until_on) == "2026-12-26"


async def test_a_child_that_never_came_is_cancelled_before_the_arrival(town: Town) -> None:
    await town.officer("Ibu Admin", "tu")
    sari = await town.officer("Ibu Sari", "peksos")
    await town.open_cohort("Angkatan III", arrival="2026-12-22")
    await sari.types("/anak 1")
    await sari.taps("Keluar…")
    await sari.taps("Batal ikut")
    await sari.taps("Hari ini")
    await sari.taps("Ya, catat")
    held = membership_of(town, 1)
    assert (str(held.from_on), str(held.until_on), held.reason) == (
        "2026-11-30", "2026-11-30", LeaveReason.CANCELLED,
    )  # fmt: skip
    await town.lives_until("2026-12-23 09.00")
    assert entries(town, 1) == []


async def test_a_second_tap_on_yes_is_no_harm(town: Town) -> None:
    sari = await sari_in_the_house(town)
    await sari.types("/anak 3")
    await sari.taps("Keluar…")
    await sari.taps("Dirujuk")
    await sari.taps("Hari ini")
    screen = sari.last_screen
    data = screen.data_of("Ya, catat")
    await sari.taps("Ya, catat")
    await sari.taps_data(data, on=screen)
    assert sari.last_screen.text.splitlines()[0] == "Itu sudah tercatat."
    assert len([m for m in town.rows(select(Membership)) if m.until_on]) == 1


@pytest.mark.parametrize(
    ("choice", "belonged"),
    [
        ("Keliru dicatat keluar", [("2026-12-22", "None")]),
        ("Kembali hari ini", [("2026-12-22", "2027-01-01"), ("2027-01-02", "None")]),
    ],
)
async def test_a_child_that_left_by_mistake_or_came_back_stands_on_the_rolls_again(
    town: Town, choice: str, belonged: list[tuple[str, str]]
) -> None:
    sari = await sari_in_the_house(town, at=WEIGHING)
    await leaves(sari, 3)
    town.clock.set("2027-01-02 09.00")
    await sari.types("/anak 3")
    await sari.taps("Ada lagi di sini…")
    await sari.taps(choice)
    assert sari.last_screen.text.splitlines()[0] == "✅ Tercatat. Anak ini ada lagi di daftar."
    assert [(str(m.from_on), str(m.until_on)) for m in memberships(town, 3)] == belonged
    assert states_on_the_weighing(town, 3) == [EntryState.OPEN]


async def test_a_mark_for_the_nurse_stands_until_it_is_answered(town: Town) -> None:
    ani = await sari_in_the_house(town, role="perawat")
    await ani.types("/anak 2")
    await ani.taps("Tandai untuk perawat")
    assert "Ditandai untuk perawat" in ani.last_screen.text
    await ani.taps("Kartu anak")
    assert "• ditandai untuk perawat, " in ani.last_screen.text
    assert "Tandai untuk perawat" not in ani.buttons
    await ani.taps_data(
        f"1.child_mark.{child_of(town, 2).id}.0.0"
    )  # [Sudah dilihat perawat] of a card of before
    assert "• ditandai untuk perawat, " in ani.last_screen.text
    await ani.taps("Tanda 09.00")
    await ani.taps("Catat hasil")
    await ani.types("berat diperiksa lagi, baik")
    await ani.types("/anak 2")
    assert "ditandai" not in ani.last_screen.text


async def test_a_child_marked_for_special_care_starts_its_own_sop(town: Town) -> None:
    sari = await sari_in_the_house(town)
    await sari.types("/anak 2")
    await sari.taps("Perlu penanganan khusus")
    assert "• perlu penanganan khusus" in sari.last_screen.text
    assert "Perlu penanganan khusus" not in sari.buttons
    assert [task.child_id for task in town.tasks("9.1.08")] == [child_of(town, 2).id]


async def test_a_guru_sees_only_the_own_angkatan_and_moves_no_child(town: Town) -> None:
    await town.officer("Ibu Admin", "tu")
    own = await town.open_cohort("Angkatan III", arrival="2026-12-22", children=2)
    await town.open_cohort("Angkatan IV", arrival="2026-12-29", children=2)
    guru = await town.officer("Ibu Guru", "guru", cohort=own)
    await guru.types("/angkatan")
    assert guru.buttons == ["Angkatan III"]
    await guru.types("/anak 1")
    assert "Angkatan III, " in guru.last_screen.text
    assert "Keluar…" not in guru.buttons
    other = next(child for child in town.rows(select(Child)) if child.cohort_id != own.id)
    await guru.taps_data(f"1.child_card.{other.id}")
    assert "Anak Contoh" not in guru.lowest_screen.text


async def test_with_two_angkatan_a_number_is_asked_for_which(town: Town) -> None:
    sari = await sari_in_the_house(town)
    await town.open_cohort("Angkatan IV", arrival="2027-01-05")
    await sari.types("/anak 1")
    assert sari.last_screen.text.splitlines()[1:] == [
        "Angkatan III · 001 · Anak Contoh 01 · SDN 1 Contoh",
        "Angkatan IV · 001 · Anak Contoh 01 · SDN 1 Contoh",
    ]


async def test_the_numbers_of_an_angkatan_can_be_looked_over(town: Town) -> None:
    sari = await sari_in_the_house(town)
    await leaves(sari, 3)
    await sari.types("Anak")
    await sari.taps("Angkatan III")
    assert sari.last_screen.text == "Angkatan III · 5 dari 6 anak\nSudah tidak di sini: 003"
    assert "Contoh 0" not in sari.last_screen.text  # numbers only: a list to look over has no names
    await sari.taps("005")
    assert sari.last_screen.text.startswith("No. 005 · Anak Contoh 05")


async def leaves(person: Person, number: int) -> None:
    await person.types(f"/anak {number}")
    await person.taps("Keluar…")
    await person.taps("Pulang lebih awal")
    await person.taps("Hari ini")
    await person.taps("Ya, catat")


def child_of(town: Town, number: int) -> Child:
    return next(child for child in town.rows(select(Child)) if child.number == number)


def memberships(town: Town, number: int) -> list[Membership]:
    child_id = child_of(town, number).id
    return sorted(
        (m for m in town.rows(select(Membership)) if m.child_id == child_id), key=lambda m: m.id or 0
    )


def membership_of(town: Town, number: int) -> Membership:
    return memberships(town, number)[-1]


def states_on_the_weighing(town: Town, number: int) -> list[EntryState]:
    weighing = town.task("9.2.15", 4, occurrence=1)
    return [entry.state for entry in entries(town, number) if entry.task_id == weighing.id]


def entries(town: Town, number: int) -> list[TaskEntry]:
    child_id = child_of(town, number).id
    return [entry for entry in town.rows(select(TaskEntry)) if entry.child_id == child_id]


async def test_the_parents_of_a_child_are_hidden_again(town: Town) -> None:
    budi = await town.officer("Pak Budi", "penyantunan")
    await town.open_cohort("Angkatan Contoh")
    await budi.types("/anak 1")
    await budi.taps("Orang tua")
    assert "Disembunyikan lagi setelah 5 menit" in budi.last_screen.text
    await town.lives_until(town.clock.now() + timedelta(minutes=6))
    assert budi.last_screen.text == "No. 001: data orang tua disembunyikan lagi."
    await budi.taps("Buka")
    await budi.taps("Orang tua")
    await budi.taps("‹ Kembali")
    card = budi.last_screen.text
    await town.lives_until(town.clock.now() + timedelta(minutes=6))
    assert budi.last_screen.text == card  # nothing was left to hide


async def test_old_buttons_of_an_angkatan_closed_long_ago_say_so(town: Town) -> None:
    tu = await town.officer("Ibu Admin", "tu")
    budi = await town.officer("Pak Budi", "penyantunan")
    cohort = await town.open_cohort("Angkatan Contoh", arrival="2026-11-30", departure="2026-12-02")
    await budi.types("/anak 1")
    card = budi.last_screen
    await town.lives_until("2026-12-04 09.00")
    opens = town.rows(select(Task).where(Task.cohort_id == cohort.id))[0]
    for _time in range(2):  # the stay, and what follows it
        await tu.taps_data(f"1.cohort_close.{cohort.id}")
        await tu.types("Selesai")
        await tu.taps("Ya, tutup")
    await budi.taps("Orang tua", on=card)
    assert "Orang tua:" in budi.last_screen.text
    await town.lives_until("2027-01-04 09.00")
    child = town.rows(select(Child).where(Child.number == 1))[0]
    for data in (
        f"1.child_card.{child.id}",
        f"1.child_parents.{child.id}",
        f"1.task_open.{opens.id}",
        f"1.weigh_start.{opens.id}",
        f"1.child_list.{cohort.id}",
    ):
        await budi.taps_data(data)
        assert budi.last_screen.text.startswith(
            "Angkatan sudah ditutup: Angkatan Contoh, pada 4 Desember 2026."
        ), data
    assert not any("Rekaan" in screen.text for screen in budi.screens if "Angkatan sudah" in screen.text)


async def test_a_name_is_put_right_in_chat(town: Town) -> None:
    sari = await sari_in_the_house(town)
    await sari.types("/anak 2")
    await sari.taps("Perbaiki data")
    await sari.taps("Nama")
    assert "Tertulis: Anak Contoh 02" in sari.last_screen.text
    await sari.types("Anak Contoh Dua")
    assert "Nama: Anak Contoh 02 → Anak Contoh Dua" in sari.last_screen.text
    assert all(
        "Anak Contoh Dua" not in one.text for one in sari.phone.messages if one.sender_id == sari.phone.id
    )
    await sari.taps("Salah ketik")
    await sari.taps("Ya, perbaiki")
    assert sari.last_screen.text == "✅ Diperbaiki: Anak Contoh 02 → Anak Contoh Dua"
    await sari.types("/anak dua")
    assert "No. 002 · Anak Contoh Dua" in sari.last_screen.text
    await sari.taps("Perbaiki data")
    assert (
        "• Nama: Anak Contoh 02 → Anak Contoh Dua · Ibu Sari, tadi pukul 09.00: Salah ketik"
        in sari.last_screen.text
    )
    assert sari.last_screen.is_protected
    await sari.taps("Jenis kelamin")
    stands = "Laki-laki" if "laki-laki" in sari.last_screen.text else "Perempuan"
    await sari.taps(stands)
    assert "Sudah tertulis begitu. Tidak ada yang diubah." in sari.last_screen.text


async def test_children_are_found_by_school_dormitory_and_group_however_they_are_typed(town: Town) -> None:
    team = await placed(town)
    sari = team.sari
    await sari.types("/anak wisma mlati")
    assert sari.last_screen.text == "Wisma Melati · 2 anak"
    assert sari.buttons[:2] == ["002 Anak Conto…", "004 Anak Conto…"]
    assert sari.last_screen.is_protected
    await sari.types("/anak sdn 2")
    assert sari.last_screen.text == "SDN 2 Contoh · 3 anak"
    await sari.types("/anak kelompok 1")
    assert sari.last_screen.text == "Kelompok 1 · 6 anak"
    await sari.taps("‹ Kembali")
    assert sari.last_screen.text.splitlines() == ["Angkatan Contoh · Menurut kelompok", "Kelompok 1 · 6 anak"]
    await sari.taps("‹ Anak")
    await sari.taps("Menurut wisma")
    assert "Wisma Rinjani · 2 anak" in sari.last_screen.text
    await sari.taps("Wisma Rinjani")
    assert sari.last_screen.text == "Wisma Rinjani · 2 anak"
    for forged in ("1.child_place.1.1.99.0", "1.child_by.1.77"):
        await sari.taps_data(forged)
        assert sari.last_screen.text.startswith("Angkatan Contoh · Menurut ")


async def test_the_card_shows_where_a_child_belongs_how_it_grows_and_what_is_open(town: Town) -> None:
    team = await assessed(town, (3,))
    await town.lives_until("2026-12-10 09.00")
    await team.budi.types("/timbang")
    await team.budi.types("3 26,5")
    await team.kepala.types("/anak 3")
    lines = team.kepala.last_screen.text.splitlines()
    assert lines[:4] == [
        "No. 003 · Anak Contoh 03",
        "SDN 1 Contoh · laki-laki · 10 tahun",
        "Kelompok 1 · Wisma Tambora",
        "Angkatan Contoh, sejak 30 November.",
    ]
    assert "⚖️ 26,0 kg (30 Nov) → 26,5 kg (10 Des) · +0,5 kg sejak datang" in lines
    assert any(line.startswith("Terbuka: ⏰ Catat data orang tua") for line in lines)
    assert len(lines) <= 10
    await team.kepala.taps("Kurva berat")
    assert "photo" in team.kepala.phone.last_message.content
    await team.kepala.taps("Riwayat")
    assert team.kepala.last_screen.text.splitlines()[:2] == [
        "No. 003 · Anak Contoh 03 · Riwayat",
        "• Kamis 10 Des: Timbang berat badan, 26,5 kg · Budi Contoh",
    ]
    assert "• Senin 30 Nov: ditandai: Perlu penanganan khusus · Sari Contoh" in team.kepala.last_screen.text
    await team.rahmat.types("/anak 3")  # no need of the weights
    assert "⚖️" not in team.rahmat.last_screen.text
    assert "Kurva berat" not in team.rahmat.buttons
    await team.rahmat.taps_data("1.child_curve.3")
    assert team.rahmat.last_screen.text == "Belum ada berat yang dapat Anda lihat."
    await team.rahmat.taps_data("1.child_past.3.0")
    assert "26,5 kg" not in team.rahmat.last_screen.text


async def test_the_card_says_bmi_for_age_when_a_height_is_known(town: Town) -> None:
    team = await placed(town)
    with town.store.transaction() as s:
        s.get_one(Child, 3).born_on = "2016-12-01"
        weighing = town.task("9.2.06", 4)
        s.add(
            Record(
                task_id=weighing.id or 0, child_id=3, key="form", data={"tinggi": 124}, done_on=date(2026, 11, 30),
                recorded_at=town.clock.now(), officer_id=1, recorded_by_id=1,
            )
        )  # fmt: skip
    await team.kepala.types("/anak 3")
    assert "IMT 16,9 · IMT/U +0,3 SD: gizi baik · tinggi 124 cm" in team.kepala.last_screen.text.splitlines()
    await team.rahmat.types("/anak 3")
    assert "IMT" not in team.rahmat.last_screen.text


async def test_a_name_of_a_hundred_letters_and_a_child_who_left_have_their_page(town: Town) -> None:
    sari = await sari_in_the_house(town)
    name = " ".join(["Muhammad Rekaan Bin Contoh"] * 4)
    with town.store.transaction() as s:
        s.get_one(Child, 2).name = name
    await sari.types("/anak 2")
    assert sari.last_screen.text.startswith(f"No. 002 · {name}\n")
    await sari.taps("‹ Anak")
    assert all(len(label) <= 24 for label in sari.buttons)
    await leaves(sari, 3)
    await sari.taps_data("1.child_card.3")  # an old button
    assert "Hari terakhirnya hari ini: pulang lebih awal." in sari.last_screen.text
    await sari.taps("Riwayat")
    assert "• Rabu 23 Des: keluar: pulang lebih awal · Ibu Sari" in sari.last_screen.text
