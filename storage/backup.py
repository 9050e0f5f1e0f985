"""Backups: all rows and files of a unit as they were at one moment, in one sealed file, and back into an empty place.

A backup is a gzipped tar, sealed in pieces of a megabyte: `tables/NAME` has a row a line, as it is stored (cells stay
sealed), `files/NAME` a file of the cabinet, `manifest` at the end says what must be there. Nothing in it depends on the
database that it came from: SQLite's can be laid down on PostgreSQL.
"""

import base64
import contextlib
import hashlib
import io
import json
import os
import struct
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, DateTime, MetaData, Table, insert, select, text
from sqlmodel import Session

from storage.cabinet import Cabinet
from storage.engine import Store, open_store
from storage.private_files import close_to_others, make_private_folder
from storage.schema import check_foreign_keys, current_revision, upgrade, without_foreign_keys
from storage.tables import Vital
from storage.types import Keyring, UnsealError

MARK = b"PANDU BACKUP 1\n"
PIECE = 1024 * 1024
CONTEXT = "backup"
LAST = 1 << 31  # in the length of a piece: none follows
ROWS_AT_ONCE = 500
REVISION = "alembic_version"  # the one table that is not ours
NAMED = "pandu-%Y%m%dT%H%M%SZ.backup"


RESTORED = (
    "restored"  # in `vitals`; `value`: how old what was laid down is (ISO), until the bot was alone with it
)


class BackupError(Exception):
    """It can't be made, read or laid down; the sentence says why."""


@dataclass(frozen=True)
class Part:
    """What a table or a file of a backup holds: how many rows (of a file: bytes), and their SHA-256."""

    count: int
    digest: str


@dataclass
class Manifest:
    """What is in a backup.

    Attributes:
        made_at: when, officers' time, aware UTC: what was confirmed later is not in it.
        revision: the migration that the database was at.
    """

    made_at: datetime
    revision: str
    tables: dict[str, Part] = field(default_factory=dict)
    files: dict[str, Part] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many in all."""
        return sum(part.count for part in self.tables.values())


# --- a file in sealed pieces --------------------------------------------------------------------------------------


class _Sealing(io.RawIOBase):
    """Seals what is written. Each piece is bound to its place and to its file: none can be moved, left out or added."""

    def __init__(self, out: IO[bytes], keyring: Keyring) -> None:
        self._out, self._keyring = out, keyring
        self._waiting = bytearray()
        self._number = 0
        self._name = os.urandom(16)
        out.write(MARK + self._name)

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._waiting += content
        while len(self._waiting) > PIECE:
            self._seal(bytes(self._waiting[:PIECE]), 0)
            del self._waiting[:PIECE]
        return len(content)

    def finish(self) -> None:
        """Write the last piece; without it a backup can't be read."""
        self._seal(bytes(self._waiting), LAST)

    def _seal(self, clear: bytes, flag: int) -> None:
        sealed = self._keyring.seal_bytes(clear, _context(self._name, self._number, flag))
        self._out.write(struct.pack(">I", len(sealed) | flag) + sealed)
        self._number += 1


class _Unsealing(io.RawIOBase):
    """Reads what `_Sealing` wrote. Raises BackupError."""

    def __init__(self, file: IO[bytes], keyring: Keyring) -> None:
        self._file, self._keyring = file, keyring
        self._clear = memoryview(b"")
        self._number, self._is_last = 0, False
        if file.read(len(MARK)) != MARK:
            raise BackupError("is no backup of Pandu")
        self._name = file.read(16)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._clear and not self._is_last:
            self._next()
        taken = min(len(buffer), len(self._clear))
        buffer[:taken], self._clear = self._clear[:taken], self._clear[taken:]
        return taken

    def _next(self) -> None:
        head = self._file.read(4)
        if len(head) < 4:
            raise BackupError("is cut off")
        (length,) = struct.unpack(">I", head)
        flag, length = length & LAST, length & ~LAST
        try:
            clear = self._keyring.unseal_bytes(
                self._file.read(length), _context(self._name, self._number, flag)
            )
        except UnsealError as error:
            raise BackupError(f"can't be read: {error}") from error
        self._clear, self._is_last = memoryview(clear), bool(flag)
        self._number += 1


def _context(name: bytes, number: int, flag: int) -> str:
    return f"{CONTEXT}:{name.hex()}:{number}:{bool(flag)}"


# --- making one ---------------------------------------------------------------------------------------------------


def write_backup(store: Store, cabinet: Cabinet, path: Path, now: datetime) -> Manifest:
    """Write all there is into `path`, which appears when it is whole. The bot goes on meanwhile.

    Raises:
        OSError: the file can't be written.
    """
    fresh = path.with_name(f"{path.name}.part")
    try:
        with fresh.open("wb") as out:
            close_to_others(fresh)
            sealing = _Sealing(out, store.keyring)
            with tarfile.open(fileobj=sealing, mode="w|gz") as tar:
                manifest = _write(store, cabinet, tar, now)
            sealing.finish()
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return manifest


def _write(store: Store, cabinet: Cabinet, tar: tarfile.TarFile, now: datetime) -> Manifest:
    manifest = Manifest(now, current_revision(store.engine) or "")
    level = "REPEATABLE READ" if store.engine.dialect.name == "postgresql" else None
    engine = store.engine.execution_options(isolation_level=level) if level else store.engine
    with engine.connect() as connection:
        for table in _tables(connection):
            with tempfile.TemporaryFile() as rows:
                manifest.tables[table.name] = _write_rows(connection, table, rows)
                rows.seek(0)
                info = tarfile.TarInfo(f"tables/{table.name}")
                info.size = os.fstat(rows.fileno()).st_size
                tar.addfile(info, rows)
        connection.rollback()
    for name in cabinet.names():
        try:
            content = cabinet.sealed(name)
        except FileNotFoundError:  # dropped since
            continue
        manifest.files[name] = Part(len(content), hashlib.sha256(content).hexdigest())
        _add(tar, f"files/{name}", content)
    said = asdict(manifest) | {"made_at": now.astimezone(UTC).isoformat()}
    _add(tar, "manifest", json.dumps(said).encode())
    return manifest


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    tar.addfile(info, io.BytesIO(content))


def _tables(connection: Connection) -> list[Table]:
    """Those of the database as it is, whatever this version declares; who is pointed to comes first."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != REVISION]


def _write_rows(connection: Connection, table: Table, out: IO[bytes]) -> Part:
    count, digest = 0, hashlib.sha256()
    for row in connection.execute(select(table).order_by(*table.primary_key.columns)):
        line = json.dumps([_plain(value) for value in row], ensure_ascii=False).encode() + b"\n"
        out.write(line)
        digest.update(line)
        count += 1
    return Part(count, digest.hexdigest())


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


# --- reading one --------------------------------------------------------------------------------------------------


def read_backup(path: Path, keyring: Keyring) -> Manifest:
    """Read all of it and compare. Raises BackupError, and OSError when there is no such file."""
    found = Manifest(datetime.min.replace(tzinfo=UTC), "")
    said: Manifest | None = None
    for room, name, content in _parts(path, keyring):
        if room == "manifest":
            said = _manifest(content)
            continue
        digest, size, lines = hashlib.sha256(), 0, 0
        while piece := content.read(PIECE):
            digest.update(piece)
            size += len(piece)
            lines += piece.count(b"\n")
        its = found.tables if room == "tables" else found.files
        its[name] = Part(lines if room == "tables" else size, digest.hexdigest())
    if said is None or (said.tables, said.files) != (found.tables, found.files):
        raise BackupError("does not hold what it says that it holds")
    return said


def _parts(path: Path, keyring: Keyring) -> Iterator[tuple[str, str, IO[bytes]]]:
    """Each part as room, name and what it holds, to be read before the next."""
    with path.open("rb") as file, io.BufferedReader(_Unsealing(file, keyring), PIECE) as clear:
        try:
            with tarfile.open(fileobj=clear, mode="r|gz") as tar:
                for info in tar:
                    content = tar.extractfile(info)
                    room, _slash, name = info.name.partition("/")
                    if content is not None:
                        yield room, name, content
        except tarfile.TarError as error:
            raise BackupError(f"is damaged: {error}") from error


def _manifest(content: IO[bytes]) -> Manifest:
    said = json.load(content)
    parts = {kind: {name: Part(**part) for name, part in said[kind].items()} for kind in ("tables", "files")}
    return Manifest(datetime.fromisoformat(said["made_at"]), said["revision"], **parts)


def is_empty(store: Store) -> bool:
    """Whether nothing of Pandu is in the database."""
    return current_revision(store.engine) is None


def lay_down(path: Path, manifest: Manifest, store: Store, cabinet: Cabinet) -> None:
    """Put a backup that was read into an empty database and an empty cabinet; the schema stays as it was then.

    Raises:
        BackupError: the rows that are there now are not those of the backup.
        SchemaError: it is of a newer Pandu.
    """
    upgrade(store.engine, manifest.revision)
    for room, name, content in _parts(path, store.keyring):
        if room == "files":
            cabinet.put_sealed(name, content.read())
    with store.engine.connect() as connection:
        if store.engine.dialect.name == "sqlite":
            with without_foreign_keys(connection):
                _lay_rows(path, manifest, store.keyring, connection)
                check_foreign_keys(connection)
                connection.commit()
        else:
            _lay_rows(path, manifest, store.keyring, connection)
            connection.commit()


def _lay_rows(path: Path, manifest: Manifest, keyring: Keyring, connection: Connection) -> None:
    tables = {table.name: table for table in _tables(connection)}
    for table in reversed(tables.values()):  # what the migrations themselves have put there
        connection.execute(table.delete())
    for room, name, content in _parts(path, keyring):
        if room == "tables":
            table = tables[name]
            values = [json.loads(line) for line in content]
            for first in range(0, len(values), ROWS_AT_ONCE):
                rows = [_row(table, one, connection) for one in values[first : first + ROWS_AT_ONCE]]
                connection.execute(insert(table), rows)
    for table in tables.values():
        with tempfile.TemporaryFile() as again:
            if _write_rows(connection, table, again) != manifest.tables[table.name]:
                raise BackupError(f"the table {table.name} is not what it was")
        _raise_sequence(connection, table)


def _row(table: Table, values: list[Any], connection: Connection) -> dict[str, Any]:
    return {
        column.name: _value(value, column.type, connection)
        for column, value in zip(table.columns, values, strict=True)
    }


def _value(value: Any, kind: Any, connection: Connection) -> Any:
    if value is None:
        return None
    if isinstance(kind, DateTime):
        at = datetime.fromisoformat(value)
        return at if connection.dialect.name == "postgresql" else at.replace(tzinfo=None)
    try:
        python = kind.python_type
    except NotImplementedError:
        return value
    if python is date:
        return date.fromisoformat(value)
    return base64.b64decode(value) if python is bytes else value


def _raise_sequence(connection: Connection, table: Table) -> None:
    """PostgreSQL: the next row gets an id that nobody has."""
    if connection.dialect.name != "postgresql" or "id" not in table.columns:
        return
    connection.execute(
        text(
            f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), (SELECT max(id) FROM {table.name}))"
            f" WHERE EXISTS (SELECT 1 FROM {table.name})"
        )
    )


def try_out(path: Path, keyring: Keyring) -> Manifest:
    """Open a backup in a scratch place, beside it, which goes away again. Returns what is in it. Raises BackupError."""
    manifest = read_backup(path, keyring)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".trying-") as folder:
        store = open_store(f"sqlite:///{folder}/pandu.db", keyring)
        try:
            lay_down(path, manifest, store, Cabinet(Path(folder), keyring))
        finally:
            store.close()
    return manifest


# --- a folder of backups ------------------------------------------------------------------------------------------


def back_up(store: Store, cabinet: Cabinet, folder: Path, now: datetime, kept: int) -> tuple[Path, Manifest]:
    """Make one in `folder`, try it out, and let the oldest go; `kept` stay.

    Raises:
        BackupError: what was written can't be laid down again.
        OSError: the folder can't be written.
    """
    make_private_folder(folder)
    path = folder / now.astimezone(UTC).strftime(NAMED)
    write_backup(store, cabinet, path, now)
    try:
        manifest = try_out(path, store.keyring)
    except BackupError:
        path.rename(path.with_suffix(".unreadable"))
        raise
    for old in list_backups(folder)[kept:]:
        old.unlink()
    return path, manifest


def list_backups(folder: Path) -> list[Path]:
    """Those in the folder, the newest first."""
    return sorted(folder.glob("pandu-*.backup"), reverse=True)


def last_made_at(folder: Path) -> datetime | None:
    """When the newest was made, by its name; aware UTC. None when there is none."""
    for path in list_backups(folder):
        with contextlib.suppress(ValueError):
            return datetime.strptime(path.name, NAMED).replace(tzinfo=UTC)
    return None


# --- a database that was restored ---------------------------------------------------------------------------------


def note_restored(s: Session, made_at: datetime, now: datetime) -> None:
    """The bot that starts on it must not serve beside the one that it was taken from."""
    row = s.get(Vital, RESTORED) or Vital(name=RESTORED, value="", at=now)
    row.value, row.at = made_at.isoformat(), now
    s.add(row)


def is_fresh_copy(s: Session) -> bool:
    """Whether this is a restored database that no bot has served yet."""
    return s.get(Vital, RESTORED) is not None


def note_served(s: Session) -> None:
    """A bot serves it now, and no other did."""
    row = s.get(Vital, RESTORED)
    if row is not None:
        s.delete(row)
