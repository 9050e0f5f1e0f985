"""Polling: the offset moves after the commit, and survives a server that counts anew."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from bot.receiver import Inbox, Receiver, TokenRefusedError
from bot.sender import TapPriority
from storage.engine import Store
from storage.tables import InboxRow
from tests.support.clocks import TownClock, wita

Answer = Callable[[dict[str, Any]], httpx.Response]


class Server:
    """Answers getUpdates as a test says, and remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.answers: list[httpx.Response | Exception] = []

    def handle(self, request: httpx.Request) -> httpx.Response:
        import json

        self.asked.append(json.loads(request.content))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def updates(*numbers: int) -> httpx.Response:
    return httpx.Response(
        200, json={"ok": True, "result": [{"update_id": n, "message": {"message_id": n}} for n in numbers]}
    )


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
async def receiver(store: Store, server: Server) -> AsyncIterator[Receiver]:
    inbox = Inbox(store, TownClock(wita("2026-11-30 08.00")), TapPriority(), lambda _new: None)
    async with httpx.AsyncClient(transport=httpx.MockTransport(server.handle)) as client:
        yield Receiver(client, "http://telegram.example", "1:a", inbox)


def numbers(store: Store) -> list[int]:
    with store.reading() as s:
        return list(s.exec(select(InboxRow.update_id).order_by(col(InboxRow.id))).all())


async def test_the_offset_follows_what_was_committed(
    receiver: Receiver, server: Server, store: Store
) -> None:
    server.answers = [updates(7, 8), updates(), updates(9)]
    for _poll in range(3):
        await receiver.poll_once()
    assert [asked.get("offset") for asked in server.asked] == [None, 9, 9]
    assert numbers(store) == [7, 8, 9]


async def test_what_was_not_committed_is_not_confirmed(
    receiver: Receiver, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*_: object) -> int:
        raise OSError("no space left")

    monkeypatch.setattr(Inbox, "put", full_disk)
    server.answers = [updates(7), updates()]
    with pytest.raises(OSError, match="no space"):
        await receiver.poll_once()
    monkeypatch.undo()
    await receiver.poll_once()
    assert [asked.get("offset") for asked in server.asked] == [None, None]


async def test_one_broken_update_does_not_spoil_the_batch(
    receiver: Receiver, server: Server, store: Store
) -> None:
    batch = [
        {"update_id": 1},
        "nothing",
        {"no": "number"},
        {"update_id": True},
        {"update_id": 10**30},
        {"update_id": 2},
    ]
    server.answers = [httpx.Response(200, json={"ok": True, "result": batch})]
    await receiver.poll_once()
    assert numbers(store) == [1, 2]


async def test_a_refused_token_ends_it(receiver: Receiver, server: Server) -> None:
    server.answers = [httpx.Response(401, json={"ok": False})]
    with pytest.raises(TokenRefusedError):
        await receiver.run()


async def test_failures_are_waited_out(
    receiver: Receiver, server: Server, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr("bot.receiver.asyncio.sleep", sleep)
    flood = {"ok": False, "error_code": 429, "parameters": {"retry_after": 12}}
    server.answers = [
        updates(5),
        httpx.Response(409, json={"ok": False}),
        httpx.Response(429, json=flood),
        httpx.Response(502, text="<html>"),
        httpx.Response(200, text="not JSON"),
        httpx.ConnectError("refused"),
        updates(6),
        httpx.Response(401),
    ]
    with pytest.raises(TokenRefusedError):
        await receiver.run()
    assert pauses == [3.0, 12.0, 2.0, 5.0, 10.0]
    # after a broken line another server may answer: nothing is assumed about its numbers
    assert [asked.get("offset") for asked in server.asked] == [None, 6, 6, 6, 6, None, None, 7]
    assert numbers(store) == [5, 6]
