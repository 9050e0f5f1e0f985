"""The simulator on a port of its own, a stand-in bot and Debian's Chromium, one of each for a module."""

import asyncio
import contextlib
import shutil
import socket
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, Page, async_playwright, expect

from simulator.app import build_app
from simulator.clock import SimClock
from simulator.world import World
from tests.browser import standin_bot

CHROMIUM_ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
STARTED_AT = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)  # Tuesday 1 December 2026, 07.30 WITA

expect.set_options(timeout=10_000)


class QuietServer(uvicorn.Server):
    """Leaves signals to pytest and says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("there is no chromium on the PATH (Debian: apt-get install chromium)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def simulator(tmp_path: Path) -> AsyncIterator[SimpleNamespace]:
    """A served world with two people, and the stand-in bot polling it."""
    clock = SimClock(tmp_path)
    clock.move_to(STARTED_AT)
    world = World(now=clock.now)
    world.phone("Ani Contoh")
    world.phone("Budi Rekaan")
    config = uvicorn.Config(
        build_app(world, clock), "127.0.0.1", 0, log_level="warning", ws="none", timeout_graceful_shutdown=1
    )
    server = QuietServer(config)
    serving = asyncio.create_task(server.serve())
    await server.listens.wait()
    port = server.servers[0].sockets[0].getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=url) as client:
        bot = standin_bot.start(client, world.token)
        yield SimpleNamespace(url=url, world=world, clock=clock, folder=tmp_path)
        bot.cancel()
        await asyncio.gather(bot, return_exceptions=True)
    world.bell.close()
    server.should_exit = True
    await serving


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, simulator: SimpleNamespace) -> AsyncIterator[Page]:
    """The page, open on a desktop; a script error fails the test."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="id-ID")
    page = await context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    await page.goto(simulator.url)
    await page.wait_for_selector("body[data-ready=yes]")
    yield page
    await context.close()
    assert problems == []
