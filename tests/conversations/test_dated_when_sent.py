"""Work is of the day on which it was typed or tapped, not of the day on which the bot came to read it."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import col, select

from handlers.ui.request import pack
from storage.tables import Record, Weight
from tests.conversations.test_weigh_in import house_with_nurse
from tests.support.clocks import wita
from tests.support.person import Person
from tests.support.town import Town

THE_10TH, THE_11TH = date(2026, 12, 10), date(2026, 12, 11)


async def weighing_at_midnight(town: Town) -> Person:
    """Day 10, 23.40: the nurse has opened the weigh-in."""
    ani = await house_with_nurse(town)
    await town.lives_until("2026-12-10 23.40")
    await ani.types("/timbang")
    return ani


def weighed(town: Town) -> list[tuple[int, int, date]]:
    rows = town.rows(select(Weight).order_by(col(Weight.id)))
    return [(row.child_id, row.weight_g, row.weighed_on) for row in rows]


async def test_a_weight_typed_while_the_bot_was_off_is_of_its_own_day(town: Town) -> None:
    ani = await weighing_at_midnight(town)
    await town.is_off_until("2026-12-11 00.10", ("2026-12-10 23.50", lambda: ani.phone.types("23,5")))
    assert weighed(town) == [(1, 23_500, THE_10TH)]
    await ani.types("24,1")  # typed now
    assert weighed(town)[1:] == [(2, 24_100, THE_11TH)]


async def test_all_of_a_burst_are_of_their_own_day(town: Town) -> None:
    ani = await weighing_at_midnight(town)
    await town.is_off_until(
        "2026-12-11 00.10",
        ("2026-12-10 23.50", lambda: ani.phone.types("23,5")),
        ("2026-12-10 23.51", lambda: ani.phone.types("24,1")),
        ("2026-12-11 00.02", lambda: ani.phone.types("25,1")),
    )
    assert weighed(town) == [(1, 23_500, THE_10TH)]
    await ani.taps("Ya")  # "24,1 · 25,1. Untuk 002, 003 berurutan?"
    assert weighed(town)[1:] == [(2, 24_100, THE_10TH), (3, 25_100, THE_11TH)]


async def test_lines_by_number_and_the_end_of_the_list_are_of_their_own_day(town: Town) -> None:
    ani = await weighing_at_midnight(town)
    lines = "1 24\n2 25\n3 26\n4 27\n5 28\n6 29"
    await town.is_off_until("2026-12-11 00.10", ("2026-12-10 23.50", lambda: ani.phone.types(lines)))
    assert {on for _child, _g, on in weighed(town)} == {THE_10TH}
    assert town.task("9.2.15", 4, 1).done_on == THE_10TH


async def test_a_weight_that_was_doubted_is_of_the_day_on_which_it_was_typed(town: Town) -> None:
    ani = await weighing_at_midnight(town)
    await town.is_off_until("2026-12-11 00.10", ("2026-12-10 23.50", lambda: ani.phone.types("235")))
    await ani.taps("23,5?")
    assert weighed(town) == [(1, 23_500, THE_10TH)]


@pytest.mark.parametrize(
    ("typed", "on"),
    [("hari ini", THE_10TH), ("kemarin", date(2026, 12, 9)), ("tadi malam", date(2026, 12, 9))],
)
async def test_yesterday_is_counted_from_when_it_was_typed(town: Town, typed: str, on: date) -> None:
    ani = await weighing_at_midnight(town)
    await ani.taps("Tanggal lain")
    await town.is_off_until("2026-12-11 00.10", ("2026-12-10 23.50", lambda: ani.phone.types(typed)))
    await ani.types("23,5")
    assert weighed(town) == [(1, 23_500, THE_11TH if typed == "hari ini" else on)]


async def test_a_tap_with_words_behind_it_is_of_their_day(town: Town) -> None:
    """A tap has no date of its own; Telegram tells of both in order."""
    budi = await town.officer("Budi", role="penyantunan")
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-11-30 23.40")
    task = town.task("9.2.01", 2)
    await budi.types("/tugas")
    card = budi.last_screen.message

    def taps() -> None:
        budi.phone.taps_data(card.id, pack("task_done", task.id or 0), stale=True)

    await town.is_off_until(
        "2026-12-01 00.10",
        ("2026-11-30 23.50", taps),
        ("2026-11-30 23.55", lambda: budi.phone.types("/tugas")),
    )
    [said] = town.confirmations(task)
    assert (said.done_on, said.recorded_at) == (date(2026, 11, 30), wita("2026-12-01 00.10"))


async def test_a_tap_alone_is_of_the_time_at_which_it_came(town: Town) -> None:
    budi = await town.officer("Budi", role="penyantunan")
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-11-30 23.40")
    task = town.task("9.2.01", 2)
    await budi.types("/tugas")
    await town.runtime.stop()
    town.clock.set("2026-11-30 23.59")
    budi.phone.taps_data(budi.last_screen.message.id, pack("task_done", task.id or 0), stale=True)
    town.runtime = town._build()
    await town.open()
    await town.runtime.poll_once()  # it is in the inbox; then the process dies
    await town.is_off_until("2026-12-01 00.10")
    assert [said.done_on for said in town.confirmations(task)] == [date(2026, 11, 30)]


@pytest.mark.parametrize(
    ("what", "at"),
    [("of the future", "2026-12-13 23.50"), ("older than Telegram keeps", "2026-12-01 23.50")],
)
async def test_a_date_that_telegram_can_not_have_meant_is_today(town: Town, what: str, at: str) -> None:
    ani = await house_with_nurse(town)
    await ani.types("/timbang")
    who: dict[str, Any] = {"id": ani.phone.id, "is_bot": False, "first_name": "Ani", "type": "private"}
    said = {"message_id": 900, "date": int(wita(at).timestamp()), "chat": who, "from": who, "text": "1 23,5"}
    town.world.inject_update({"message": said})
    await town.settle()
    assert weighed(town) == [(1, 23_500, THE_10TH)], what


async def test_a_note_about_an_absent_child_is_of_its_own_day(town: Town) -> None:
    ani = await weighing_at_midnight(town)
    await ani.taps("Lewati")
    await town.is_off_until("2026-12-11 00.10", ("2026-12-10 23.50", lambda: ani.phone.types("Demam tinggi")))
    [why] = town.rows(select(Record).where(Record.key == "reason"))
    assert (why.child_id, why.done_on) == (1, THE_10TH)
    await ani.types("24,1")
    assert weighed(town) == [(2, 24_100, THE_11TH)]


async def test_leave_typed_before_midnight_begins_the_day_after_it(town: Town) -> None:
    budi = await town.officer("Budi", role="penyantunan")
    await town.officer("Bimo", role="penyantunan")
    await town.lives_until("2026-11-30 23.40")
    await budi.types("/cuti")
    await budi.taps("Catat cuti saya")
    await town.is_off_until(
        "2026-12-01 00.10", ("2026-11-30 23.50", lambda: budi.phone.types("besok sampai lusa"))
    )
    assert "1 sampai 2 Desember" in budi.last_screen.text
