"""Builds the Application of python-telegram-bot: every kind of update goes through the gate, in this order."""

import logging
from typing import Any

from telegram import Update
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    ChatMemberHandler,
    ContextTypes,
    MessageHandler,
    TypeHandler,
    filters,
)
from telegram.request import BaseRequest

from bot.logs import place_of
from bot.sender import RateLimiter
from bot.workers import Gate

PanduApplication = Application[Any, Any, Any, Any, Any, Any]

log = logging.getLogger(__name__)


def build_application(
    token: str, base_url: str, limiter: RateLimiter, request: BaseRequest | None = None
) -> PanduApplication:
    """The Application without handlers and without PTB's Updater, which confirms updates too early.

    Args:
        base_url: root of the Bot API, such as https://api.telegram.org.
        request: how to reach it; None for PTB's own.
        limiter: lets every message out in its turn.
    """
    builder: ApplicationBuilder[Any, Any, Any, Any, Any, Any] = (
        ApplicationBuilder().token(token).updater(None)
    )
    builder = builder.base_url(f"{base_url}/bot").base_file_url(f"{base_url}/file/bot")
    if request is not None:
        builder = builder.request(request).get_updates_request(request)  # the receiver asks for updates
    return builder.rate_limiter(limiter).build()


def add_handlers(application: PanduApplication, gate: Gate) -> None:
    """Everything to the gate. What the words and buttons mean is decided by `handlers.routes`."""
    application.add_handler(CallbackQueryHandler(gate.on_update))
    application.add_handler(MessageHandler(filters.ALL, gate.on_update))
    application.add_handler(ChatMemberHandler(gate.on_update, ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_handler(TypeHandler(Update, gate.on_update))  # whatever else: never unhandled
    application.add_error_handler(on_error)


async def on_error(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Log class and place; what was said stays out of the log. The inbox counts the attempt."""
    number = update.update_id if isinstance(update, Update) else "?"
    log.error("update %s failed: %s", number, place_of(context.error) if context.error else "?")
