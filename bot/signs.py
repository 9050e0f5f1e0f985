"""`/healthz` and `/metrics` on loopback, where PANDU_HEALTH_PORT says so: figures, never a name or a word of anybody's."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta

import uvicorn
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.logs import place_of
from bot.owned_unit import OwnedUnit
from sop_flows.core.notices import DataErased
from storage.backup import last_made_at
from storage.queries import dispatch, heartbeat, messages

HOST = "127.0.0.1"
STANDS_STILL = timedelta(minutes=3)  # the dispatcher notes every minute that it lives
CLOSED_WITHIN_S = 1.0

log = logging.getLogger(__name__)


class Signs:
    """What a request is answered with, read anew for each. Prometheus calls `collect`."""

    def __init__(self, unit: OwnedUnit) -> None:
        self._unit = unit
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def trouble(self) -> str | None:
        """Why the bot does not do its work; None when it does."""
        if self._unit.store.is_lost:
            return "another process owns the unit"
        try:
            with self._unit.store.reading() as s:
                beat = heartbeat.last_beat(s)
        except SQLAlchemyError as error:
            return f"the database can't be read: {place_of(error)}"
        if beat is None or beat + STANDS_STILL < self._unit.now():
            return "the dispatcher stands still"
        return None

    def metrics(self) -> bytes:
        """All of them, as Prometheus reads them."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Each with what it means."""
        yield _gauge("up", "1: the bot does its work", float(self.trouble() is None))
        with contextlib.suppress(SQLAlchemyError), self._unit.store.reading() as s:
            now = self._unit.now()
            waiting, overdue, oldest = dispatch.count_pending(s, now)
            yield _gauge(
                "updates_waiting", "Updates taken in and not handled yet", messages.count_unhandled(s)
            )
            yield _gauge(
                "updates_troubled",
                "Updates set aside, or whose answer was refused",
                len(messages.list_troubled(s)),
            )
            yield _gauge("reminders_waiting", "Reminders to be sent, now or later", waiting)
            yield _gauge("reminders_overdue", "Of these, due and not sent yet", overdue)
            yield _gauge(
                "reminders_oldest_seconds", "For how long the oldest of these is due", _age_s(oldest, now)
            )
            yield _gauge(
                "reminders_failed",
                "Reminders that could not be sent",
                len(dispatch.list_failed(s, but=DataErased.word)),
            )
            yield _gauge(
                "beat_seconds",
                "Since the dispatcher last showed that it lives",
                _age_s(heartbeat.last_beat(s), now),
            )
            if self._unit.backups is not None:
                last = last_made_at(self._unit.backups)
                yield _gauge(
                    "backup_seconds", "Age of the last backup; -1: there is none", _age_s(last, now, -1)
                )


def _gauge(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"pandu_{name}", meaning, value=value)


def _age_s(at: datetime | None, now: datetime, none: float = 0.0) -> float:
    return none if at is None else max(0.0, (now - at).total_seconds())


def build_signs(unit: OwnedUnit) -> Starlette:
    """The two pages."""
    signs = Signs(unit)

    async def healthz(_request: Request) -> Response:
        trouble = await asyncio.to_thread(signs.trouble)
        return PlainTextResponse(trouble or "ok", 200 if trouble is None else 503)

    async def metrics(_request: Request) -> Response:
        return Response(await asyncio.to_thread(signs.metrics), media_type="text/plain; version=0.0.4")

    return Starlette(routes=[Route("/healthz", healthz), Route("/metrics", metrics)])


async def serve_signs(unit: OwnedUnit, port: int) -> None:
    """Answer until cancelled. A port that is taken stops nobody's reminders: it is logged."""
    try:
        listener = socket.create_server((HOST, port))
    except OSError as error:
        log.error("PANDU_HEALTH_PORT: %d can't be listened on (%s): no /healthz", port, error.strerror)
        await asyncio.Event().wait()
        return
    config = uvicorn.Config(
        build_signs(unit), log_config=None, access_log=False, ws="none", lifespan="off", server_header=False
    )
    server = uvicorn.Server(config)
    # Signals are ours: uvicorn must not take them.
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await asyncio.wait({serving})
    finally:
        server.should_exit = True
        await asyncio.wait({serving}, timeout=CLOSED_WITHIN_S)
