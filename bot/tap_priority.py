"""Who taps goes first: the dispatcher makes its next message when no tap is being handled."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE_S = 0.25  # so long at most: however much is tapped, reminders go on
EXPECTED_S = 0.5  # how long an answer is waited for; some taps are answered without a message
CALM_S = 0.003  # a tap is stored, claimed, handled and noted in short steps one after the other


class TapPriority:
    """Counts what is being done for taps. One process has one interpreter and, on SQLite, one writer.

    It also knows how many answers are about to leave, so that a place is kept free for each.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._expected: deque[float] = deque(maxlen=100)  # when what is not answered yet came in
        self._taps = 0
        self._ended_at = 0.0  # monotonic
        self._none = asyncio.Event()
        self._none.set()

    @contextmanager
    def tap(self) -> Iterator[None]:
        """While one step of a tap's way takes the interpreter or the database; not while Telegram is waited for."""
        self._taps += 1
        self._none.clear()
        try:
            yield
        finally:
            self._taps -= 1
            self._ended_at = self._monotonic()
            if self._taps == 0:
                self._none.set()

    def expect(self, answers: int) -> None:
        """So many updates have come in: their answers follow."""
        self._expected.extend([self._monotonic()] * answers)

    def answered(self) -> None:
        """One of the answers leaves."""
        if self._expected:
            self._expected.popleft()

    @property
    def expected(self) -> int:
        """Answers that are about to leave."""
        while self._expected and self._expected[0] < self._monotonic() - EXPECTED_S:
            self._expected.popleft()
        return len(self._expected)

    async def let_pass(self) -> None:
        """Return when no tap is in hand and none was a moment ago, or when that takes too long."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while (calm_s := self._ended_at + CALM_S - self._monotonic()) > 0 or self._taps:
                    await self._none.wait()
                    await asyncio.sleep(max(calm_s, 0.001))
        except TimeoutError:
            return
