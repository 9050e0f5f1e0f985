"""Failures on demand, rate limits, files, tokens."""

from pathlib import Path

import httpx
import pytest

from simulator.arguments import Arguments
from simulator.calls import call_method
from simulator.faults import CLOSED, Fault
from simulator.phones import Phone
from simulator.pictures import sample_picture
from simulator.world import World
from tests.simulator.conftest import Calls
from tests.soak.far_telegram import FarTelegram


def test_a_fault_hits_as_often_as_it_says(world: World, ani: Phone, call: Calls) -> None:
    world.faults.append(Fault(status=429, method="sendMessage", retry_after=7, count=2))
    status, body = call_method(world, "sendMessage", Arguments({"chat_id": ani.id, "text": "a"}))
    assert (status, body) == (
        429,
        {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 7",
            "parameters": {"retry_after": 7},
        },
    )
    assert call("getMe")["username"] == "pandu_demo_bot"
    assert call("sendMessage", chat_id=ani.id, text="a") == "Too Many Requests: retry after 7"
    assert call("sendMessage", chat_id=ani.id, text="a")["text"] == "a"


def test_a_fault_of_one_chat_leaves_the_others_alone(world: World, ani: Phone, call: Calls) -> None:
    budi = world.phone("Budi Rekaan")
    budi.starts()
    world.faults.append(Fault(status=403, chat_id=budi.id))
    assert call("sendMessage", chat_id=ani.id, text="a")["text"] == "a"
    assert call("sendMessage", chat_id=budi.id, text="a") == "Forbidden: bot was blocked by the user"


def test_an_answer_can_get_lost_after_the_deed(world: World, ani: Phone, call: Calls) -> None:
    world.faults.append(Fault(status=500, takes_effect=True))
    assert call("sendMessage", chat_id=ani.id, text="a") == "Internal Server Error"
    assert [m.text for m in ani.received] == ["a"]


def test_rates_are_limited_by_real_seconds(ani: Phone, world: World) -> None:
    seconds = [100.0]
    limited = World(now=world.now, monotonic=lambda: seconds[0])
    limited.switches.limits = True
    phones = [limited.phone(f"Petugas {n}") for n in range(31)]
    for phone in phones:
        phone.starts()

    def send(phone: Phone) -> int:
        return call_method(limited, "sendMessage", Arguments({"chat_id": phone.id, "text": "a"}))[0]

    assert [send(phone) for phone in phones] == [200] * 30 + [429]
    seconds[0] += 1.0
    assert [send(phones[0]) for _ in range(3)] == [200, 200, 429]  # a burst of three in three seconds
    seconds[0] += 2.0
    assert send(phones[0]) == 200


async def test_a_wrong_token_is_unauthorized(client: httpx.AsyncClient) -> None:
    wrong = await client.get("/bot123456:OTHER/getMe")
    assert (wrong.status_code, wrong.json()["description"]) == (401, "Unauthorized")
    assert (await client.get("/botnonsense/getMe")).status_code == 404
    assert (await client.get("/file/bot123456:OTHER/photos/file_1.jpg")).status_code == 401


async def test_an_unknown_method_is_not_found(client: httpx.AsyncClient) -> None:
    answer = await client.post("/bot123456:SIM/sendFireworks")
    assert (answer.status_code, answer.json()["description"]) == (404, "Not Found: method not found")


async def test_method_names_are_taken_in_any_case(client: httpx.AsyncClient) -> None:
    assert (await client.get("/bot123456:SIM/GETME")).json()["result"]["id"] == 123456


def test_twenty_megabytes_are_the_most_that_can_be_fetched(ani: Phone, call: Calls) -> None:
    small = ani.sends_document("a.xlsx", b"abc", claimed_size=20 * 1024 * 1024)
    large = ani.sends_document("b.xlsx", b"abc", claimed_size=20 * 1024 * 1024 + 1)
    assert (
        call("getFile", file_id=small.content["document"]["file_id"])["file_path"] == "documents/file_1.xlsx"
    )
    assert call("getFile", file_id=large.content["document"]["file_id"]) == "Bad Request: file is too big"
    assert call("getFile", file_id="x") == "Bad Request: invalid file_id"


@pytest.mark.parametrize(
    ("content", "refusal"),
    [(b"", "Bad Request: file must be non-empty"), (b"no picture", "Bad Request: IMAGE_PROCESS_FAILED")],
)
async def test_a_photo_must_be_a_picture(
    client: httpx.AsyncClient, ani: Phone, content: bytes, refusal: str
) -> None:
    form = {"chat_id": str(ani.id)}
    answer = await client.post("/bot123456:SIM/sendPhoto", data=form, files={"photo": ("a.jpg", content)})
    assert answer.json()["description"] == refusal


async def test_uploads_come_back_as_they_were(client: httpx.AsyncClient, ani: Phone) -> None:
    form = {"chat_id": str(ani.id), "photo": "attach://part"}
    answer = await client.post(
        "/bot123456:SIM/sendPhoto", data=form, files={"part": ("a.jpg", sample_picture())}
    )
    size = answer.json()["result"]["photo"][-1]
    assert (size["width"], size["height"]) == (800, 600)
    path = (await client.get("/bot123456:SIM/getFile", params={"file_id": size["file_id"]})).json()["result"][
        "file_path"
    ]
    assert (await client.get(f"/file/bot123456:SIM/{path}")).content == sample_picture()


def test_nothing_in_the_request_and_unknown_files(ani: Phone, call: Calls) -> None:
    assert call("sendDocument", chat_id=ani.id) == "Bad Request: there is no document in the request"
    assert (
        call("sendDocument", chat_id=ani.id, document="https://example.com/a.pdf")
        == "Bad Request: wrong file identifier/HTTP URL specified"
    )


@pytest.mark.parametrize(("takes_effect", "arrived"), [(False, []), (True, ["a"])])
def test_a_connection_can_close_without_an_answer_before_and_after_the_deed(
    tmp_path: Path, takes_effect: bool, arrived: list[str]
) -> None:
    """Over a real socket: what the bot sees is a connection that ends."""
    telegram = FarTelegram(tmp_path, lambda _at, _call: None)
    try:
        ani = telegram.world.phone("Ani Contoh")
        ani.types("/start")
        telegram.world.faults.append(Fault(CLOSED, method="sendMessage", takes_effect=takes_effect))
        url = f"{telegram.address}/bot{telegram.world.token}/sendMessage"
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.post(url, json={"chat_id": ani.id, "text": "a"})
        assert [m.text for m in ani.received] == arrived
        assert httpx.post(url, json={"chat_id": ani.id, "text": "b"}).json()["ok"]
    finally:
        telegram.close()
