"""Who taps goes first: the dispatcher makes its next messages when no tap is being handled."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE_S = 0.25  # so long at most: however much is tapped, reminders go on


class Precedence:
    """Counts the taps in hand. One process has one interpreter and, on SQLite, one writer."""

    def __init__(self) -> None:
        self._taps = 0
        self._none = asyncio.Event()
        self._none.set()

    @contextmanager
    def tap(self) -> Iterator[None]:
        """While one update is handled."""
        self._taps += 1
        self._none.clear()
        try:
            yield
        finally:
            self._taps -= 1
            if self._taps == 0:
                self._none.set()

    async def let_pass(self) -> None:
        """Return when no tap is in hand, or when that takes too long."""
        if self._taps:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    await self._none.wait()
            except TimeoutError:
                return
