"""The webhook: the secret is checked, the update committed to the inbox, only then answered with 200."""

import hmac
import json
import logging
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.receiver import Inbox

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
BODY_MAX_BYTES = 1024 * 1024  # an update is a few kilobytes

log = logging.getLogger(__name__)


def webhook_path(webhook_url: str) -> str:
    """The path that Telegram calls: the one in WEBHOOK_URL."""
    return urlsplit(webhook_url).path or "/"


def build_webhook(inbox: Inbox, secret: str, path: str) -> Starlette:
    """The ASGI app that uvicorn serves."""

    async def on_post(request: Request) -> Response:
        said = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(said.encode(), secret.encode()):
            return Response(status_code=403)
        body = await request.body()
        if len(body) > BODY_MAX_BYTES:
            return Response(status_code=413)
        try:
            update = json.loads(body)
        except (ValueError, RecursionError):
            log.warning("the webhook got something that is no JSON")
            return Response(status_code=400)
        try:
            await inbox.take([update])
        except SQLAlchemyError as error:
            log.error("the inbox can't be written (%s); Telegram will send it again", type(error).__name__)
            return Response(status_code=503)
        return Response(status_code=200)

    return Starlette(routes=[Route(path, on_post, methods=["POST"])])
