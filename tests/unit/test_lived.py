"""Copying instead of living (tests/support/lived.py): what comes of it is the same, and what has no key is lived."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import SQLModel, select

from sop_flows.actions.cohorts.flags import set_flag
from storage.tables import FlagKind, Officer, Reminder, Task
from storage.types import Keyring
from tests.support.clocks import wita
from tests.support.database import Databases
from tests.support.engines import open_store
from tests.support.institution import Home
from tests.support.lived import Moment, NoKeyError, Past, frozen
from tests.support.packs import our_pack_of
from tests.support.town import Town, a_town

AT = wita("2026-10-26 08.00")
Begin = Callable[[], Home]


@pytest.fixture
def begin(databases: Databases, keyring: Keyring, tmp_path: Path) -> Iterator[Begin]:
    """One institution after the other, each on an empty database."""
    opened = []

    def make() -> Home:
        url = databases.migrated()
        store = open_store(url, keyring)
        medium = databases.medium_of(store.engine)
        medium.pays_from_s = 0  # every act is kept, however quick it was
        store.past = Past(medium)
        opened.append((store, url))
        return Home(store, tmp_path, our_pack_of("9.2.15"))

    yield make
    for store, url in opened:
        store.close()
        databases.drop(url)


def live(home: Home) -> Task:
    """As many tests begin."""
    home.everyone()
    home.angkatan("Angkatan Kembar")
    home.it_is("2026-12-10 08.00")
    home.flag(home.sari, 2)
    return home.task("9.2.15", 4, 1)


def rows(home: Home) -> dict[str, list[dict[str, Any]]]:
    """Everything that is written down."""
    tables: tuple[type[SQLModel], ...] = (Officer, Task, Reminder)
    with home.reading() as s:
        return {table.__name__: [row.model_dump() for row in s.exec(select(table))] for table in tables}


def moment(home: Home) -> Moment:
    """Where it is."""
    assert home.past is not None
    assert home.past.moment is not None
    return home.past.moment


def test_a_copy_is_what_was_lived(begin: Begin) -> None:
    lived, again, copied = begin(), begin(), begin()
    task = live(lived)
    live(again)
    assert moment(again) is moment(lived)
    times = moment(lived).times
    assert live(copied) == task
    assert moment(copied) is moment(lived)
    assert moment(lived).times == times  # it was not lived a third time
    assert rows(copied) == rows(lived)
    assert copied.now == lived.now
    for home in (lived, copied):
        home.later(24 * 60)
    assert rows(copied) == rows(lived)


def test_what_one_does_to_a_copy_another_does_not_see(begin: Begin) -> None:
    for _time in range(3):
        live(begin())
    changed, other = begin(), begin()
    live(changed)
    live(other)
    with changed.store.transaction() as s:
        s.get_one(Officer, changed.dewi.id).name = "Dewi Lain"
    assert changed.name(changed.dewi.id) == "Dewi Lain"
    assert other.name(other.dewi.id) == "Dewi"


def test_after_what_has_no_key_everything_is_lived(begin: Begin) -> None:
    home = begin()
    live(home)
    home.call(set_flag, home.sari, home.child(1), FlagKind.ASSESSMENT, True)
    assert home.past is not None
    assert home.past.moment is None
    home.it_is("2026-12-11 08.00")
    assert home.past.moment is None


def test_after_a_refusal_everything_is_lived(begin: Begin) -> None:
    home = begin()
    live(home)
    with pytest.raises(AssertionError):
        home.finish_until("9.2.15", 99, ("9.2.15",))
    assert home.past is not None
    assert home.past.moment is None


def test_looking_ends_nothing(begin: Begin) -> None:
    home = begin()
    live(home)
    before = moment(home)
    assert home.tasks("9.2.15", 4)
    assert moment(home) is before


def test_a_row_is_told_by_what_it_holds() -> None:
    ani, again, budi = (Officer(id=1, name=f"{one} Rekaan", enrolled_at=AT) for one in ("Ani", "Ani", "Budi"))
    assert frozen(ani) == frozen(again)
    assert frozen(ani) != frozen(budi)
    assert frozen(1) != frozen(True)
    assert frozen(["a", {"b": None}]) == frozen(["a", {"b": None}])
    with pytest.raises(NoKeyError):
        frozen(object())


@pytest.mark.slow
async def test_a_copied_town_goes_on_as_one_that_was_lived(
    sqlite_databases: Databases, tmp_path: Path
) -> None:
    seen = []
    for number, remembers in enumerate((False, True, True, True)):
        folder = tmp_path / str(number)
        async with a_town(sqlite_databases, folder, our_pack_of("9.2.15"), remembers=remembers) as town:
            seen.append(await told(town))
    assert seen == [seen[0]] * 4


async def told(town: Town) -> list[str]:
    """All that a nurse reads from her enrolment to the second weighing, and what she holds in her hand meanwhile."""
    ani = await town.officer("Ani Contoh", role="perawat")
    await town.open_cohort("Angkatan Kembar", arrival="2026-11-30", children=2)
    await town.lives_until("2026-12-10 08.00")
    first = ani.last_screen
    await ani.types("/timbang")
    await ani.types("24")
    card = ani.last_screen
    await ani.types("25")
    await town.lives_until("2026-12-20 08.00")
    assert card.message in [screen.message for screen in ani.screens]
    told = [screen.text for screen in (first, card, *ani.screens)]
    ani.phone.types("/tugas")  # by hand: from here on it is lived
    await town.settle()
    assert town.past is None or town.past.moment is None
    return [*told, ani.last_screen.text, str(town.clock.now())]
