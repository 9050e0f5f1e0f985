"""An event loop without threads and without waiting: one thing after the other, always in the same order."""

from asyncio import Future
from collections.abc import Callable
from typing import Any

from tests.support.at_once import answered
from tests.support.virtual_loop import VirtualLoop


class InlineLoop(VirtualLoop):
    """`asyncio.to_thread` runs its function at once, here: the database is one connection in memory."""

    def run_in_executor(  # type: ignore[override]  # of the two ways to say it, asyncio uses this one
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> Future[Any]:
        """The answer is there when this returns."""
        return answered(self, func, *args)
