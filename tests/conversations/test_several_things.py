"""Several things at once in a push: what fits is told, the rest goes on in the next message; each can be opened."""

from datetime import date

import pytest
from sqlmodel import select

from sop_flows.actions.reschedule import reschedule
from sop_flows.core.notices import Rescheduled
from sop_flows.notifications.planning import working
from storage.tables import Officer, Reminder, ReminderState, Task, TaskPart
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


def moves(town: Town, kasi: Person, budi: Person, task: Task, times: int) -> None:
    """Budi moves a step, and the kasi hears so in so many notices (of one step the rule itself keeps the last)."""
    with town.store.transaction() as s, working(s, town.house, town.clock.now()) as work:
        reschedule(work.by(s.get_one(Officer, budi.id)), task.id or 0, date(2026, 12, 4), "menunggu")
        for turn in range(1, times):
            moved = Rescheduled(officer=budi.id, due_on=date(2026, 12, 4 + turn % 20), reason="menunggu")
            work.notify(kasi.id, moved, s.get_one(Task, task.id))


def told(town: Town, person: Person, rule: str) -> list[Reminder]:
    return [row for row in town.reminders(person) if row.rule == rule]


def holders(town: Town, task: Task) -> list[str]:
    """Who is in charge of the parts of a task."""
    parts = town.rows(select(TaskPart).where(TaskPart.task_id == task.id))
    names = {person.id: person.name for person in town.people.values()}
    return [names[part.assignee_id or 0] for part in parts]


@pytest.mark.sops("9.2.01")
async def test_what_does_not_fit_into_one_message_goes_on_in_the_next(town: Town) -> None:
    kasi, budi = await letter_of(town)
    await town.lives_until("2026-11-30 20.30")
    moves(town, kasi, budi, town.task("9.2.01", 2), 33)
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
    moves(town, kasi, budi, town.tasks("9.2.01", 2)[0], 24)
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
    line = next(one for one in pushes[0].text.splitlines() if "menjadwalkan ulang" in one)
    await kasi.taps(line.split(".")[0], on=pushes[0])
    assert kasi.last_screen.text.startswith("Angkatan I · SOP 9.2.01")


@pytest.mark.sops("9.2.01")
async def test_offers_in_a_morning_list_say_which(town: Town) -> None:
    _kasi, budi = await letter_of(town)
    await town.open_cohort("Angkatan II", arrival="2026-12-30")
    letters = town.tasks("9.2.01", 2)
    for task in letters:
        await budi.types("/tugas")
        await budi.taps_data(f"1.task_take.{task.id}")
    citra = town.person("Citra")
    await town.open_cohort("Angkatan III", arrival="2026-12-30")
    await town.lives_until("2026-12-01 07.29")
    for task in letters:
        await budi.types("/tugas")
        await budi.taps_data(f"1.task_give.{task.id}")
        await budi.taps("Citra")
    await town.lives_until("2026-12-01 07.31")
    push = citra.lowest_screen
    assert [line.split(" · ")[0] for line in push.text.splitlines()[1:]] == [
        "Angkatan III",
        "1. Surat pemberitahuan ke Kab/Kota",
        "2. Budi meminta Anda mengambil alih: Angkatan I",
        "3. Budi meminta Anda mengambil alih: Angkatan II",
    ]
    assert push.rows[:2] == [["Terima 2", "Kembalikan 2"], ["Terima 3", "Kembalikan 3"]]
    assert push.rows[2:] == [["Selesai", "Buka"], ["Saya kerjakan", "Ingatkan lagi"], ["2", "3"], ["Semua"]]


@pytest.mark.sops("9.2.01")
async def test_a_word_that_nobody_knows_any_more_is_not_marked_as_sent(town: Town) -> None:
    kasi, budi = await letter_of(town)
    await town.lives_until("2026-11-30 20.30")
    moves(town, kasi, budi, town.task("9.2.01", 2), 2)
    with town.store.transaction() as s:
        row = s.exec(select(Reminder).where(Reminder.rule == "rescheduled")).first()
        assert row is not None
        row.rule, row.payload = "of_an_older_pandu", {}
        s.add(row)
    await town.lives_until("2026-12-01 06.01")
    assert kasi.lowest_screen.text.startswith("Budi menjadwalkan ulang")
    assert [row.state for row in told(town, kasi, "of_an_older_pandu")] == [ReminderState.DROPPED]


@pytest.mark.sops("9.2.01")
async def test_the_number_of_a_notice_opens_what_it_is_about(town: Town) -> None:
    kasi, budi = await letter_of(town)
    await town.open_cohort("Angkatan II", arrival="2026-12-30")
    await town.lives_until("2026-11-30 20.30")
    for task in town.tasks("9.2.01", 2):
        moves(town, kasi, budi, task, 1)
    await town.lives_until("2026-12-01 06.01")
    push = kasi.lowest_screen
    assert [line.split(" ke Jumat")[0] for line in push.text.splitlines()] == [
        "2 hal untuk Anda:",
        "1. Budi menjadwalkan ulang Angkatan I · Surat pemberitahuan ke Kab/Kota",
        "2. Budi menjadwalkan ulang Angkatan II · Surat pemberitahuan ke Kab/Kota",
    ]
    assert push.rows == [["1", "2"], ["Tugas saya"]]
    await kasi.taps("2", on=push)
    assert kasi.last_screen.text.startswith("Angkatan II · SOP 9.2.01")
    assert "menunggu" in kasi.last_screen.text


@pytest.mark.sops("9.2.01")
async def test_two_offers_of_one_giver_are_told_apart(town: Town) -> None:
    _kasi, budi = await letter_of(town)
    await town.open_cohort("Angkatan II", arrival="2026-12-30")
    letters = town.tasks("9.2.01", 2)
    for task in letters:
        await budi.types("/tugas")
        await budi.taps_data(f"1.task_take.{task.id}")
    await town.lives_until("2026-11-30 20.30")
    for task in letters:
        await budi.types("/tugas")
        await budi.taps_data(f"1.task_give.{task.id}")
        await budi.taps("Citra")
    await town.lives_until("2026-12-01 06.01")
    citra = town.person("Citra")
    push = citra.lowest_screen
    assert [line.split(" · ")[0] for line in push.text.splitlines()[1:]] == [
        "1. Budi meminta Anda mengambil alih: Angkatan I",
        "2. Budi meminta Anda mengambil alih: Angkatan II",
    ]
    assert push.rows == [
        ["Terima 1", "Kembalikan 1"],
        ["Terima 2", "Kembalikan 2"],
        ["1", "2"],
        ["Tugas saya"],
    ]
    await citra.taps("Terima 2", on=push)
    assert [holders(town, task) for task in letters] == [["Budi"], ["Citra"]]
