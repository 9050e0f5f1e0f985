"""Cells belong to their row, and a new secret takes the place of the old one a few rows at a time."""

from collections.abc import Mapping
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.exc import StatementError
from sqlmodel import Session, select

from bot.commands.rekey import hashes_of
from sop_flows.actions.cohorts.cohorts import name_key
from storage.cabinet import Cabinet
from storage.engine import Store, open_store
from storage.queries.accounts import find_officer_of_chat
from storage.rekey import Left, Rekey, Row, count_left, find_missing_keys
from storage.schema import downgrade, upgrade
from storage.tables import CasePin, Child, Confirmation, Conversation, Invitation, Officer, Record, StoredFile
from storage.types import Keyring, UnsealError
from tests.support import builders as b
from tests.support.builders.rows import id_of
from tests.support.database import SECRET
from tests.support.engines import StoreOfATest

NEW = "kunci yang baru, sama panjangnya, juga rekaan"
NOW = datetime(2026, 12, 1, tzinfo=UTC)
CHATS = ("7001", "7002")


class KilledError(Exception):
    """The process is gone."""


def url_of(store: Store) -> str:
    return URL.create(**store.engine.url._asdict()).render_as_string(hide_password=False)


def another(store: Store, *secrets: str) -> Store:
    """The same database, opened with other secrets as a process of its own would."""
    opened = open_store(url_of(store), Keyring(secrets))
    upgrade(opened.engine)
    return opened


def fill(store: Store) -> None:
    """Two officers with phones, children, and something in other tables."""
    ring = store.keyring
    with store.transaction() as s:
        for number, chat in enumerate(CHATS, start=1):
            officer = id_of(b.build_officer(s, name=f"Petugas {number}"))
            b.build_account(s, officer_id=officer, chat_id=chat, chat_key=ring.fingerprint(chat, "chat"))
            b.build_case_pin(s, officer_id=officer, pin=f"123{number}")
        for number in range(7):
            b.build_child(
                s, name=f"Anak {number}", name_key=ring.fingerprint(f"anak {number}", "children.name")
            )
        b.build_confirmation(s, note="demam")
        b.build_record(s, data={"hasil": 1})
        b.build_invitation(
            s, grant={"name": "Ani", "code": "ABCD2345"}, code_key=ring.fingerprint("ABCD2345", "invitation")
        )


def as_before_0018(store: Store) -> None:
    """No cell is bound to its row."""
    downgrade(store.engine, "0017")
    upgrade(store.engine)


def rekey_of(store: Store, folder: Path, rows_at_once: int = 100) -> Rekey:
    return Rekey(store, Cabinet(folder, store.keyring), hashes_of, NOW, rows_at_once)


def through(rekey: Rekey) -> Rekey:
    while rekey.step():
        pass
    assert rekey.finish() is None
    return rekey


def left_in(store: Store, folder: Path) -> Left:
    with store.reading() as s:
        return count_left(s, store.keyring, Cabinet(folder, store.keyring))


def names_in(store: Store) -> list[str]:
    with store.reading() as s:
        return [one.name for one in s.exec(select(Officer).order_by("id"))]


def owner_of(store: Store, chat: str) -> str | None:
    with store.reading() as s:
        found = find_officer_of_chat(s, store.keyring.fingerprint(chat, "chat"))
        return None if found is None else found[0].name


def run(store: Store, *statements: str) -> None:
    with store.engine.connect().execution_options(pandu_begin="IMMEDIATE") as connection:
        for statement in statements:
            connection.execute(text(statement))
        connection.commit()


# --- a cell belongs to its row


@pytest.mark.parametrize(
    "columns", [("chat_id", "chat_key"), ("chat_key",), ("chat_id",)], ids=["both", "hash", "cell"]
)
def test_a_phone_can_not_be_copied_to_another_officer(store: Store, columns: tuple[str, ...]) -> None:
    fill(store)
    run(store, "UPDATE accounts SET unbound_at = bound_at WHERE id = 2")
    changes = (f"{one} = (SELECT {one} FROM accounts WHERE id = 2)" for one in columns)
    run(store, f"UPDATE accounts SET {', '.join(changes)} WHERE id = 1")
    for chat in CHATS:
        is_copied = chat == CHATS["chat_key" in columns]
        with pytest.raises(UnsealError, match=r"accounts\.chat_id") if is_copied else nullcontext():
            assert owner_of(store, chat) is None


def test_a_phone_can_not_be_given_to_another_officer(store: Store) -> None:
    fill(store)
    run(store, "DELETE FROM accounts WHERE id = 1", "UPDATE accounts SET officer_id = 1 WHERE id = 2")
    with pytest.raises(UnsealError, match=r"accounts\.chat_id"):
        owner_of(store, CHATS[1])


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("UPDATE case_pins SET pin = (SELECT pin FROM case_pins WHERE officer_id = 2) WHERE officer_id = 1", CasePin),
        ("UPDATE children SET name = (SELECT name FROM children WHERE id = 2) WHERE id = 1", Child),
        ("UPDATE children SET id = 99 WHERE id = 3", Child),
    ],
    ids=["pin", "name", "row"],
)  # fmt: skip
def test_a_cell_of_another_row_is_refused(store: Store, statement: str, table: type) -> None:
    fill(store)
    run(store, statement)
    with pytest.raises(UnsealError), store.reading() as s:
        s.exec(select(table)).all()


def test_a_statement_that_does_not_say_its_row_writes_nothing(store: Store) -> None:
    fill(store)
    before = names_in(store)
    with pytest.raises(StatementError, match="nobody said which row"), store.transaction() as s:
        s.execute(Officer.__table__.update().values(name="Siapa Saja"))  # type: ignore[attr-defined]
    assert names_in(store) == before


def test_rows_of_two_processes_get_ids_of_their_own(store: Store) -> None:
    """Ids are given before the row is written: what another process has written meanwhile counts."""
    there = another(store, SECRET)
    for number in range(3):
        for one in (store, there):
            with one.transaction() as s:
                b.build_officer(s, name=f"Petugas {number}")
    assert len(names_in(store)) == 6
    there.close()


# --- before and after 0018


def test_unbound_cells_are_read_until_they_are_bound(store: Store, tmp_path: Path) -> None:
    fill(store)
    before = names_in(store)
    as_before_0018(store)
    assert names_in(store) == before
    assert owner_of(store, CHATS[0]) == "Petugas 1"
    left = left_in(store, tmp_path)
    assert (left.left, left.unbound, left.old) == (left.rows, left.rows, 0)
    through(rekey_of(store, tmp_path))
    left = left_in(store, tmp_path)
    assert (left.left, left.unbound) == (0, 0)
    assert names_in(store) == before
    with store.reading() as s:
        assert [one.note for one in s.exec(select(Confirmation))] == ["demam"]


def test_once_all_are_bound_an_old_cell_can_not_be_put_back(store: Store, tmp_path: Path) -> None:
    fill(store)
    as_before_0018(store)
    with store.engine.connect() as connection:
        old = connection.execute(text("SELECT name FROM officers WHERE id = 2")).scalar_one()
    through(rekey_of(store, tmp_path))
    fresh = another(store, SECRET)  # also by a process that begins later
    run(store, f"UPDATE officers SET name = '{old}' WHERE id = 1")
    for one in (store, fresh):
        with pytest.raises(UnsealError, match="not bound to its row"):
            names_in(one)
    fresh.close()


def test_a_bot_that_runs_hears_that_all_are_bound(store: Store, tmp_path: Path) -> None:
    fill(store)
    as_before_0018(store)
    store.take_unit(NOW)
    other = another(store, SECRET)
    through(rekey_of(other, tmp_path))
    other.close()
    assert store.keyring.reads_unbound
    with store.transaction():
        pass
    assert not store.keyring.reads_unbound


def test_a_new_database_never_reads_an_unbound_cell(store: Store) -> None:
    fill(store)
    loose = store.keyring.seal("Petugas lain", "officers.name")
    run(store, f"UPDATE officers SET name = '{loose}' WHERE id = 1")
    with pytest.raises(UnsealError, match="not bound to its row"):
        names_in(store)


def test_the_mark_that_lets_unbound_cells_in_can_not_be_made_without_the_secret(store: Store) -> None:
    fill(store)
    run(store, "INSERT INTO vitals (name, value, at) VALUES ('unbound', 'unbound', '2026-12-01 00:00:00')")
    fresh = another(store, SECRET)
    assert not fresh.keyring.reads_unbound
    fresh.close()


# --- a new secret


def test_killed_anywhere_it_goes_on_where_it_was(store: Store, tmp_path: Path) -> None:
    fill(store)
    both = another(store, NEW, SECRET)
    before = names_in(both)
    kills = seen = 0

    def killed(s: Session, table: str, row: Row, clear: Mapping[str, str]) -> dict[str, str]:
        nonlocal seen
        seen += 1
        if seen % 3 == 0:
            raise KilledError
        return hashes_of(s, table, row, clear)

    done: list[int] = []
    while True:
        rekey = Rekey(both, Cabinet(tmp_path, both.keyring), killed, NOW, rows_at_once=2)
        try:
            while rekey.step():
                pass
            break
        except KilledError:
            kills += 1
        left = left_in(both, tmp_path)
        done.append(left.left)
        assert names_in(both) == before
        assert owner_of(both, CHATS[0]) == "Petugas 1"
    assert kills > 3
    assert done == sorted(done, reverse=True)  # nothing is done twice
    assert len(set(done)) > 3
    assert rekey.finish() is None
    assert left_in(both, tmp_path).left == 0
    both.close()
    only_new = another(store, NEW)
    assert find_missing_keys(only_new, NOW) == ()
    assert names_in(only_new) == before
    assert [owner_of(only_new, chat) for chat in CHATS] == ["Petugas 1", "Petugas 2"]
    with only_new.reading() as s:
        assert s.exec(select(CasePin.pin).order_by("officer_id")).all() == ["1231", "1232"]
        assert [one.data for one in s.exec(select(Record))] == [{"hasil": 1}]
        key = only_new.keyring.fingerprint("ABCD2345", "invitation")
        assert [one.code_key for one in s.exec(select(Invitation))] == [key]
        names = [name_key(s, f"Anak {number}") for number in range(7)]
        assert [one.name_key for one in s.exec(select(Child).order_by("id"))][:7] == names
    only_new.close()


def test_a_second_time_there_is_nothing_to_do(store: Store, tmp_path: Path) -> None:
    fill(store)
    both = another(store, NEW, SECRET)
    assert through(rekey_of(both, tmp_path)).renewed > 10
    assert through(rekey_of(both, tmp_path)).renewed == 0
    both.close()


def test_rows_need_the_old_secret_until_it_is_through(store: Store, tmp_path: Path) -> None:
    fill(store)
    assert find_missing_keys(store, NOW) == ()  # the first start
    both, only_new = another(store, NEW, SECRET), another(store, NEW)
    assert find_missing_keys(only_new, NOW) == (store.keyring.key_id,)
    assert find_missing_keys(both, NOW) == ()
    rekey = rekey_of(both, tmp_path, rows_at_once=2)
    for _some in range(4):
        rekey.step()
    assert find_missing_keys(only_new, NOW) == (store.keyring.key_id,)
    assert find_missing_keys(store, NOW) == (both.keyring.key_id,)
    through(rekey)
    assert find_missing_keys(only_new, NOW) == ()
    assert find_missing_keys(store, NOW) == (both.keyring.key_id,)
    both.close()
    only_new.close()


def test_what_the_bot_has_in_hand_is_left_for_later(postgresql_store: StoreOfATest, tmp_path: Path) -> None:
    """Nobody waits for another; what was passed over is done on the next way through."""
    fill(postgresql_store)
    both = another(postgresql_store, NEW, SECRET)
    rekey = rekey_of(both, tmp_path)
    with postgresql_store.engine.connect() as holder:
        holder.execute(text("SELECT * FROM children WHERE id = 3 FOR UPDATE"))
        for _whole_way in range(40):
            assert rekey.step()
        assert left_in(both, tmp_path).left == 1
        holder.rollback()
    through(rekey)
    assert left_in(both, tmp_path).left == 0
    both.close()


def test_an_invitation_whose_code_nobody_knows_keeps_the_old_secret(store: Store, tmp_path: Path) -> None:
    with store.transaction() as s:
        ends = b.build_invitation(
            s, grant={"name": "Ani"}, expires_at=datetime(2026, 12, 4, tzinfo=UTC)
        ).expires_at
    find_missing_keys(store, NOW)
    both, only_new = another(store, NEW, SECRET), another(store, NEW)
    find_missing_keys(both, NOW)
    rekey = rekey_of(both, tmp_path)
    while rekey.step():
        pass
    assert rekey.finish() == ends
    assert find_missing_keys(only_new, NOW) == (store.keyring.key_id,)
    rekey.now = ends
    through(rekey)
    assert find_missing_keys(only_new, NOW) == ()
    both.close()
    only_new.close()


def test_a_cell_that_no_secret_opens_is_left_and_named(store: Store, tmp_path: Path) -> None:
    fill(store)
    run(store, "UPDATE children SET name = (SELECT name FROM children WHERE id = 2) WHERE id = 1")
    both = another(store, NEW, SECRET)
    assert through(rekey_of(both, tmp_path)).unreadable == {"children 1"}
    assert left_in(both, tmp_path).left == 1
    both.close()


def test_files_get_a_new_seal_and_name_and_drafts_the_name(store: Store, tmp_path: Path) -> None:
    old = Cabinet(tmp_path, store.keyring)
    attached, waiting = old.put(b"foto satu"), old.put(b"foto dua")
    fill(store)
    with store.transaction() as s:
        b.build_stored_file(s, content_key=attached)
        b.build_conversation(s, officer_id=1, draft={"files": [[waiting, "image/jpeg", 8]]})
    both = another(store, NEW, SECRET)
    assert left_in(both, tmp_path).old_files == 2
    assert Cabinet(tmp_path, both.keyring).get(attached) == b"foto satu"
    through(rekey_of(both, tmp_path))
    both.close()
    only_new = another(store, NEW)
    new = Cabinet(tmp_path, only_new.keyring)
    with only_new.reading() as s:
        assert new.get(s.exec(select(StoredFile)).one().content_key) == b"foto satu"
        assert new.get(s.exec(select(Conversation)).one().draft["files"][0][0]) == b"foto dua"  # type: ignore[index]
    assert len(new.names()) == 2  # those under the old secret are gone
    only_new.close()


def test_a_file_under_the_name_of_another_is_refused(tmp_path: Path, keyring: Keyring) -> None:
    cabinet = Cabinet(tmp_path, keyring)
    one, two = cabinet.put(b"satu"), cabinet.put(b"dua")
    (tmp_path / "files" / one[:2] / one).write_bytes((tmp_path / "files" / two[:2] / two).read_bytes())
    with pytest.raises(UnsealError, match="belongs elsewhere"):
        cabinet.get(one)
