"""The handbook from a task card: at the step itself, back to the card, and the version the run goes by."""

from dataclasses import replace

from sop_flows.declarations.loader import Pack
from tests.support.packs import our_pack
from tests.support.town import Town


async def test_from_a_task_to_its_step_and_back(town: Town) -> None:
    rahmat = await town.officer("Rahmat", role="penyantunan")
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-11-30 09.00")
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    await rahmat.taps("Lainnya…")
    await rahmat.taps("Lihat SOP")
    said = rahmat.last_screen.text
    assert said.startswith("SOP 9.2.01 Pelayanan Petirahan")
    assert "Langkah 2 dari 6 · Surat pemberitahuan ke Kab/Kota" in said
    assert "★ Langkah Anda (Penyantunan)" in said
    await rahmat.taps("Seluruh SOP")
    await rahmat.taps("Langkah ›")
    await rahmat.taps("5")
    await rahmat.taps("‹ Kembali ke tugas")
    assert "surat pemberitahuan pelayanan ke" in rahmat.last_screen.text
    assert "Selesai" in rahmat.buttons


async def test_a_finished_task_still_leads_to_its_sop(town: Town) -> None:
    rahmat = await town.officer("Rahmat", role="penyantunan")
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-11-30 09.00")
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    card = rahmat.last_screen
    await rahmat.taps("Selesai")
    await rahmat.taps_data(f"1.task_open.{town.task('9.2.01', 2).id}", on=card)
    await rahmat.taps("Lihat SOP")
    assert "Langkah 2 dari 6" in rahmat.last_screen.text
    await rahmat.taps("‹ Kembali ke tugas")
    assert "selesai" in rahmat.last_screen.text


def changed_pack() -> Pack:
    """Our pack with another prompt at 9.2.01 step 2."""
    pack = our_pack()
    sop = pack.sops["9.2.01"]
    steps = tuple(
        step.model_copy(update={"prompt": "Kirim surat baru."}) if step.step == 2 else step
        for step in sop.steps
    )
    return Pack(unit=pack.unit, sops={**pack.sops, "9.2.01": sop.model_copy(update={"steps": steps})})


async def test_the_page_says_that_the_angkatan_goes_by_an_older_version(town: Town) -> None:
    rahmat = await town.officer("Rahmat", role="penyantunan")
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-11-30 09.00")
    town.house = replace(town.house, pack=changed_pack())
    await town.restart()
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    assert "surat pemberitahuan pelayanan ke" in rahmat.last_screen.text  # the run keeps its version
    await rahmat.taps("Lainnya…")
    await rahmat.taps("Lihat SOP")
    said = rahmat.last_screen.text
    assert "Angkatan ini berjalan dengan versi lama" in said
    assert "Berbeda pada langkah 2." in said
    assert "Kirim surat baru." in said  # the handbook shows the current one
    await rahmat.taps("Versi lama")
    assert "surat pemberitahuan pelayanan ke" in rahmat.last_screen.text
    await rahmat.taps("Seluruh SOP")
    assert "Versi lama (" in rahmat.last_screen.text
    await rahmat.taps("Versi sekarang")
    await rahmat.taps("‹ Kembali ke tugas")
    assert "surat pemberitahuan pelayanan ke" in rahmat.last_screen.text
    await rahmat.types("/sop 9.2.01")
    assert "versi lama" not in rahmat.last_screen.text.casefold()


async def test_a_sop_that_left_the_pack_is_read_as_the_run_has_it(town: Town) -> None:
    rahmat = await town.officer("Rahmat", role="penyantunan")
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-11-30 09.00")
    pack = our_pack()
    town.house = replace(
        town.house, pack=Pack(unit=pack.unit, sops={n: s for n, s in pack.sops.items() if n != "9.2.01"})
    )
    await town.restart()
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    await rahmat.taps("Lainnya…")
    await rahmat.taps("Lihat SOP")
    assert "Versi lama (" in rahmat.last_screen.text
    assert "surat pemberitahuan pelayanan ke" in rahmat.last_screen.text


async def test_another_s_task_in_a_forged_button_is_no_way_to_it(town: Town) -> None:
    await town.officer("Rahmat", role="penyantunan")
    await town.open_cohort(arrival="2026-12-30")
    other = await town.open_cohort(name="Angkatan Lain", arrival="2027-03-30")
    guru = await town.officer("Bu Guru", role="guru", cohort=other)
    await town.lives_until("2026-11-30 09.00")
    task = town.task("9.2.01", 2)
    await guru.types("/sop")
    await guru.taps_data(f"1.book_open.0.{task.id}~9.2.01")
    assert guru.last_screen.text.startswith("SOP 9.2.01")
    assert "‹ Kembali ke tugas" not in guru.buttons
