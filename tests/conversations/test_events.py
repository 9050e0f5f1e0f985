"""The day of an outing (SOP 9.2.07) on the phone. The angkatan of these tests arrives on Tuesday 1 December 2026."""

import pytest
from sqlmodel import select

from handlers.ui.request import pack as button_of
from sop_flows.declarations.loader import Pack
from storage.tables import Run, Task
from tests.support.packs import real_pack
from tests.support.person import Person
from tests.support.steps import does, opens
from tests.support.town import Town

NUMBERS = ("9.2.07", "9.2.15", "9.1.07", "9.1.09")


@pytest.fixture
def pack() -> Pack:
    """Events and weigh-ins of the calendar that comes with Pandu."""
    ours = real_pack()
    return Pack(ours.unit, {number: ours.sops[number] for number in NUMBERS}, ours.lines)


async def week_one(town: Town, departure: str = "2026-12-31") -> tuple[Person, Person]:
    """Budi and Rahmat are the only ones of their sections; it is Monday 7 December, 09.00."""
    await town.officer("Kepala Contoh", role="kepala", admin=True)
    budi = await town.officer("Budi Contoh", role="penyantunan")
    rahmat = await town.officer("Rahmat Contoh", role="bimbingan")
    await town.open_cohort(name="Angkatan III", arrival="2026-12-01", departure=departure, children=2)
    await town.lives_until("2026-12-07 09.00")
    return budi, rahmat


async def on_the_card(town: Town, person: Person, step: int) -> Task:
    await opens(town, person, "9.2.07", step, "task_open")
    return town.task("9.2.07", step)


async def test_the_proposal_is_on_the_card_and_another_day_is_two_taps(town: Town) -> None:
    budi, _rahmat = await week_one(town)
    task = await on_the_card(town, budi, 2)
    assert "Hari outbond: Sabtu, 12 Desember 2026 (usulan)" in budi.last_screen.text
    await budi.taps("Ganti tanggal")
    assert "sekarang Sabtu, 12 Desember 2026" in budi.last_screen.text
    assert budi.buttons[:3] == [
        "Sabtu 12 Des",
        "Senin 14 Des",
        "Selasa 15 Des",
    ]  # the 13th is the parents' visit
    await budi.taps("Selasa 15 Des")
    assert "Hari outbond: Selasa, 15 Desember 2026." in budi.last_screen.text
    assert str(town.task("9.2.07", 2).chosen_on) == "2026-12-15"
    assert town.confirmations(task) == []  # choosing confirms nothing


async def test_a_day_that_is_taken_is_refused_with_those_that_are_free(town: Town) -> None:
    budi, _rahmat = await week_one(town)
    await on_the_card(town, budi, 2)
    await budi.taps("Ganti tanggal")
    await budi.taps("Tanggal lain")
    await budi.types("13 desember")
    assert "Hari yang bisa: Sabtu 12 Des, Senin 14 Des, Selasa 15 Des." in budi.last_screen.text
    await budi.types("20 desember")
    assert "Menurut SOP 9.2.07 pilih antara 12 dan 16 Desember." in budi.last_screen.text
    await budi.types("16")
    assert str(town.task("9.2.07", 2).chosen_on) == "2026-12-16"


async def says_where(town: Town, budi: Person) -> None:
    """Step 2: the day as proposed, and where."""
    await on_the_card(town, budi, 2)
    await budi.taps("Selesai")
    await budi.types("Pantai Contoh")
    await budi.taps("Simpan")


async def test_where_takes_the_proposal_along_and_the_next_step_can_still_change_it(town: Town) -> None:
    budi, _rahmat = await week_one(town)
    await says_where(town, budi)
    assert "✅" in budi.last_screen.text
    await on_the_card(town, budi, 3)
    assert "Hari outbond: Sabtu, 12 Desember 2026" in budi.last_screen.text
    await budi.taps("Ganti tanggal")
    await budi.taps("Senin 14 Des")
    (run,) = town.rows(select(Run).where(Run.sop == "9.2.07"))
    assert str(run.event_on) == "2026-12-14"


async def test_its_eve_and_its_morning_are_said(town: Town) -> None:
    budi, rahmat = await week_one(town)
    await says_where(town, budi)
    await does(town, budi, "9.2.07", 3)
    await town.lives_until("2026-12-12 09.00")
    said = [screen.text for screen in rahmat.screens]
    assert any("Hari outbond: besok" in text for text in said)
    assert any("Hari outbond: hari ini" in text for text in said)


async def test_the_last_look_at_a_short_stay_says_what_is_not_held(town: Town) -> None:
    tari = await town.officer("Tari Contoh", role="tu")
    for words in ("/angkatan", "Buka angkatan baru", "Angkatan III", "1 desember", "17 desember"):
        await (tari.taps(words) if words in tari.buttons else tari.types(words))
    await tari.taps("Menurut daftar anak")
    await tari.taps("Menyusul")
    assert "Tidak dilaksanakan, masa tinggal 16 hari: 9.1.07 Study Banding." in tari.last_screen.text


async def test_what_a_short_stay_leaves_out_is_said_to_the_head_who_can_hold_it(town: Town) -> None:
    _budi, rahmat = await week_one(town, departure="2026-12-17")
    kepala = town.people["Kepala Contoh"]
    await town.lives_until("2026-12-14 09.00")
    said = "Angkatan III: SOP 9.1.07 tidak dilaksanakan: masa tinggal 16 hari."
    (screen,) = [one for one in kepala.screens if said in one.text]
    assert "Jadwalkan juga" in screen.buttons
    assert rahmat.screens


async def test_a_proposal_whose_day_is_over_is_not_asked_about_any_more(town: Town) -> None:
    budi, _rahmat = await week_one(town)
    await on_the_card(town, budi, 2)
    assert "Ganti tanggal" in budi.buttons
    await town.lives_until("2026-12-13 09.00")
    await on_the_card(town, budi, 2)
    assert "Hari outbond: Sabtu, 12 Desember 2026" in budi.last_screen.text
    assert "(usulan)" not in budi.last_screen.text
    assert "Ganti tanggal" not in budi.buttons


async def test_a_visit_that_nobody_chose_stood_as_proposed(town: Town) -> None:
    _budi, rahmat = await week_one(town)
    await town.lives_until("2026-12-14 09.00")
    await rahmat.taps_data(button_of("task_open", town.task("9.1.09", 1).id or 0))
    assert "Tanggal tidak dipilih: usulan berlaku, Minggu, 13 Desember 2026" in rahmat.last_screen.text
    assert not [label for label in rahmat.buttons if "tanggal" in label.lower()]
    assert "Selesai" in rahmat.buttons


async def test_a_start_on_a_day_off_says_why_it_moved(town: Town) -> None:
    """Eleven days after the arrival is a Saturday: SOP 9.1.07 begins on the Monday after it."""
    _budi, rahmat = await week_one(town)
    await rahmat.types("/kapan 9.1.07")
    assert "11 hari setelah kedatangan 1 Desember, 12 Desember libur" in rahmat.last_screen.text
