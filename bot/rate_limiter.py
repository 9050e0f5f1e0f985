"""How fast messages leave for Telegram: answers to who taps first, then pushes; never more than Telegram takes.

PTB calls it for every request (its `rate_limiter`). PTB's own AIORateLimiter lets 59 messages out in the first second,
knows no 1 a second for a chat, and an answer waits behind the pushes that came before it.
"""

import asyncio
import math
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from telegram.error import TelegramError
from telegram.ext import BaseRateLimiter

from bot.tap_priority import TapPriority

PER_SECOND = 30  # messages to all chats together that Telegram takes
PER_CHAT_S = 1.0  # between a push and what was said to the same officer before
SECOND = 1.0
WAY = 0.4  # of the quickest of the last round trips: each way, there and back, takes at least so long
ROUND_TRIPS = 100  # so many last ones
ENOUGH_ROUND_TRIPS = 20  # of fewer nothing is concluded
# So long after it left, at most, a request is taken to have arrived: a stalled one may be late.
UNANSWERED_S = 2.0
NOT_COUNTED = ("answerCallbackQuery",)
REMEMBERED = 1000  # chats of the last second that are kept


class TooLateError(TelegramError):
    """A push waited for its turn until its lease was nearly over: it was not sent, another try follows."""


@dataclass(frozen=True)
class Rate:
    """What is kept to. Tests send without waiting: `per_second` None.

    Attributes:
        per_second: messages to all chats together.
        per_chat_s: seconds between a push and what was said to the same chat before.
    """

    per_second: int | None = PER_SECOND
    per_chat_s: float = PER_CHAT_S
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    monotonic: Callable[[], float] = time.monotonic


@dataclass(frozen=True)
class Push:
    """Says that a request is a push (PTB's `rate_limit_args`): answers pass it.

    Attributes:
        until: monotonic seconds; after that it is not sent any more (TooLateError).
    """

    until: float = math.inf


@dataclass
class _Sent:
    """One message of the last second or so; by `arrived` Telegram has counted it."""

    left: float
    arrived: float


class RateLimiter(BaseRateLimiter[Push]):
    """One for a process.

    In any second Telegram counts at most so many messages: the one so many places before has arrived a second ago.
    Pushes leave evenly, so that a place comes free all the time, and keep one free for each answer that is about to
    leave.
    """

    def __init__(self, rate: Rate, priority: TapPriority) -> None:
        self._rate = rate
        self._priority = priority
        self._per_second = rate.per_second or 1
        self._sent: deque[_Sent] = deque(maxlen=self._per_second)
        self._round_trips: deque[float] = deque(maxlen=ROUND_TRIPS)
        self._pushed_at = -math.inf
        self._spoken_at: dict[int, float] = {}  # when something was last said to a chat
        self._answers: deque[asyncio.Future[_Sent]] = deque()
        self._pushes: deque[asyncio.Future[_Sent]] = deque()
        self._usher: asyncio.Task[None] | None = None

    async def initialize(self) -> None:
        """Nothing to do."""

    async def shutdown(self) -> None:
        """Let nobody wait any more."""
        if self._usher is not None:
            self._usher.cancel()

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Push | None,
    ) -> Any:
        """Let the request out when its turn comes. Raises TooLateError, and what the request raises."""
        chat_id = data.get("chat_id")
        if chat_id is None or endpoint in NOT_COUNTED or self._rate.per_second is None:
            return await callback(*args, **kwargs)
        sent = await (self._answer() if rate_limit_args is None else self._push(chat_id, rate_limit_args))
        self._spoken_at[chat_id] = sent.left
        try:
            return await callback(*args, **kwargs)
        finally:
            now = self._rate.monotonic()
            self._round_trips.append(now - sent.left)
            sent.arrived = min(now - self._way(), sent.arrived)
            self._spoken_at[chat_id] = now

    async def _answer(self) -> _Sent:
        if not self._answers and self._opens_at(is_push=False) <= self._rate.monotonic():
            return self._leaves(is_push=False)
        return await self._turn(self._answers)

    async def _push(self, chat_id: int, push: Push) -> _Sent:
        await self._until_chat_is_free(chat_id)
        sent = await self._turn(self._pushes)
        if self._rate.monotonic() > push.until:
            raise TooLateError("its turn came too late")
        return sent

    async def _until_chat_is_free(self, chat_id: int) -> None:
        if len(self._spoken_at) > REMEMBERED:
            past = self._rate.monotonic() - self._rate.per_chat_s
            self._spoken_at = {chat: at for chat, at in self._spoken_at.items() if at > past}
        while True:
            wait_s = self._spoken_at.get(chat_id, -math.inf) + self._rate.per_chat_s - self._rate.monotonic()
            if wait_s <= 0:
                return
            await self._rate.sleep(wait_s)

    async def _turn(self, queue: "deque[asyncio.Future[_Sent]]") -> _Sent:
        turn: asyncio.Future[_Sent] = asyncio.get_running_loop().create_future()
        queue.append(turn)
        if self._usher is None or self._usher.done():
            self._usher = asyncio.create_task(self._let_out())
        return await turn

    async def _let_out(self) -> None:
        """Give turns, answers first; after each wait it is looked again who is first now."""
        while self._answers or self._pushes:
            is_push = not self._answers
            wait_s = self._opens_at(is_push=is_push) - self._rate.monotonic()
            if wait_s > 0:
                await self._rate.sleep(wait_s)
                continue
            turn = (self._answers or self._pushes).popleft()
            if not turn.done():  # whoever waited may have been cancelled
                turn.set_result(self._leaves(is_push=is_push))

    def _opens_at(self, *, is_push: bool) -> float:
        """When the next message may leave; monotonic seconds."""
        if not is_push:
            return self._free_at(self._per_second)
        places = max(1, self._per_second - self._priority.expected)
        return max(self._free_at(places), self._pushed_at + SECOND / self._per_second)

    def _free_at(self, places: int) -> float:
        """From when on a message that leaves is, where it arrives, at most the `places`-th within a second."""
        if len(self._sent) < places:
            return -math.inf
        return self._sent[-places].arrived + SECOND - self._way()

    def _way(self) -> float:
        """Seconds that a message takes to Telegram at least."""
        return WAY * min(self._round_trips) if len(self._round_trips) >= ENOUGH_ROUND_TRIPS else 0.0

    def _leaves(self, *, is_push: bool) -> _Sent:
        now = self._rate.monotonic()
        sent = _Sent(now, now + UNANSWERED_S)
        self._sent.append(sent)
        if is_push:
            self._pushed_at = now
        else:
            self._priority.answered()
        return sent
