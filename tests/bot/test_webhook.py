"""The webhook: committed before it is answered, and only with the secret."""

from collections.abc import AsyncIterator

import httpx
import pytest
from sqlmodel import select

from bot.receiver import Inbox
from bot.sender import TapPriority
from bot.webhook import build_webhook, webhook_path
from storage.engine import Store
from storage.tables import InboxRow
from tests.support.clocks import TownClock, wita

SECRET = {"X-Telegram-Bot-Api-Secret-Token": "only-for-tests"}


@pytest.fixture
async def client(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    inbox = Inbox(store, TownClock(wita("2026-11-30 08.00")), TapPriority(), lambda _new: None)
    app = build_webhook(inbox, "only-for-tests", "/hook")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot.example") as client:
        yield client


def count(store: Store) -> int:
    with store.reading() as s:
        return len(s.exec(select(InboxRow)).all())


async def test_an_update_is_in_the_inbox_before_it_is_answered(
    client: httpx.AsyncClient, store: Store
) -> None:
    for _time in range(2):
        answer = await client.post("/hook", json={"update_id": 5}, headers=SECRET)
        assert answer.status_code == 200
    assert count(store) == 1


async def test_without_the_secret_nothing_is_taken(client: httpx.AsyncClient, store: Store) -> None:
    for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "guessed"}):
        assert (await client.post("/hook", json={"update_id": 5}, headers=headers)).status_code == 403
    assert count(store) == 0


async def test_what_is_no_update(client: httpx.AsyncClient, store: Store) -> None:
    assert (await client.post("/hook", content=b"{", headers=SECRET)).status_code == 400
    assert (await client.post("/hook", json=["list"], headers=SECRET)).status_code == 200
    assert (await client.post("/hook", content=b"x" * 2_000_000, headers=SECRET)).status_code == 413
    assert (await client.get("/hook")).status_code == 405
    assert count(store) == 0


def test_the_path_is_the_one_in_the_url() -> None:
    assert webhook_path("https://pandu.example/secret/hook?x=1") == "/secret/hook"
    assert webhook_path("https://pandu.example") == "/"
