"""What an officer sends is fetched before the transaction, for the question that expects it."""

from handlers.ui.request import Reply, Request, Say, reply
from simulator.faults import Fault
from tests.bot.conftest import MakeTown


def describe(request: Request) -> Reply:
    if request.download_failed:
        return reply(Say("again please"))
    if request.file is None:
        return reply(Say(f"{request.kind}, nothing fetched"))
    return reply(Say(f"{request.kind} {request.file.name} {request.file.content!r} {request.text}"))


async def test_an_expected_file_is_fetched(make_town: MakeTown) -> None:
    town = await make_town(describe)
    ani = town.seat("Ani")
    await ani.sends_file(b"nama;kelas", "anak.csv", caption="daftar")
    assert ani.last_screen.text == "document anak.csv b'nama;kelas' daftar"


async def test_what_a_stranger_sends_is_not_fetched(make_town: MakeTown) -> None:
    town = await make_town(describe)
    stranger = town.person("Orang asing")
    stranger.phone.account.started = True
    await stranger.sends_photo()
    assert stranger.last_screen.text == "photo, nothing fetched"
    assert [call.method for call in town.world.calls if call.method == "getFile"] == []


async def test_nothing_of_a_stranger_is_fetched(make_town: MakeTown) -> None:
    town = await make_town(describe)
    stranger = town.person("Orang Asing")
    await stranger.sends_photo()
    assert stranger.last_screen.text == "photo, nothing fetched"


async def test_a_file_that_telegram_no_longer_has_is_asked_for_again(make_town: MakeTown) -> None:
    town = await make_town(describe)
    ani = town.seat("Ani")
    town.world.faults.append(Fault(status=400, method="getFile", description="Bad Request: wrong file_id"))
    await ani.sends_file(b"x", "anak.csv")
    assert ani.last_screen.text == "again please"


async def test_more_than_twenty_megabytes_are_not_tried(make_town: MakeTown) -> None:
    town = await make_town(describe)
    ani = town.seat("Ani")
    ani.phone.sends_document("anak.xlsx", b"x", claimed_size=20 * 1024 * 1024 + 1)
    await town.settle()
    assert ani.last_screen.text == "again please"
    assert [call.method for call in town.world.calls if call.method == "getFile"] == []


async def test_a_place_arrives_in_degrees(make_town: MakeTown) -> None:
    town = await make_town(lambda request: reply(Say(f"{request.kind} {request.location}")))
    ani = town.seat("Ani")
    await ani.sends_location(-8.58, 116.1)
    assert ani.last_screen.text == "location (-8.58, 116.1)"
