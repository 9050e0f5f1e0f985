"""An angkatan through the 35 SOPs of petirahan, by taps, text, photo, location and file only, against the table."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from sop_flows.declarations.loader import Pack
from tests.life.compare import problems
from tests.life.counts import Count, read_sections
from tests.life.house import House, Start
from tests.life.phones import everything_seen
from tests.life.plan import lived, planned
from tests.life.table import Row, read_table
from tests.support.packs import real_pack
from tests.support.person import Person
from tests.support.town import Town

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

OPENED = date(2026, 10, 21)
ARRIVAL = date(2026, 12, 1)
DEPARTURE = date(2026, 12, 31)
LAST_DAY = date(2027, 2, 10)
CHILDREN = 10
FLAGGED = (3, 7)
SOPS = 35
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


async def test_an_angkatan_lives_the_35_sops_as_the_table_says(town: Town) -> None:
    house = House(town, CHILDREN, FLAGGED)
    town.clock.set(f"{OPENED} 09.00")
    await house.enrol_everybody()
    await house.open_cohort("1 desember", "Kamis, 31 Desember 2026")
    await house.enrol("Made", "guru", cohort=1)
    house.officers["Ani"].weights = scales
    for name in WRITERS:
        house.officers[name].writes = True
    await house.lives_from(OPENED, LAST_DAY, BY_HAND)
    rows, seen = read_table("petirahan"), everything_seen(town)
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
