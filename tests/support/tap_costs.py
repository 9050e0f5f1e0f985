"""What one tap costs, counted and not timed: statements, commits, thread hops; and how the database looks rows up."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, event

from tests.support.town import Town

# Tables with a row for each thing that is said, sent or owed: no tap may read one of them from end to end.
GROWING = (
    "acknowledgements", "child_flags", "children", "confirmations", "digest_items", "files", "handovers", "inbox",
    "journal", "memberships", "read_entries", "records", "reminders", "runs", "task_entries", "task_parts", "tasks",
    "weights",
)  # fmt: skip
WRITES = ("INSERT", "UPDATE", "DELETE")
_SCANS = re.compile(rf"^SCAN ({'|'.join(GROWING)})\b(?!.*USING (COVERING )?INDEX)")


@dataclass
class Cost:
    """Of one tap, from its arrival until its answer is out and that is noted.

    Attributes:
        statements: without BEGIN and COMMIT, in order.
        commits: of transactions that wrote something; others cost nothing.
        hops: calls handed to another thread.
        scans: statements that read a growing table from end to end, with the database's words.
    """

    statements: list[str] = field(default_factory=list)
    commits: int = 0
    hops: list[str] = field(default_factory=list)
    scans: list[str] = field(default_factory=list)
    _has_written: bool = False

    def __str__(self) -> str:
        counted = f"{len(self.statements)} statements, {self.commits} commits, {len(self.hops)} hops"
        return "\n".join([counted, *self.hops, *self.statements])

    def note(self, engine: Engine, statement: str, parameters: Any) -> None:
        """A statement is about to run."""
        self.statements.append(statement)
        self._has_written |= statement.startswith(WRITES)
        with engine.connect() as connection:
            plan = connection.connection.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            self.scans += [f"{row[3]}: {statement}" for row in plan if _SCANS.match(row[3])]

    def note_commit(self) -> None:
        """A transaction ends."""
        self.commits += self._has_written
        self._has_written = False


class _CountingThreads(ThreadPoolExecutor):
    def __init__(self, cost: Cost) -> None:
        super().__init__()
        self._cost = cost

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        called = fn.args[0] if hasattr(fn, "args") and fn.args else fn
        self._cost.hops.append(getattr(called, "__qualname__", str(called)))
        return super().submit(fn, *args, **kwargs)


@asynccontextmanager
async def counting(town: Town) -> AsyncIterator[Cost]:
    """Count while the bot takes and answers what the phones did in the block; on SQLite."""
    await town.settle()
    await town.runtime.wakeups.step()
    cost = Cost()
    engine = town.runtime.unit.store.engine

    def runs(
        connection: Connection,
        _cursor: object,
        statement: str,
        parameters: Any,
        _context: object,
        _many: bool,
    ) -> None:
        if not statement.startswith(("BEGIN", "EXPLAIN")):
            cost.note(engine, statement, parameters)

    def commits(_connection: Connection) -> None:
        cost.note_commit()

    asyncio.get_running_loop().set_default_executor(_CountingThreads(cost))
    yield cost
    event.listen(engine, "before_cursor_execute", runs)
    event.listen(engine, "commit", commits)
    try:
        await town.runtime.receiver.poll_once(wait_s=0)
        await town.runtime.workers.work_until_idle()
        await town.runtime.outbox.finish()
        await town.runtime.wakeups.step()
    finally:
        event.remove(engine, "before_cursor_execute", runs)
        event.remove(engine, "commit", commits)
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())
    await town.settle()
