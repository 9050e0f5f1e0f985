"""Contents of files go from the cabinet once that is committed: not before, not without it, and after a kill all the same."""

from pathlib import Path

import pytest
from sqlmodel import col, select

from storage.cabinet import Cabinet
from storage.contents import LET_GO, drop_let_go, let_go
from storage.engine import Store
from storage.tables import Vital
from storage.types import Keyring
from tests.support.builders import build_stored_file
from tests.support.clocks import wita

NOW = wita("2026-12-01 09.00")


@pytest.fixture
def cabinet(tmp_path: Path, keyring: Keyring) -> Cabinet:
    return Cabinet(tmp_path, keyring)


def owed(store: Store) -> int:
    with store.reading() as s:
        return len(s.exec(select(Vital).where(col(Vital.name).startswith(LET_GO))).all())


def test_they_go_with_the_commit(store: Store, cabinet: Cabinet) -> None:
    key, needed = cabinet.put(b"a photo"), cabinet.put(b"another")
    with store.transaction() as s:
        build_stored_file(s, content_key=needed)
        let_go(s, cabinet, [key, needed], NOW)
        s.flush()
        assert cabinet.holds(key)
    assert (cabinet.holds(key), cabinet.holds(needed)) == (False, True)
    store.write_now()
    assert owed(store) == 0


def test_what_is_rolled_back_takes_nothing_away(store: Store, cabinet: Cabinet) -> None:
    key = cabinet.put(b"a photo")

    def refused() -> None:
        with store.tap("chat") as s:
            let_go(s, cabinet, [key], NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        refused()
    with store.tap("chat") as s:  # a part of it
        inner = s.begin_nested()
        let_go(s, cabinet, [key], NOW)
        inner.rollback()
        s.add(Vital(name="x", value="", at=NOW))
    assert cabinet.holds(key)


def test_what_a_kill_left_goes_at_the_next_start(
    store: Store, cabinet: Cabinet, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = cabinet.put(b"a photo")
    with monkeypatch.context() as disk:
        disk.setattr(Cabinet, "drop", lambda *_: (_ for _ in ()).throw(OSError("read-only")))
        with store.transaction() as s:
            let_go(s, cabinet, [key], NOW)
    assert (cabinet.holds(key), owed(store)) == (True, 1)
    drop_let_go(store, cabinet)
    store.write_now()
    assert (cabinet.holds(key), owed(store)) == (False, 0)
