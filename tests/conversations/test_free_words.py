"""Words, photos and numbers without a question: each goes somewhere, said back before anything is stored."""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlmodel import select

from handlers.ui.request import pack
from storage.tables import (
    Cohort,
    Confirmation,
    Incident,
    Reminder,
    ReminderKind,
    ReminderState,
    StoredFile,
    TaskState,
)
from tests.conversations.test_open_cohort import CHILDREN, HEADER, excel
from tests.support.person import Person
from tests.support.steps import at_work
from tests.support.town import Town

HELP = "Saya membantu langkah SOP. Mau melihat tugas Anda?"


async def test_a_number_opens_the_child_and_two_angkatan_are_asked(town: Town) -> None:
    sari = await town.officer("Sari", role="peksos")
    await town.open_cohort("Angkatan III", arrival="2026-12-22", children=6)
    for typed in ("003", "3", "no. 003", "anak 3"):
        await sari.types(typed)
        assert sari.last_screen.text.startswith("No. 003 · "), typed
        assert sari.last_screen.is_protected
    await sari.types("099")
    assert sari.last_screen.text == "Tidak ada anak No. 099 di angkatan yang dapat Anda lihat."
    await town.open_cohort("Angkatan IV", arrival="2027-02-01", children=6)
    await sari.types("003")
    assert sari.buttons == ["003 III", "003 IV"]
    await sari.taps("003 IV")
    assert sari.last_screen.text.startswith("Angkatan IV · No. 003 · ")


async def test_a_guru_opens_only_children_of_the_own_angkatan(town: Town) -> None:
    await town.officer("Ibu Admin", role="tu")  # the first officer is the admin
    third = await town.open_cohort("Angkatan III", arrival="2026-12-22", children=6)
    await town.open_cohort("Angkatan IV", arrival="2027-02-01", children=9)
    guru = await town.officer("Guru", role="guru", cohort=third)
    await guru.types("003")
    assert "No. 003 · " in guru.last_screen.text
    await guru.types("009")
    assert guru.last_screen.text == "Tidak ada anak No. 009 di angkatan yang dapat Anda lihat."


async def test_words_open_the_own_task_else_the_sop(town: Town) -> None:
    people = await at_work(town, Rahmat="penyantunan", Sari="peksos")
    rahmat, sari = people["Rahmat"], people["Sari"]
    await rahmat.types("surat pemberitahuan")
    assert rahmat.last_screen.text.startswith("SOP 9.2.01 ")
    assert "Selesai" in rahmat.buttons
    await sari.types("kunjungan rumah")
    assert "9.1.12" in sari.last_screen.text
    await sari.types("demam")
    assert "9.2.15" in sari.last_screen.text
    await sari.types("9.1.8")
    assert sari.last_screen.text.startswith("SOP 9.1.08 Konseling")
    for typed in ("halo", "Selamat pagi", "terima kasih", "qwxyz", "Assalamualaikum, selamat pagi"):
        await sari.types(typed)
        assert sari.last_screen.text == HELP, typed


async def test_a_case_is_found_by_its_code_by_whom_it_concerns(town: Town) -> None:
    sari = await town.officer("Sari", role="peksos", head="peksos")
    await sari.types("Anggrek")
    assert "Kasus" not in sari.last_screen.text


async def test_lines_of_the_list_are_done_by_their_numbers(town: Town) -> None:
    rahmat = (await at_work(town, Rahmat="penyantunan"))["Rahmat"]
    await rahmat.types("selesai 1")
    assert rahmat.last_screen.text == "Daftar yang mana? Buka tugas Anda, lalu tulis misalnya: selesai 1 3."
    await rahmat.types("/tugas")
    await rahmat.types("selesai 1 7")
    assert rahmat.last_screen.text.splitlines() == [
        "Yang ini selesai, dikerjakan hari ini?",
        "☑ 1. Surat pemberitahuan ke Kab/Kota",
        "Daftarnya tidak punya baris 7.",
    ]
    assert town.confirmations() == []
    await rahmat.taps("Selesai (1)")
    assert rahmat.last_screen.text.splitlines() == [
        "✅ 1 tugas selesai:",
        "• Surat pemberitahuan ke Kab/Kota",
    ]
    assert town.task("9.2.01", 2).state == TaskState.DONE
    await rahmat.taps("Urungkan")
    await rahmat.taps("Ya, urungkan")
    assert town.task("9.2.01", 2).state == TaskState.OPEN


async def test_a_line_that_a_colleague_has_done_since_is_named(town: Town) -> None:
    people = await at_work(town, Rahmat="penyantunan", Rina="penyantunan")
    rahmat, rina = people["Rahmat"], people["Rina"]
    await rahmat.types("/tugas")
    await rina.types("/tugas")
    await rina.taps("1")
    await rina.taps("Selesai")
    await rahmat.types("selesai 1")
    assert "– 1. Surat pemberitahuan ke Kab/Kota: sudah selesai oleh Rina, tadi pukul 09.00" in (
        rahmat.last_screen.text
    )
    assert rahmat.buttons == ["Batal"]


async def test_the_list_is_the_one_that_could_be_read(town: Town) -> None:
    """Sent in the same second as the next list came: the one before it is meant."""
    rahmat = (await at_work(town, Rahmat="penyantunan"))["Rahmat"]
    await rahmat.types("/tugas")
    town.clock.advance(seconds=30)
    await rahmat.bursts("/anak", "selesai 1")
    assert "Surat pemberitahuan" in rahmat.last_screen.text


async def test_several_are_ticked_on_the_list(town: Town) -> None:
    tuti = await town.officer("Tuti", role="tu", head="tu", admin=True)
    rahmat = await town.officer("Rahmat", role=["penyantunan", "bimbingan"])
    await town.open_cohort("Angkatan III", arrival="2026-12-30")
    await town.open_cohort("Angkatan IV", arrival="2026-12-30")
    await town.lives_until("2026-11-30 09.00")
    await rahmat.types("/tugas")
    text = rahmat.last_screen.text
    assert text.count("Angkatan III") == text.count("Angkatan IV") == 1  # a heading, not on every line
    await rahmat.taps("Tandai beberapa")
    assert rahmat.buttons[:2] == ["☐ 1", "☐ 2"]
    await rahmat.taps("☐ 1")
    await rahmat.taps("☐ 2")
    await rahmat.taps("☑ 2")
    await rahmat.taps("☐ 2")
    await rahmat.taps("Selesai (2)")
    done = [task for task in town.tasks("9.2.01", 2) if task.state == TaskState.DONE]
    assert len(done) == 2
    assert tuti.id  # somebody else is there and was not asked
    await rahmat.types("/sop")
    await rahmat.types("urungkan")
    assert rahmat.last_screen.text.startswith("Urungkan ini, yang dicatat pukul 09.00?")
    assert rahmat.last_screen.text.count("•") == 2
    await rahmat.taps("Ya, urungkan")
    assert [task.state for task in town.tasks("9.2.01", 2)] == ["open", "open"]


async def test_undo_is_reachable_for_ten_minutes_after_any_screen(town: Town) -> None:
    rahmat = (await at_work(town, Rahmat="penyantunan"))["Rahmat"]
    await rahmat.types("urungkan")
    assert rahmat.last_screen.text == "Dalam 10 menit terakhir tidak ada catatan Anda yang dapat diurungkan."
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    await rahmat.taps("Selesai")
    await rahmat.types("/sop")
    await rahmat.types("/tugas")
    town.clock.advance(minutes=9)
    await rahmat.taps("Urungkan yang terakhir")
    await rahmat.taps("Ya, urungkan")
    assert town.task("9.2.01", 2).state == TaskState.OPEN
    await rahmat.types("/tugas")
    assert "Urungkan yang terakhir" not in rahmat.buttons
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    await rahmat.taps("Selesai")
    town.clock.advance(minutes=11)
    await rahmat.types("Urungkan")
    assert rahmat.last_screen.text == "Dalam 10 menit terakhir tidak ada catatan Anda yang dapat diurungkan."


async def test_remind_moves_the_card_that_was_shown(town: Town) -> None:
    rahmat = (await at_work(town, Rahmat="penyantunan"))["Rahmat"]
    await rahmat.types("ingatkan senin jam 10")
    assert rahmat.last_screen.text.startswith("Tugas yang mana? Buka tugasnya dulu")
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    await rahmat.types("ingatkan senin jam 10")
    assert rahmat.last_screen.text.splitlines() == [
        "Saya ingatkan lagi Senin, 7 Desember 2026, 10.00 tentang ini? Jatuh temponya tidak berubah.",
        "Surat pemberitahuan ke Kab/Kota",
    ]
    await rahmat.taps("Ya, ingatkan")
    rows = town.rows(
        select(Reminder).where(Reminder.kind == ReminderKind.SNOOZE, Reminder.state == ReminderState.PENDING)
    )
    assert [row.due_at.isoformat() for row in rows] == ["2026-12-07T02:00:00+00:00"]
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    await rahmat.types("ingatkan selasa 2 desember")
    assert town.rows(select(Confirmation)) == []
    assert "2 Desember" in rahmat.last_screen.text
    assert "Ya, ingatkan" not in rahmat.buttons


async def test_remind_is_refused_to_who_has_no_part(town: Town) -> None:
    people = await at_work(town, Rahmat="penyantunan", Sari="peksos")
    sari = people["Sari"]
    task = town.task("9.2.01", 2)
    await sari.taps_data(f"1.task_snooze.{task.id}", on=sari.last_screen)
    await sari.types("ingatkan besok")
    assert "Ya, ingatkan" not in sari.buttons


async def test_a_photo_sent_first_asks_once_what_it_is_for(town: Town) -> None:
    rahmat = (await at_work(town, Rahmat="penyantunan"))["Rahmat"]
    await rahmat.sends_photo()
    assert rahmat.last_screen.text.splitlines()[0] == "Untuk tugas mana foto atau berkas ini?"
    before = len(rahmat.screens)
    await rahmat.sends_photo()
    await rahmat.sends_photo()
    assert len(rahmat.screens) == before  # an album is one question
    assert rahmat.last_screen.text.startswith("Untuk tugas mana 3 foto atau berkas ini?")
    assert town.rows(select(StoredFile)) == []
    await rahmat.taps("1")
    assert rahmat.last_screen.text == "✅ 3 berkas dilampirkan: Surat pemberitahuan ke Kab/Kota"
    assert {row.task_id for row in town.rows(select(StoredFile))} == {town.task("9.2.01", 2).id}
    await rahmat.sends_photo()
    await rahmat.taps("Buang")
    assert len(town.rows(select(StoredFile))) == 3


async def test_a_search_that_was_left_open_takes_no_order(town: Town) -> None:
    rahmat = (await at_work(town, Rahmat="penyantunan"))["Rahmat"]
    await rahmat.types("/tugas")
    await rahmat.types("/anak")
    await rahmat.types("selesai 1")
    assert rahmat.last_screen.text.startswith("Yang ini selesai, dikerjakan hari ini?")


async def test_a_weight_without_a_question_says_where_it_goes(town: Town) -> None:
    ani = (await at_work(town, Ani="perawat"))["Ani"]
    for typed in ("23,5", "012 23,5", "23.5 kg"):
        await ani.types(typed)
        assert ani.last_screen.text.startswith("Itu seperti berat badan."), typed


# --- from every role -------------------------------------------------------------------------------------------

HAS_NONE = "Daftar yang mana? Buka tugas Anda, lalu tulis misalnya: selesai 1 3."
NOTHING_OWN = "Dalam 10 menit terakhir tidak ada catatan Anda yang dapat diurungkan."
OF_NOBODY = "Tidak ada tugas Anda yang terbuka untuk foto atau berkas ini."
OF_OTHERS = "Langkah ini tugas Seksi Penyantunan. Yang memegang sekarang: Kasi."


@dataclass(frozen=True)
class Role:
    """How somebody is enrolled, and what is their own on the third day of the stay."""

    grant: dict[str, Any]
    own: str = ""  # words of an own open task
    told: str = "Perawat, Kasi"  # who hears of an incident
    opens: bool = False  # angkatan


ROLES = {
    "Kepala": Role({"role": "kepala"}),
    "Kasi": Role({"role": "penyantunan", "head": "penyantunan"}, own="kedatangan kelayan", told="Perawat"),
    "Peksos": Role({"role": "peksos"}),
    "Perawat": Role({"role": "perawat"}, own="sediakan obat", told="Kasi"),
    "Guru": Role({"role": "guru"}, own="jadwal pelajaran"),
    "TU": Role({"role": "tu"}, opens=True),
    "Admin": Role({"role": "tu", "admin": True}, opens=True),
}
each_role = pytest.mark.parametrize("name", ROLES)


@pytest.fixture
async def people(town: Town) -> dict[str, Person]:
    """One of every role; twelve children are here since Tuesday, and it is Friday, 10.00."""
    await town.officer("Operator", role=["tu", "bimbingan"], admin=True)
    cohort = await town.open_cohort("Angkatan III", arrival="2026-12-01", children=12)
    found = {}
    for name, role in ROLES.items():
        found[name] = await town.officer(name, cohort=cohort if name == "Guru" else None, **role.grant)
    await town.lives_until("2026-12-04 10.00")
    return found


@each_role
async def test_a_number_an_sop_and_an_incident_from_every_role(
    town: Town, people: dict[str, Person], name: str
) -> None:
    one, role = people[name], ROLES[name]
    await one.types("012")
    assert one.last_screen.text.startswith("No. 012 · Anak Contoh 12")
    await one.types("kunjungan rumah")
    assert one.last_screen.text.startswith("SOP 9.1.12 ")
    await one.types("012 demam 38,5")
    assert one.last_screen.text.splitlines()[2:] == [
        "“demam 38,5”",
        "Suhu 38,5 °C",
        f"{role.told} diberi tahu sekarang juga.",
    ]
    await one.taps("Ya, catat")
    assert [row.reported_by_id for row in town.rows(select(Incident))] == [one.id]


@each_role
async def test_lines_and_the_last_act_from_every_role(
    town: Town, people: dict[str, Person], name: str
) -> None:
    one, kasi, role = people[name], people["Kasi"], ROLES[name]
    await one.types("/tugas")
    await one.types("selesai 1 9")
    if role.own:
        assert one.last_screen.text.startswith("Yang ini selesai, dikerjakan hari ini?\n☑ 1. ")
        assert one.last_screen.text.endswith("Daftarnya tidak punya baris 9.")
    else:
        assert one.last_screen.text == HAS_NONE
    assert town.confirmations() == []
    await kasi.types("kedatangan kelayan")
    await kasi.taps("Selesai")
    await one.types("urungkan")
    if one is kasi:
        assert "• Kedatangan kelayan · selesai" in one.last_screen.text
    else:
        assert one.last_screen.text == NOTHING_OWN


@each_role
async def test_a_reminder_and_a_photo_from_every_role(
    town: Town, people: dict[str, Person], name: str
) -> None:
    one, role = people[name], ROLES[name]
    others = town.task("9.2.03", 4)
    if role.own:
        await one.types(role.own)
        await one.types("ingatkan senin jam 10")
        assert one.last_screen.text.startswith(
            "Saya ingatkan lagi Senin, 7 Desember 2026, 10.00 tentang ini?"
        )
        await one.taps("Ya, ingatkan")
    await one.taps_data(pack("task_open", others.id or 0))  # the Kasi's card, looked at by everybody
    await one.types("ingatkan senin jam 10")
    if name == "Kasi":
        assert "Kedatangan kelayan" in one.last_screen.text
    else:
        assert one.last_screen.text == OF_OTHERS
    await one.sends_photo()
    await one.sends_photo()
    asked = one.last_screen
    if role.own:
        assert asked.text.startswith("Untuk tugas mana 2 foto atau berkas ini?\n1. ")
    else:
        assert asked.text == OF_NOBODY
        assert asked.buttons == ["Buang"]
    if name != "Kasi":
        await one.taps_data(pack("photo_to", others.id or 0), on=asked)
        assert one.last_screen.text == OF_OTHERS
        assert town.rows(select(StoredFile)) == []


@each_role
async def test_a_list_of_children_sent_first_from_every_role(
    town: Town, people: dict[str, Person], name: str
) -> None:
    one = people[name]
    await one.sends_file(excel(HEADER, *CHILDREN), "anak.xlsx")
    said = one.last_screen.text.splitlines()
    assert said[0] == "Ini daftar anak, untuk membuka angkatan."
    if not ROLES[name].opens:
        assert said[1] == "Itu hanya dapat dilakukan Bagian TU atau admin."
        assert "Buka angkatan dengannya" not in one.buttons
        return
    await one.taps("Buka angkatan dengannya")
    assert one.last_screen.text.splitlines() == [
        "Apa nama angkatan ini? Misalnya: Angkatan III.",
        "",
        "3 anak terbaca.",
    ]
    assert not any(message.takes_caption for message in one.phone.messages)  # the file with the names is gone
    await one.types("Angkatan V")
    await one.types("2 februari")
    await one.taps(one.buttons[0])
    await one.taps("Buka angkatan")
    assert "Angkatan V" in [row.name for row in town.rows(select(Cohort))]


async def test_lines_of_a_list_that_are_others_say_whose(town: Town, people: dict[str, Person]) -> None:
    kepala = people["Kepala"]
    await kepala.types("/status")
    await kepala.taps("Terlambat")
    await kepala.types("selesai 1 2")
    assert kepala.last_screen.text.splitlines()[:2] == [
        "Tidak satu pun dapat Anda tandai selesai di sini:",
        "– 1. Kedatangan kelayan: dipegang Kasi",
    ]
    assert kepala.buttons == ["Batal"]


async def test_a_stranger_is_told_the_same_whatever_is_sent(town: Town, people: dict[str, Person]) -> None:
    stranger = town.person("Orang Asing")
    assert people
    for typed in ("012", "012 demam 38,5", "selesai 1", "urungkan", "ingatkan senin", "kunjungan rumah"):
        await stranger.types(typed)
    await stranger.sends_photo()
    assert {screen.text for screen in stranger.screens} == {
        "Bot ini khusus petugas RPPSA Putra Utama. Untuk bergabung, mintalah undangan kepada admin."
    }
    assert town.rows(select(Incident)) == []


@pytest.mark.parametrize("typed", ["urungkan", "ingatkan besok", "012 demam 38,5", "selesai 2"])
async def test_where_only_buttons_answer_an_order_is_an_order(
    town: Town, people: dict[str, Person], typed: str
) -> None:
    kasi = people["Kasi"]
    await kasi.types("/tugas")
    await kasi.taps("Tandai beberapa")
    before = kasi.last_screen.text
    await kasi.types(typed)
    assert kasi.last_screen.text != before
    assert "Gunakan tombolnya" not in kasi.last_screen.text


async def test_where_only_buttons_answer_a_photo_is_asked_about(
    town: Town, people: dict[str, Person]
) -> None:
    kasi = people["Kasi"]
    await kasi.types("/tugas")
    await kasi.taps("Tandai beberapa")
    await kasi.sends_photo()
    assert kasi.last_screen.text.startswith("Untuk tugas mana foto atau berkas ini?")


async def test_several_are_ticked_on_the_morning_list(town: Town, people: dict[str, Person]) -> None:
    kasi = people["Kasi"]
    await town.lives_until("2026-12-07 07.31")
    push = kasi.lowest_screen
    assert push.text.startswith("Selamat pagi, Kasi.")
    await kasi.taps("Tandai beberapa", on=push)
    assert kasi.last_screen.message.id == push.message.id
    await kasi.taps("☐ 1")
    await kasi.taps("☐ 2")
    await kasi.taps("Selesai (2)")
    assert kasi.last_screen.text.startswith("✅ 2 tugas selesai:")
    assert [town.task("9.2.03", 4).state, town.task("9.2.04", 1).state] == ["done", "done"]
