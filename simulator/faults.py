"""Failures on demand, and Telegram's own rate limits."""

import math
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass

from simulator.refusals import Refusal, too_many_requests
from simulator.switches import Switches

CLOSED = 0  # no status at all: the connection is closed without an answer

DESCRIPTIONS = {
    CLOSED: "closed without an answer",
    400: "Bad Request: injected",
    403: "Forbidden: bot was blocked by the user",
    500: "Internal Server Error",
    502: "Bad Gateway",
}
NOT_PACED = (
    "getupdates",
    "getme",
    "getfile",
    "setwebhook",
    "deletewebhook",
    "getwebhookinfo",
    "answercallbackquery",
)


@dataclass
class Fault:
    """The next `count` calls that match are answered with `status`."""

    status: int  # 429, 500, 502, 400, 403, or CLOSED
    method: str | None = None  # None: any but getUpdates and getMe
    chat_id: int | None = None
    description: str | None = None
    retry_after: int = 1  # seconds, for 429
    count: int = 1
    takes_effect: bool = False  # the call is carried out and only its answer is lost

    def matches(self, method: str, chat_id: int | None) -> bool:
        if self.count <= 0 or (self.chat_id is not None and self.chat_id != chat_id):
            return False
        if self.method is None:
            return method.lower() not in ("getupdates", "getme")
        return self.method.lower() == method.lower()

    def refusal(self) -> Refusal:
        if self.status == 429:
            return too_many_requests(self.retry_after)
        default = DESCRIPTIONS.get(self.status, "Bad Request: injected")
        return Refusal(self.status, self.description or default)


class RateLimits:
    """About 30 a second over all, 1 a second in one chat with short bursts, 20 a minute in a group.

    Measured on a real, monotonic clock: the simulated one may stand still or race.
    """

    def __init__(self, switches: Switches, monotonic: Callable[[], float]) -> None:
        self._switches = switches
        self._monotonic = monotonic
        self._overall: deque[float] = deque()
        self._per_chat: dict[int, deque[float]] = defaultdict(deque)

    def check(self, method: str, chat_id: int | None) -> None:
        """Count this call.

        Raises:
            Refusal: 429 with the seconds to wait.
        """
        if not self._switches.limits or chat_id is None or method.lower() in NOT_PACED:
            return
        now = self._monotonic()
        chat = self._per_chat[chat_id]
        burst = self._switches.chat_burst
        _refuse_beyond(self._overall, self._switches.overall_per_second, 1.0, now)
        if chat_id < 0:
            _refuse_beyond(chat, self._switches.group_per_minute, 60.0, now)
        else:
            _refuse_beyond(chat, burst, burst / self._switches.chat_per_second, now)
        self._overall.append(now)
        chat.append(now)


def _refuse_beyond(times: deque[float], allowed: int, within_s: float, now: float) -> None:
    while times and now - times[0] >= within_s:
        times.popleft()
    if len(times) >= allowed:
        raise too_many_requests(max(1, math.ceil(within_s - (now - times[0]))))
