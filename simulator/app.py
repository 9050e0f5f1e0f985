"""The simulator as one ASGI application: Bot API, control addresses, page."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from simulator.bot_api import bot_api_routes
from simulator.clock import SimClock
from simulator.control import control_routes
from simulator.snapshot import keep_saving
from simulator.webhook import Deliverer
from simulator.world import World

LOOPBACK_NAMES = ["127.0.0.1", "localhost", "[::1]"]
PAGE_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
PAGE_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'"
)


def build_app(
    world: World,
    clock: SimClock | None = None,
    allowed_hosts: list[str] | None = None,
    webhook_client: httpx.AsyncClient | None = None,
    snapshot: Path | None = None,
) -> Starlette:
    """The HTTP faces of `world`.

    Args:
        clock: the clock that `world.now` reads, if the page and `/sim/clock` may move it.
        allowed_hosts: names under which it may be called; None allows any, for tests in the process.
        webhook_client: delivers updates to a webhook; a test's own client reaches an application in the process.
        snapshot: file in which the world is kept while it is served.
    """
    deliverer = Deliverer(world, webhook_client)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        saving = asyncio.create_task(keep_saving(world, snapshot)) if snapshot else None
        yield
        world.bell.close()
        await deliverer.aclose()
        if saving is not None:
            saving.cancel()
            await asyncio.gather(saving, return_exceptions=True)

    middleware = [Middleware(OwnPageOnly)]
    if allowed_hosts is not None:
        middleware.insert(0, Middleware(TrustedHostMiddleware, allowed_hosts=allowed_hosts))
    return Starlette(
        routes=[*bot_api_routes(world, deliverer), *control_routes(world, clock), *_page_routes()],
        middleware=middleware,
        lifespan=lifespan,
    )


class OwnPageOnly:
    """A page from elsewhere, open in the same browser, must not reach this one."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != headers.get("host"):
            await PlainTextResponse("only the simulator's own page may call it", 403)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _page_routes() -> list[Route]:
    async def on_page(request: Request) -> Response:
        name = request.path_params.get("name", "index.html")
        kind = PAGE_TYPES.get(name[name.rfind(".") :])
        file = files("simulator.page").joinpath(name)
        if kind is None or not file.is_file():
            return PlainTextResponse("no such file", 404)
        headers = {"Cache-Control": "no-cache", "Content-Security-Policy": PAGE_POLICY}
        return Response(file.read_bytes(), media_type=kind, headers=headers)

    return [Route("/", on_page), Route("/page/{name}", on_page)]
