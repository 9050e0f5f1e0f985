"""Several things at once in a push: what fits is told, the rest goes on in the next message; each can be opened."""

from datetime import date

import pytest
from sqlmodel import select

from sop_flows.tasks import reschedule
from storage.tables import Officer, Reminder, ReminderState, Task
from tests.support.person import Person
from tests.support.town import Town

LINES_ON_A_PHONE = 10


async def letter_of(town: Town) -> tuple[Person, Person]:
    """A kasi who is out of the house, and Budi, who has a letter to send for each open angkatan."""
    await town.officer("Admin", "tu", admin=True)
    kasi = await town.officer("Dewi", "penyantunan", head="penyantunan")
    budi = await town.officer("Budi", "penyantunan")
    await town.officer("Citra", "penyantunan")
    await town.open_cohort("Angkatan I", arrival="2026-12-30")
    return kasi, budi


def moves(town: Town, person: Person, task: Task, times: int) -> None:
    """Budi changes his mind many times: the kasi hears of each."""
    for turn in range(times):
        with town.store.transaction() as s:
            reschedule(
                s, town.house, s.get_one(Officer, person.id), task.id or 0, date(2026, 12, 4 + turn % 20),
                "menunggu", town.clock.now(), update_id=None,
            )  # fmt: skip


def told(town: Town, person: Person, rule: str) -> list[Reminder]:
    return [row for row in town.reminders(person) if row.rule == rule]


@pytest.mark.sops("9.2.01")
async def test_what_does_not_fit_into_one_message_goes_on_in_the_next(town: Town) -> None:
    kasi, budi = await letter_of(town)
    await town.lives_until("2026-11-30 20.30")
    moves(town, budi, town.task("9.2.01", 2), 33)
    before = kasi.screens
    await town.lives_until("2026-12-01 06.01")
    pushes = kasi.new_since(before)
    said = [push.text.splitlines() for push in pushes]
    assert [lines[0] for lines in said] == ["10 hal untuk Anda:"] * 3 + ["3 hal untuk Anda:"]
    assert all(len(lines) <= 1 + LINES_ON_A_PHONE for lines in said)
    assert sum(line.count("menjadwalkan ulang") for lines in said for line in lines) == 33
    assert not any("…" in line for lines in said for line in lines)
    rows = told(town, kasi, "rescheduled")
    assert {row.state for row in rows} == {ReminderState.SENT}
    carried = [sum(row.message_id == push.message.id for row in rows) for push in pushes]
    assert carried == [10, 10, 10, 3]


@pytest.mark.sops("9.2.01")
async def test_what_goes_along_with_the_morning_list_leaves_it_short(town: Town) -> None:
    kasi, budi = await letter_of(town)
    await town.open_cohort(
        "Angkatan II", arrival="2026-12-30"
    )  # its letter will be late: the kasi has a morning list
    await town.lives_until("2026-12-03 07.29")
    moves(town, budi, town.tasks("9.2.01", 2)[0], 24)
    with town.store.transaction() as s:
        for row in s.exec(select(Reminder).where(Reminder.rule == "rescheduled")):
            row.due_at = town.clock.now().replace(minute=30)
            s.add(row)
    before = kasi.screens
    await town.lives_until("2026-12-03 07.31")
    pushes = kasi.new_since(before)
    assert "Selamat pagi" in pushes[0].text
    assert [push.text.count("menjadwalkan ulang") for push in pushes] == [10, 10, 4]
    assert {row.state for row in told(town, kasi, "rescheduled")} == {ReminderState.SENT}


@pytest.mark.sops("9.2.01")
async def test_a_word_that_nobody_knows_any_more_is_not_marked_as_sent(town: Town) -> None:
    kasi, budi = await letter_of(town)
    await town.lives_until("2026-11-30 20.30")
    moves(town, budi, town.task("9.2.01", 2), 2)
    with town.store.transaction() as s:
        row = s.exec(select(Reminder).where(Reminder.rule == "rescheduled")).first()
        assert row is not None
        row.rule, row.payload = "of_an_older_pandu", {}
        s.add(row)
    await town.lives_until("2026-12-01 06.01")
    assert kasi.lowest_screen.text.startswith("Budi menjadwalkan ulang")
    assert [row.state for row in told(town, kasi, "of_an_older_pandu")] == [ReminderState.DROPPED]
