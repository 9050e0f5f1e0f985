"""What one tap costs, counted and not timed: statements, commits, thread hops; and how the database looks rows up."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlmodel import SQLModel

from tests.support.town import Town

# What has few rows for ever: no house has thousands of officers, angkatan or cases. Of all other tables no tap may read one
# from end to end, nor one of their indexes, unless the index holds no more than what is open.
SMALL = {
    "absences", "accounts", "case_pins", "cases", "cohort_moves", "cohorts", "invitations", "officer_roles", "officers",
    "ownership", "schools", "sop_versions", "stranger_visits", "vitals",
}  # fmt: skip
GROWING = set(SQLModel.metadata.tables) - SMALL
OF_WHAT_IS_OPEN = {
    index.name
    for table in SQLModel.metadata.tables.values()
    for index in table.indexes
    if index.dialect_options["sqlite"]["where"] is not None
}
WRITES = ("INSERT", "UPDATE", "DELETE")
_SCANS = re.compile(rf"^SCAN (?:{'|'.join(sorted(GROWING))})(?:_\d+)?\b(?: USING (?:COVERING )?INDEX (\w+))?")


@dataclass
class Cost:
    """Of one tap, from its arrival until its answer is out and that is noted.

    Attributes:
        statements: without BEGIN and COMMIT, in order.
        commits: of transactions that wrote something; others cost nothing.
        hops: calls handed to another thread.
        scans: statements that read a growing table or its index from end to end, with the database's words.
        steps: of SQLite's machine: what it had to look at, however fast.
    """

    statements: list[str] = field(default_factory=list)
    commits: int = 0
    hops: list[str] = field(default_factory=list)
    scans: list[str] = field(default_factory=list)
    steps: int = 0
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
            self.scans += [f"{row[3]}: {statement}" for row in plan if _reads_all(row[3])]

    def note_step(self) -> None:
        """SQLite's machine took a step."""
        self.steps += 1

    def note_commit(self) -> None:
        """A transaction ends."""
        self.commits += self._has_written
        self._has_written = False


def _reads_all(step: str) -> bool:
    found = _SCANS.match(step)
    return found is not None and found[1] not in OF_WHAT_IS_OPEN


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
    counted: list[Any] = []

    def runs(
        connection: Connection,
        _cursor: object,
        statement: str,
        parameters: Any,
        _context: object,
        many: bool,
    ) -> None:
        if not statement.startswith(("BEGIN", "EXPLAIN")):
            cost.note(engine, statement, parameters[0] if many else parameters)
            counted.append(connection.connection.driver_connection)
            counted[-1].set_progress_handler(cost.note_step, 1)

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
        for one in counted:
            one.set_progress_handler(None, 0)
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())
    await town.settle()
