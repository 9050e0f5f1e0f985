"""What a tap costs: ceilings that hold on every machine. Lower them with each statement that a tap no longer needs."""

from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from sop_flows.core.work import version_id
from tests.support.database import Databases
from tests.support.form_pack import form_pack
from tests.support.long_past import live_through
from tests.support.packs import our_pack_of
from tests.support.person import Person
from tests.support.steps import does
from tests.support.tap_costs import Cost, counting
from tests.support.town import Town, a_town

COMMITS_MAX = 3  # the update, what it does with its answer, and that this was said: the last with the next tap if one follows
HOPS_MAX = 3  # one for each of them
STATEMENTS_MAX = {
    "/tugas": 11,
    "card": 16,
    "Selesai": 39,
    "Urungkan": 39,
    "/status": 12,
    "form answer": 20,
    "typed weight": 23,
    "lists": 10,
    "list": 19,  # one of them for each of the six children who are named
    "child": 20,
    "late": 14,
}


@pytest.fixture
async def form_town(sqlite_databases: Databases, tmp_path: Path) -> AsyncIterator[Town]:
    """A town with forms."""
    async with a_town(sqlite_databases, tmp_path, form_pack()) as built:
        yield built


@pytest.fixture
async def weighing_town(sqlite_databases: Databases, tmp_path: Path) -> AsyncIterator[Town]:
    """A town with weigh-ins only."""
    async with a_town(
        sqlite_databases, tmp_path, our_pack_of("9.2.04", "9.2.05", "9.2.06", "9.2.15")
    ) as built:
        yield built


@pytest.fixture(autouse=True)
def lived(request: pytest.FixtureRequest) -> None:
    """Everything: after a copy the next tap would look up what is held."""
    for name in {"town", "form_town", "weighing_town"} & set(request.fixturenames):
        request.getfixturevalue(name).store.past = None


async def costs(town: Town, do: Callable[[], object]) -> Cost:
    async with counting(town) as cost:
        do()
    return cost


def check(what: str, cost: Cost, commits: int = COMMITS_MAX) -> None:
    assert len(cost.statements) <= STATEMENTS_MAX[what], f"{what}: {cost}"
    assert cost.commits <= commits, f"{what}: {cost}"
    assert len(cost.hops) <= HOPS_MAX, f"{what}: {cost}"
    assert cost.scans == [], what


async def test_taps_cost_no_more_than_they_did(town: Town) -> None:
    rahmat = await town.officer("Rahmat", role="penyantunan")
    kepala = await town.officer("Kepala Contoh", role="kepala", admin=True)
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-11-30 09.00")
    for _once_to_warm_up in range(2):
        found = {"/tugas": await costs(town, lambda: rahmat.phone.types("/tugas"))}
        tasks = rahmat.last_screen.message
        found["card"] = await costs(town, partial(rahmat.phone.taps, "1", on=tasks))
        card = rahmat.last_screen.message
        found["Selesai"] = await costs(town, partial(rahmat.phone.taps, "Selesai", on=card))
        done = rahmat.last_screen
        assert done.text.startswith("✅")
        found["Urungkan"] = await costs(town, partial(rahmat.phone.taps, "Urungkan", on=done.message))
        found["/status"] = await costs(town, lambda: kepala.phone.types("/status"))
    for what, cost in found.items():
        check(what, cost, commits=2 if what in ("/tugas", "/status") else COMMITS_MAX)


async def test_an_answer_of_a_form_costs_no_more_than_it_did(form_town: Town) -> None:
    town = form_town
    sari = await town.officer("Sari Contoh", role="peksos")
    await town.open_cohort(arrival="2026-11-30", children=3)
    await town.lives_until("2026-11-30 09.00")
    await does(town, sari, "9.9.01", 1)
    sari.reads()
    cost = await costs(town, lambda: sari.phone.types("120"))
    assert "Sejak kapan?" in sari.last_screen.text
    check("form answer", cost)


async def test_a_typed_weight_costs_no_more_than_it_did(weighing_town: Town) -> None:
    town = weighing_town
    ani = await town.officer("Ani Contoh", role="perawat")
    await town.open_cohort(arrival="2026-11-30", children=6)
    await town.lives_until("2026-12-10 08.00")
    await ani.types("/timbang")
    await ani.types("24")
    ani.reads()
    cost = await costs(town, lambda: ani.phone.types("25"))
    assert "002 · 25,0 kg" in ani.last_screen.text
    check("typed weight", cost)


async def test_what_is_read_costs_no_more_than_it_did(weighing_town: Town) -> None:
    town = weighing_town
    ani = await town.officer("Ani Contoh", role="perawat")
    kepala = await town.officer("Kepala Contoh", role="kepala")
    await town.open_cohort(arrival="2026-11-30", children=6)
    await town.lives_until("2026-12-10 08.00")
    await ani.types("/timbang")
    await ani.types("\n".join(f"{number} 2{number}" for number in range(1, 7)))
    await kepala.types("/status")
    weighing = town.task("9.2.15", 4, 1).id
    for what, data in (
        ("late", "1.status_late.1"), ("lists", "1.lists_all.1.0"), ("list", f"1.roll_list.{weighing}.0.0"), ("child", "1.child_card.3"),
    ):  # fmt: skip
        on = kepala.last_screen.message.id
        kepala.reads()
        check(what, await costs(town, partial(kepala.phone.taps_data, on, data, True)))


# Whatever is read of an angkatan: /status and what lies behind it, each kind of list, a child's page, the search.
LOOKS = (
    "/status", "1.status_late.1", "1.status_parts.1", "1.status_people.1", "1.lists_all.1.0", "1.letters.1.0",
    "1.roll_list.{weighing}.0.0", "1.roll_list.{weighing}.2.0", "1.roll_workbook.{weighing}", "1.child_list.1.0.0",
    "1.child_by.1.1", "1.child_place.1.0.0.0", "1.child_card.3", "1.child_past.3.0", "1.child_records.3.0",
    "1.files_child.3", "1.when_child.3.0", "1.child_curve.3", "/anak contoh 04", "/anak wisma", "/anak 3", "/timbang", "/tugas",
)  # fmt: skip
PAST = 3_000  # confirmations, with what comes with them; a scan of any of them is more than all the rest of a tap
GROWS = 1.2  # times
ANOTHER_WAY = (
    300  # steps: what is open is looked for child by child, where the database has counted that this is less
)


async def looked(town: Town, kepala: Person, weighing: int | None) -> dict[str, Cost]:
    """What each look costs, the second time."""
    found: dict[str, Cost] = {}
    for _once_to_warm_up in range(2):
        for look in LOOKS:
            kepala.reads()
            said = look.format(weighing=weighing)
            on = kepala.last_screen.message.id
            do = (
                partial(kepala.phone.types, said)
                if said.startswith("/")
                else partial(kepala.phone.taps_data, on, said, True)
            )
            found[look] = await costs(town, do)
    return found


async def test_a_look_costs_as_much_in_a_house_with_a_long_past(weighing_town: Town) -> None:
    town = weighing_town
    ani = await town.officer("Ani Contoh", role="perawat")
    kepala = await town.officer("Kepala Contoh", role="kepala")
    await town.open_cohort(arrival="2026-11-30", children=6)
    await town.lives_until("2026-12-10 08.00")
    await ani.types("/timbang")
    await ani.types("\n".join(f"{number} 2{number}" for number in range(1, 7)))
    await kepala.types("/status")
    weighing = town.task("9.2.15", 4, 1).id
    young = await looked(town, kepala, weighing)
    with town.store.transaction() as s:
        version = version_id(s, town.house.pack.sops["9.2.06"])
        live_through(s, version, PAST, lambda n: (ani, kepala)[n % 2].id, town.clock.now())
        s.connection().execute(text("ANALYZE"))
    old = await looked(town, kepala, weighing)
    assert {look: cost.scans for look, cost in old.items() if cost.scans} == {}
    grown = {look: (cost.steps, old[look].steps) for look, cost in young.items()}
    assert {
        look: (young, old) for look, (young, old) in grown.items() if old > GROWS * young + ANOTHER_WAY
    } == {}
