"""A new secret while the bot runs: which keys rows still need, and sealing and hashing all of them under the first one.

Each step is one transaction with some rows of one table, in the order of their primary key, and notes how far it has
come. A cell that is under the first secret and bound to its row is left alone: whatever is killed is begun again.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Table,
    Text,
    bindparam,
    column,
    func,
    or_,
    select,
    table,
    type_coerce,
    update,
)
from sqlmodel import Session, SQLModel, col

from storage.cabinet import Cabinet
from storage.engine import UNBOUND, Store
from storage.queries.officers import list_live_invitations
from storage.tables import Ownership, StoredFile, StrangerVisit, Vital
from storage.types import BOUND, EncryptedJson, Keyring, UnsealError, key_id_of, row_columns, sealed_columns

KEYS = "key"  # in `vitals`: a sealed word under each key that rows may carry
KEYS_WORD, KEYS_CONTEXT = "pandu", "vitals.key"
PROGRESS = "rekey"  # in `vitals`: how far it has come, under which key
ROWS_AT_ONCE = 100
FILES = "cabinet"  # the first part; then the tables
HOUR = timedelta(hours=1)
NAMES_FILES = ("case_pins", "conversations", "inbox")  # their cells may name a file of the cabinet

_FILE_NAME = re.compile(r'(?<=")[0-9a-f]{64}(?=")')

Row = Mapping[str, Any] | RowMapping
Hashes = Callable[[Session, str, Row, Mapping[str, str]], dict[str, str]]
"""Session, table, the row as it is stored, its cells in clear -> what is to be looked up, by column."""


@dataclass(frozen=True)
class Left:
    """What is not done yet.

    Attributes:
        rows: with something sealed in them.
        left: of these, with a cell that is under an earlier secret or not bound to its row.
        old: of these, with one under an earlier secret.
        unbound: of those left, with one that is not bound.
        files: in the cabinet.
        old_files: of these, under an earlier secret.
    """

    rows: int = 0
    left: int = 0
    old: int = 0
    unbound: int = 0
    files: int = 0
    old_files: int = 0


def find_missing_keys(store: Store, now: datetime) -> tuple[str, ...]:
    """The keys that rows may carry and that are not in the ring. When none is missing, the ring's first one is noted:
    from now on rows carry it. The first start of a database notes the first."""
    ring = store.keyring
    with store.reading() as s:
        row = s.get(Vital, KEYS)
        words = [] if row is None else row.value.split()
    missing = tuple(key_id_of(word) for word in words if not _is_ours(ring, word))
    known = {key_id_of(word) for word in words}
    # Of before 0018 nobody noted which of several secrets were in use.
    wanted = ring.key_ids if ring.reads_unbound else (ring.key_id,)
    new = [key_id for key_id in wanted if key_id not in known]
    if not missing and new:
        with store.transaction() as s:
            row = s.get(Vital, KEYS) or Vital(name=KEYS, value="", at=now)
            row.value = " ".join([*row.value.split(), *(_word(ring, key_id) for key_id in reversed(new))])
            s.add(row)
    return missing


def _word(ring: Keyring, key_id: str) -> str:
    return ring.seal_under(key_id, KEYS_WORD, KEYS_CONTEXT, KEYS)


def _is_ours(ring: Keyring, word: str) -> bool:
    try:
        return ring.unseal(word, KEYS_CONTEXT, KEYS if word.startswith(BOUND) else None) == KEYS_WORD
    except UnsealError:
        return False


def find_newest_key(s: Session) -> str:
    """The key that was noted last."""
    return key_id_of(s.get_one(Vital, KEYS).value.split()[-1])


def find_owner_key(s: Session) -> str | None:
    """The key that the bot writes with that took the unit last; None before any, or of before 0018."""
    return s.execute(select(col(Ownership.key_id))).scalar()


def count_left(s: Session, ring: Keyring, cabinet: Cabinet) -> Left:
    """How far it is. Reads every table with sealed cells."""
    counted = [s.execute(part.count).one() for part in _parts(ring)]
    rows, left, old, unbound = (
        sum(int(one or 0) for one in of_a_kind) for of_a_kind in zip(*counted, strict=True)
    )
    names = cabinet.names()
    return Left(rows, left, old, unbound, len(names), sum(not cabinet.is_renewed(name) for name in names))


@dataclass(frozen=True)
class _Part:
    """One table with its cells as they are stored."""

    table: Table
    ring: Keyring

    @cached_property
    def raw(self) -> Any:
        """The table without any types of ours."""
        sealed = {one.name for one in self.cells}
        return table(
            self.table.name,
            *(column(one.name, Text() if one.name in sealed else one.type) for one in self.table.c),
        )

    @cached_property
    def cells(self) -> tuple[Any, ...]:
        return sealed_columns(self.table)

    @cached_property
    def key(self) -> Any:
        return self.raw.c[next(iter(self.table.primary_key)).name]

    def row_of(self, cell: Any, values: Row) -> str:
        """What a cell is bound to."""
        return ":".join(str(values[one.name]) for one in row_columns(self.table, cell.type.also))

    def _some(self, test: Callable[[Any], ColumnElement[bool]]) -> ColumnElement[bool]:
        found = [self.raw.c[one.name] for one in self.cells]
        return or_(*(one.is_not(None) & test(one) for one in found))

    @property
    def to_do(self) -> ColumnElement[bool]:
        """Of a row: something is under an earlier secret, or not bound."""
        return self._some(lambda cell: ~_begins(cell, self.ring.mark))

    @property
    def count(self) -> Any:
        """Rows with something sealed; to do; under an earlier secret; unbound."""
        old = self._some(lambda cell: ~_begins(cell, self.ring.mark) & ~_begins(cell, self.ring.loose_mark))
        unbound = self._some(lambda cell: ~_begins(cell, BOUND))
        kinds = (self._some(lambda cell: cell.is_not(None)), self.to_do, old, unbound)
        return select(*(func.count().filter(kind) for kind in kinds)).select_from(self.raw)


def _begins(cell: Any, mark: str) -> ColumnElement[bool]:
    return func.substr(type_coerce(cell, Text), 1, len(mark)) == mark


def _parts(ring: Keyring) -> list[_Part]:
    return [
        _Part(one, ring) for one in sorted(SQLModel.metadata.tables.values(), key=str) if sealed_columns(one)
    ]


@dataclass
class Rekey:
    """Brings everything under the first secret, a step at a time.

    Args:
        hashes: what is looked up in a row, made from its cells.

    Attributes:
        renewed: rows and files so far.
        unreadable: rows and files that no secret of the ring opens; they are left as they are.
    """

    store: Store
    cabinet: Cabinet
    hashes: Hashes
    now: datetime
    rows_at_once: int = ROWS_AT_ONCE
    renewed: int = 0
    unreadable: set[str] = field(default_factory=set)
    _renewed_before: int = -1  # when this way through began; -1: in the middle

    def step(self) -> bool:
        """Some rows or files more, in one transaction; False when a whole way through has found nothing."""
        with self.store.transaction() as s:
            part, after = self._place(s)
            if part == self._order[0] and after is None:
                self._renewed_before = self.renewed
            after = self._files(s, after) if part == FILES else self._rows(s, part, after)
            if after is None:
                following = self._order.index(part) + 1
                if following == len(self._order):
                    self._keep_place(s, None)
                    return self.renewed != self._renewed_before or self._passed_over(s) > len(self.unreadable)
                part = self._order[following]
            self._keep_place(s, (part, after))
        return True

    def finish(self) -> datetime | None:
        """Nothing needs an earlier secret any more: that is written down. Call it when `step` has nothing to do.

        Returns:
            Until when the earlier secrets are needed all the same: for invitations of before 0018, whose code nobody
            knows. None: they can be dropped.
        """
        ring = self.store.keyring
        with self.store.transaction() as s:
            for name in NAMES_FILES:
                self._name_files_anew(s, self._parts[name])
            until = self._invitations_until(s)
            if until is None:
                if (
                    len(ring.key_ids) > 1
                ):  # hashes of strangers can't be made anew; who tries codes is not let off
                    self._forget_strangers(s)
                row = s.get(Vital, KEYS) or Vital(name=KEYS, value="", at=self.now)
                row.value = _word(ring, ring.key_id)
                s.add(row)
            for name in (UNBOUND, PROGRESS):
                mark = s.get(Vital, name)
                if mark is not None:
                    s.delete(mark)
        ring.reads_unbound = False
        with self.store.reading() as s:
            kept = set(s.execute(select(col(StoredFile.content_key))).scalars())
        for name in self.cabinet.names():
            if name not in kept and not self.cabinet.is_renewed(name):
                self.cabinet.drop(name)
        return until

    @cached_property
    def _parts(self) -> dict[str, _Part]:
        return {one.table.name: one for one in _parts(self.store.keyring)}

    @cached_property
    def _order(self) -> list[str]:
        return [FILES, *self._parts]

    def _passed_over(self, s: Session) -> int:
        """Rows that somebody had in hand, or that can't be read."""
        return sum(
            int(s.execute(select(func.count()).select_from(one.raw).where(one.to_do)).scalar_one())
            for one in self._parts.values()
        )

    def _place(self, s: Session) -> tuple[str, int | None]:
        row = s.get(Vital, PROGRESS)
        place = None if row is None else json.loads(row.value)
        if place is None or place["key"] != self.store.keyring.key_id or place["part"] not in self._order:
            return FILES, None
        return place["part"], place["after"]

    def _keep_place(self, s: Session, place: tuple[str, int | None] | None) -> None:
        row = s.get(Vital, PROGRESS)
        if place is None:
            if row is not None:
                s.delete(row)
            return
        row = row or Vital(name=PROGRESS, value="", at=self.now)
        row.value = json.dumps({"key": self.store.keyring.key_id, "part": place[0], "after": place[1]})
        row.at = self.now
        s.add(row)

    def _files(self, s: Session, after: int | None) -> int | None:
        query = select(StoredFile).where(col(StoredFile.id) > (after or 0)).order_by(col(StoredFile.id))
        rows = s.execute(query.limit(self.rows_at_once)).scalars().all()
        for row in rows:
            row.content_key = self._renewed_file(row.content_key)
            s.add(row)
        return rows[-1].id if len(rows) == self.rows_at_once else None

    def _renewed_file(self, name: str) -> str:
        """Its name under the first secret. The file under the former one goes in the end: somebody may be reading it."""
        try:
            if self.cabinet.is_renewed(name):
                return name
            renewed = self.cabinet.put(self.cabinet.get(name))
        except FileNotFoundError:
            return name
        except UnsealError:
            self.unreadable.add(f"file {name[:8]}")
            return name
        self.renewed += 1
        return renewed

    def _rows(self, s: Session, name: str, after: int | None) -> int | None:
        part = self._parts[name]
        query = select(part.raw).where(part.to_do).order_by(part.key).limit(self.rows_at_once)
        if after is not None:
            query = query.where(part.key > after)
        # A row that the bot has in hand is left for the next way through: nobody waits for another.
        rows = s.execute(query.with_for_update(key_share=True, skip_locked=True)).mappings().all()
        for row in rows:
            self._renew(s, part, row)
        return int(rows[-1][part.key.name]) if len(rows) == self.rows_at_once else None

    def _renew(self, s: Session, part: _Part, row: Row) -> None:
        ring, name = self.store.keyring, part.table.name
        try:
            clear = {one.name: self._clear(part, one, row) for one in part.cells if row[one.name] is not None}
        except UnsealError:
            self.unreadable.add(f"{name} {row[part.key.name]}")
            return
        hashes = {key: str(value) for key, value in self.hashes(s, name, row, clear).items()}
        now = {**row, **hashes}
        cells = {
            one.name: ring.seal(clear[one.name], one.type.context, part.row_of(one, now))
            for one in part.cells
            if one.name in clear
        }
        s.execute(
            update(part.raw).where(part.key == bindparam("_row")).values(cells | hashes),
            {"_row": row[part.key.name]},
        )
        self.renewed += 1

    def _clear(self, part: _Part, cell: Any, row: Row) -> str:
        clear = self.store.keyring.unseal(row[cell.name], cell.type.context, part.row_of(cell, row))
        return self._with_new_names(clear) if isinstance(cell.type, EncryptedJson) else clear

    def _with_new_names(self, text: str) -> str:
        return _FILE_NAME.sub(lambda found: self._renewed_file(found[0]), text)

    def _name_files_anew(self, s: Session, part: _Part) -> None:
        """A draft or a reply may carry the former name of a file though it was written under the first secret."""
        for cell in part.cells:
            stored = part.raw.c[cell.name]
            if not isinstance(cell.type, EncryptedJson):
                continue
            for row in s.execute(select(part.raw).where(stored.is_not(None))).mappings().all():
                told = part.row_of(cell, row)
                try:
                    clear = self.store.keyring.unseal(row[cell.name], cell.type.context, told)
                except UnsealError:
                    continue
                renewed = self._with_new_names(clear)
                if renewed != clear:
                    sealed = self.store.keyring.seal(renewed, cell.type.context, told)
                    s.execute(
                        update(part.raw).where(part.key == row[part.key.name]).values({cell.name: sealed})
                    )

    def _invitations_until(self, s: Session) -> datetime | None:
        if len(self.store.keyring.key_ids) == 1:
            return None
        return max(
            (one.expires_at for one in list_live_invitations(s, self.now) if not one.grant.get("code")),
            default=None,
        )

    def _forget_strangers(self, s: Session) -> None:
        for visit in s.execute(select(StrangerVisit)).scalars():
            if visit.hour_began_at is None or self.now - visit.hour_began_at > HOUR:
                s.delete(visit)
