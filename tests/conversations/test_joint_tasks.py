"""Joint steps on the phones: each party confirms its own part; the card shows who is missing."""

from sop_flows.engine.chain import add_run, open_run
from sop_flows.notifications.planning import working
from storage.tables import Cohort
from tests.support.person import Person
from tests.support.town import Town


async def intervention_plan(town: Town) -> tuple[Person, Person]:
    """9.2.10 has come to step 3 (Bimbingan together with Peksos), on Monday at 09.00."""
    bimo = await town.officer("Bimo", role="bimbingan")
    sari = await town.officer("Sari", role="peksos")
    cohort = await town.open_cohort(arrival="2026-12-30")
    town.clock.set("2026-11-30 09.00")
    with town.store.transaction() as s, working(s, town.house, town.clock.now()) as work:
        row = s.get_one(Cohort, cohort.id)
        run = add_run(work, town.house.pack.sops["9.2.10"], row, work.now)
        open_run(work, run)
    await town.settle()
    await sari.types("/tugas")
    await sari.taps("1")
    await sari.taps("Selesai")
    return bimo, sari


async def test_the_officer_of_the_other_role_is_told_that_it_is_their_turn(town: Town) -> None:
    bimo, sari = await intervention_plan(town)
    assert sari.buttons == ["Urungkan", "Buka langkah 3", "Tugas saya"]
    assert (
        bimo.lowest_screen.text.splitlines()[0]
        == "Giliran Anda: SOP 9.2.10 langkah 3, Inventarisasi sumber daya."
    )
    assert bimo.lowest_screen.buttons == ["Selesai", "Buka", "Ingatkan lagi"]


async def test_each_party_confirms_its_own_part_and_the_card_shows_who_is_missing(town: Town) -> None:
    bimo, sari = await intervention_plan(town)
    await sari.taps("Buka langkah 3")
    assert "Belum: Seksi Bimbingan, Peksos" in sari.last_screen.text
    await sari.taps("Selesai")
    assert sari.last_screen.text.splitlines() == [
        "✅ Bagian Anda pada SOP 9.2.10 langkah 3 sudah dicatat.",
        "Belum: Seksi Bimbingan",
    ]
    task = town.task("9.2.10", 3)
    assert (task.state, [c.kind for c in town.confirmations(task)]) == ("open", ["part_done"])
    await bimo.taps("Buka")
    assert "Sudah: Peksos · Belum: Seksi Bimbingan" in bimo.last_screen.text
    await bimo.taps("Selesai")
    assert bimo.last_screen.text.splitlines() == [
        "✅ SOP 9.2.10 langkah 3 selesai · Bimo, 30 November 09.00",
        "Tambah sumber daya?",
        "Langkah berikutnya: Tentukan SDM dan kualifikasi.",
    ]
    assert town.task("9.2.10", 3).state == "done"


async def test_a_second_tap_of_the_same_party_says_that_it_is_done(town: Town) -> None:
    _bimo, sari = await intervention_plan(town)
    await sari.taps("Buka langkah 3")
    done = sari.last_screen.data_of("Selesai")
    await sari.taps("Selesai")
    await sari.taps_data(done)
    assert sari.last_screen.text == "Langkah ini sudah diselesaikan Anda tadi pukul 09.00."
    assert len(town.confirmations(town.task("9.2.10", 3))) == 1


async def test_one_person_with_both_roles_is_offered_the_second_part(town: Town) -> None:
    sari = await town.officer("Sari", role=("bimbingan", "peksos"))
    cohort = await town.open_cohort(arrival="2026-12-30")
    town.clock.set("2026-11-30 09.00")
    with town.store.transaction() as s, working(s, town.house, town.clock.now()) as work:
        row = s.get_one(Cohort, cohort.id)
        run = add_run(work, town.house.pack.sops["9.2.10"], row, work.now)
        open_run(work, run)
    await town.settle()
    task = town.task("9.2.10", 2)
    await sari.types("/tugas")
    await sari.taps_data(f"1.task_done.{task.id}")
    await sari.taps("Buka langkah 3")
    await sari.taps("Selesai")
    assert sari.last_screen.text.splitlines()[1:] == ["Belum: Peksos", "Bagian Anda sebagai Peksos belum."]
    await sari.taps("Selesai")
    assert town.task("9.2.10", 3).state == "done"
