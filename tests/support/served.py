"""The simulator on a port, in a thread of the test: what the bot calls is heard at once."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from simulator.app import build_app
from simulator.clock import SimClock
from simulator.state import Call
from simulator.world import World

STARTS_WITHIN_S = 20


class Listening(deque[Call]):
    """A log of calls that tells somebody, on the thread of the server."""

    def __init__(self, hear: Callable[[Call], None]) -> None:
        super().__init__(maxlen=1000)
        self._hear = hear

    def append(self, call: Call) -> None:
        """As a deque's."""
        self._hear(call)
        super().append(call)


class Served:
    """Serves until closed; `address` is where.

    Args:
        folder: where the clock is.
        hear: gets each call.
        through: what stands before the simulator.
    """

    def __init__(
        self, folder: Path, token: str, hear: Callable[[Call], None], through: Callable[[ASGIApp], ASGIApp]
    ) -> None:
        self.clock = SimClock(folder)
        self.world = World(token, self.clock.now)
        self.world.calls = Listening(hear)
        app = through(build_app(self.world, self.clock))
        config = uvicorn.Config(app, "127.0.0.1", 0, log_level="critical", access_log=False, lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=lambda: asyncio.run(self._server.serve()), daemon=True)
        self._thread.start()
        until = time.monotonic() + STARTS_WITHIN_S
        while not self._server.started:
            assert time.monotonic() < until
            time.sleep(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"

    def close(self) -> None:
        """Stop serving."""
        self.world.bell.close()
        self._server.should_exit = True
        self._thread.join(timeout=STARTS_WITHIN_S)
