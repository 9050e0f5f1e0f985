"""Column types: words of an enum as text, encrypted text and JSON (AES-GCM); and CHECKs that keep them honest."""

import base64
import binascii
import hashlib
import hmac
import json
import os
import threading
from collections import deque
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
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

# --- encryption -------------------------------------------------------------------------------------------------
# A cell is bound to its row: `2:<key id>:<base64>`, sealed for table, column and row. Cells of before 0018 are base64
# alone and sealed for their column only; they are read as long as `pandu rekey` has not bound them all.


NONCE_BYTES = 12
KEY_ID_BYTES = 4
BOUND = "2:"  # what a bound cell begins with; base64 has no colon


class UnsealError(Exception):
    """A value cannot be read: written with a key that is not in the ring, damaged, or moved to another column."""


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=b"pandu", info=purpose).derive(secret.encode())


class Fingerprint(str):
    """A keyed hash under the first secret: what is written.

    Attributes:
        every: that one, and those under the earlier secrets: what is looked for.
    """

    every: tuple[str, ...]

    def __new__(cls, every: Sequence[str]) -> "Fingerprint":
        self = super().__new__(cls, every[0])
        self.every = tuple(every)
        return self


def every(fingerprint: str) -> tuple[str, ...]:
    """Under what a row may be found: the hash under each secret; of a plain text that text."""
    return fingerprint.every if isinstance(fingerprint, Fingerprint) else (fingerprint,)


def key_id_of(cell: str) -> str:
    """The id of the key that a cell was sealed with, hexadecimal; "" of what is no cell."""
    if cell.startswith(BOUND):
        return cell.split(":")[1]
    try:
        return base64.b64decode(cell)[:KEY_ID_BYTES].hex()
    except binascii.Error:
        return ""


class Keyring:
    """Seals with the first secret, unseals with any.

    Args:
        secrets: `PANDU_SECRET_KEY` first, then earlier ones that stored rows may still carry.

    Attributes:
        reads_unbound: whether cells of before 0018 are still read: until `pandu rekey` is through.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        self.reads_unbound = False
        self._keys: dict[bytes, AESGCM] = {}
        for secret in secrets:
            key = _derive(secret, b"seal")
            self._keys.setdefault(hashlib.sha256(key).digest()[:KEY_ID_BYTES], AESGCM(key))
        self._current = next(iter(self._keys))
        self._index_keys = [_derive(secret, b"index") for secret in dict.fromkeys(secrets)]

    @property
    def key_id(self) -> str:
        """The id that new values carry, hexadecimal; safe to show."""
        return self._current.hex()

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The ids of all keys, the present one first."""
        return tuple(key_id.hex() for key_id in self._keys)

    @property
    def mark(self) -> str:
        """What a cell begins with that is bound and under the present key."""
        return f"{BOUND}{self.key_id}:"

    @property
    def loose_mark(self) -> str:
        """What a cell of before 0018 begins with that is under the present key: letters that depend on the id alone."""
        return base64.b64encode(self._current).decode()[: KEY_ID_BYTES * 8 // 6]

    def seal_bytes(self, clear: bytes, context: str) -> bytes:
        """Encrypt; `context` (such as `officers.name`) must be given again to read it."""
        nonce = os.urandom(NONCE_BYTES)
        return self._current + nonce + self._keys[self._current].encrypt(nonce, clear, context.encode())

    def unseal_bytes(self, sealed: bytes, context: str) -> bytes:
        """Decrypt what `seal_bytes` made.

        Raises:
            UnsealError: unknown key, damaged value or other context.
        """
        key_id, rest = sealed[:KEY_ID_BYTES], sealed[KEY_ID_BYTES:]
        key = self._keys.get(key_id)
        if key is None:
            raise UnsealError(f"written with key {key_id.hex()}, which is not in PANDU_SECRET_KEY")
        try:
            return key.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], context.encode())
        except InvalidTag as error:
            raise UnsealError(f"{context}: the value is damaged or belongs elsewhere") from error

    def seal(self, clear: str, context: str, row: str | None = None) -> str:
        """Encrypt text into a cell.

        Args:
            context: table and column.
            row: what tells the row from all others, see `storage.types`; None: not bound, as before 0018.
        """
        if row is None:
            return base64.b64encode(self.seal_bytes(clear.encode(), context)).decode()
        return self.seal_under(self.key_id, clear, context, row)

    def seal_under(self, key_id: str, clear: str, context: str, row: str) -> str:
        """As `seal`, with one key of the ring."""
        nonce = os.urandom(NONCE_BYTES)
        key = self._keys[bytes.fromhex(key_id)]
        sealed = nonce + key.encrypt(nonce, clear.encode(), f"{context}:{row}".encode())
        return f"{BOUND}{key_id}:{base64.b64encode(sealed).decode()}"

    def unseal(self, cell: str, context: str, row: str | None = None) -> str:
        """Decrypt what `seal` made. Raises UnsealError."""
        try:
            if cell.startswith(BOUND):
                _version, key_id, sealed = cell.split(":")
                content = bytes.fromhex(key_id) + base64.b64decode(sealed)
                return self.unseal_bytes(content, f"{context}:{row}").decode()
            content = base64.b64decode(cell)
        except ValueError as error:
            raise UnsealError(f"{context}: the value is damaged") from error
        if row is not None and not self.reads_unbound:
            raise UnsealError(f"{context}: the value is not bound to its row, as all are since `pandu rekey`")
        return self.unseal_bytes(content, context).decode()

    def fingerprint(self, text: str, purpose: str) -> Fingerprint:
        """A keyed hash (hexadecimal) for looking a value up without storing it in clear."""
        return self.fingerprint_bytes(text.encode("utf-8", "surrogatepass"), purpose)

    def fingerprint_bytes(self, content: bytes, purpose: str) -> Fingerprint:
        """As `fingerprint`, for the content of a file."""
        whole = purpose.encode() + b":" + content
        return Fingerprint([hmac.new(key, whole, hashlib.sha256).hexdigest() for key in self._index_keys])


# --- types of columns -------------------------------------------------------------------------------------------
# An encrypted cell is sealed for its row: the primary key, and what a column names with `also`. Who reads gets the row
# beside each cell from the database itself (`column_expression`); who writes has to say it: a flush of the ORM does by
# itself (`bind_rows`), any other statement with `bound`, or with a parameter that is a pair of row and value.


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

    Attributes:
        ahead: how many more it takes of a sequence at once.
    """

    def __init__(self, is_sqlite: bool) -> None:
        self.ahead = TAKEN_AT_ONCE
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
                left.extend(connection.execute(more, {"count": count + self.ahead}).scalars())
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
