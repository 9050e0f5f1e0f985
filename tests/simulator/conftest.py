"""A world whose clock moves only when it is moved, one person who has started, and the bot's calls."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from simulator.app import build_app
from simulator.arguments import Arguments
from simulator.calls import call_method
from simulator.clock import SimClock
from simulator.phones import Phone
from simulator.world import World

Calls = Callable[..., Any]


@pytest.fixture
def clock() -> SimClock:
    return SimClock.standing_at(datetime(2026, 12, 1, 0, 0, tzinfo=UTC))


@pytest.fixture
def world(clock: SimClock) -> World:
    return World(now=clock.now)


@pytest.fixture
def ani(world: World) -> Phone:
    phone = world.phone("Ani Contoh")
    phone.types("/start")
    world.take_updates()
    return phone


@pytest.fixture
def call(world: World) -> Calls:
    """`call("sendMessage", chat_id=1, text="a")` gives the result, or the description of a refusal."""

    def make(method: str, **values: Any) -> Any:
        _, body = call_method(world, method, Arguments(values))
        return body["result"] if body["ok"] else body["description"]

    return make


@pytest.fixture
async def client(world: World, clock: SimClock) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(build_app(world, clock))
    async with httpx.AsyncClient(transport=transport, base_url="http://sim") as client:
        yield client


@pytest.fixture
async def bot(world: World, clock: SimClock) -> AsyncIterator[Bot]:
    """python-telegram-bot's own Bot, without a socket."""
    app = build_app(world, clock)

    def request() -> HTTPXRequest:
        return HTTPXRequest(httpx_kwargs={"transport": httpx.ASGITransport(app)})

    bot = Bot(
        world.token,
        base_url="http://sim/bot",
        base_file_url="http://sim/file/bot",
        request=request(),
        get_updates_request=request(),
    )
    async with bot:
        yield bot
