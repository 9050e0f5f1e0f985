"""The simulator on a port, some milliseconds away, with Telegram's limits; what the bot calls is heard at once."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from simulator.app import build_app
from simulator.clock import SimClock
from simulator.state import Account, Call
from simulator.world import World

AWAY_S = 0.05  # there and back, as measured from the institution
TOKEN = "123456:SOAK"

Hear = Callable[[float, Call], None]


class _Listening(deque[Call]):
    """The log of calls that tells somebody."""

    def __init__(self, hear: Hear) -> None:
        super().__init__(maxlen=1000)
        self._hear = hear

    def append(self, call: Call) -> None:
        self._hear(time.monotonic(), call)
        super().append(call)


class FarTelegram:
    """Serves in a thread until closed. `hear` gets the moment (monotonic) and each call, on that thread."""

    def __init__(self, folder: Path, hear: Hear) -> None:
        self.clock = SimClock(folder)
        self.world = World(TOKEN, self.clock.now)
        self.world.calls = _Listening(hear)
        self.world.switches.limits = True
        app = _Away(build_app(self.world, self.clock))
        config = uvicorn.Config(app, "127.0.0.1", 0, log_level="warning", access_log=False, lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=lambda: asyncio.run(self._server.serve()), daemon=True)
        self._thread.start()
        until = time.monotonic() + 20
        while not self._server.started:
            assert time.monotonic() < until
            time.sleep(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"

    def seat(self, chat_id: int, name: str) -> None:
        """Somebody who has written to the bot before."""
        self.world.accounts[chat_id] = Account(chat_id, name, started=True)

    def close(self) -> None:
        self.world.bell.close()
        self._server.should_exit = True
        self._thread.join(timeout=20)


class _Away:
    """Half of the way there, half of it back."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(AWAY_S / 2)
        await self._app(scope, receive, send)
        await asyncio.sleep(AWAY_S / 2)
