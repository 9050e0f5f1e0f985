"""A burst of weights with something else in the middle: each still waits for its own child."""

from collections.abc import Callable

import pytest

from tests.conversations.test_nobody_typed import HERE, sent
from tests.conversations.test_weigh_in import house_with_nurse, weights
from tests.support.person import Person
from tests.support.town import Town

Act = Callable[[Town, Person], object]


def live(town: Town, ani: Person) -> None:
    """A live location, and its first steps."""
    ani.phone.sends_location(-8.58, 116.1)
    for step in range(5):
        town.world.inject_update(sent(town, ani, "edited_message", step, location=HERE))


def pinned(town: Town, ani: Person) -> None:
    what = {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}}
    town.world.inject_update(sent(town, ani, "message", 1, pinned_message=what))


OTHERS: dict[str, Act] = {
    "photo": lambda _town, ani: ani.phone.sends_photo(),
    "file": lambda _town, ani: ani.phone.sends_document("anak.xlsx", b"x"),
    "sticker": lambda _town, ani: ani.phone.sends_sticker(),
    "command": lambda _town, ani: ani.phone.types("/tugas"),
    "menu": lambda _town, ani: ani.phone.types("Tugas saya"),
    "live location": live,
    "pinned": pinned,
}


@pytest.mark.parametrize("what", OTHERS)
async def test_what_is_no_weight_moves_no_weight(town: Town, what: str) -> None:
    ani = await house_with_nurse(town)
    await ani.types("/timbang")
    ani.reads()
    ani.phone.types("23,5")
    OTHERS[what](town, ani)
    ani.phone.types("24,1")
    ani.phone.types("25,2")
    await town.settle()
    assert weights(town, 1) == [(1, 23_500)]
    card = next(screen for screen in reversed(ani.screens) if "24,1 · 25,2" in screen.text)
    await ani.taps("Ya", on=card)
    assert weights(town, 1) == [(1, 23_500), (2, 24_100), (3, 25_200)]


async def test_a_free_word_is_asked_about_in_its_turn(town: Town) -> None:
    ani = await house_with_nurse(town)
    await ani.types("/timbang")
    await ani.bursts("23,5", "halo", "24,1")
    assert weights(town, 1) == [(1, 23_500)]
    assert "“halo” untuk siapa?" in ani.last_screen.text
    await ani.taps("Abaikan")
    assert "24,1 kg untuk siapa?" in ani.last_screen.text
    await ani.taps("No. 002")
    assert weights(town, 1) == [(1, 23_500), (2, 24_100)]
