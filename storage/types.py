"""Column types: words of an enum as text, encrypted text, encrypted JSON; and CHECKs that keep them honest.

An encrypted cell is sealed for its row: the primary key, and what a column names with `also`. Who reads gets the row
beside each cell from the database itself (`column_expression`); who writes has to say it: a flush of the ORM does by
itself (`bind_rows`), any other statement with `bound`, or with a parameter that is a pair of row and value.
"""

import json
import threading
from collections import deque
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Pool,
    Table,
    Text,
    cast,
    inspect,
    text,
    type_coerce,
)
from sqlalchemy.orm import InstanceState, Session
from sqlalchemy.types import TypeDecorator

from storage.cipher import Keyring

TAKEN_AT_ONCE = 20  # PostgreSQL: numbers of a sequence; those that are left over at the end are never used


def keyring_of(dialect: Dialect) -> Keyring:
    """The keyring that `storage.engine` hung on this engine's dialect: one ring an engine, no global."""
    ring: Keyring = dialect.pandu_keyring  # type: ignore[attr-defined]  # set in storage.engine
    return ring


class Word(TypeDecorator[StrEnum]):
    """A StrEnum stored by its value as text (SQLModel alone would store the member's name)."""

    impl = Text
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else self.words(value).value

    def process_result_value(self, value: Any, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.words(value)


class _BoundText(str):
    row: str


class _BoundDict(dict[str, Any]):
    row: str


class _BoundList(list[Any]):
    row: str


def bound(value: Any, row: object) -> Any:
    """The value with the row for which it is to be sealed; None stays None. Otherwise it is what it was."""
    if value is None:
        return None
    carried: Any
    match value:
        case str():
            carried = _BoundText(value)
        case dict():
            carried = _BoundDict(value)
        case list():
            carried = _BoundList(value)
        case _:
            raise TypeError(f"a {type(value).__name__} can't be sealed")
    carried.row = str(row)
    return carried


class Sealed(TypeDecorator[Any]):
    """What encrypted columns share.

    Args:
        context: table and column.
        also: further columns of the row that the value is tied to beside the primary key; they never change alone.
    """

    impl = Text
    cache_ok = True

    def __init__(self, context: str, also: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.context = context
        self.also = also

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        told: ColumnElement[Any] | None = None
        for part in row_columns(column.table, self.also):
            told = cast(part, Text) if told is None else told.concat(":").concat(cast(part, Text))
        assert told is not None
        return type_coerce(told.concat(" ").concat(type_coerce(column, Text)), self)

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if isinstance(value, tuple):
            row, value = value
        elif hasattr(value, "row"):
            row = value.row
        else:
            raise TypeError(f"{self.context}: nobody said which row this is for; see storage.types.bound")
        return keyring_of(dialect).seal(self._written(value), self.context, str(row))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        row, _space, cell = value.rpartition(" ")
        return self._read(keyring_of(dialect).unseal(cell, self.context, row))

    def _written(self, value: Any) -> str:
        return str(value)

    def _read(self, clear: str) -> Any:
        return clear


class EncryptedText(Sealed):
    """Text sealed with the engine's keyring."""

    cache_ok = True


class EncryptedJson(Sealed):
    """JSON sealed with the engine's keyring."""

    cache_ok = True

    def _written(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    def _read(self, clear: str) -> Any:
        return json.loads(clear)


def row_columns(table: Any, also: Sequence[str]) -> list[ColumnElement[Any]]:
    """The columns that tell a row of the table, or of an alias of it, from all others."""
    return [*table.primary_key.columns, *(table.c[name] for name in also)]


@cache
def sealed_columns(table: Table) -> tuple[Column[Any], ...]:
    """The encrypted columns of a table."""
    return tuple(one for one in table.columns if isinstance(one.type, Sealed))


def bind_rows(session: Session, ids: "Ids | None") -> None:
    """Before a flush: give each new row with cells its id, in the order in which they were added, and tell the cells."""
    if ids is not None:
        _give_ids(session, ids)
    bind_cells(session.new, is_new=True)
    bind_cells(session.dirty, is_new=False)


def _give_ids(session: Session, ids: "Ids") -> None:
    new: dict[str, list[Any]] = {}
    for row in session.new:
        table = type(row).__table__
        if "id" in table.c and sealed_columns(table):
            new.setdefault(table.name, []).append(row)
    for name, rows in new.items():
        nameless = [row for row in rows if row.id is None]
        numbers = ids.take(session.connection(), name, len(nameless))
        for row, number in zip(nameless, numbers, strict=True):
            row.id = number
        if len(nameless) < len(rows):
            ids.forget(name)


def bind_cells(rows: Iterable[Any], *, is_new: bool) -> None:
    """Tell the values of rows that are about to be written which row they are for."""
    for row in rows:
        columns = sealed_columns(type(row).__table__)
        if not columns:
            continue
        state: InstanceState[Any] = inspect(row)
        for column in columns:
            key = column.key
            if state.dict.get(key) is None or not (is_new or key in state.committed_state):
                continue
            also = column.type.also if isinstance(column.type, Sealed) else ()
            parts = [state.dict.get(str(part.key)) for part in row_columns(column.table, also)]
            if None not in parts:
                state.dict[key] = bound(state.dict[key], ":".join(map(str, parts)))


def one_of(column: str, words: type[StrEnum], name: str) -> CheckConstraint:
    """CHECK that `column` holds one of the enum's words (NULL passes)."""
    listed = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=name)


class Ids:
    """Hands out the ids of one database before the rows are there, since their cells are bound to them; a statement for many.

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


def new_ids(s: Any, table: str, count: int) -> list[int]:
    """Ids for rows that a statement is about to insert.

    Args:
        s: the session of a transaction of the Store.
    """
    numbers: list[int] = s.ids.take(s.connection(), table, count)
    return numbers
