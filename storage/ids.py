"""Ids for rows that are sealed before the database has seen them: a cell is bound to the id of its row."""

import threading
from collections import deque

from sqlalchemy import Connection, Pool, text

TAKEN_AT_ONCE = 20  # PostgreSQL: numbers of a sequence; those that are left over at the end are never used


class Ids:
    """Hands out the ids of one database, a statement for many.

    SQLite: what comes after the highest one, which only this process can raise while it writes; forgotten when another
    has written. PostgreSQL: the table's sequence.
    """

    def __init__(self, is_sqlite: bool) -> None:
        self._is_sqlite = is_sqlite
        self._next: dict[str, int] = {}
        self._taken: dict[str, deque[int]] = {}
        self._pool: Pool | None = None  # whose numbers they are
        self._taking = threading.Lock()

    def take(self, connection: Connection, table: str, count: int) -> list[int]:
        """So many ids, rising. Call it in the transaction that inserts."""
        if not count:
            return []
        if self._is_sqlite:
            if table not in self._next:
                highest = connection.execute(text(f"SELECT max(id) FROM {table}")).scalar()
                self._next[table] = (highest or 0) + 1
            first = self._next[table]
            self._next[table] = first + count
            return list(range(first, first + count))
        with self._taking:
            if self._pool is not connection.engine.pool:
                self._taken, self._pool = {}, connection.engine.pool
            left = self._taken.setdefault(table, deque())
            if len(left) < count:
                more = text(
                    f"SELECT nextval(pg_get_serial_sequence('{table}', 'id')) FROM generate_series(1, :count)"
                )
                left.extend(connection.execute(more, {"count": count + TAKEN_AT_ONCE}).scalars())
            return [left.popleft() for _ in range(count)]

    def forget(self, table: str) -> None:
        """Somebody else may have given ids in this table."""
        self._next.pop(table, None)

    def forget_all(self) -> None:
        """Somebody else may have given ids."""
        self._next.clear()
