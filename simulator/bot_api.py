"""The face that the bot sees: `/bot<token>/<method>` and `/file/bot<token>/<path>`."""

import asyncio
import json
import mimetypes
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from simulator.arguments import Arguments, Upload
from simulator.calls import call_method, poll_updates
from simulator.faults import CLOSED
from simulator.webhook import Deliverer
from simulator.world import World

JSON = dict[str, Any]

GATEWAY_PAGE = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>502 Bad Gateway</body>\r\n</html>\r\n"
)


def bot_api_routes(world: World, deliverer: Deliverer) -> list[Route]:
    async def on_call(request: Request) -> Response:
        refusal = _check_token(world, request)
        if refusal is not None:
            return refusal
        method = request.path_params["method"]
        try:
            args = await read_arguments(request)
        except ValueError as problem:
            return _answer(400, {"ok": False, "error_code": 400, "description": f"Bad Request: {problem}"})
        if method.lower() == "getupdates":
            return await _poll(world, request, args)
        status, body = call_method(world, method, args)
        if world.webhook.url:
            deliverer.ensure_running()
        return _answer(status, body)

    async def on_download(request: Request) -> Response:
        refusal = _check_token(world, request)
        if refusal is not None:
            return refusal
        for stored in world.files.values():
            if stored.path == request.path_params["path"]:
                return Response(stored.content, media_type=mimetypes.guess_type(stored.path)[0])
        return _answer(404, {"ok": False, "error_code": 404, "description": "Not Found"})

    return [
        Route("/bot{token}/{method}", on_call, methods=["GET", "POST"]),
        Route("/file/bot{token}/{path:path}", on_download),
    ]


async def read_arguments(request: Request) -> Arguments:
    """Arguments from the address and the body: JSON, form, multipart.

    Raises:
        ValueError: the body says it is JSON and is not.
    """
    values: JSON = dict(request.query_params)
    uploads: dict[str, Upload] = {}
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind == "application/json":
        body = await request.body()
        try:
            given = json.loads(body or b"{}")
        except ValueError:
            raise ValueError("can't parse JSON object") from None
        if not isinstance(given, dict):
            raise ValueError("expected an Object")
        values.update(given)
    elif kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        async with request.form() as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    mime_type = value.content_type or "application/octet-stream"
                    uploads[name] = Upload(value.filename or "file", await value.read(), mime_type)
                else:
                    values[name] = value
    return Arguments(values, uploads)


async def _poll(world: World, request: Request, args: Arguments) -> Response:
    """A long poll that ends when the bot hangs up, so that a killed bot leaves no second poller behind."""
    poll = asyncio.create_task(poll_updates(world, args))
    gone = asyncio.create_task(_wait_for_disconnect(request))
    try:
        await asyncio.wait({poll, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not poll.done():
            return Response(status_code=499)
        return _answer(*poll.result())
    finally:
        for task in (poll, gone):
            task.cancel()
        await asyncio.gather(poll, gone, return_exceptions=True)


async def _wait_for_disconnect(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _check_token(world: World, request: Request) -> Response | None:
    token = request.path_params["token"]
    if token == world.token:
        return None
    number, colon, secret = token.partition(":")
    well_formed = number.isdigit() and colon and secret
    status, text = (401, "Unauthorized") if well_formed else (404, "Not Found")
    return _answer(status, {"ok": False, "error_code": status, "description": text})


class _HangUp(Response):
    """A status line and not a byte of what it promises: the server then closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})


def _answer(status: int, body: JSON) -> Response:
    if status == CLOSED:
        return _HangUp()
    if status == 502 and body["description"] == "Bad Gateway":
        return HTMLResponse(GATEWAY_PAGE, 502)  # comes from a proxy in front of Telegram, not as JSON
    headers = {}
    if "retry_after" in body.get("parameters", {}):
        headers["Retry-After"] = str(body["parameters"]["retry_after"])
    return JSONResponse(body, status, headers)
