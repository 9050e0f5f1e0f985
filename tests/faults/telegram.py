"""The simulator on a port, which writes down what reached the phones, from which process and what for."""

import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from simulator.faults import Fault
from simulator.state import Call
from tests.faults.launcher import BY, HEADER
from tests.support.served import Served

TOKEN = "123456:FAULTS"
LOST = "performed, and the answer is lost"  # the description of a fault that takes effect
SHOWS = ("sendMessage", "editMessageText", "sendPhoto", "sendDocument")
NEVER_TOO_OLD_S = 400 * 86_400.0  # an hour of officers' time is less than a second here

_said_for: ContextVar[str] = ContextVar("heard_for", default="")
_said_by: ContextVar[int] = ContextVar("heard_by", default=0)


@dataclass(frozen=True)
class Arrival:
    """One request that had its effect."""

    method: str
    chat_id: int
    at: float  # officers' time, seconds since 1970
    said_for: (
        str  # "r:12,13:1" reminders and which part of the message, "u:7:0" a row of the inbox; "" neither
    )
    process: int  # the first, second ... bot
    is_lost: bool  # the bot got no answer, by a fault of the API
    text: str
    real_s: float = 0.0  # monotonic

    @property
    def reminders(self) -> tuple[int, ...]:
        """The reminders it carried."""
        kind, _colon, rest = self.said_for.partition(":")
        return tuple(int(one) for one in rest.partition(":")[0].split(",")) if kind == "r" else ()

    @property
    def inbox_row(self) -> int | None:
        """The row of the inbox it answers."""
        kind, _colon, rest = self.said_for.partition(":")
        return int(rest.partition(":")[0]) if kind == "u" else None


class _Saying:
    """Keeps the headers where the log of calls finds them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            said = {key.decode(): value.decode() for key, value in scope["headers"]}
            _said_for.set(said.get(HEADER, ""))
            _said_by.set(int(said.get(BY, 0)))
        await self._app(scope, receive, send)


class Telegram(Served):
    """Serves in a thread until closed.

    Args:
        performed: called on that thread after each request that showed something.
    """

    def __init__(self, folder: Path, performed: Callable[[Arrival], None]) -> None:
        self.arrivals: list[Arrival] = []
        self.refused: dict[int, int] = {}  # how many requests had which status
        self.started = 0  # the process that has reached Telegram last
        self.started_at = 0.0  # when; monotonic
        self._performed = performed
        super().__init__(folder, TOKEN, self._hear, _Saying)
        self.world.switches.answer_taps_within_s = NEVER_TOO_OLD_S

    def fails(self, fault: Fault) -> None:
        """The next requests go wrong."""
        with self.world.lock:
            self.world.faults.append(fault)

    @property
    def is_failing(self) -> bool:
        """Whether faults are still to come."""
        return bool(self.world.faults)

    def _hear(self, call: Call) -> None:
        if call.method == "deleteWebhook":
            self.started, self.started_at = _said_by.get(), time.monotonic()
        is_lost = call.description == LOST
        if call.status != 200 and not is_lost:
            self.refused[call.status] = self.refused.get(call.status, 0) + 1
            return
        chat_id = call.params.get("chat_id")
        if call.method not in (*SHOWS, "answerCallbackQuery"):
            return
        said = str(call.params.get("text", ""))
        arrival = Arrival(
            call.method, int(chat_id or 0), call.at, _said_for.get(), _said_by.get(), is_lost, said,
            time.monotonic(),
        )  # fmt: skip
        self.arrivals.append(arrival)
        if call.method in SHOWS:
            self._performed(arrival)
