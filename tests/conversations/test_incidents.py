"""A child falls ill on day 12: one message, said back, told to nurse and kasi, closed with a result, told back."""

import pytest
from sqlmodel import select

from storage.tables import Incident
from tests.support.clocks import wita
from tests.support.person import Person
from tests.support.town import Town

ILL = "012 demam 38,5 diberi paracetamol"


@pytest.fixture
async def house(town: Town) -> dict[str, Person]:
    """Twelve children are here on day 4; nurse, kasi, guru and a social worker have phones."""
    await town.officer("Admin", role="tu", admin=True)
    people = {
        "ani": await town.officer("Ani", role="perawat"),
        "kasi": await town.officer("Kasi", role="penyantunan", head="penyantunan"),
        "sari": await town.officer("Sari", role="peksos"),
    }
    cohort = await town.open_cohort("Angkatan III", arrival="2026-12-01", children=12)
    people["guru"] = await town.officer("Guru", role="guru", cohort=cohort)
    await town.lives_until("2026-12-04 10.00")
    return people


async def test_it_is_said_back_told_closed_and_told_back(town: Town, house: dict[str, Person]) -> None:
    guru, ani, kasi = house["guru"], house["ani"], house["kasi"]
    await guru.types(ILL)
    lines = guru.last_screen.text.splitlines()
    assert lines[0] == "Catat kejadian ini?"
    assert lines[1].startswith("No. 012 · ")
    assert lines[2:] == [
        "“demam 38,5 diberi paracetamol”",
        "Suhu 38,5 °C",
        "Ani, Kasi diberi tahu sekarang juga.",
    ]
    assert guru.last_screen.is_protected
    assert town.rows(select(Incident)) == []
    await guru.taps("Ya, catat")
    assert guru.last_screen.text.startswith("✅ Kejadian No. 012 tercatat.")
    for one in (ani, kasi):
        assert "Guru mencatat kejadian: anak No. 012." in one.lowest_screen.text
        assert "demam" not in one.lowest_screen.text  # number and code on the lock screen
    await ani.taps("Buka")
    assert "“demam 38,5 diberi paracetamol”" in ani.last_screen.text
    await ani.taps("Catat hasil")
    await ani.types("Sudah turun, istirahat di wisma")
    assert "Hasil: Sudah turun, istirahat di wisma · Ani" in ani.last_screen.text
    assert "Ani mencatat hasil kejadian anak No. 012." in guru.lowest_screen.text
    await guru.taps("Buka", on=guru.lowest_screen)
    assert "Hasil: Sudah turun, istirahat di wisma" in guru.last_screen.text
    await kasi.taps_data(f"1.incident_close.{town.rows(select(Incident))[0].id}")
    assert "Hasil: Sudah turun" in kasi.last_screen.text


async def test_who_may_not_close_it_sees_that_it_is_open(town: Town, house: dict[str, Person]) -> None:
    guru, sari = house["guru"], house["sari"]
    await guru.types(ILL)
    await guru.taps("Ya, catat")
    await sari.types("012")
    await sari.taps("Kejadian 10.00")
    assert "Masih terbuka" in sari.last_screen.text
    assert "Catat hasil" not in sari.buttons
    number = town.rows(select(Incident))[0].id
    await sari.taps_data(f"1.incident_close.{number}")
    await sari.taps_data(f"1.incident_result.{number}~better")
    assert town.rows(select(Incident))[0].closed_at is None


@pytest.mark.parametrize(
    ("typed", "proposed"), [("012 demam 385", "38,5 °C"), ("012 demam 3,85", "38,5 °C"), ("012 suhu 39", "")]
)
async def test_a_temperature_is_asked_back(
    town: Town, house: dict[str, Person], typed: str, proposed: str
) -> None:
    guru = house["guru"]
    await guru.types(typed)
    if proposed:
        assert f"Maksudnya {proposed}?" in guru.last_screen.text
        await guru.taps(proposed)
    assert guru.last_screen.text.startswith("Catat kejadian ini?")
    await guru.taps("Ya, catat")
    assert town.rows(select(Incident))[0].tenths == (385 if proposed else 390)


async def test_what_is_no_temperature_is_asked_again(town: Town, house: dict[str, Person]) -> None:
    guru = house["guru"]
    await guru.types("012 panas 50")
    assert guru.last_screen.text.startswith("“50” bukan suhu badan.")
    await guru.types("39,4")
    await guru.taps("Ya, catat")
    assert town.rows(select(Incident))[0].tenths == 394


async def test_nobody_has_the_number_or_the_child_has_left(town: Town, house: dict[str, Person]) -> None:
    guru, kasi = house["guru"], house["kasi"]
    await guru.types("099 muntah dua kali")
    assert guru.last_screen.text.splitlines() == [
        "Tidak ada anak No. 099 di angkatan yang dapat Anda lihat. Nomor berapa yang benar? Ketik nomornya.",
        "Catatan Anda saya simpan: “muntah dua kali”",
    ]
    await guru.types("009")
    assert "No. 009 · " in guru.last_screen.text
    assert "“muntah dua kali”" in guru.last_screen.text
    await guru.taps("Ya, catat")
    child = town.rows(select(Incident))[0].child_id
    today = town.house.today(town.clock.now()).toordinal()
    await kasi.taps_data(f"1.child_leave_ok.{child}.{today}~SICK")
    await town.lives_until("2026-12-05 09.00")
    await guru.types("009 demam lagi")
    assert "No. 009 sudah tidak di sini sejak" in guru.last_screen.text
    assert len(town.rows(select(Incident))) == 1


async def test_what_was_typed_while_the_bot_was_off_is_of_that_time(
    town: Town, house: dict[str, Person]
) -> None:
    guru = house["guru"]
    await town.lives_until("2026-12-04 23.40")
    await town.is_off_until("2026-12-05 00.10", ("2026-12-04 23.50", lambda: guru.phone.types(ILL)))
    town.clock.advance(minutes=2)
    await guru.taps("Ya, catat")
    assert [one.reported_at for one in town.rows(select(Incident))] == [wita("2026-12-04 23.50")]


async def test_twice_within_a_minute_is_once(town: Town, house: dict[str, Person]) -> None:
    guru = house["guru"]
    await guru.types(ILL)
    record = guru.last_screen.data_of("Ya, catat")
    await guru.taps("Ya, catat")
    await guru.taps_data(record)
    await guru.types(ILL)
    assert guru.last_screen.text == "Hal yang sama sudah dicatat pukul 10.00, jadi tidak saya catat dua kali."
    assert len(town.rows(select(Incident))) == 1
    await guru.types("012 muntah")
    assert "Sudah tercatat: “demam 38,5 diberi paracetamol”" in guru.last_screen.text


async def test_a_guru_of_another_angkatan_is_no_reporter_here(town: Town, house: dict[str, Person]) -> None:
    other = await town.open_cohort("Angkatan IV", arrival="2027-02-01", children=3)
    guru = await town.officer("Guru IV", role="guru", cohort=other)
    await guru.types("012 demam 38,5")
    assert guru.last_screen.text.startswith("Tidak ada anak No. 012 di angkatan yang dapat Anda lihat.")


async def test_at_night_only_what_is_grave_is_told(town: Town, house: dict[str, Person]) -> None:
    guru, ani = house["guru"], house["ani"]
    await town.lives_until("2026-12-04 22.00")
    before = ani.screens
    await guru.types("011 batuk")
    assert "diberi tahu pukul 06.00" in guru.last_screen.text
    await guru.taps("Ya, catat")
    assert ani.new_since(before) == []
    await guru.types("012 kejang")
    assert "diberi tahu sekarang juga" in guru.last_screen.text
    await guru.taps("Ya, catat")
    assert "No. 012" in ani.lowest_screen.text
    await town.lives_until("2026-12-05 06.01")
    assert any("No. 011" in one.text for one in ani.new_since(before))


async def test_it_begins_on_the_card_of_the_child_too(town: Town, house: dict[str, Person]) -> None:
    sari = house["sari"]
    await sari.types("005")
    await sari.taps("Catat kejadian")
    await sari.types("Jatuh di halaman, lutut lecet")
    await sari.taps("Ya, catat")
    assert town.rows(select(Incident))[0].words == "Jatuh di halaman, lutut lecet"
