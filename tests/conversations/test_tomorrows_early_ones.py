"""The morning also carries what is due before the next morning's work can begin, in a short group of its own."""

from sop_flows.actions.confirm import confirm
from sop_flows.core.work import declared
from sop_flows.notifications.planning import working
from sop_flows.recording import records
from storage.tables import Officer, Task
from tests.conversations.test_cases import opens_case
from tests.support.answers import made_up
from tests.support.person import Person
from tests.support.town import Town


def confirms(town: Town, sari: Person, *steps: int) -> None:
    """Selesai on steps of 9.1.20, their forms answered with something made up."""
    for step in steps:
        with town.store.transaction() as s, working(s, town.house, town.clock.now()) as work:
            task = s.get_one(Task, town.task("9.1.20", step).id)
            form = records.form_of(task, declared(s, task)[1])
            values = None if form is None else made_up(form)
            officer = s.get_one(Officer, sari.id)
            confirm(work.by(officer), task.id or 0, values=values)


async def a_case_with_step_four_since(town: Town, sari: Person, at: str) -> None:
    """9.1.20 step 4 has two days of 24 hours."""
    await town.lives_until(at)
    await opens_case(sari)
    confirms(town, sari, 1, 2, 3)


async def test_what_is_due_early_tomorrow_has_its_group(town: Town) -> None:
    sari = await town.officer("Ibu Sari", "peksos")
    await a_case_with_step_four_since(town, sari, "2026-12-01 08.45")
    before = sari.screens
    await town.lives_until("2026-12-02 07.30")
    (push,) = sari.new_since(before)
    assert push.text.splitlines()[0] == "Selamat pagi, Ibu Sari."
    assert push.text.splitlines()[1] == "Besok pagi:"
    assert push.text.splitlines()[2].startswith("1. Kasus ")
    assert push.text.splitlines()[2].endswith(" · besok, 08.45")
    assert len(push.text.splitlines()) == 3
    assert "Buka" in push.buttons
    await sari.taps("Buka")
    assert "9.1.20" in sari.last_screen.text
    before = sari.screens
    await town.lives_until("2026-12-03 07.30")
    (push,) = sari.new_since(before)
    assert "Besok pagi" not in push.text, "it is today's now"
    assert push.text.splitlines()[0] == "Selamat pagi, Ibu Sari. Hari ini 1 tugas."


async def test_what_is_due_later_tomorrow_is_tomorrows(town: Town) -> None:
    sari = await town.officer("Ibu Sari", "peksos")
    await a_case_with_step_four_since(town, sari, "2026-12-01 10.15")
    before = sari.screens
    await town.lives_until("2026-12-02 12.00")
    assert sari.new_since(before) == []


async def test_what_is_done_is_not_announced(town: Town) -> None:
    sari = await town.officer("Ibu Sari", "peksos")
    await a_case_with_step_four_since(town, sari, "2026-12-01 08.45")
    confirms(town, sari, 4)
    before = sari.screens
    await town.lives_until("2026-12-02 07.30")
    assert "Besok pagi" not in "".join(screen.text for screen in sari.new_since(before))


async def test_before_a_weekend_its_days_belong_to_it(town: Town) -> None:
    """The parents' visit is on Sunday; its section has Saturday and Sunday off."""
    await town.officer("Admin", "tu", admin=True)
    bimo = await town.officer("Bimo", "bimbingan")
    await town.open_cohort(arrival="2026-12-01")
    await town.lives_until("2026-12-02 08.00")
    await bimo.taps_data(f"1.parents_choose.{town.task('9.1.09', 1).id}")
    await bimo.types("13 desember")
    before = bimo.screens
    await town.lives_until("2026-12-11 07.30")
    push = bimo.new_since(before)[-1]
    at = push.text.splitlines().index("Sampai Senin 14 Desember pagi:")
    assert push.text.splitlines()[at + 1].endswith("Kunjungan orang tua · lusa, 16.00")
    assert push.text.count("Kunjungan orang tua") == 1
    before = bimo.screens
    await town.lives_until("2026-12-12 07.30")
    assert bimo.new_since(before)[-1].text.count("Kunjungan orang tua") == 1, (
        "its lead, and no group beside it"
    )


async def test_a_lead_of_the_morning_is_not_said_twice(town: Town) -> None:
    """The visit is on Monday the 14th: Friday has its lead of three days."""
    await town.officer("Admin", "tu", admin=True)
    bimo = await town.officer("Bimo", "bimbingan")
    await town.open_cohort(arrival="2026-12-01")
    await town.lives_until("2026-12-02 08.00")
    await bimo.taps_data(f"1.parents_choose.{town.task('9.1.09', 1).id}")
    await bimo.types("14 desember")
    await town.lives_until("2026-12-10 12.00")
    before = bimo.screens
    await town.lives_until("2026-12-11 07.30")
    assert bimo.new_since(before)[-1].text.count("Kunjungan orang tua") == 1
