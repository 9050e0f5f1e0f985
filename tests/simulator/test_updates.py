"""getUpdates, webhooks, malformed and repeated updates, a day's memory."""

import asyncio
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.app import build_app
from simulator.clock import SimClock
from simulator.phones import Phone
from simulator.world import World
from tests.simulator.conftest import Calls

POLL = "/bot123456:SIM/getUpdates"


def texts(updates: list[dict[str, Any]]) -> list[str]:
    return [update["message"]["text"] for update in updates]


def test_an_update_comes_again_until_the_offset_confirms_it(ani: Phone, call: Calls) -> None:
    ani.types("satu")
    ani.types("dua")
    first = call("getUpdates")
    assert texts(first) == ["satu", "dua"]
    assert texts(call("getUpdates", offset=first[0]["update_id"])) == ["satu", "dua"]
    assert texts(call("getUpdates", offset=first[0]["update_id"] + 1)) == ["dua"]
    assert texts(call("getUpdates", offset=0)) == ["dua"]
    assert call("getUpdates", offset=first[1]["update_id"] + 1) == []


def test_updates_are_kept_for_a_day_of_simulated_time(ani: Phone, call: Calls, clock: SimClock) -> None:
    ani.types("kemarin")
    clock.advance(24 * 3600 - 60)
    ani.types("hari ini")
    assert texts(call("getUpdates")) == ["kemarin", "hari ini"]
    clock.advance(61)
    assert texts(call("getUpdates")) == ["hari ini"]


def test_only_the_wanted_kinds_are_queued(world: World, ani: Phone, call: Calls) -> None:
    call("getUpdates", allowed_updates=["callback_query"])
    ani.types("tidak")
    assert call("getUpdates") == []
    call("getUpdates", allowed_updates=[])
    ani.types("ya")
    assert texts(call("getUpdates")) == ["ya"]


async def test_a_long_poll_ends_with_the_update(client: httpx.AsyncClient, ani: Phone) -> None:
    poll = asyncio.create_task(client.get(POLL, params={"timeout": 30}))
    await asyncio.sleep(0)
    ani.types("halo")
    assert texts((await poll).json()["result"]) == ["halo"]


async def test_a_second_poller_ends_the_first(client: httpx.AsyncClient, world: World, ani: Phone) -> None:
    first = asyncio.create_task(client.get(POLL, params={"timeout": 30}))
    await world.bell.wait_until(lambda: world.newest_poll == 1, 5)
    second = asyncio.create_task(client.get(POLL, params={"timeout": 30}))
    refused = await first
    assert refused.status_code == 409
    assert refused.json()["description"].startswith("Conflict: terminated by other getUpdates request")
    ani.types("halo")
    assert texts((await second).json()["result"]) == ["halo"]


def test_a_malformed_update_stands_among_good_ones(world: World, ani: Phone, call: Calls) -> None:
    ani.types("satu")
    world.inject_update({"message": {"nonsense": True}})
    ani.types("dua")
    ids = [update["update_id"] for update in call("getUpdates")]
    assert ids == [ids[0], ids[0] + 1, ids[0] + 2]


def test_an_old_number_is_given_out_once_more(world: World, ani: Phone, call: Calls) -> None:
    ani.types("satu")
    old = call("getUpdates")[0]
    after = old["update_id"] + 1
    assert call("getUpdates", offset=after) == []
    world.inject_update(old)
    assert call("getUpdates", offset=after) == [old]
    assert call("getUpdates", offset=after) == []


async def test_a_webhook_gets_its_secret_and_is_tried_again(
    world: World, ani: Phone, clock: SimClock
) -> None:
    got: list[tuple[str | None, str]] = []
    answers = [500, 200, 200]

    async def on_update(request: Request) -> Response:
        got.append(
            (
                request.headers.get("x-telegram-bot-api-secret-token"),
                (await request.json())["message"]["text"],
            )
        )
        world.bell.ring()
        return Response(status_code=answers[len(got) - 1])

    webhook_app = Starlette(routes=[Route("/hook", on_update, methods=["POST"])])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(webhook_app)) as to_bot:
        app = build_app(world, clock, webhook_client=to_bot)
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://sim/bot123456:SIM/"
        ) as bot:
            hook = {"url": "http://127.0.0.1:9/hook", "secret_token": "rahasia_1"}
            assert (await bot.post("setWebhook", json=hook)).json()["result"] is True
            ani.types("satu")
            ani.types("dua")
            assert await world.bell.wait_until(lambda: not world.updates.waiting, 10)
            assert got == [("rahasia_1", "satu"), ("rahasia_1", "satu"), ("rahasia_1", "dua")]
            info = (await bot.get("getWebhookInfo")).json()["result"]
            assert info["last_error_message"] == "Wrong response from the webhook: 500"
            refused = await bot.get("getUpdates")
            assert refused.status_code == 409
            assert refused.json()["description"].startswith(
                "Conflict: can't use getUpdates method while webhook"
            )
            await bot.post("deleteWebhook")
            assert (await bot.get("getUpdates")).json() == {"ok": True, "result": []}


@pytest.mark.parametrize(
    ("hook", "refusal"),
    [
        (
            {"url": "http://example.com/hook"},
            "Bad Request: bad webhook: An HTTPS URL must be provided for webhook",
        ),
        (
            {"url": "https://example.com/hook", "secret_token": "dua kata"},
            "Bad Request: secret token contains unallowed characters",
        ),
    ],
)
def test_a_wrong_webhook_is_refused(call: Calls, hook: dict[str, str], refusal: str) -> None:
    assert call("setWebhook", **hook) == refusal
