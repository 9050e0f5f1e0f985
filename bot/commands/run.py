"""`pandu run`: the bot, until SIGTERM or Ctrl-C."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import click

from bot.clock import Clock
from bot.house import Opened, open_house
from bot.logs import set_up_logging
from bot.receiver import TokenRefusedError
from bot.rooms import real_rooms
from bot.runtime import Line, Runtime
from bot.settings import Settings, SettingsError, read_settings

END_WITHIN_S = 4.5  # after SIGTERM; a thread that hangs must not hold the process
THREADS = 24  # transactions wait for each other more than for the processor

log = logging.getLogger("bot")


@click.command("run")
def run_command() -> None:
    """Run the bot: polling, or a webhook when WEBHOOK_URL is set."""
    settings = read_settings()
    settings.require_token()
    if settings.webhook_url:
        settings.require_webhook_secret()
    set_up_logging(settings.log_level)
    clock = Clock(settings.data_dir, settings.honours_test_clock)
    opened = open_house(settings, clock.now())
    try:
        asyncio.run(_run(settings, clock, opened))
    except TokenRefusedError:
        raise SettingsError("TELEGRAM_BOT_TOKEN: Telegram does not know this token (401)") from None
    finally:
        opened.store.close()
    log.info("stopped")
    sys.exit(0)


async def _run(settings: Settings, clock: Clock, opened: Opened) -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, "pandu"))
    runtime = build_runtime(settings, clock, opened)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    asked = asyncio.create_task(stopping.wait())
    running = asyncio.create_task(_serve(settings, runtime))
    await asyncio.wait({asked, running}, return_when=asyncio.FIRST_COMPLETED)
    _end_in_any_case(0 if stopping.is_set() else 1)
    if not stopping.is_set():
        asked.cancel()
        await runtime.stop()
        await running  # raises what ended it
        return
    log.info("stopping")
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    await runtime.stop()


def build_runtime(settings: Settings, clock: Clock, opened: Opened) -> Runtime:
    """The bot as the settings want it."""
    line = Line(settings.require_token(), settings.api_base_url)
    return Runtime(opened.store, opened.house, clock, line, real_rooms())


async def _serve(settings: Settings, runtime: Runtime) -> None:
    if not settings.webhook_url:
        await runtime.start()
        log.info("running: polling")
        await runtime.wait()
        return
    import uvicorn

    from bot.webhook import build_webhook, webhook_path

    secret = settings.require_webhook_secret()
    app = build_webhook(runtime.inbox, secret, webhook_path(settings.webhook_url))
    try:
        listener = socket.create_server(("0.0.0.0", settings.webhook_port))
    except OSError as error:
        raise SettingsError(
            f"WEBHOOK_PORT: {settings.webhook_port} can't be listened on ({error.strerror})"
        ) from None
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    # Signals are ours: uvicorn must not take them.
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    listening = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await runtime.start(webhook=(settings.webhook_url, secret))
        log.info("running: webhook on port %d", settings.webhook_port)
        waiting = asyncio.create_task(runtime.wait())
        await asyncio.wait({listening, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if listening.done():
            waiting.cancel()
            raise SettingsError(f"WEBHOOK_PORT: {settings.webhook_port} can't be listened on")
        await waiting
    finally:
        server.should_exit = True
        with contextlib.suppress(BaseException):
            await listening


def _end_in_any_case(status: int) -> None:
    """Whatever hangs, the process is gone in time: everything that counts is in the database."""
    timer = threading.Timer(END_WITHIN_S, os._exit, (status,))
    timer.daemon = True
    timer.start()
