"""In a group the bot says one sentence and leaves; children's data are never said there."""

from handlers.ui.fallbacks import on_group
from tests.bot.conftest import MakeTown


async def test_one_sentence_and_out(make_town: MakeTown) -> None:
    town = await make_town(on_group)
    ani = town.seat("Ani")
    group = town.world.group("Grup Contoh", [ani.phone])
    group.adds_bot(ani.phone)
    group.says(ani.phone, "/tugas")
    group.says(ani.phone, "/status")
    await town.settle()
    assert len(group.received) == 1
    assert group.group.bot_status == "left"


async def test_invited_again_it_says_it_again(make_town: MakeTown) -> None:
    town = await make_town(on_group)
    ani = town.seat("Ani")
    group = town.world.group("Grup Contoh", [ani.phone], kind="supergroup")
    for times in (1, 2):
        group.adds_bot(ani.phone)
        await town.settle()
        assert len(group.received) == times
        assert group.group.bot_status == "left"


async def test_a_group_that_was_there_before_is_left_at_its_first_word(make_town: MakeTown) -> None:
    town = await make_town(on_group)
    ani = town.seat("Ani")
    group = town.world.group("Grup Contoh", [ani.phone])
    group.adds_bot(ani.phone)
    town.world.take_updates()
    group.says(ani.phone, "/tugas")
    await town.settle()
    assert len(group.received) == 1
    assert group.group.bot_status == "left"
