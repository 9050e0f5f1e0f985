"""The simulator on a port, some milliseconds away, with Telegram's limits; what the bot calls is heard at once."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from simulator.state import Account, Call
from tests.support.served import Served

AWAY_S = 0.05  # there and back, as measured from the institution
TOKEN = "123456:SOAK"

Hear = Callable[[float, Call], None]


class FarTelegram(Served):
    """`hear` gets the moment (monotonic) and each call."""

    def __init__(self, folder: Path, hear: Hear) -> None:
        super().__init__(folder, TOKEN, lambda call: hear(time.monotonic(), call), _Away)
        self.world.switches.limits = True

    def seat(self, chat_id: int, name: str) -> None:
        """Somebody who has written to the bot before."""
        self.world.accounts[chat_id] = Account(chat_id, name, started=True)


class _Away:
    """Half of the way there, half of it back."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(AWAY_S / 2)
        await self._app(scope, receive, send)
        await asyncio.sleep(AWAY_S / 2)
