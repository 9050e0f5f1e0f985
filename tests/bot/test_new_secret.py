"""The secret is changed while officers work: phones before, in the middle of `pandu rekey`, and after it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.engine import URL
from sqlmodel import select

from bot.commands.rekey import hashes_of
from bot.institution import check_keys
from bot.settings import SettingsError
from sop_flows.core.work import Institution
from storage.cabinet import Cabinet
from storage.queries.accounts import find_officer_of_chat
from storage.rekey import Rekey, count_left
from storage.schema import downgrade, upgrade
from storage.tables import Account, InboxRow, StrangerVisit
from storage.types import Keyring
from tests.support.database import SECRET
from tests.support.engines import open_store
from tests.support.person import Person
from tests.support.town import Town

NEW = "kunci yang baru, sama panjangnya, juga rekaan"
NOW = datetime(2026, 12, 10, tzinfo=UTC)

pytestmark = pytest.mark.sops("9.2.04", "9.2.05", "9.2.06", "9.2.15")


async def start_with(town: Town, *secrets: str) -> None:
    """Stop the bot, and start it with these secrets, as `pandu run` does."""
    await town.runtime.stop()
    url = URL.create(**town.store.engine.url._asdict()).render_as_string(hide_password=False)
    town.store.close()
    town.store = open_store(url, Keyring(secrets))
    upgrade(town.store.engine)
    check_keys(town.store, town.clock.now())
    cabinet = Cabinet(town.house.cabinet.folder, town.store.keyring)
    town.house = Institution(town.house.pack, town.house.office, cabinet)
    town.runtime = town._build()
    await town.open()


def rekey_beside(town: Town) -> Rekey:
    """`pandu rekey`, a process of its own, a few rows at a time."""
    url = URL.create(**town.store.engine.url._asdict()).render_as_string(hide_password=False)
    other = open_store(url, Keyring([NEW, SECRET]))
    upgrade(other.engine)
    return Rekey(other, Cabinet(town.house.cabinet.folder, other.keyring), hashes_of, NOW, rows_at_once=4)


def left_in(town: Town) -> int:
    with town.store.reading() as s:
        return count_left(s, town.store.keyring, town.house.cabinet).left


async def knows(person: Person) -> None:
    """The bot knows whose phone it is."""
    await person.types("/tugas")
    assert "Tugas" in person.last_screen.text or "tugas" in person.last_screen.text


async def test_phones_before_during_and_after(any_town: Town) -> None:
    town = any_town
    town.store.past = None
    ani = await town.officer("Ani Contoh", role="perawat")
    tari = await town.officer("Tari Contoh", role="tu", admin=True)
    await town.open_cohort(arrival="2026-11-30", children=4)
    await town.lives_until("2026-12-06 08.00")
    stranger = town.person("Orang Asing")
    await stranger.types("halo")
    asked = len(stranger.screens)
    await town.lives_until("2026-12-10 08.00")
    code = town.invite("Budi Contoh", role="penyantunan")
    await ani.types("/timbang")
    await ani.types("24")
    assert "2/4 · No. 002" in ani.last_screen.text  # before: a question is open
    downgrade(town.store.engine, "0017")  # and all of it is of a version that bound no cell
    upgrade(town.store.engine)
    await knows(tari)

    await start_with(town, NEW, SECRET)
    await knows(tari)
    await ani.types("/timbang")
    await ani.types("25")
    assert "3/4 · No. 003" in ani.last_screen.text
    await stranger.types("halo lagi")
    assert len(stranger.screens) == asked  # told once, under whichever secret

    rekey = rekey_beside(town)
    before = left_in(town)
    for _some in range(6):
        rekey.step()
    rekey.store.close()  # killed in the middle
    assert 0 < left_in(town) < before
    await knows(tari)
    await ani.types("26")
    assert "4/4 · No. 004" in ani.last_screen.text
    with pytest.raises(SettingsError, match="PANDU_SECRET_KEY_OLD: rows still need an earlier secret"):
        await start_with(town, NEW)
    await start_with(town, NEW, SECRET)

    rekey = rekey_beside(town)
    while rekey.step():
        if rekey.renewed % 5 == 0:
            await knows(tari)
    assert rekey.finish() is None
    rekey.store.close()
    assert left_in(town) == 0

    await start_with(town, NEW)
    await knows(tari)
    await ani.types("/timbang")
    await ani.types("27")
    assert "4 ditimbang" in ani.last_screen.text
    budi = town.person("Budi Contoh")
    await budi.starts(code)  # the invitation of before
    with town.store.reading() as s:
        found = find_officer_of_chat(s, town.store.keyring.fingerprint(str(budi.phone.id), "chat"))
        assert found is not None
        assert found[0].name == "Budi Contoh"
        keys = {row.chat_key for row in s.exec(select(Account))}
        assert keys == {
            str(town.store.keyring.fingerprint(str(one.phone.id), "chat")) for one in (ani, tari, budi)
        }


async def test_an_update_that_comes_again_under_another_secret_is_the_same(any_town: Town) -> None:
    town = any_town
    town.store.past = None
    tari = await town.officer("Tari Contoh", role="tu", admin=True)
    said = {"message_id": 5, "date": 1, "chat": {"id": tari.phone.id, "type": "private"}, "text": "/tugas"}
    update = {"update_id": 900_001, "message": said}
    assert len(town.runtime.inbox.put([update])) == 1
    await start_with(town, NEW, SECRET)
    assert town.runtime.inbox.put([update]) == []  # as Telegram does when it was not confirmed
    assert (
        len(town.runtime.inbox.put([update | {"message": said | {"date": 2}}])) == 1
    )  # another with its number
    assert len(town.runtime.inbox.put([{"update_id": 900_002, "message": said}])) == 1


async def test_what_waited_at_the_change_of_the_secret_is_answered_in_order(any_town: Town) -> None:
    town = any_town
    town.store.past = None
    ani = await town.officer("Ani Contoh", role="perawat")
    await town.open_cohort(arrival="2026-11-30", children=4)
    await town.lives_until("2026-12-10 08.00")
    await ani.types("/timbang")
    ani.reads()
    ani.phone.types("24")
    await town.runtime.poll_once()  # in the inbox under the old secret, not handled
    ani.phone.types("/tugas")
    await start_with(town, NEW, SECRET)
    await town.settle()
    assert "001" in "".join(screen.text for screen in ani.screens[-2:])
    assert len(town.rows(select(InboxRow).where(InboxRow.handled_at.is_(None)))) == 0  # type: ignore[union-attr]


async def test_a_stranger_who_tries_codes_is_not_let_off(town: Town, tmp_path: Path) -> None:
    town.store.past = None
    await town.officer("Tari Contoh", role="tu", admin=True)
    stranger = town.person("Orang Asing")
    for _try in range(6):
        await stranger.starts("ABCD-2345")
    waits = stranger.last_screen.text
    await start_with(town, NEW, SECRET)
    await stranger.starts("ABCD-2346")
    assert stranger.last_screen.text == waits  # silence
    (visit,) = town.rows(select(StrangerVisit))
    assert visit.wrong_codes == 5
