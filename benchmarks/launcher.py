"""`python -m benchmarks.launcher run`: the real bot, counted or unpaced. The figures of CPU are taken without it.

`BENCH_COUNTS`: a file of three whole numbers that goes on counting statements, commits that wrote, and hops (work handed
to a thread). `BENCH_UNPACED`: answers are not held to Telegram's 30 messages a second.
"""

import mmap
import os
import struct
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from bot.cli import main
from bot.sender import RateLimiter

COUNTS, UNPACED = "BENCH_COUNTS", "BENCH_UNPACED"
STATEMENTS, COMMITS, HOPS = range(3)
WORDS = struct.Struct("<3q")
WRITES = ("INSERT", "UPDATE", "DELETE")


def read_counts(path: Path) -> tuple[int, int, int]:
    """Statements, commits and hops so far."""
    statements, commits, hops = WORDS.unpack(path.read_bytes()[: WORDS.size])
    return statements, commits, hops


class Counts:
    """Counts in a mapped file, which whoever measures reads."""

    def __init__(self, path: Path) -> None:
        path.write_bytes(bytes(WORDS.size))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), WORDS.size)
        self._lock = threading.Lock()

    def add(self, which: int) -> None:
        """One more."""
        with self._lock:
            counts = list(WORDS.unpack_from(self._map))
            counts[which] += 1
            WORDS.pack_into(self._map, 0, *counts)

    def install(self) -> None:
        """Hear of statements and commits from SQLAlchemy, of hops from the pool of threads."""

        def on_statement(connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            self.add(STATEMENTS)
            if statement.lstrip().upper().startswith(WRITES):
                connection.info["wrote"] = True

        def on_commit(connection: Any) -> None:
            if connection.info.pop("wrote", False):
                self.add(COMMITS)

        submit = ThreadPoolExecutor.submit

        def counted(pool: ThreadPoolExecutor, *given: Any, **named: Any) -> Any:
            self.add(HOPS)
            return submit(pool, *given, **named)

        event.listen(Engine, "before_cursor_execute", on_statement)
        event.listen(Engine, "commit", on_commit)
        put(ThreadPoolExecutor, "submit", counted)


def put(owner: object, name: str, what: object) -> None:
    """In the place of a function of the product or of a library."""
    setattr(owner, name, what)


async def _at_once(_limiter: Any, callback: Any, args: Any, kwargs: Any, **_more: Any) -> Any:
    return await callback(*args, **kwargs)


if __name__ == "__main__":
    if os.environ.get(COUNTS):
        Counts(Path(os.environ[COUNTS])).install()
    if os.environ.get(UNPACED):
        put(RateLimiter, "process_request", _at_once)
    main()
