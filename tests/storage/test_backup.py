"""Backups: what is in one comes back exactly; what is damaged, cut or another's is told."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from storage.backup import (
    BackupError,
    back_up,
    is_empty,
    last_made_at,
    lay_down,
    list_backups,
    read_backup,
    try_out,
    write_backup,
)
from storage.cabinet import Cabinet
from storage.engine import Store, open_store
from storage.schema import SchemaError, upgrade
from storage.tables import Child, Officer, Vital
from storage.types import Keyring
from tests.support.builders import build_officer
from tests.support.builders.full_house import fill_every_table
from tests.support.clocks import wita
from tests.support.database import Databases

NOW = wita("2026-12-01 02.00")
PHOTO = bytes(range(256)) * 9000  # more than two pieces


@pytest.fixture
def cabinet(tmp_path: Path, keyring: Keyring) -> Cabinet:
    return Cabinet(tmp_path / "data", keyring)


def furnish(store: Store, cabinet: Cabinet) -> str:
    """A row in every table, a vital sign and a photo; the photo's name."""
    with store.transaction() as s:
        fill_every_table(s)
        s.add(Vital(name="sign", value="ya \u2713", at=NOW))
    return cabinet.put(PHOTO)


def names_in(store: Store, table: type[Officer] | type[Child]) -> list[str]:
    with store.reading() as s:
        return list(s.exec(select(col(table.name)).order_by(col(table.id))))


def test_what_is_in_it_comes_back(
    store: Store, databases: Databases, cabinet: Cabinet, keyring: Keyring, tmp_path: Path
) -> None:
    name = furnish(store, cabinet)
    officers, children = names_in(store, Officer), names_in(store, Child)
    path, manifest = back_up(store, cabinet, tmp_path / "kept", NOW, 30)
    assert all(part.count for part in manifest.tables.values())
    with store.transaction() as s:  # not in it any more
        build_officer(s, name="Petugas Sesudahnya")
    url = databases.empty()
    again, elsewhere = open_store(url, keyring), Cabinet(tmp_path / "again", keyring)
    assert is_empty(again)
    lay_down(path, read_backup(path, keyring), again, elsewhere)
    assert not is_empty(again)
    assert elsewhere.get(name) == PHOTO
    assert (names_in(again, Officer), names_in(again, Child)) == (officers, children)
    with again.transaction() as s:
        assert s.get_one(Vital, "sign").at == NOW
        assert build_officer(s, name="Petugas Baru").id not in range(1, len(officers) + 1)
    again.close()
    databases.drop(url)


def test_it_goes_from_sqlite_to_postgresql(
    sqlite_store: Store, postgresql_databases: Databases, cabinet: Cabinet, keyring: Keyring, tmp_path: Path
) -> None:
    furnish(sqlite_store, cabinet)
    path = tmp_path / "one"
    write_backup(sqlite_store, cabinet, path, NOW)
    url = postgresql_databases.empty()
    again = open_store(url, keyring)
    lay_down(path, read_backup(path, keyring), again, Cabinet(tmp_path / "again", keyring))
    assert names_in(again, Child) == names_in(sqlite_store, Child)
    with again.reading() as s:
        assert s.get_one(Vital, "sign").at == NOW
    again.close()
    postgresql_databases.drop(url)


def _cut(content: bytes) -> bytes:
    return content[:-1000]


def _without_the_last_piece(content: bytes) -> bytes:
    first = content.index(b"\n") + 1 + 16
    length = int.from_bytes(content[first : first + 4], "big")
    return content[: first + 4 + length]


def _flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (_cut, "can't be read|is cut off"),
        (_without_the_last_piece, "is cut off|is damaged"),
        (_flipped, "can't be read"),
        (lambda content: b"PK" + content, "is no backup"),
        (lambda content: b"", "is no backup"),
    ],
)
def test_what_is_damaged_is_told(
    sqlite_store: Store, cabinet: Cabinet, keyring: Keyring, tmp_path: Path, harm: object, words: str
) -> None:
    furnish(sqlite_store, cabinet)
    path = tmp_path / "one"
    write_backup(sqlite_store, cabinet, path, NOW)
    assert callable(harm)
    path.write_bytes(harm(path.read_bytes()))
    with pytest.raises(BackupError, match=words):
        read_backup(path, keyring)


def test_another_secret_reads_nothing(sqlite_store: Store, cabinet: Cabinet, tmp_path: Path) -> None:
    furnish(sqlite_store, cabinet)
    path = tmp_path / "one"
    write_backup(sqlite_store, cabinet, path, NOW)
    assert not any(name.encode() in path.read_bytes() for name in names_in(sqlite_store, Child))
    with pytest.raises(BackupError, match="not in PANDU_SECRET_KEY"):
        read_backup(path, Keyring(["some other secret of the tests alone, no 2"]))


def test_of_an_older_pandu_it_is_brought_up_to_date(
    sqlite_databases: Databases, cabinet: Cabinet, keyring: Keyring, tmp_path: Path
) -> None:
    old, fresh = (open_store(sqlite_databases.empty(), keyring) for _ in range(2))
    upgrade(old.engine, "0019")
    path = tmp_path / "one"
    write_backup(old, cabinet, path, NOW)
    lay_down(path, read_backup(path, keyring), fresh, cabinet)
    upgrade(fresh.engine)
    with fresh.reading() as s:
        assert s.exec(select(Officer)).all() == []
    old.close()
    fresh.close()


def test_of_a_newer_pandu_it_is_refused(
    sqlite_store: Store, cabinet: Cabinet, keyring: Keyring, tmp_path: Path
) -> None:
    with sqlite_store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    path = tmp_path / "one"
    write_backup(sqlite_store, cabinet, path, NOW)
    with pytest.raises(SchemaError):
        try_out(path, keyring)


def test_thirty_stay_and_the_newest_is_known(sqlite_store: Store, cabinet: Cabinet, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    assert last_made_at(folder) is None
    for day in range(4):
        back_up(sqlite_store, cabinet, folder, NOW + timedelta(days=day), kept=3)
    assert [path.name[6:14] for path in list_backups(folder)] == ["20261203", "20261202", "20261201"]
    assert last_made_at(folder) == NOW + timedelta(days=3)
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir())
    assert sorted(folder.iterdir()) == sorted(list_backups(folder))  # nothing else is left behind
