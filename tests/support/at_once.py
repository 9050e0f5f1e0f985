"""What the bot gives to a thread is done at once instead: handing over and back costs more than most of it."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any
from unittest import mock


def answered(loop: asyncio.AbstractEventLoop, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
    """The answer of the function, or what it raised, as if a thread had brought it."""
    future = loop.create_future()
    try:
        future.set_result(func(*args))
    except Exception as error:
        future.set_exception(error)
    return future


@contextmanager
def threads_at_once() -> Iterator[None]:
    """On this loop `asyncio.to_thread` needs no thread. Who has one of its own keeps it, and who counts them gets them."""
    loop = asyncio.get_running_loop()
    usual = loop.run_in_executor

    def run(executor: Executor | None, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        is_counted = getattr(loop, "_default_executor", None) is not None  # a test has set it
        return usual(executor, func, *args) if executor or is_counted else answered(loop, func, *args)

    with mock.patch.object(loop, "run_in_executor", run):
        yield
