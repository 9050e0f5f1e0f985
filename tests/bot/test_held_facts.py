"""What the unit knows is kept from one tap to the next, and read again when anybody has changed it."""

import contextlib
import sqlite3
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from handlers.ui.request import Reply, Request, Say, reply
from sop_flows.core.work import Work
from sop_flows.errors import NotFoundError
from sop_flows.staffing.roster import enrolled
from storage.engine import Store, open_store
from storage.tables import InboxRow, Officer, Vital
from tests.bot.conftest import MakeTown
from tests.support.builders import build_officer, build_vital
from tests.support.tap_costs import counting
from tests.support.town import Town


def names(request: Request) -> Reply:
    """Who is enrolled, as a tap knows it."""
    return reply(Say(", ".join(one.name for one in enrolled(request.work))))


def elsewhere(town: Town, write: Callable[[Store], None]) -> None:
    """As another process: with a store of its own on the same database."""
    here = town.runtime.unit.store
    url = here.engine.url.render_as_string(hide_password=False)
    other = open_store(url, here.keyring)
    write(other)
    other.close()


def enrol_budi(store: Store) -> None:
    with store.transaction() as s:
        build_officer(s, name="Budi")


async def said(town: Town, text: str) -> str:
    ani = town.person("Ani")
    await ani.types(text)
    return ani.last_screen.text


async def test_nobody_asks_twice_who_is_who(make_town: MakeTown) -> None:
    town = await make_town(names)
    if town.runtime.unit.store.engine.dialect.name != "sqlite":
        pytest.skip("counted on SQLite")
    ani = town.seat("Ani")
    assert [await said(town, "satu"), await said(town, "dua")] == ["Ani", "Ani"]
    async with counting(town) as cost:
        ani.phone.types("tiga")
    assert not [one for one in cost.statements if "officers" in one]


async def test_what_another_process_wrote_is_known_at_the_next_tap(make_town: MakeTown) -> None:
    town = await make_town(names)
    town.seat("Ani")
    assert await said(town, "satu") == "Ani"
    elsewhere(town, enrol_budi)
    assert await said(town, "dua") == "Ani, Budi"


async def test_what_another_transaction_of_ours_wrote_is_known_at_the_next_tap(make_town: MakeTown) -> None:
    town = await make_town(names)
    town.seat("Ani")
    assert await said(town, "satu") == "Ani"
    enrol_budi(town.runtime.unit.store)
    assert await said(town, "dua") == "Ani, Budi"


async def test_a_tap_that_enrols_knows_whom(make_town: MakeTown) -> None:
    def route(request: Request) -> Reply:
        if request.text == "tambah":
            enrolled(request.work)
            build_officer(request.session, name="Budi")
            request.session.flush()
        return names(request)

    town = await make_town(route)
    town.seat("Ani")
    assert [await said(town, "satu"), await said(town, "tambah"), await said(town, "dua")] == [
        "Ani",
        "Ani, Budi",
        "Ani, Budi",
    ]


@pytest.mark.parametrize("error", [NotFoundError, RuntimeError])
async def test_what_is_taken_back_was_never_known(make_town: MakeTown, error: type[Exception]) -> None:
    def route(request: Request) -> Reply:
        if request.text == "batal":
            enrolled(request.work)[0].name = "Salah"
            build_officer(request.session, name="Budi")
            request.session.flush()
            assert len(enrolled(request.work)) == 2
            raise error
        return names(request)

    town = await make_town(route)
    town.seat("Ani")
    await said(town, "batal")
    assert await said(town, "dua") == "Ani"
    assert [one.name for one in town.rows(select(Officer))] == ["Ani"]


async def test_a_look_writes_nothing_until_it_is_said(make_town: MakeTown) -> None:
    town = await make_town(names)
    ani = town.seat("Ani")
    ani.phone.types("satu")
    await town.runtime.poll_once()
    await town.runtime.workers.work_until_idle()
    assert ani.last_screen.text == "Ani"
    [row] = town.rows(select(InboxRow))
    assert (row.handled_at, row.reply) == (None, None)
    await town.restart()  # it is noted before the process ends
    await town.settle()
    assert len(ani.screens) == 1
    assert town.rows(select(InboxRow))[0].replied_at is not None


async def test_a_look_that_was_not_noted_is_handled_again(
    make_town: MakeTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = await make_town(names)
    ani = town.seat("Ani")
    with monkeypatch.context() as patched:
        patched.setattr(Store, "later", lambda *_given: None)  # killed within those 200 ms
        await ani.types("satu")
    await town.restart()
    await town.settle()
    assert [screen.text for screen in ani.screens] == ["Ani", "Ani"]


async def test_what_is_wrong_with_a_note_holds_up_nothing(make_town: MakeTown) -> None:
    town = await make_town(names)
    ani = town.seat("Ani")
    store = town.runtime.unit.store

    def wrong(_session: object) -> None:
        raise RuntimeError

    def note(s: Session) -> None:
        build_vital(s, name="noted")

    store.later("", wrong)
    store.later("", note)
    await ani.types("satu")
    assert ani.last_screen.text == "Ani"
    assert [one.name for one in town.rows(select(Vital).where(col(Vital.name) == "noted"))] == ["noted"]


async def test_nothing_is_asked_of_the_agenda_before_its_time(any_town: Town) -> None:
    town = any_town
    sari = await town.officer("Sari", role="peksos")
    await sari.types("/tugas")
    at = town.runtime.unit.due.upkeep_at
    assert at is not None
    assert at > town.clock.now()
    asked: list[Work] = []
    ports = town.runtime.unit.ports
    advance = ports.advance

    def noting(work: Work) -> bool:
        asked.append(work)
        return advance(work)

    object.__setattr__(ports, "advance", noting)
    await sari.types("/tugas")
    assert asked == []
    town.clock.set(at)
    await sari.types("/tugas")
    assert asked
    asked.clear()
    town.clock.advance(seconds=-timedelta(hours=1).total_seconds())
    await sari.types("/tugas")
    assert asked


async def test_a_process_that_goes_on_writing_overtakes_a_tap_once(make_town: MakeTown) -> None:
    """SQLite: a tap begins as a look; the second time nobody comes between (`pandu rekey` writes several times a second)."""
    looks = 0

    def route(request: Request) -> Reply:
        nonlocal looks
        looks += 1
        here = enrolled(request.work)
        with (
            contextlib.suppress(sqlite3.OperationalError),
            contextlib.closing(sqlite3.connect(file, timeout=0)) as other,
        ):
            other.execute("UPDATE vitals SET value = value || '.' WHERE name = 'anything'")
            other.commit()
        build_officer(request.session, name="Budi")
        return reply(Say(str(len(here))))

    town = await make_town(route)
    if town.runtime.unit.store.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL has no such thing")
    file = str(town.runtime.unit.store.engine.url.database)
    enrol_budi(town.runtime.unit.store)
    with town.runtime.unit.store.transaction() as s:
        build_vital(s, name="anything")
    town.seat("Ani")
    assert await said(town, "satu") == "2"
    assert looks == 2
