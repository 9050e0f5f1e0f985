"""Different officers at once, one officer in order."""

import asyncio

import httpx

from tests.bot.conftest import MakeTown


class SlowLine(httpx.AsyncBaseTransport):
    """Messages to one chat wait until `open` is set."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner
        self.chat_id = 0
        self.open = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = (await request.aread()).decode()
        if f"chat_id={self.chat_id}" in body and "sendMessage" in str(request.url):
            await self.open.wait()
        return await self.inner.handle_async_request(request)


async def test_an_officer_on_a_slow_line_holds_nobody_else(make_town: MakeTown) -> None:
    lines: list[SlowLine] = []

    def through(inner: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        lines.append(SlowLine(inner))
        return lines[0]

    town = await make_town(through=through)
    ani, budi = town.seat("Ani"), town.seat("Budi")
    lines[0].chat_id = ani.phone.id
    for number in range(3):
        ani.phone.types(f"ani {number}")
    for number in range(3):
        budi.phone.types(f"budi {number}")
    await town.runtime.poll_once()
    working = asyncio.create_task(town.runtime.work_until_idle())
    assert await town.world.bell.wait_until(lambda: len(budi.screens) == 3, 10)
    assert ani.screens == []
    lines[0].open.set()
    await working
    assert [screen.text for screen in ani.screens] == ["got ani 0", "got ani 1", "got ani 2"]
    assert [screen.text for screen in budi.screens] == ["got budi 0", "got budi 1", "got budi 2"]
