"""SOP 9.2.12 every day: one card with ticks, three meals, and who is on duty."""

import pytest

from tests.support.person import Person
from tests.support.town import Town


async def first_day(town: Town) -> tuple[Person, Person]:
    """The second day of an angkatan, 18.00; two officers of Penyantunan."""
    await town.officer("Admin", role="tu", admin=True)
    rahmat = await town.officer("Rahmat", role="penyantunan")
    rina = await town.officer("Rina", role="penyantunan")
    await town.open_cohort(arrival="2026-12-01", children=4)
    await town.lives_until("2026-12-02 18.00")
    return rahmat, rina


async def opens_card(person: Person) -> None:
    await person.types("/tugas")
    line = next(one for one in person.last_screen.text.splitlines() if "harian" in one)
    await person.taps(line.split(".")[0])


async def test_the_daily_steps_are_one_line_and_one_card(town: Town) -> None:
    rahmat, _rina = await first_day(town)
    await rahmat.types("/tugas")
    assert rahmat.last_screen.text.count("harian") == 1
    await opens_card(rahmat)
    assert rahmat.last_screen.text.splitlines()[1:] == [
        "Harian · hari ini",
        "1. ☐ Pantau tukang masak dan bahan",
        "☐ Beri makanan tambahan",
        "☐ Periksa kebersihan dapur",
        "☐ Pantau anak saat makan: ☐ pagi  ☐ siang  ☐ malam",
    ]


async def test_three_meals_make_one_step_done(town: Town) -> None:
    rahmat, rina = await first_day(town)
    await opens_card(rahmat)
    await rahmat.taps("Pagi")
    assert "☑ pagi  ☐ siang  ☐ malam" in rahmat.last_screen.text
    await opens_card(rina)
    await rina.taps("Siang")
    meals = town.task("9.2.12", 6, occurrence=2)
    assert (meals.state, town.confirmations(meals)) == ("open", [])
    await rina.taps("Malam")
    assert "☑ Pantau anak saat makan · Rina 18.00" in rina.last_screen.text
    meals = town.task("9.2.12", 6, occurrence=2)
    assert (meals.state, [c.kind for c in town.confirmations(meals)]) == ("done", ["done"])


async def test_a_meal_ticked_twice_says_who_was_first(town: Town) -> None:
    rahmat, rina = await first_day(town)
    await opens_card(rahmat)
    await opens_card(rina)
    await rahmat.taps("Pagi")
    await rina.taps("Pagi")
    assert rina.last_screen.text == "Langkah ini sudah diselesaikan Rahmat tadi pukul 18.00."


async def test_all_done_gives_each_step_its_own_confirmation(town: Town) -> None:
    rahmat, _rina = await first_day(town)
    await opens_card(rahmat)
    await rahmat.taps("Semua terlaksana")
    assert rahmat.last_screen.text.startswith("✅ Semua sudah dicatat. Terima kasih.")
    for step in (3, 4, 5, 6):
        task = town.task("9.2.12", step, occurrence=2)
        assert [(c.kind, str(c.done_on)) for c in town.confirmations(task)] == [("done", "2026-12-02")]
    await rahmat.types("/tugas")
    assert "harian" not in rahmat.last_screen.text


async def test_undo_takes_back_what_the_last_tap_recorded(town: Town) -> None:
    rahmat, _rina = await first_day(town)
    await opens_card(rahmat)
    await rahmat.taps("Pagi")
    town.clock.advance(minutes=1)
    await rahmat.taps("Semua terlaksana")
    await rahmat.taps("Urungkan")
    assert rahmat.last_screen.text.splitlines()[-4:] == [
        "1. ☐ Pantau tukang masak dan bahan",
        "☐ Beri makanan tambahan",
        "☐ Periksa kebersihan dapur",
        "☐ Pantau anak saat makan: ☑ pagi  ☐ siang  ☐ malam",
    ]
    assert {town.task("9.2.12", step, occurrence=2).state for step in (3, 4, 5, 6)} == {"open"}


async def test_who_takes_the_duty_sees_what_is_not_finished_and_has_it_until_the_shift_ends(
    town: Town,
) -> None:
    rahmat, rina = await first_day(town)
    await opens_card(rahmat)
    await rahmat.taps("Beri makanan tambahan")
    await rahmat.taps("Hambatan")
    await rahmat.taps("Tulis sendiri")
    await rahmat.types("Gas hampir habis")
    await opens_card(rina)
    await rina.taps("Saya piket")
    assert rina.last_screen.text.splitlines()[0] == "Anda piket sampai pukul 21.00."
    assert "• Periksa kebersihan dapur" in rina.last_screen.text
    assert "• Beri makanan tambahan" not in rina.last_screen.text
    assert "Catatan, Pantau tukang masak dan bahan: Gas hampir habis · Rahmat" in rina.last_screen.text
    await opens_card(rina)
    assert "Piket: Rina" in rina.last_screen.text
    await rahmat.types("/tugas")
    assert "harian" not in rahmat.last_screen.text
    assert "Piket" in rahmat.buttons  # it is always there
    await town.lives_until("2026-12-03 09.00")
    assert any("Piket Anda selesai. Tugas harian yang belum selesai: 3." in one.text for one in rina.screens)
    await opens_card(rahmat)
    assert "Piket:" not in rahmat.last_screen.text


async def test_a_meal_is_not_ticked_before_its_time(town: Town) -> None:
    rahmat, _rina = await first_day(town)
    await town.lives_until("2026-12-03 08.06")
    await opens_card(rahmat)
    await rahmat.taps("Malam")
    assert "18.00" in rahmat.last_screen.text
    await opens_card(rahmat)
    await rahmat.taps("Semua terlaksana")
    assert rahmat.last_screen.text.startswith("✅ Yang sudah lewat waktunya dicatat; sisanya belum waktunya.")
    assert "☑ pagi  ☐ siang  ☐ malam" in rahmat.last_screen.text
    meals = town.task("9.2.12", 6, occurrence=3)
    assert (meals.state, town.task("9.2.12", 5, occurrence=3).state) == ("open", "done")
    await rahmat.taps("Semua terlaksana")
    assert "12.00" in rahmat.last_screen.text  # nothing that is left has come
    await town.lives_until("2026-12-03 18.30")
    await opens_card(rahmat)
    await rahmat.taps("Semua terlaksana")
    assert town.task("9.2.12", 6, occurrence=3).state == "done"


@pytest.mark.sops("9.2.12")
async def test_in_ramadan_breakfast_is_sahur(town: Town) -> None:
    rahmat = await town.officer("Rahmat", role="penyantunan", admin=True)
    await town.open_cohort(arrival="2027-02-15", children=4)
    await town.lives_until("2027-02-16 05.00")  # before dawn; on other days breakfast is from 06.30 on
    await opens_card(rahmat)
    assert "Pantau anak saat makan: ☐ sahur  ☐ siang  ☐ berbuka" in rahmat.last_screen.text
    await rahmat.taps("Sahur")
    assert "☑ sahur  ☐ siang  ☐ berbuka" in rahmat.last_screen.text


async def test_one_duty_for_the_whole_house_and_the_former_one_is_told(town: Town) -> None:
    rahmat, rina = await first_day(town)
    await town.open_cohort("Angkatan IV", arrival="2026-12-02", children=2)
    await town.lives_until("2026-12-03 09.00")
    await rahmat.types("/tugas")
    await rahmat.taps("Piket")
    assert rahmat.last_screen.text.splitlines()[0] == "Anda piket sampai pukul 14.00."
    assert "• Angkatan Contoh: belum selesai" in rahmat.last_screen.text
    assert "• Angkatan IV: belum selesai" in rahmat.last_screen.text
    await rina.types("/piket")
    assert "• Angkatan IV: belum selesai" in rina.last_screen.text
    assert any("Rina sekarang piket; tugas harian beralih kepadanya." in one.text for one in rahmat.screens)
    await rahmat.types("/tugas")
    assert "harian" not in rahmat.last_screen.text
