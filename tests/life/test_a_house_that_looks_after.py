"""A stay lived by taps in which something happens to the children: each thing reaches who must act, is answered, is told
back, and stands in the head's status until then; and after the departure nothing is asked that can't be done any more."""

import pytest
from sqlmodel import select

from sop_flows.declarations.loader import Pack
from storage.tables import Child, Incident, LeaveReason, Membership, Task, TaskState
from tests.support.packs import real_pack
from tests.support.person import Person
from tests.support.town import Town

pytestmark = pytest.mark.slow

NUMBERS = ("9.2.07", "9.2.12", "9.2.15", "9.1.01", "9.1.17", "9.1.19", "9.1.20")
RESERVE = 12
CHILD = "Putri Rekaan"


@pytest.fixture
def pack() -> Pack:
    """Food, scales, lessons, an outing, the way home, and the first steps of a case, as they come with Pandu."""
    ours = real_pack()
    return Pack(ours.unit, {number: ours.sops[number] for number in NUMBERS}, ours.lines, ours.folder)


@pytest.fixture
async def house(town: Town) -> dict[str, Person]:
    """Day 4 of twelve children, the last of them a reserve. Rahmat, the kasi, is on leave; Budi stands in for him."""
    people = {
        "kepala": await town.officer("Bu Kepala", "kepala"),
        "tu": await town.officer("Bu Tari", "tu", admin=True),
        "kasi": await town.officer("Pak Rahmat", "penyantunan", head="penyantunan"),
        "budi": await town.officer("Pak Budi", "penyantunan"),
        "ani": await town.officer("Ners Ani", "perawat"),
        "sari": await town.officer("Bu Sari", "peksos", head="peksos"),
    }
    cohort = await town.open_cohort("Angkatan III", arrival="2026-12-01", children=12)
    people["guru"] = await town.officer("Pak Guru", "guru", cohort=cohort)
    with town.store.transaction() as s:
        row = s.exec(select(Membership).join(Child).where(Child.number == RESERVE)).one()
        row.until_on, row.reason = row.from_on, LeaveReason.RESERVE
    await town.lives_until("2026-12-03 09.00")
    await people["kasi"].types("/cuti")
    await people["kasi"].taps("Catat cuti saya")
    await people["kasi"].types("4 sampai 6 desember")
    await people["kasi"].taps("Pak Budi")
    await people["kasi"].taps("Catat")
    await town.lives_until("2026-12-04 10.00")
    return people


async def open_at_the_head(kepala: Person) -> str:
    """The line of what is open about children on the Kepala's status; "" when nothing is."""
    await kepala.types("/status")
    lines = [line for line in kepala.last_screen.text.splitlines() if line.startswith("Kejadian terbuka")]
    return lines[0] if lines else ""


def told(person: Person, words: str) -> bool:
    return any(words in screen.text for screen in person.screens)


async def test_what_happens_to_children_reaches_who_must_act(town: Town, house: dict[str, Person]) -> None:
    kepala, tu, kasi, budi, ani, sari, guru = (
        house[one] for one in ("kepala", "tu", "kasi", "budi", "ani", "sari", "guru")
    )
    # a child falls ill; the head is on leave, so the deputy hears it
    await guru.types("005 demam 38,5 sudah parasetamol")
    assert "Suhu 38,5 °C\nTindakan: sudah parasetamol" in guru.last_screen.text
    await guru.taps("Ya, catat")
    for one in (ani, budi):
        assert "Pak Guru mencatat kejadian: anak No. 005." in one.lowest_screen.text
    assert not told(kasi, "No. 005")
    assert await open_at_the_head(kepala) == "Kejadian terbuka 1: No. 005 (1 belum dilihat)"
    await ani.types("/tugas")
    assert ani.last_screen.text.startswith("Kejadian terbuka 1: No. 005")
    await ani.taps("Kejadian: 1")
    await ani.taps("1")
    assert "Suhu 38,5 °C\nTindakan: sudah parasetamol" in ani.last_screen.text
    await ani.taps("Saya lihat")
    assert await open_at_the_head(kepala) == "Kejadian terbuka 1: No. 005"
    await ani.taps("Catat hasil")
    await ani.types("37,4, istirahat")
    assert "Ners Ani mencatat hasil kejadian anak No. 005." in guru.lowest_screen.text
    assert await open_at_the_head(kepala) == ""

    # a name is put right
    child = town.rows(select(Child).where(Child.number == 3))[0]
    await sari.taps_data(f"1.fix_fact.{child.id}~name")
    await sari.types("Anak Benar")
    await sari.taps("Salah ketik")
    await sari.taps("Ya, perbaiki")
    await tu.types("/anak benar")
    assert "No. 003 · Anak Benar" in tu.last_screen.text
    for one in (tu, guru):
        assert told(one, "Bu Sari memperbaiki data anak No. 003: nama."), one.name
        assert not any("Anak Benar" in screen.text for screen in one.screens if "memperbaiki" in screen.text)

    # one goes home early, and a reserve comes
    child = town.rows(select(Child).where(Child.number == 7))[0]
    today = town.house.today(town.clock.now()).toordinal()
    await sari.taps_data(f"1.child_leave_ok.{child.id}.{today}~SICK")
    for one in (kepala, ani, budi, guru):
        assert told(one, "Anak No. 007 sudah tidak ikut angkatan (sakit)."), one.name
    await sari.taps("Urungkan")  # by mistake; and then all the same
    assert told(guru, "Anak No. 007 ternyata tidak keluar.")
    await sari.taps_data(f"1.child_leave_ok.{child.id}.{today}~SICK")
    await sari.types(f"/anak {RESERVE}")
    await sari.taps("Panggil cadangan")
    assert "✅" in sari.last_screen.text
    for one in (kepala, ani, budi, guru):
        assert told(one, "Anak No. 012 ikut mulai sekarang: cadangan, dipanggil Bu Sari."), one.name

    # at night: what is not grave waits for the morning, what is grave does not
    await town.lives_until("2026-12-04 22.30")
    await budi.types("008 sakit perut")
    await budi.taps("Ya, catat")
    assert not told(ani, "No. 008")
    await budi.types("009 kejang")
    await budi.taps("Ya, catat")
    assert told(ani, "anak No. 009")
    await opens_a_case(sari)
    assert told(kepala, "Bu Sari membuka kasus: Kasus Anggrek.")
    assert not told(kepala, CHILD)
    await kepala.types("/status")
    assert "Kasus perlindungan: 1 aktif" in kepala.last_screen.text
    await town.lives_until("2026-12-05 06.01")
    assert told(ani, "anak No. 008")

    # the scales: 3 kg less than on the day before is told at once, and what came of all is told in the end
    await town.lives_until("2026-12-11 08.00")
    await weighs(town, ani, dict.fromkeys(present(), 25.0))
    await town.lives_until("2026-12-21 08.00")
    await weighs(town, ani, {number: 25.5 if number != 4 else 22.0 for number in present()})
    for one in (kasi, kepala):
        assert told(one, "Turun: No. 004 (-3,0 kg)."), one.name
    assert told(kasi, "Berat turun banyak: No. 004.")
    assert "004" in await open_at_the_head(kepala)
    found = town.rows(select(Incident).where(Incident.lost_g == 3_000))
    await ani.taps_data(f"1.incident_close.{found[0].id}")
    await ani.types("timbangan ulang 24,8; tambah makan")
    assert "004" not in await open_at_the_head(kepala)


async def opens_a_case(sari: Person) -> None:
    await sari.types("/kasus")
    await sari.taps("Buka kasus baru")
    await sari.taps("☐ Situasi darurat")
    await sari.taps("Lanjut")
    await sari.types("9")
    await sari.taps("Perempuan")
    while "Lewati" not in sari.buttons:  # is it here already, does it go to school?
        await sari.taps(sari.buttons[0])
    await sari.types(CHILD)
    await sari.types("Ditinggal di pasar")
    await sari.taps("Pakai")
    await sari.taps("Buka kasus")


def present() -> list[int]:
    return [number for number in range(1, RESERVE + 1) if number != 7]


async def weighs(town: Town, ani: Person, weights: dict[int, float]) -> None:
    await ani.types("/timbang")
    lines = [f"{number} {weight:.1f}".replace(".", ",") for number, weight in weights.items()]
    await ani.types("\n".join(lines))


async def test_on_the_third_day_after_the_departure_nothing_impossible_is_asked(
    town: Town, house: dict[str, Person]
) -> None:
    """Nobody recorded a thing for four weeks."""
    await town.lives_until("2027-01-03 09.00")
    for name, person in house.items():
        await person.types("/tugas")
        text = person.last_screen.text
        for gone in ("outbond", "Timbang", "harian", "pelajaran", "Susun menu", "Pantau"):
            assert gone not in text, (name, text)
    assert told(house["kasi"], "Angkatan III sudah pulang. Langkah seksi Anda yang tidak terlaksana:")
    open_now = {(task.sop, task.step) for task in town.rows(select(Task)) if task.state == TaskState.OPEN}
    assert open_now <= {("9.1.17", 3), ("9.1.17", 4), ("9.1.01", 6), ("9.1.19", 2)}, open_now
