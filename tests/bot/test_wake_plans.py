"""No statement of a wake reads through all reminders: its plan is looked at, on both databases."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Engine, event, text

from simulator.state import Account
from tests.soak.crowd import chat_of, owe, settle_in
from tests.support.clocks import wita
from tests.support.town import Town

OFFICERS = 5
WAITING = 3000


async def test_a_wake_looks_only_at_what_is_due(any_town: Town) -> None:
    everybody = range(1, OFFICERS + 1)
    settle_in(any_town.store, any_town.house, OFFICERS, wita("2026-12-02 09.00"), wita("2026-12-29 16.00"))
    owe(any_town.store, everybody, WAITING, wita("2026-12-29 07.30"), timedelta(hours=1), "waiting")
    owe(any_town.store, everybody, OFFICERS, wita("2026-12-03 08.00"), timedelta(0), "due")
    for number in everybody:
        any_town.world.accounts[chat_of(number)] = Account(chat_of(number), "rekaan", started=True)
    engine = any_town.store.engine
    with engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()
    seen: dict[str, Any] = {}

    def note(_c: object, _cursor: object, statement: str, values: Any, _context: object, many: bool) -> None:
        if "reminders" in statement and not many and not statement.startswith("INSERT"):
            seen[statement] = values

    event.listen(engine, "before_cursor_execute", note)
    any_town.clock.set("2026-12-03 08.00")
    assert await any_town.runtime.dispatcher.dispatch_until_idle() == OFFICERS
    event.remove(engine, "before_cursor_execute", note)
    assert len(seen) > 5
    with engine.connect() as connection:
        plans = {statement: list(plan(engine, connection, statement, values)) for statement, values in seen.items()}  # fmt: skip
    assert {statement: steps for statement, steps in plans.items() if any(map(reads_all, steps))} == {}


def plan(engine: Engine, connection: Connection, statement: str, values: Any) -> Iterator[str]:
    """The steps of the database's plan."""
    if engine.dialect.name == "sqlite":
        for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values):
            yield str(row[3])
        return
    # A few thousand rows are quicker read through than looked up: the question is whether an index could serve.
    connection.execute(text("SET LOCAL enable_seqscan = off"))
    for (line,) in connection.exec_driver_sql(f"EXPLAIN {statement}", values):
        yield str(line)


def reads_all(step: str) -> bool:
    return (step.startswith("SCAN reminders") and "INDEX" not in step) or "Seq Scan on reminders" in step
