"""The webhook: the secret is checked, the update committed to the inbox, only then answered with 200."""

import asyncio
import hmac
import json
import logging
from urllib.parse import urlsplit

import h11
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.receiver import UPDATE_ID, Inbox

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
BODY_MAX_BYTES = 1024 * 1024  # an update is a few kilobytes
HEADER_MAX_BYTES = 16 * 1024
REQUEST_WITHIN_S = 10.0  # header and body together
CONNECTIONS_MAX = 256  # Telegram opens 40 at most; a process may have 1,024 files open
ACCEPTED_AT_ONCE = (
    128  # asyncio opens as many before it looks at the first: uvicorn's 2,048 would be all files
)

log = logging.getLogger(__name__)


class GuardedProtocol(H11Protocol):
    """Uvicorn's HTTP, for a port that strangers may reach: nobody holds a place who does not say something soon.

    A request has to be whole within REQUEST_WITHIN_S, header and body together. Of more than CONNECTIONS_MAX
    connections the one that has waited longest without a whole request is cut: a new one always finds a place.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give it a place and a deadline."""
        super().connection_made(transport)
        self._deadline: asyncio.TimerHandle | None = None
        self._is_cut = False
        self._begin()
        places = [one for one in self.connections if isinstance(one, GuardedProtocol) and not one._is_cut]
        if len(places) > CONNECTIONS_MAX:
            waiting = [one for one in places if not one._is_being_answered]
            min(waiting or places, key=lambda one: one._since)._cut()

    def data_received(self, data: bytes) -> None:
        """Of a connection that was kept open: another request begins."""
        if self._deadline is None:
            self._begin()
        super().data_received(data)

    def on_response_complete(self) -> None:
        """The place may be kept, for as long as uvicorn keeps it."""
        self._end()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """The place is free."""
        self._end()
        super().connection_lost(exc)

    @property
    def _is_being_answered(self) -> bool:
        return self.conn.their_state in (h11.DONE, h11.MUST_CLOSE) and self.conn.our_state != h11.DONE

    def _begin(self) -> None:
        self._since = self.loop.time()
        self._deadline = self.loop.call_later(REQUEST_WITHIN_S, self._check)

    def _end(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _check(self) -> None:
        if not self._is_being_answered:
            self._cut()

    def _cut(self) -> None:
        self._is_cut = True  # it stays in `connections` until the loop has come round
        if self.transport is not None:
            self.transport.abort()


async def _read_body(request: Request) -> bytes | None:
    """The body, None when it is too long: refused by its announced length, at the latest when too much has come."""
    announced = request.headers.get("content-length", "0")
    if not announced.isdecimal() or int(announced[:12]) > BODY_MAX_BYTES:
        return None
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > BODY_MAX_BYTES:
            return None
    return bytes(body)


def webhook_path(webhook_url: str) -> str:
    """The path that Telegram calls: the one in WEBHOOK_URL."""
    return urlsplit(webhook_url).path or "/"


def build_webhook(inbox: Inbox, secret: str, path: str) -> Starlette:
    """The ASGI app that uvicorn serves."""

    async def on_post(request: Request) -> Response:
        said = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(said.encode(), secret.encode()):
            return Response(status_code=403)
        body = await _read_body(request)
        if body is None:
            return Response(status_code=413, headers={"Connection": "close"})
        try:
            update = json.loads(body)
        except (ValueError, RecursionError):
            # With the right secret it is Telegram's; refused, it would be sent again, and what is behind it would wait.
            known = UPDATE_ID.search(body) is not None
            log.error("an update that can't be read was thrown away" if known else "the webhook got no JSON")
            return Response(status_code=200 if known else 400)
        try:
            await inbox.take([update])
        except SQLAlchemyError as error:
            log.error("the inbox can't be written (%s); Telegram will send it again", type(error).__name__)
            return Response(status_code=503)
        return Response(status_code=200)

    return Starlette(routes=[Route(path, on_post, methods=["POST"])])
