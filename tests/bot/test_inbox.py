"""What reaches the inbox: once, in order, and the broken stand alone."""

from typing import Any

from sqlmodel import col, select

from handlers.ui.request import Reply, Request, Say, reply
from sop_flows.errors import NotFoundError
from storage.tables import InboxRow, StrangerVisit
from tests.bot.conftest import MakeTown
from tests.support.town import Town


def inbox(town: Town) -> list[InboxRow]:
    return town.rows(select(InboxRow).order_by(col(InboxRow.id)))


def message(town: Town, chat_id: int, text: str, update_id: int, message_id: int) -> dict[str, Any]:
    """An update as another server might number it."""
    person = {"id": chat_id, "is_bot": False, "first_name": "Contoh"}
    chat = {"id": chat_id, "type": "private", "first_name": "Contoh"}
    at = int(town.clock.now().timestamp())
    said = {"message_id": message_id, "date": at, "chat": chat, "from": person, "text": text}
    return {"update_id": update_id, "message": said}


async def test_the_same_update_again_changes_nothing(make_town: MakeTown) -> None:
    town = await make_town()
    ani = town.person("Ani")
    ani.phone.types("halo")
    [update] = town.world.take_updates()
    for _time in range(3):
        town.world.inject_update(update)
        await town.settle()
    assert [screen.text for screen in ani.screens] == ["got halo"]
    assert len(inbox(town)) == 1


async def test_a_server_that_counts_anew_is_heard(make_town: MakeTown) -> None:
    """A number alone is no proof that an update was seen."""
    town = await make_town()
    ani = town.person("Ani")
    await ani.types("satu")
    number = inbox(town)[0].update_id
    town.world.inject_update(message(town, ani.phone.id, "dua", number, message_id=77))
    await town.settle()
    assert [screen.text for screen in ani.screens] == ["got satu", "got dua"]


async def test_a_malformed_update_stands_alone(make_town: MakeTown) -> None:
    town = await make_town()
    ani = town.seat("Ani")
    ani.phone.types("satu")
    town.world.inject_update({"message": {"chat": {"id": ani.phone.id, "type": "private"}, "text": "x"}})
    town.world.inject_update({"message": "nothing of the kind"})
    town.world.inject_update({"callback_query": {"id": 5}})
    ani.phone.types("dua")
    await town.settle()
    said = [screen.text for screen in ani.screens]
    assert [said[0], said[-1]] == ["got satu", "got dua"]
    assert "P2" in said[1]  # the officer is told, with the code that doctor shows
    rows = inbox(town)
    assert [row.set_aside_at is not None for row in rows] == [False, True, True, True, False]
    assert all(row.raw is None for row in rows)


async def test_an_unknown_kind_of_update_is_finished_without_a_word(make_town: MakeTown) -> None:
    town = await make_town()
    town.world.inject_update({"brand_new_kind": {"something": 1}})
    await town.settle()
    [row] = inbox(town)
    assert row.handled_at is not None
    assert (row.error, row.set_aside_at) == (None, None)


async def test_a_handler_that_raises_is_set_aside_after_three_tries(make_town: MakeTown) -> None:
    tries: list[str] = []

    def route(request: Request) -> Reply:
        if request.text == "racun":
            tries.append("try")
            raise RuntimeError("the words of an officer: racun")
        return reply(Say(f"got {request.text}"))

    town = await make_town(route)
    ani = town.seat("Ani")
    ani.phone.types("racun")
    ani.phone.types("lanjut")
    await town.settle()
    assert tries == ["try", "try", "try"]
    sorry, after = [screen.text for screen in ani.screens]
    assert "P1" in sorry
    assert after == "got lanjut"
    row = inbox(town)[0]
    assert (row.attempts, row.handled_at, row.raw) == (3, None, None)
    assert row.error is not None
    assert row.error.startswith("RuntimeError in tests.bot.test_inbox.route:")
    assert "racun" not in row.error


async def test_a_stranger_hears_nothing_of_our_failures(make_town: MakeTown) -> None:
    def route(request: Request) -> Reply:
        raise RuntimeError

    town = await make_town(route)
    stranger = town.person("Orang Asing")
    await stranger.types("halo")
    assert stranger.screens == []
    assert inbox(town)[0].set_aside_at is not None


async def test_what_raised_leaves_nothing_behind(make_town: MakeTown) -> None:
    def route(request: Request) -> Reply:
        request.session.add(StrangerVisit(chat_key=f"half {request.work.update_id}"))
        request.session.flush()
        raise RuntimeError

    town = await make_town(route)
    await town.seat("Ani").types("halo")
    assert town.rows(select(StrangerVisit)) == []


async def test_a_refusal_takes_back_what_the_handler_wrote(make_town: MakeTown) -> None:
    def route(request: Request) -> Reply:
        request.session.add(StrangerVisit(chat_key="half"))
        request.session.flush()
        raise NotFoundError

    town = await make_town(route)
    ani = town.seat("Ani")
    await ani.types("halo")
    assert ani.last_screen.text == "refused: NotFoundError"
    assert town.rows(select(StrangerVisit)) == []
    assert inbox(town)[0].handled_at is not None


async def test_half_a_character_and_a_zero_are_no_trouble(make_town: MakeTown) -> None:
    town = await make_town()
    ani = town.seat("Ani")
    await town.runtime.inbox.take([message(town, ani.phone.id, "a\ud83d\x00b", 900_000_000, message_id=78)])
    await town.settle()
    assert ani.last_screen.text == "got a?b"
