"""A child falls ill on day 12: one message, said back, told to nurse and kasi, closed with a result, told back."""

import pytest
from sqlmodel import select

from storage.tables import Incident, StoredFile
from tests.conversations.test_weigh_in import house_with_nurse, weights
from tests.support.clocks import wita
from tests.support.person import Person, Screen
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
        "Tindakan: diberi paracetamol",
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


async def weighing(town: Town) -> Person:
    """The weigh-in of twelve children on day 10; the nurse has its first card before her."""
    ani = await house_with_nurse(town, children=12)
    await town.officer("Kasi", role="penyantunan", head="penyantunan")
    await ani.types("/timbang")
    return ani


@pytest.mark.sops("9.2.04", "9.2.05", "9.2.06", "9.2.15")
async def test_while_a_weigh_in_is_open_it_is_kept_and_asked_back_and_the_weighing_goes_on(
    town: Town,
) -> None:
    ani = await weighing(town)
    card = ani.last_screen.message.id
    asked = ani.last_screen.text
    await ani.types("012 demam 38,5")
    assert ani.last_screen.message.id == card
    assert ani.last_screen.text.splitlines() == [
        *asked.splitlines(),
        "",
        "“012 demam 38,5”",
        "Catat kejadian untuk No. 012?",
    ]
    assert ani.last_screen.rows[-1] == ["Ya, catat", "Bukan"]
    assert weights(town, 1) == []
    assert town.rows(select(Incident)) == []
    await ani.types("24,5")  # for 001, whose card is still there
    assert weights(town, 1) == [(1, 24_500)]
    assert "2/12" in ani.last_screen.text
    assert "Catat kejadian untuk No. 012?" in ani.last_screen.text
    await ani.taps("Ya, catat")
    assert [(one.child_id, one.words, one.tenths) for one in town.rows(select(Incident))] == [
        (12, "demam 38,5", 385)
    ]
    assert ani.last_screen.message.id == card
    assert ani.last_screen.text.startswith("✅ Kejadian No. 012 tercatat.")
    assert "Kasi diberi tahu sekarang juga." in ani.last_screen.text
    assert "2/12" in ani.last_screen.text
    assert "Ya, catat" not in ani.buttons
    assert "No. 012" in town.person("Kasi").lowest_screen.text
    await ani.types("25,5")
    assert weights(town, 1) == [(1, 24_500), (2, 25_500)]


@pytest.mark.sops("9.2.04", "9.2.05", "9.2.06", "9.2.15")
async def test_no_is_an_answer_and_what_is_absent_is_no_incident(town: Town) -> None:
    ani = await weighing(town)
    asked = ani.last_screen.text
    await ani.types("anak 3 muntah dua kali")
    await ani.taps("Bukan")
    assert ani.last_screen.text == asked
    assert "Ya, catat" not in ani.buttons
    await ani.types("003 tidak hadir")
    assert "Catat kejadian" not in ani.last_screen.text
    assert town.rows(select(Incident)) == []


@pytest.mark.sops("9.2.04", "9.2.05", "9.2.06", "9.2.15")
async def test_in_a_burst_and_among_lines_it_waits_beside_the_weights(town: Town) -> None:
    ani = await weighing(town)
    await ani.bursts("23,5", "012 demam 385", "24,1")
    assert weights(town, 1) == [(1, 23_500)]
    assert "24,1" in ani.last_screen.text
    assert "Catat kejadian untuk No. 012?" in ani.last_screen.text
    await ani.taps("No. 002")
    await ani.types("003 25,5\n011 jatuh, lutut lecet\n004 26,5")
    assert weights(town, 1) == [(1, 23_500), (2, 24_100), (3, 25_500), (4, 26_500)]
    assert "Catat kejadian untuk No. 012?" in ani.last_screen.text
    await ani.taps("Ya, catat")  # 385 is asked back, below the card
    assert "Maksudnya 38,5 °C?" in ani.lowest_screen.text
    await ani.taps("38,5 °C", on=ani.lowest_screen)
    await ani.taps("Ya, catat", on=ani.lowest_screen)
    card = next(one for one in ani.screens if "5/12" in one.text)
    assert "Catat kejadian untuk No. 011?" in card.text
    await ani.taps("Ya, catat", on=card)
    assert sorted((one.child_id, one.words) for one in town.rows(select(Incident))) == [
        (11, "jatuh, lutut lecet"),
        (12, "demam 385"),
    ]
    await ani.types("27,5")
    assert weights(town, 1)[-1] == (5, 27_500)


@pytest.mark.sops("9.2.04", "9.2.05", "9.2.06", "9.2.15")
async def test_when_the_weigh_in_ends_first_it_is_still_asked(town: Town) -> None:
    ani = await weighing(town)
    await ani.types("012 demam 38,5")
    await ani.types("\n".join(f"{number} {20 + number}" for number in range(1, 13)))
    assert ani.lowest_screen.text.splitlines() == ["“012 demam 38,5”", "Catat kejadian untuk No. 012?"]
    await ani.types("/tugas")
    asked = next(one for one in ani.screens if "Ya, catat" in one.buttons)
    await ani.taps("Ya, catat", on=asked)
    assert ani.last_screen.text.startswith("✅ Kejadian No. 012 tercatat.")
    assert len(town.rows(select(Incident))) == 1


@pytest.mark.sops("9.2.04", "9.2.05", "9.2.06", "9.2.15")
async def test_the_next_day_a_weigh_in_that_was_left_takes_no_order(town: Town) -> None:
    ani = await weighing(town)
    await town.lives_until("2026-12-10 15.00")
    await ani.types("urungkan")
    assert ani.last_screen.text.startswith("Dalam 10 menit terakhir")
    await ani.types("012 demam 38,5")
    assert ani.last_screen.text.startswith("Catat kejadian ini?")


async def test_two_children_one_after_the_other_are_two_incidents(
    town: Town, house: dict[str, Person]
) -> None:
    guru = house["guru"]
    await guru.bursts(ILL, "011 muntah dua kali")
    looks = {screen.text.splitlines()[-1]: screen for screen in guru.screens if "Ya, catat" in screen.buttons}
    assert set(looks) == {"Ani, Kasi diberi tahu sekarang juga.", "Catat kejadian untuk No. 011?"}
    await guru.taps("Ya, catat", on=looks["Catat kejadian untuk No. 011?"])
    assert guru.last_screen.text.startswith("✅ Kejadian No. 011 tercatat.")
    await guru.taps("Ya, catat", on=looks["Ani, Kasi diberi tahu sekarang juga."])
    await guru.types("009 gatal\n010 gatal\nsejak semalam")  # one message about two children
    asked = [screen for screen in guru.screens if "Bukan" in screen.buttons]
    assert [screen.text.splitlines()[0] for screen in asked] == ["“009 gatal”", "“010 gatal sejak semalam”"]
    for screen in asked:
        await guru.taps("Ya, catat", on=screen)
    await guru.types("007, 008 dan 6 batuk")  # the same of several, in one line
    asked = [screen for screen in guru.screens if "Bukan" in screen.buttons]
    assert [screen.text.splitlines()[0] for screen in asked] == ["“007 batuk”", "“008 batuk”", "“6 batuk”"]
    for screen in asked:
        await guru.taps("Ya, catat", on=screen)
    assert sorted((one.child_id, one.words) for one in town.rows(select(Incident))) == [
        *((one, "batuk") for one in (6, 7, 8)),
        (9, "gatal"),
        (10, "gatal sejak semalam"),
        (11, "muntah dua kali"),
        (12, "demam 38,5 diberi paracetamol"),
    ]


async def test_a_report_that_another_one_overtook_is_asked_again(
    town: Town, house: dict[str, Person]
) -> None:
    sari = house["sari"]
    await sari.types("005")
    child = sari.last_screen
    await sari.types(ILL)
    look = sari.last_screen
    await sari.taps("Catat kejadian", on=child)
    await sari.types("Jatuh di halaman")
    again = next(screen for screen in sari.screens if "Bukan" in screen.buttons)
    assert again.text.splitlines()[0] == "“012 demam 38,5 diberi paracetamol”"
    await sari.taps("Ya, catat", on=look)  # of the report that was overtaken: it records that one
    assert [one.child_id for one in town.rows(select(Incident))] == [12]
    await sari.taps("Ya, catat", on=again)
    assert [one.child_id for one in town.rows(select(Incident))] == [12]
    overtaken = next(screen for screen in sari.screens if screen.text.startswith("“005 Jatuh di halaman”"))
    await sari.taps("Ya, catat", on=overtaken)
    assert [one.child_id for one in town.rows(select(Incident))] == [12, 5]


def not_yet(one: Person) -> list[Screen]:
    """What is said of reports that were left."""
    return [screen for screen in one.screens if "Belum dicatat. Catat kejadian" in screen.text]


async def test_a_report_left_for_another_screen_is_said_once_and_lost_nowhere(
    town: Town, house: dict[str, Person]
) -> None:
    guru = house["guru"]
    await guru.types("012 demam 38,5")
    look = guru.last_screen
    await guru.types("/tugas")
    (asked,) = not_yet(guru)
    assert asked.text.splitlines() == ["“012 demam 38,5”", "Belum dicatat. Catat kejadian untuk No. 012?"]
    assert asked.is_protected
    town.clock.advance(minutes=5)
    await guru.types("012")
    await guru.taps("Catat kejadian")  # another question: it takes nothing from the report
    await guru.types("/sop")
    assert len(not_yet(guru)) == 1
    await guru.taps("Ya, catat", on=asked)
    (found,) = town.rows(select(Incident))
    assert (found.child_id, found.words, found.tenths) == (12, "demam 38,5", 385)
    assert found.reported_at == wita("2026-12-04 10.00")  # when it was typed
    await guru.taps("Ya, catat", on=look)
    assert len(town.rows(select(Incident))) == 1


@pytest.mark.parametrize("other", ["/tugas", "Bantuan"])
async def test_its_own_buttons_go_on_working(town: Town, house: dict[str, Person], other: str) -> None:
    guru = house["guru"]
    await guru.types("011")
    child = guru.last_screen
    await guru.types("012 demam 385")
    heat = guru.last_screen
    await guru.types(other)
    await guru.taps("38,5 °C", on=heat)
    look = next(screen for screen in guru.screens if screen.text.startswith("Catat kejadian ini?"))
    await guru.taps("Catat kejadian", on=child)
    await guru.taps("Ya, catat", on=look)
    assert [(one.child_id, one.tenths) for one in town.rows(select(Incident))] == [(12, 385)]
    for screen in not_yet(guru):
        await guru.taps("Ya, catat", on=screen)
    assert len(town.rows(select(Incident))) == 1


async def test_what_is_left_and_cancelled_is_asked_no_more(town: Town, house: dict[str, Person]) -> None:
    guru = house["guru"]
    await guru.types("012 jam 9 jatuh")
    await guru.types("005")
    await guru.taps("Catat kejadian")
    await guru.types("jam 9 jatuh")  # words that no free report could begin with
    look = guru.last_screen
    await guru.types("/tugas")
    (asked,) = not_yet(guru)
    await guru.taps("Batal", on=look)
    await guru.taps("Ya, catat", on=asked)
    assert town.rows(select(Incident)) == []
    await guru.types("005")
    await guru.taps("Catat kejadian")
    await guru.types("jam 9 jatuh")
    await guru.types("/tugas")
    await guru.taps("Ya, catat", on=not_yet(guru)[-1])
    assert [(one.child_id, one.words) for one in town.rows(select(Incident))] == [(5, "jam 9 jatuh")]


async def test_an_hour_later_it_is_asked_again(town: Town, house: dict[str, Person]) -> None:
    guru = house["guru"]
    await guru.types("012 demam 38,5")
    town.clock.advance(minutes=90)
    await guru.types("halo")
    (asked,) = not_yet(guru)
    await guru.taps("Ya, catat", on=asked)
    assert [one.reported_at for one in town.rows(select(Incident))] == [wita("2026-12-04 10.00")]


@pytest.mark.parametrize("is_typed_after", [False, True])
async def test_a_photo_sent_at_a_report_is_kept_and_the_report_goes_on(
    town: Town, house: dict[str, Person], is_typed_after: bool
) -> None:
    kasi = house["kasi"]
    await kasi.types("012 demam 38,5")
    look = kasi.last_screen
    await kasi.sends_photo()
    assert kasi.last_screen.text.startswith("Untuk tugas mana foto atau berkas ini?")
    asked = kasi.last_screen
    if is_typed_after:
        await kasi.types("sudah minum obat")
        look = kasi.last_screen
        assert "“demam 38,5; sudah minum obat”" in look.text
    await kasi.sends_photo()
    asked = next(screen for screen in kasi.screens if screen.message.id == asked.message.id)
    assert asked.text.startswith("Untuk tugas mana 2 foto atau berkas ini?")  # an album is one question
    await kasi.taps("Ya, catat", on=look)
    assert [one.child_id for one in town.rows(select(Incident))] == [12]
    await kasi.taps("1", on=asked)
    assert kasi.last_screen.text.startswith("✅ 2 berkas dilampirkan: ")
    assert len(town.rows(select(StoredFile))) == 2
    assert not_yet(kasi) == []


async def test_a_photo_before_the_words_of_a_report_takes_none_of_them(
    town: Town, house: dict[str, Person]
) -> None:
    kasi = house["kasi"]
    await kasi.types("005")
    await kasi.taps("Catat kejadian")
    await kasi.sends_photo()
    await kasi.taps("1")
    assert kasi.last_screen.text.startswith("✅ 1 berkas dilampirkan: ")
    await kasi.types("Jatuh di halaman, lutut lecet")
    await kasi.sends_photo()
    await kasi.types("/tugas")  # both are left: the report is asked about, the photo keeps its buttons
    (asked,) = not_yet(kasi)
    await kasi.taps("Ya, catat", on=asked)
    assert [one.words for one in town.rows(select(Incident))] == ["Jatuh di halaman, lutut lecet"]
    await kasi.taps("1", on=next(screen for screen in kasi.screens if "Buang" in screen.buttons))
    assert len(town.rows(select(StoredFile))) == 2


async def test_a_photo_right_behind_the_words_of_a_report(town: Town, house: dict[str, Person]) -> None:
    guru = house["guru"]
    guru.phone.types("012 demam 38,5")
    guru.phone.sends_photo()
    await town.settle()
    assert any("Buang" in screen.buttons for screen in guru.screens)
    town.clock.advance(minutes=1)
    await guru.types("sudah minum obat")
    assert "“demam 38,5; sudah minum obat”" in guru.last_screen.text
    look = next(screen for screen in guru.screens if screen.text.startswith("Catat kejadian ini?"))
    await guru.taps("Ya, catat", on=look)
    assert [one.child_id for one in town.rows(select(Incident))] == [12]


async def test_a_stranger_to_the_angkatan_is_told_so_and_nothing_is_lost(
    town: Town, house: dict[str, Person]
) -> None:
    other = await town.open_cohort("Angkatan IV", arrival="2026-12-03", children=2)
    stranger = await town.officer("Guru Lain", role="guru", cohort=other)
    await stranger.types(ILL)
    assert stranger.last_screen.text.splitlines() == [
        "Tidak ada anak No. 012 di angkatan yang dapat Anda lihat. Nomor berapa yang benar? Ketik nomornya.",
        "Catatan Anda saya simpan: “demam 38,5 diberi paracetamol”",
    ]
    assert town.rows(select(Incident)) == []
    await stranger.types("002")
    assert "Angkatan IV" in stranger.last_screen.text
