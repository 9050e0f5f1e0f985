"""After an outage: what is still true is said once, bundled, and marked as late."""

import pytest
from sqlalchemy import update

from handlers.ui.request import pack
from simulator.faults import Fault
from storage.tables import Reminder, ReminderKind, ReminderState, TaskState
from tests.support.clocks import wita
from tests.support.person import Person
from tests.support.town import Town


@pytest.fixture
async def bimo(town: Town) -> Person:
    """Bimo of Bimbingan; the angkatan arrives on Tuesday 1 December."""
    await town.officer("Admin", role="tu", admin=True)
    bimo = await town.officer("Bimo", role="bimbingan")
    await town.open_cohort(arrival="2026-12-01")
    await town.lives_until("2026-12-02 08.00")
    return bimo


async def snoozes(town: Town, person: Person, until: str) -> None:
    """Ingatkan lagi on the parents' visit, on a typed day."""
    await person.taps_data(pack("task_snooze_day", town.task("9.1.09", 1).id or 0, 0))
    await person.types(until)


async def test_what_was_owed_while_the_bot_was_away_comes_as_one_message(town: Town, bimo: Person) -> None:
    before = bimo.screens
    await town.is_off_until("2026-12-10 12.00")
    new = bimo.new_since(before)
    assert len(new) == 1
    # The lead of the visit, and the morning of this Thursday with what has passed its target meanwhile.
    assert new[0].text.splitlines()[:2] == [
        "Selama bot tidak aktif: 8 hal",
        "Selamat siang, Bimo. Hari ini 7 tugas.",
    ]
    assert new[0].text.count("Kunjungan orang tua") == 1
    before = bimo.screens
    await town.lives_until("2026-12-11 07.00")
    assert bimo.new_since(before) == []
    await town.lives_until("2026-12-11 08.00")
    (morning,) = bimo.new_since(before)
    assert morning.text.startswith("Selamat pagi, Bimo.")


async def test_an_outage_over_the_morning_alone(town: Town, bimo: Person) -> None:
    await snoozes(town, bimo, "7 desember")
    await town.lives_until("2026-12-07 07.00")
    before = bimo.screens
    await town.is_off_until("2026-12-07 09.00")
    (push,) = bimo.new_since(before)
    assert push.text.splitlines()[0].startswith("Selama bot tidak aktif: ")
    assert push.text.count("Kunjungan orang tua") == 1


async def test_what_was_done_before_the_outage_is_not_said_after_it(town: Town) -> None:
    await town.officer("Admin", role="tu", admin=True)
    budi = await town.officer("Budi", role="penyantunan")
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-11-30 09.00")
    task = town.task("9.2.01", 2)
    await budi.taps_data(pack("task_snooze_day", task.id or 0, 0))
    await budi.types("2 desember")
    await budi.taps_data(pack("task_done", task.id or 0))
    assert town.task("9.2.01", 2).state == TaskState.DONE
    before = budi.screens
    await town.is_off_until("2026-12-01 12.00")
    await town.lives_until("2026-12-02 07.00")
    assert not any("Surat pemberitahuan" in screen.text for screen in budi.new_since(before))


async def test_two_outages_in_a_row_say_each_thing_once(town: Town, bimo: Person) -> None:
    await snoozes(town, bimo, "4 desember")
    await town.lives_until("2026-12-03 20.30")
    before = bimo.screens
    await town.is_off_until("2026-12-04 09.00")
    await town.is_off_until("2026-12-04 13.00")
    await town.is_off_until("2026-12-04 19.00")
    (push,) = bimo.new_since(before)
    assert push.text.splitlines()[0].startswith("Selama bot tidak aktif: ")
    assert push.text.count("Kunjungan orang tua") == 1


async def test_killed_again_before_it_was_said_it_is_still_marked_as_late(town: Town, bimo: Person) -> None:
    """The process comes back, Telegram is not to be reached, and it dies once more."""
    await snoozes(town, bimo, "4 desember")
    await town.lives_until("2026-12-03 20.30")
    before = bimo.screens
    town.world.faults.append(Fault(status=502, method="sendMessage", chat_id=bimo.phone.id))
    await town.is_off_until("2026-12-04 09.00")
    assert bimo.new_since(before) == []
    await town.restart()
    with town.store.transaction() as s:
        s.execute(update(Reminder).values(lease_until=None))  # the second after which it is tried again
    await town.settle()
    (push,) = bimo.new_since(before)
    assert push.text.splitlines()[0].startswith("Selama bot tidak aktif: ")
    assert push.text.count("Kunjungan orang tua") == 1


async def test_over_a_weekend_mondays_morning_is_said_on_monday(town: Town, bimo: Person) -> None:
    await town.lives_until("2026-12-03 21.00")
    before = bimo.screens
    await town.is_off_until("2026-12-07 09.00")
    (push,) = bimo.new_since(before)
    assert push.text.splitlines()[1].startswith("Selamat pagi, Bimo. Hari ini ")
    await town.lives_until("2026-12-07 23.00")
    assert len(bimo.new_since(before)) == 1


async def test_back_at_night_it_waits_until_six_and_is_marked_as_late(town: Town, bimo: Person) -> None:
    """Off from 17.00 to 21.00 of the eve, when the reminder of 18.00 was to be said."""
    await town.lives_until("2026-12-02 17.00")
    await bimo.taps_data(pack("task_snooze_at", town.task("9.1.09", 1).id or 0, 0, word="hour"))
    before = bimo.screens
    await town.is_off_until("2026-12-02 21.00")
    assert bimo.new_since(before) == []
    await town.lives_until("2026-12-03 06.01")
    (push,) = bimo.new_since(before)
    assert push.text.splitlines()[0] == "Selama bot tidak aktif: 1 hal"
    assert "Kunjungan orang tua" in push.text


async def test_started_after_the_clock_was_set_back_the_next_mornings_are_there_at_once(
    town: Town, bimo: Person
) -> None:
    """Nothing is due then: whoever starts looks all the same at what is to come."""
    tuti = await town.officer("Tuti", role="tu")  # there is nothing to say to her
    await town.lives_until("2026-12-05 17.00")
    await town.is_off_until("2026-12-02 17.00")
    mornings = [row for row in town.reminders(tuti) if row.kind == ReminderKind.DIGEST]
    coming = [row.due_at for row in mornings if row.state == ReminderState.PENDING]
    assert min(coming) == wita("2026-12-03 07.30")


async def test_what_was_done_during_the_outage_is_heard_before_any_reminder(town: Town) -> None:
    await town.officer("Admin", role="tu", admin=True)
    budi = await town.officer("Budi", role="penyantunan")
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-11-30 09.00")
    task = town.task("9.2.01", 2)
    await budi.taps_data(pack("task_snooze_day", task.id or 0, 0))
    await budi.types("2 desember")
    await town.runtime.stop()
    before = budi.screens
    town.clock.set("2026-12-01 09.00")
    budi.phone.taps_data(budi.last_screen.message.id, pack("task_done", task.id or 0), stale=True)
    town.clock.set("2026-12-02 08.30")  # Telegram keeps an update for a day
    town.runtime = town._build()
    await town.open()
    await town.runtime._hear_first(polls=True)  # as the process does before its first look for reminders
    await town.runtime.dispatcher.dispatch_until_idle()
    assert town.task("9.2.01", 2).state == TaskState.DONE
    assert not any("Surat pemberitahuan" in screen.text for screen in budi.new_since(before))
