"""An angkatan through the 35 SOPs of petirahan, by taps, text, photo, location and file only, against the table."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from sop_flows.declarations.loader import Pack
from tests.life.compare import problems
from tests.life.counts import Count, read_sections
from tests.life.house import House, Start
from tests.life.papers import drawn
from tests.life.phones import everything_seen
from tests.life.plan import lived, planned
from tests.life.table import Row, read_table
from tests.support.clocks import wita
from tests.support.packs import real_pack
from tests.support.person import Person
from tests.support.town import Town

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

OPENED = date(2026, 10, 21)
ARRIVAL = date(2026, 12, 1)
DEPARTURE = date(2026, 12, 31)
LAST_DAY = date(2027, 2, 10)
MIDDLE = date(2026, 12, 13)  # the parents are here; the visits to families are due, and an hour late
CHILDREN = 10
FLAGGED = (3, 7)
LOSES = 2  # 0,4 kg, which nobody has to act on
SOPS = 35
PAPERS = 10  # and the two of single children
WRITERS = (
    "Sari",
    "Dewi",
    "Wayan",
)  # half of the officers write what may be left for later; the others never do
BY_HAND = {
    date(2026, 12, 8): Start("Sari", "9.1.11", child=3),
    date(2026, 12, 15): Start("Budi", "9.1.10"),
    date(2026, 12, 17): Start("Sari", "9.1.08", child=5),
}


@pytest.fixture
def pack() -> Pack:
    """As it comes with Pandu, with its calendar."""
    return real_pack()


def scales(number: int) -> str | None:
    """What the scales show."""
    return f"{20 + number / 10:.1f}".replace(".", ",") if number <= CHILDREN else None


def later_scales(number: int) -> str | None:
    """What they show from the second time on: one child has lost weight."""
    return "19,8" if number == LOSES else scales(number)


async def test_an_angkatan_lives_the_35_sops_as_the_table_says(town: Town) -> None:
    house = House(town, CHILDREN, FLAGGED)
    town.clock.set(f"{OPENED} 09.00")
    await house.enrol_everybody()
    await house.open_cohort("1 desember", "Kamis, 31 Desember 2026")
    await house.enrol("Made", "guru", cohort=1)
    house.officers["Ani"].weights = scales
    for name in WRITERS:
        house.officers[name].writes = True
    await house.lives_from(OPENED, ARRIVAL, BY_HAND)
    house.officers["Ani"].weights = later_scales
    await house.lives_from(ARRIVAL + timedelta(days=1), MIDDLE - timedelta(days=1), BY_HAND)
    await house.morning(MIDDLE)
    await town.lives_until(f"{MIDDLE} 17.00")
    await the_kepala_answers_in_three_taps(house.person("Wayan"))
    await house.lives_from(MIDDLE, LAST_DAY, BY_HAND)
    asked_at = wita(f"{MIDDLE} 17.00")  # the lists that the Kepala reads then are nobody's tasks
    seen = [one for one in everything_seen(town) if (one.officer, one.at) != ("Wayan", asked_at)]
    rows = read_table("petirahan")
    assert len({row.sop for row in rows}) == SOPS
    found = problems(town, rows, seen, house.roles)
    assert not found, "\n".join(found)
    assert read_sections(await house.sections()) == {
        role: Count(done, 0, 0, 0, 0, 0) for role, done in parts_of(rows).items()
    }
    for wrong in mistakes(rows):
        assert problems(town, wrong, seen, house.roles)
    asked = {place for officer in house.officers.values() for place in officer.asked_first}
    assert asked <= records_that_are_steps(), "one tap confirms what is no record"
    left = {name: await not_complete(house.person(name)) for name in house.officers}
    assert {name for name in WRITERS if left[name]} == set()
    assert any(left.values())
    papers = drawn(town, house.person("Wayan"), cohort=1)
    assert {name: papers.pop(name) for name in ("notulen_bahas_kasus", "kunjungan_rumah")} == {
        "notulen_bahas_kasus": 1,
        "kunjungan_rumah": len(FLAGGED),
    }
    assert len(papers) == PAPERS
    assert set(papers.values()) == {CHILDREN}  # also of who has gone home since


async def the_kepala_answers_in_three_taps(kepala: Person) -> None:
    """What is asked of a Kepala about a stay: the word below the text box, and two buttons at most."""

    async def looks(*ways: str) -> str:
        assert len(ways) <= 2
        await kepala.types("Status")
        for way in ways:
            lines = kepala.last_screen.text.splitlines()
            number = next((line.split(".")[0] for line in lines if way in line), "")
            await kepala.taps(way if way in kepala.buttons else number)
        assert kepala.last_screen.is_protected
        return kepala.last_screen.text

    status = (await looks()).splitlines()
    assert len(status[: status.index("")]) <= 10
    assert status[0] == "Angkatan III · hari 12 dari 30 ▓▓▓▓░░░░░░ · 10 anak"
    assert status[1] == "⏰ Terlambat 1: Kunjungan rumah (Dewi, hari ini)"  # what is late, and whose
    planned = next(line for line in status if line.startswith("Rencana sampai kini: "))
    assert re.search(r"(\d+) dari \1 langkah selesai$", planned)  # nothing falls behind the plan
    assert "pra-pelayanan 15/15" in await looks("Per bagian")
    assert "1. 9.1.12 Kunjungan rumah · Dewi, hari ini" in await looks("Terlambat")
    lost = (await looks("Daftar", "Penimbangan ke-2")).splitlines()
    assert lost[1] == "Rata-rata 0,0 kg, 1 anak turun (No. 002)"
    left = (await looks("Daftar", "Kunjungan rumah")).splitlines()
    assert left[1] == "Belum tercatat: 2 (No. 003, 007)"
    rooms = (await looks("Daftar", "Tempatkan anak di wisma")).splitlines()
    assert rooms[1].startswith("Wisma Melati 3 (17 kosong), ")
    assert rooms[2] == "001 Anak Contoh 01 · SDN 2 Contoh · L · Wisma Rinjani"
    came = (await looks("Daftar", "Informasi dan motivasi orang tua")).splitlines()
    assert came[0].endswith(" · 10 dari 10")
    assert came[1:3] == ["Keduanya 10", "001 Anak Contoh 01 · SDN 2 Contoh · Keduanya"]


def records_that_are_steps() -> set[tuple[str, int]]:
    """SOP and step of what "Selesai" asks first."""
    steps = ((sop, step) for sop in real_pack().sops.values() for step in sop.asked_steps)
    return {
        (sop.number, step.step)
        for sop, step in steps
        if step.record is not None and step.record.ask == "before"
    }


async def not_complete(person: Person) -> bool:
    """Whether something waits under "Belum lengkap"."""
    await person.types("/tugas")
    return any(label.startswith("Belum lengkap") for label in person.buttons)


def parts_of(rows: list[Row]) -> Counter[str]:
    """How many times each role was asked."""
    return Counter(role for row in rows for role in row.executors)


def mistakes(rows: list[Row]) -> Iterator[list[Row]]:
    """Tables with one mistake each: whoever compares must notice."""
    day = timedelta(days=1)
    for at, row in enumerate(rows):
        if row.reminded and len(row.children) > 1:
            yield [*rows[:at], replace(row, offered=row.offered + day), *rows[at + 1 :]]
            yield [*rows[:at], replace(row, due=row.due + day), *rows[at + 1 :]]
            yield [*rows[:at], replace(row, executors=("peksos",)), *rows[at + 1 :]]
            yield [*rows[:at], replace(row, executors=(*row.executors, "tu")), *rows[at + 1 :]]
            yield [*rows[:at], replace(row, children=(3,)), *rows[at + 1 :]]
            yield [
                *rows[:at],
                replace(row, reminded=tuple(one + day for one in row.reminded)),
                *rows[at + 1 :],
            ]
            yield [*rows[:at], row, row, *rows[at + 1 :]]
            yield [*rows[:at], *rows[at + 1 :]]
            return


def test_the_plan_of_the_command_line_is_what_is_lived() -> None:
    dates = ("--opened", f"{OPENED}", "--arrival", f"{ARRIVAL}", "--departure", f"{DEPARTURE}")
    assert planned(*dates) == lived(read_table("petirahan"))
