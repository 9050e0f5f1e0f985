"""`pandu run`: the bot, until SIGTERM or Ctrl-C."""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import click
from sqlalchemy.exc import DBAPIError

from bot.clock import Clock
from bot.institution import DatabaseError, Opened, check_keys, first_line, open_institution
from bot.logs import set_up_logging
from bot.owned_unit import OwnedUnit
from bot.owner import LOST, Owner, until_one_ends
from bot.ports import real_ports
from bot.receiver import TokenRefusedError
from bot.runtime import Line, Runtime
from bot.settings import Settings, SettingsError, read_settings
from bot.systemd import keep_alive
from storage.backup import is_fresh_copy, note_served
from storage.unit_lock import LockRefusedError, unit_lock

END_WITHIN_S = 4.5  # after SIGTERM; a thread that hangs must not hold the process
ANSWERED_WITHIN_S = 1.0  # what the webhook is taking in when it ends
LOOKED_FOR_S = 10.0  # who polls elsewhere asks again within three
THREADS = 24  # transactions wait for each other more than for the processor

log = logging.getLogger("bot")


@click.command("run")
def run_command() -> None:
    """Run the bot: polling, or a webhook when WEBHOOK_URL is set."""
    settings = read_settings()
    settings.require_token()
    if settings.webhook_url:
        settings.require_webhook_secret()
    set_up_logging(settings.log_level, settings.log_format)
    clock = Clock(settings.data_dir, settings.honours_test_clock)
    opened = open_institution(settings, clock.now(), is_bot=True)
    try:
        asyncio.run(_run(settings, clock, opened))
    except TokenRefusedError:
        raise SettingsError("TELEGRAM_BOT_TOKEN: Telegram does not know this token (401)") from None
    except LockRefusedError as error:
        name = "DATABASE_LOCK_URL" if settings.database_lock_url else "DATABASE_URL"
        raise SettingsError(f"{name}: {error}; DATABASE_LOCK_URL names a direct one") from None
    finally:
        opened.store.close()
    log.info("stopped")
    sys.exit(0)


async def _run(settings: Settings, clock: Clock, opened: Opened) -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, "pandu"))
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    serving = _own(settings, clock, opened, stopping)
    await until_one_ends(_stop_when_asked(stopping), serving, keep_alive())


async def _stop_when_asked(stopping: asyncio.Event) -> None:
    await stopping.wait()
    log.info("stopping")


async def _own(settings: Settings, clock: Clock, opened: Opened, stopping: asyncio.Event) -> None:
    """Stand by until the unit is ours, and serve it for as long as it is."""
    owner = Owner(opened.store, unit_lock(settings.database, settings.database_lock_url))
    try:
        try:
            stood_by = await owner.take()
        except DBAPIError as error:
            raise DatabaseError(f"DATABASE_LOCK_URL: can't be opened: {first_line(error)}") from None
        if stood_by:  # meanwhile the secret may have been changed
            await asyncio.to_thread(check_keys, opened.store, clock.now())
        runtime = build_runtime(settings, clock, opened)
        gc.freeze()  # what is there now stays to the end
        await _refuse_beside_another(settings, runtime)
        signs = [] if settings.health_port is None else [_show_signs(runtime.unit, settings.health_port)]
        await until_one_ends(owner.keep(), _serve(settings, runtime, stopping, stood_by), *signs)
    finally:
        owner.release()


async def _show_signs(unit: OwnedUnit, port: int) -> None:
    from bot.signs import serve_signs  # uvicorn and Prometheus: only where they are asked for

    await serve_signs(unit, port)


async def _refuse_beside_another(settings: Settings, runtime: Runtime) -> None:
    """On a database that was laid down from a backup: the bot of the former one may still be running."""
    store = runtime.unit.store
    with store.reading() as s:
        if not is_fresh_copy(s):
            return
    log.info("this database was restored: looking for %.0f s whether its former bot still runs", LOOKED_FOR_S)
    if await runtime.receiver.is_polled_elsewhere(LOOKED_FOR_S):
        raise SettingsError(
            "TELEGRAM_BOT_TOKEN: another process polls with this token (409); this database was restored from a"
            " backup: stop the bot that runs on the former one"
        )
    with store.transaction() as s:
        note_served(s)


def build_runtime(settings: Settings, clock: Clock, opened: Opened) -> Runtime:
    """The bot as the settings want it."""
    line = Line(settings.require_token(), settings.api_base_url, tells_time=not settings.honours_test_clock)
    return Runtime(OwnedUnit(opened.store, opened.house, clock, real_ports(), settings.backup_dir), line)


async def _serve(settings: Settings, runtime: Runtime, stopping: asyncio.Event, stood_by: bool) -> None:
    try:
        listener = _bind(settings, stood_by) if settings.webhook_url else None
        if listener is None:
            await runtime.run()
            return
        secret = settings.require_webhook_secret()
        await until_one_ends(
            _listen(settings, runtime, secret, listener), runtime.run((settings.webhook_url, secret))
        )
    finally:
        _end_in_any_case(0 if stopping.is_set() else 1, LOST if runtime.unit.store.is_lost else "")
        await runtime.stop()


def _bind(settings: Settings, stood_by: bool) -> socket.socket | None:
    """The webhook's port. None when a former owner that stands still keeps it: then updates are polled for."""
    host, port = settings.webhook_host, settings.webhook_port
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError:
        if not stood_by:
            raise SettingsError(f"WEBHOOK_PORT: {port} can't be listened on at {host}") from None
    log.error(
        "WEBHOOK_PORT: %d is still held, likely by the former owner, which stands still: polling until the next start",
        port,
    )
    return None


async def _listen(settings: Settings, runtime: Runtime, secret: str, listener: socket.socket) -> None:
    import uvicorn

    from bot.webhook import ACCEPTED_AT_ONCE, HEADER_MAX_BYTES, GuardedProtocol, build_webhook, webhook_path

    app = build_webhook(runtime.inbox, secret, webhook_path(settings.webhook_url))
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        http=GuardedProtocol,
        ws="none",
        lifespan="off",
        server_header=False,
        backlog=ACCEPTED_AT_ONCE,
        h11_max_incomplete_event_size=HEADER_MAX_BYTES,
    )
    server = uvicorn.Server(config)
    # Signals are ours: uvicorn must not take them.
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await asyncio.wait({serving})
    finally:  # what is being taken in is answered
        server.should_exit = True
        await asyncio.wait({serving}, timeout=ANSWERED_WITHIN_S)
    raise SettingsError(f"WEBHOOK_PORT: {settings.webhook_port} is listened on no longer")


def _end_in_any_case(status: int, why: str) -> None:
    """Whatever hangs, the process is gone in time, and says why: everything that counts is in the database."""
    timer = threading.Timer(END_WITHIN_S, _end_now, (status, why))
    timer.daemon = True
    timer.start()


def _end_now(status: int, why: str) -> None:
    """A thread waits for a database that does not answer: there is nothing to close."""
    if why:
        sys.stderr.write(f"pandu: {why}\n")
        sys.stderr.flush()
    os._exit(status)
