"""Weigh-ins in the chat (SOP 9.2.06 step 4, 9.2.15 step 4): one card, one child after the other."""

import pytest
from sqlmodel import col, select

from simulator.state import Message
from sop_flows.notifications.planning import working
from storage.tables import (
    Confirmation,
    ConfirmationKind,
    EntryState,
    ReadEntry,
    TaskEntry,
    TaskState,
    Weight,
)
from tests.support.person import Person
from tests.support.steps import arrived, opens
from tests.support.town import Town

pytestmark = pytest.mark.sops(
    "9.2.04", "9.2.05", "9.2.06", "9.2.15"
)  # the other SOPs of ten days are lived in tests/life

SIX = "1 24\n2 25\n3 26\n4 27\n5 28\n6 29"


async def house_with_nurse(town: Town, children: int = 6) -> Person:
    """An angkatan that arrived on Monday 30 November; Ani is the only nurse. It is day 10, 08.00."""
    ani = await town.officer("Ani Contoh", role="perawat")
    await town.open_cohort(arrival="2026-11-30", children=children)
    await town.lives_until("2026-12-10 08.00")
    return ani


async def second_weighing(town: Town) -> Person:
    """Day 20: everybody has a weight of day 10 (24, 25, ... 29 kg)."""
    ani = await house_with_nurse(town)
    await ani.types("/timbang")
    await ani.types(SIX)
    await town.lives_until("2026-12-20 08.00")
    return ani


def weights(town: Town, occurrence: int) -> list[tuple[int, int]]:
    """Child's number and grams of a weigh-in, corrections last. Children are numbered as their ids here."""
    task = town.task("9.2.15", 4, occurrence)
    rows = town.rows(select(Weight).where(Weight.task_id == task.id).order_by(col(Weight.id)))
    return [(row.child_id, row.weight_g) for row in rows]


def typed(person: Person) -> list[Message]:
    """What the officer typed that is still in the chat."""
    return [m for m in person.phone.messages if m.sender_id == person.phone.id]


async def test_a_child_after_the_other_on_one_card(town: Town) -> None:
    ani = await second_weighing(town)
    await ani.types("/timbang")
    card = ani.last_screen
    assert "1/6 · No. 001 · Anak Contoh 01 · SDN 1 Contoh · terakhir 24,0 kg (10 Des)" in card.text
    assert "001 23,5 ↵ 002 25,1" in card.text
    assert card.buttons == ["Tidak hadir", "Lewati", "Ditunda", "Berhenti dulu", "Tanggal lain"]
    assert card.is_protected
    before = len(typed(ani))
    await ani.types("24.9")
    assert ani.last_screen.message.id == card.message.id  # the same message, changed
    assert ani.lowest_screen.message.id == card.message.id
    assert ani.last_screen.text.startswith("✅ 001 · 24,9 kg (+0,9)\n2/6 · No. 002")
    assert len(typed(ani)) == before  # what was typed is deleted
    await ani.types("25,1 kg")
    assert ani.last_screen.text.startswith("✅ 002 · 25,1 kg (+0,1)\n3/6 · No. 003")
    assert weights(town, 2) == [(1, 24_900), (2, 25_100)]


async def test_an_implausible_weight_is_asked_back(town: Town) -> None:
    ani = await second_weighing(town)
    await ani.types("/timbang")
    await ani.types("24")
    await ani.types("52")
    assert "52 kg untuk No. 002? Terakhir 25,0 kg." in ani.last_screen.text
    assert ani.buttons == ["Ya, 52 kg", "25,2?", "25?", "Ketik ulang"]
    assert weights(town, 2) == [(1, 24_000)]
    await ani.taps("Ketik ulang")
    assert "No. 002" in ani.last_screen.text
    await ani.types("52")
    await ani.taps("25,2?")
    await ani.types("260")
    assert "Itu tidak mungkin" in ani.last_screen.text
    assert ani.buttons == ["26?", "Ketik ulang"]
    await ani.types("26,4")  # typing again is an answer too
    await ani.types("31")
    await ani.taps("Ya, 31 kg")
    assert weights(town, 2) == [(1, 24_000), (2, 25_200), (3, 26_400), (4, 31_000)]


async def test_words_are_not_understood_and_cost_nothing(town: Town) -> None:
    ani = await second_weighing(town)
    await ani.types("/timbang")
    await ani.types("dua lima")
    assert (
        'Saya belum mengerti "dua lima". Ketik angka dalam kilogram, misalnya 24,1.' in ani.last_screen.text
    )
    assert "No. 001" in ani.last_screen.text
    assert weights(town, 2) == []


async def test_several_lines_at_once_each_good_or_bad(town: Town) -> None:
    ani = await second_weighing(town)
    await ani.types("/timbang")
    await ani.types("4 27,3\n99 20\nabc\n5 82\n4 28")
    text = ani.last_screen.text
    assert "✅ 004 · 27,3 kg (+0,3)" in text
    assert "099: tidak ada di daftar ini" in text
    assert "“abc”: bukan berat badan" in text
    assert "004: dua kali dalam pesan ini" in text
    assert "82 kg untuk No. 005? Terakhir 28,0 kg." in text
    await ani.taps("28,2?")
    assert "No. 001" in ani.last_screen.text  # back to the child whose card was shown
    assert weights(town, 2) == [(4, 27_300), (5, 28_200)]


async def test_the_end_says_who_lost_weight(any_town: Town) -> None:
    town = any_town
    ani = await second_weighing(town)
    await ani.types("/timbang")
    await ani.types("1 24,9\n2 25,6\n3 25,2\n4 27,6\n5 28,6")
    await ani.taps("Tidak hadir")
    text = ani.last_screen.text
    # (0.9 + 0.6 - 0.8 + 0.6 + 0.6) / 5 = 0.38
    assert "⚖️ Penimbangan ke-3 selesai: 5 ditimbang, 1 tidak hadir. Rata-rata naik 0,4 kg." in text
    assert "Turun: No. 003 (-0,8 kg)." in text
    assert ani.buttons[:3] == ["Grafik", "Tandai untuk perawat", "Koreksi"]
    task = town.task("9.2.15", 4, 2)
    assert task.state == TaskState.DONE
    done = [c for c in town.confirmations(task) if c.kind == ConfirmationKind.DONE]
    assert [c.officer_id for c in done] == [ani.id]
    await ani.types("halo")  # nothing is asked any more
    assert "Saya membantu langkah SOP" in ani.last_screen.text


async def test_the_chart_is_a_picture_with_codes_only(town: Town) -> None:
    ani = await second_weighing(town)
    await ani.types("/timbang")
    await ani.types("1 24,9\n2 25,6\n3 25,2\n4 27,6\n5 28,6\n6 29,1")
    await ani.taps("Grafik")
    picture = ani.lowest_screen.message
    assert "photo" in picture.content
    assert picture.protect_content
    assert picture.text == "Penimbangan ke-3 · Angkatan Contoh"


async def test_a_correction_is_a_new_row(town: Town) -> None:
    ani = await second_weighing(town)
    await ani.types("/timbang")
    await ani.types(SIX)
    await ani.taps("Koreksi")
    await ani.types("3 26,5")
    assert "✅ 003 · 26,5 kg (+0,5)" in ani.last_screen.text
    assert "Penimbangan ke-3 selesai: 6 ditimbang" in ani.last_screen.text
    task = town.task("9.2.15", 4, 2)
    rows = town.rows(select(Weight).where(Weight.task_id == task.id, Weight.child_id == 3))
    assert [(row.weight_g, row.replaces_id) for row in rows] == [(26_000, None), (26_500, rows[0].id)]
    await town.lives_until("2026-12-29 08.00")  # the evening before departure: the corrected one counts
    await ani.types("/timbang")
    await ani.types("no 3")
    assert "terakhir 26,5 kg (20 Des)" in ani.last_screen.text


async def test_interrupted_and_resumed_by_a_colleague(town: Town) -> None:
    ani = await house_with_nurse(town)
    budi = await town.officer("Budi Contoh", role="penyantunan")
    await ani.types("/timbang")
    await ani.types("24")
    await ani.types("25")
    await ani.taps("Berhenti dulu")
    assert "2 dari 6 tercatat, sisa 4 anak" in ani.last_screen.text
    await town.restart()
    await budi.types("/timbang")
    assert "3/6 · No. 003" in budi.last_screen.text
    await budi.types("26")
    await ani.taps("Lanjutkan")
    assert "4/6 · No. 004" in ani.last_screen.text


async def test_a_restart_in_the_middle_goes_on_where_it_stopped(town: Town) -> None:
    ani = await house_with_nurse(town)
    await ani.types("/timbang")
    await ani.types("24")
    await town.restart()
    await ani.types("25,5")
    assert ani.last_screen.text.startswith("✅ 002 · 25,5 kg\n3/6 · No. 003")


async def test_two_officers_on_one_list(any_town: Town) -> None:
    town = any_town
    ani = await house_with_nurse(town)
    budi = await town.officer("Budi Contoh", role="penyantunan")
    await ani.types("/timbang")
    await budi.types("/timbang")
    await ani.types("22,8")
    await budi.types("23,1")
    assert "No. 001 baru saja dicatat Ani Contoh: 22,8 kg. Lanjut ke No. 002." in budi.last_screen.text
    assert weights(town, 1) == [(1, 22_800)]
    await budi.types("25")
    assert weights(town, 1) == [(1, 22_800), (2, 25_000)]


async def test_the_same_number_twice_is_asked_for_whom(town: Town) -> None:
    ani = await house_with_nurse(town)
    await ani.types("/timbang")
    await ani.types("24,5")
    town.clock.advance(seconds=4)
    await ani.types("24,5")
    assert "24,5 kg untuk siapa?" in ani.last_screen.text
    assert ani.buttons == ["No. 001 Anak Contoh 01", "No. 002 Anak Contoh 02", "Abaikan"]
    await ani.taps("Abaikan")
    assert weights(town, 1) == [(1, 24_500)]
    town.clock.advance(seconds=4)
    await ani.types("24,5")
    await ani.taps("No. 002")
    assert weights(town, 1) == [(1, 24_500), (2, 24_500)]
    town.clock.advance(seconds=11)
    await ani.types("24,5")  # twins, but in their own time
    assert weights(town, 1) == [(1, 24_500), (2, 24_500), (3, 24_500)]


async def test_a_number_sent_before_the_next_card_was_shown_is_asked_for_whom(town: Town) -> None:
    ani = await house_with_nurse(town)
    await ani.types("/timbang")
    ani.reads()
    ani.phone.types("24,5")
    town.clock.advance(seconds=1)
    ani.phone.types("26,1")  # both arrive before the bot has answered
    received = await town.runtime.poll_once()
    assert received == 2
    town.clock.advance(seconds=2)
    await town.settle()
    assert "26,1 kg untuk siapa?" in ani.last_screen.text
    assert weights(town, 1) == [(1, 24_500)]
    await ani.taps("No. 001")  # it was meant to put the first one right
    assert "No. 001 sudah 24,5 kg" in ani.last_screen.text
    await ani.taps("Ya, 26,1 kg")
    assert weights(town, 1) == [(1, 24_500), (1, 26_100)]
    assert "No. 002" in ani.last_screen.text


async def test_a_child_that_is_ill_is_put_off_and_not_late(town: Town) -> None:
    ani = await house_with_nurse(town)
    await ani.types("/timbang")
    await ani.taps("Ditunda")
    await ani.taps("Sakit")
    assert "001 · ditunda sampai besok: Sakit" in ani.last_screen.text
    await ani.types("2 25\n3 26\n4 27\n5 28\n6 29")
    assert "1 anak ditunda sampai besok (No. 001)" in ani.last_screen.text
    task = town.task("9.2.15", 4, 1)
    assert task.state == TaskState.OPEN
    await town.lives_until("2026-12-10 20.00")
    assert task.due_at is not None
    assert task.due_at > town.clock.now()  # tomorrow 16.00
    await town.lives_until("2026-12-11 08.00")
    await ani.types("/timbang")
    assert "6/6 · No. 001" in ani.last_screen.text
    await ani.types("24,2")
    assert town.task("9.2.15", 4, 1).state == TaskState.DONE


async def test_skipped_with_a_reason_in_words(town: Town) -> None:
    ani = await house_with_nurse(town)
    await ani.types("/timbang")
    await ani.taps("Lewati")
    await ani.types("??")
    assert "Mohon tulis dengan kata-kata" in ani.last_screen.text
    await ani.types("kakinya dibalut")
    assert "001 · kakinya dibalut" in ani.last_screen.text
    task = town.task("9.2.15", 4, 1)
    (entry,) = town.rows(select(TaskEntry).where(TaskEntry.task_id == task.id, TaskEntry.child_id == 1))
    assert (entry.state, entry.reason) == (EntryState.EXCUSED, "kakinya dibalut")
    await ani.taps("Lewati")
    await ani.types("25,5")  # a weight after all
    assert weights(town, 1) == [(2, 25_500)]
    await ani.types("1 24,3")  # and the first child came back
    assert weights(town, 1) == [(2, 25_500), (1, 24_300)]


async def test_who_starts_takes_it_and_others_may_help(town: Town) -> None:
    ani = await town.officer("Ani Contoh", role="perawat")
    budi = await town.officer("Budi Contoh", role="perawat")
    await town.open_cohort(arrival="2026-11-30")
    await town.lives_until("2026-12-10 08.00")
    await ani.types("/timbang")
    taken = [c for c in town.rows(select(Confirmation)) if c.kind == ConfirmationKind.TAKEN]
    assert [c.officer_id for c in taken] == [ani.id]
    await budi.types("/timbang")
    await budi.types("2 25")
    assert weights(town, 1) == [(2, 25_000)]


async def test_another_section_is_told_whose_it_is(town: Town) -> None:
    await house_with_nurse(town)
    sari = await town.officer("Sari Contoh", role="peksos")
    await sari.types("/timbang")
    assert "Seksi Penyantunan" in sari.last_screen.text
    task = town.task("9.2.15", 4, 1)
    await sari.taps_data(f"1.weigh_start.{task.id}")
    assert "Seksi Penyantunan" in sari.last_screen.text
    assert weights(town, 1) == []


async def test_a_missed_weighing_is_entered_under_its_own_date(town: Town) -> None:
    ani = await town.officer("Ani Contoh", role="perawat")
    await town.open_cohort(arrival="2026-11-30", children=2)
    await town.lives_until("2026-12-20 08.00")
    missed = town.task("9.2.15", 4, 1)
    assert missed.state == TaskState.MISSED
    await ani.types("/timbang")
    assert "1/2 · No. 001" in ani.last_screen.text  # today's comes first
    await ani.taps("Penimbangan ke-2, 10 Des")
    assert "Dicatat untuk Kamis 10 Des." in ani.last_screen.text
    await ani.types("1 24\n2 25")
    entered = town.task("9.2.15", 4, 1)
    assert (entered.state, str(entered.done_on)) == (TaskState.DONE, "2026-12-10")
    rows = town.rows(select(Weight).where(Weight.task_id == entered.id))
    assert {str(row.weighed_on) for row in rows} == {"2026-12-10"}
    await ani.types("/timbang")
    assert "terakhir 24,0 kg (10 Des)" in ani.last_screen.text


async def test_marks_for_the_nurse_reach_the_nurse(town: Town) -> None:
    ani = await second_weighing(town)
    budi = await town.officer("Budi Contoh", role="penyantunan")
    await budi.types("/timbang")
    await budi.types("1 24\n2 25\n3 25,2\n4 27\n5 28\n6 29")
    await budi.taps("Tandai untuk perawat")
    assert budi.last_screen.is_protected  # the buttons carry names
    await budi.taps("☐ 003 Anak Contoh… -0,8")
    assert "☑ 003 Anak Contoh… -0,8" in budi.buttons
    await budi.types("5")
    assert "☑ 005 Anak Contoh 05" in budi.buttons
    looked = town.rows(select(ReadEntry).where(ReadEntry.screen == "weigh_flags"))
    assert {row.child_id for row in looked} == {3, 5}
    await budi.taps("Selesai")
    assert "Ditandai untuk perawat: No. 003, 005. Terbuka sampai dijawab." in budi.last_screen.text
    told = [screen.text for screen in ani.screens if "menandai anak" in screen.text]
    assert len(told) == 1  # one message, which the second mark has changed
    assert "Budi Contoh menandai anak yang perlu Anda lihat: No. 003, 005." in told[0]
    await ani.types("/tugas")
    assert ani.last_screen.text.startswith("Kejadian terbuka 2: No. 003, 005 (2 belum dilihat)")
    await ani.taps("Kejadian: 2")
    await ani.taps("1")
    await ani.taps("Saya lihat")
    await ani.taps("Catat hasil")
    await ani.taps("Sudah membaik")
    assert "Hasil: Sudah membaik · Ani Contoh" in ani.last_screen.text
    assert "Ani Contoh mencatat hasil kejadian anak No. 003." in budi.lowest_screen.text


async def test_a_child_that_left_is_not_asked_for(town: Town) -> None:
    ani = await house_with_nurse(town)
    await ani.types("/timbang")
    await ani.types("24")
    with town.store.transaction() as s, working(s, town.house, town.clock.now()) as work:
        from sop_flows.actions.cohorts.joining import withdraw_child
        from storage.tables import Child, Officer

        withdraw_child(work.by(s.get_one(Officer, ani.id)), s.get_one(Child, 2))
    await ani.types("25")  # its card was still shown
    assert "Anak ini tidak lagi ada di daftar." in ani.last_screen.text
    assert "2/5 · No. 003" in ani.last_screen.text
    assert weights(town, 1) == [(1, 24_000)]


async def test_an_old_cards_button_says_who_was_first(town: Town) -> None:
    ani = await house_with_nurse(town)
    budi = await town.officer("Budi Contoh", role="penyantunan")
    await ani.types("/timbang")
    old = ani.last_screen.data_of("Tidak hadir")
    await budi.types("/timbang")
    await budi.types("24")
    await ani.taps_data(old)
    assert "No. 001 baru saja dicatat Budi Contoh" in ani.last_screen.text
    assert weights(town, 1) == [(1, 24_000)]
    await ani.taps_data("1.weigh_yes.999999.1.24000")
    assert "Itu sudah tidak ada." in ani.last_screen.text


async def test_sixty_children_in_lines_of_ten(town: Town) -> None:
    ani = await house_with_nurse(town, children=60)
    await ani.types("/timbang")
    for first in range(1, 61, 10):
        await ani.types("\n".join(f"{n:03d} {20 + n / 10:.1f}" for n in range(first, first + 10)))
    assert "Penimbangan ke-2 selesai: 60 ditimbang." in ani.last_screen.text
    assert len(weights(town, 1)) == 60
    assert len(ani.last_screen.text) < 4096


async def test_before_the_day_and_after_it(town: Town) -> None:
    ani = await town.officer("Ani Contoh", role="perawat")
    await town.open_cohort(arrival="2026-11-30")
    await town.lives_until("2026-12-03 08.00")
    await ani.types("/timbang")
    assert "Tidak ada penimbangan hari ini." in ani.last_screen.text
    assert "Kamis, 10 Desember 2026" in ani.last_screen.text


async def test_what_was_weighed_yesterday_is_entered_under_its_date(town: Town) -> None:
    ani = await house_with_nurse(town, children=2)
    await town.lives_until("2026-12-11 08.00")
    await ani.types("/timbang")
    await ani.taps("Tanggal lain")
    await ani.types("besok")
    assert "Tanggal itu tidak mungkin." in ani.last_screen.text
    await ani.taps("Kemarin")
    assert "Dicatat untuk kemarin." in ani.last_screen.text
    await ani.types("24")
    assert "Tanggal lain" not in ani.buttons
    await ani.types("25")
    task = town.task("9.2.15", 4, 1)
    assert (task.state, str(task.done_on)) == (TaskState.DONE, "2026-12-10")
    rows = town.rows(select(Weight).where(Weight.task_id == task.id))
    assert {str(row.weighed_on) for row in rows} == {"2026-12-10"}


async def test_on_arrival_day_it_says_what_the_weighing_waits_for(town: Town) -> None:
    team = await arrived(town, children=2)
    await team.budi.types("/timbang")
    assert "Penimbangan awal menunggu: 9.2.05 langkah 3 (Sari Contoh)." in team.budi.last_screen.text
    assert "Tidak ada penimbangan" not in team.budi.last_screen.text
    for sop, step in (("9.2.05", 3), ("9.2.06", 2)):
        await opens(town, team.sari, sop, step)
        await team.sari.taps("Usulan")
        await team.sari.taps("Pakai usulan")
    await team.budi.types("/timbang")
    assert "Penimbangan awal menunggu: 9.2.06 langkah 3 (Budi Contoh)." in team.budi.last_screen.text


async def test_a_weighing_finished_today_can_be_looked_at_and_put_right(town: Town) -> None:
    ani = await second_weighing(town)
    await ani.types("/timbang")
    await ani.types(SIX)
    await ani.types("/timbang")
    assert "Sudah selesai hari ini: Penimbangan ke-3." in ani.last_screen.text
    assert "Tidak ada penimbangan" not in ani.last_screen.text
    assert ani.buttons[:3] == ["Lihat", "Koreksi", "Grafik"]
    await ani.taps("Lihat")
    assert "Penimbangan ke-3 selesai: 6 ditimbang" in ani.last_screen.text
    await town.lives_until("2026-12-21 08.00")
    await ani.types("/timbang")
    assert "Tidak ada penimbangan hari ini." in ani.last_screen.text


async def test_every_missed_weighing_can_be_entered(town: Town) -> None:
    ani = await town.officer("Ani Contoh", role="perawat")
    await town.open_cohort(arrival="2026-11-30", children=2)
    await town.lives_until("2026-12-29 08.00")
    await ani.types("/timbang")
    asked = next(screen for screen in ani.screens if "terlewat" in screen.text)
    assert asked.buttons == ["Penimbangan ke-2, 10 Des", "Penimbangan ke-3, 20 Des"]
    await ani.taps("Penimbangan ke-2", on=asked)
    assert "Dicatat untuk Kamis 10 Des." in ani.last_screen.text
    await ani.types("1 24\n2 25")
    entered = town.task("9.2.15", 4, 1)
    assert (entered.state, str(entered.done_on)) == (TaskState.DONE, "2026-12-10")


async def test_a_childs_code_is_no_weight(town: Town) -> None:
    ani = await house_with_nurse(town)
    await ani.types("/timbang")
    await ani.types("003")
    assert "No. 003" in ani.last_screen.text
    await ani.types("26")
    assert weights(town, 1) == [(3, 26_000)]
    await ani.types("1 24\n2 25\n4 27\n5 28\n6 29")
    await ani.taps("Koreksi")
    await ani.types("003")
    assert "No. 003" in ani.last_screen.text
    await ani.types("26,5")
    assert weights(town, 1)[-1] == (3, 26_500)
    await ani.taps("Koreksi")
    await ani.types("4")  # in Koreksi a bare number of the list is a child
    await ani.types("27,5")
    assert weights(town, 1)[-1] == (4, 27_500)


async def test_a_replacement_is_doubted_before_it_is_offered(town: Town) -> None:
    ani = await house_with_nurse(town)
    await ani.types("/timbang")
    await ani.types("2 25")
    for odd in ("2 0", "1 0"):
        await ani.types(odd)
        assert "Itu tidak mungkin" in ani.last_screen.text
        assert "Ganti menjadi" not in ani.last_screen.text
        await ani.taps("Ketik ulang")
    await ani.types("2 -4")
    assert "2 -4" in ani.last_screen.text
    assert "kg untuk" not in ani.last_screen.text
    await ani.types("1.234,5")
    assert "Ganti menjadi" not in ani.last_screen.text
    assert weights(town, 1) == [(2, 25_000)]


async def test_an_absent_child_is_not_counted_as_recorded_when_the_rest_waits(town: Town) -> None:
    ani = await house_with_nurse(town, children=3)
    await ani.types("/timbang")
    await ani.types("24")
    await ani.taps("Tidak hadir")
    await ani.taps("Ditunda")
    await ani.taps("Sakit")
    said = ani.last_screen.text
    assert "Selesai untuk hari ini: 1 tercatat, 1 anak ditunda sampai besok (No. 003)." in said
    assert ani.buttons[0] == "003 Anak Contoh 03"
    assert ani.last_screen.is_protected
    assert "Tidak hadir atau dilewati: 1." in said


async def test_a_first_weight_that_the_age_does_not_allow_is_asked_back(town: Town) -> None:
    """The children are ten years old; nobody has been weighed before."""
    ani = await house_with_nurse(town)
    await ani.types("/timbang")
    await ani.types("12,5")
    assert "12,5 kg untuk No. 001?" in ani.last_screen.text
    assert weights(town, 1) == []
    await ani.taps("Ya, 12,5 kg")
    await ani.types("2 24\n3 66\n4 25")
    assert "66 kg untuk No. 003?" in ani.last_screen.text
    assert weights(town, 1) == [(1, 12_500), (2, 24_000), (4, 25_000)]


async def test_the_house_hears_what_came_of_it_without_a_sound(town: Town) -> None:
    kasi = await town.officer("Kasi Contoh", role="penyantunan", head="penyantunan")
    kepala = await town.officer("Kepala Contoh", role="kepala")
    sari = await town.officer("Sari Contoh", role="peksos")
    ani = await second_weighing(town)
    await ani.types("/timbang")
    await ani.types("1 24\n2 25\n3 23\n4 27\n5 28")
    before = len(sari.screens)
    await ani.types("6 29,5")
    for head in (kasi, kepala):
        told = next(screen.text for screen in head.screens if "Turun: No. 003" in screen.text)
        assert told.startswith("⚖️ Penimbangan ke-3 selesai: 6 ditimbang."), told
        assert any(one.silent for one in head.phone.received)
        assert [one for one in head.phone.received if "photo" in one.content]
    assert any("Berat turun banyak: No. 003." in screen.text for screen in kasi.screens)
    assert len(sari.screens) == before
    charts = len([one for one in kepala.phone.received if "photo" in one.content])
    await kepala.taps("Grafik")
    assert len([one for one in kepala.phone.received if "photo" in one.content]) == charts + 1
