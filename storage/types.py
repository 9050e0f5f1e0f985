"""Column types: words of an enum as text, encrypted text, encrypted JSON; and CHECKs that keep them honest.

An encrypted cell is sealed for its row: the primary key, and what a column names with `also`. Who reads gets the row
beside each cell from the database itself (`column_expression`); who writes has to say it: a flush of the ORM does by
itself (`seal_for_rows`), any other statement with `bound`.
"""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Table,
    Text,
    cast,
    type_coerce,
)
from sqlalchemy.sql.dml import Insert, Update
from sqlalchemy.types import TypeDecorator

from storage.cipher import Keyring


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
        if not hasattr(value, "row"):
            raise TypeError(f"{self.context}: nobody said which row this is for; see storage.types.bound")
        return keyring_of(dialect).seal(self._written(value), self.context, value.row)

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


def seal_for_rows(
    _connection: Connection, statement: Any, several: Any, one: Any, _options: Any
) -> tuple[Any, Any, Any]:
    """Tell the values of a flush which row they are for. Called before each statement."""
    if not isinstance(statement, Insert | Update) or not isinstance(statement.table, Table):
        return statement, several, one
    columns = sealed_columns(statement.table)
    if not columns or (isinstance(statement, Insert) and statement.select is not None):
        return statement, several, one
    of = f"{statement.table.name}_" if isinstance(statement, Update) else ""
    if several:
        return statement, [_for_its_row(columns, row, of) for row in several], one
    return statement, several, _for_its_row(columns, one, of)


def _for_its_row(columns: tuple[Column[Any], ...], values: Mapping[str, Any], of: str) -> Mapping[str, Any]:
    told: dict[str, Any] = {}
    for column in columns:
        value = values.get(column.key)
        if value is None or not isinstance(column.type, Sealed):
            continue
        # An UPDATE of the ORM calls the row it is about by table and column.
        parts = [values.get(of + str(part.key)) for part in row_columns(column.table, column.type.also)]
        if None not in parts:
            told[column.key] = bound(value, ":".join(map(str, parts)))
    return {**values, **told} if told else values


def one_of(column: str, words: type[StrEnum], name: str) -> CheckConstraint:
    """CHECK that `column` holds one of the enum's words (NULL passes)."""
    listed = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=name)
