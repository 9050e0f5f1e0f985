"""From a message to the answer: the shortest way through inbox, gate and speaker."""

from sqlmodel import col, select

from storage.tables import InboxRow
from tests.bot.conftest import MakeTown


async def test_a_message_is_answered_once_and_its_words_are_not_kept(make_town: MakeTown) -> None:
    town = await make_town()
    ani = town.person("Ani")
    await ani.types("halo")
    assert [screen.text for screen in ani.screens] == ["got halo"]
    [row] = town.rows(select(InboxRow))
    assert row.handled_at == town.clock.now()
    assert row.replied_at == town.clock.now()
    assert (row.raw, row.reply, row.error) == (None, None, None)


async def test_a_tap_changes_its_message_and_is_answered(make_town: MakeTown) -> None:
    town = await make_town()
    ani = town.person("Ani")
    await ani.types("halo")
    await ani.taps("Go")
    assert [screen.text for screen in ani.screens] == ["tapped now"]
    assert ani.toast == "ok"


async def test_updates_are_handled_in_the_order_in_which_they_came(make_town: MakeTown) -> None:
    town = await make_town()
    ani = town.person("Ani")
    for number in range(30):
        ani.phone.types(str(number))
    await town.settle()
    assert [screen.text for screen in ani.screens] == [f"got {number}" for number in range(30)]
    rows = town.rows(select(InboxRow).order_by(col(InboxRow.update_id)))
    assert len(rows) == 30
