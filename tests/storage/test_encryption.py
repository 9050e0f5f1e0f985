"""Names, contacts, notes, drafts and messages cannot be read without the key."""

import base64
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session, SQLModel, select

from storage.cabinet import Cabinet
from storage.engine import Store, open_store
from storage.tables import Child, Confirmation, Officer
from storage.types import EncryptedJson, EncryptedText, Keyring, UnsealError, key_id_of
from tests.support import builders as b
from tests.support.builders.rows import SOME_TIME, id_of
from tests.support.database import SECRET, Databases

OTHER_SECRET = "kunci lain yang sama panjangnya, juga rekaan"


def write_secrets(s: Session) -> list[str]:
    """A personal word in every column that has to be sealed; returns the words."""
    officer = id_of(b.build_officer(s, name="SEKAR-petugas"))
    b.build_account(s, officer_id=officer, chat_id="7700112233")
    b.build_case_pin(s, officer_id=officer, pin="7319052846", typing={"kept": [{"text": "MELATI-menunggu"}]})
    b.build_invitation(s, grant={"name": "SEKAR-undangan"})
    child = b.build_child(
        s, name="MELATI-anak", born_on="2016-05-17", parent_name="MELATI-ibu", phone="0819000777",
        address="Jalan Rekaan MELATI",
    )  # fmt: skip
    b.build_membership(s, child_id=child.id, until_on=date(2026, 12, 4), reason="sakit", note="MELATI-demam")
    task = id_of(b.build_task(s))
    b.build_task_entry(
        s, task_id=task, child_id=child.id, put_off_reason="MELATI-tunda", reason="MELATI-absen"
    )
    b.build_confirmation(s, task_id=task, officer_id=officer, note="MELATI-hambatan")
    b.build_record(s, task_id=task, child_id=child.id, officer_id=officer, data={"hasil": "MELATI-hasil"})
    b.build_reminder(s, officer_id=officer, task_id=task, payload={"catatan": "MELATI-pengingat"})
    b.build_inbox_row(s, raw='{"text": "MELATI-pesan"}', reply=[{"text": "MELATI-balasan"}])
    b.build_conversation(s, officer_id=officer, draft={"nama": "MELATI-draf"})
    b.build_handover(s, task_id=task, state="returned", answered_at=SOME_TIME, reason="MELATI-kembali")
    return [
        "SEKAR-petugas", "7700112233", "7319052846", "MELATI-menunggu", "SEKAR-undangan", "MELATI-anak", "2016-05-17", "MELATI-ibu", "0819000777",
        "Jalan Rekaan", "MELATI-demam", "MELATI-tunda", "MELATI-absen", "MELATI-hambatan", "MELATI-hasil",
        "MELATI-pengingat", "MELATI-pesan", "MELATI-balasan", "MELATI-draf", "MELATI-kembali", "MELATI", "SEKAR",
    ]  # fmt: skip


def test_no_personal_word_is_in_the_file(sqlite_store: Store) -> None:
    """The file and its log as they lie on the disk, before and after everything went into the file itself."""
    with sqlite_store.transaction() as s:
        words = write_secrets(s)
        b.build_cohort(s, name="Angkatan Terbaca")  # names of angkatan are clear: the search itself works
    before = bytes_of(sqlite_store)
    sqlite_store.close()
    after = bytes_of(sqlite_store)
    for content in (before, after):
        assert b"Angkatan Terbaca" in content
        assert [word for word in words if word.encode() in content] == []
        assert [word for word in words if word.encode("utf-16-le") in content] == []


def bytes_of(store: Store) -> bytes:
    """The database file with its write-ahead log."""
    file = Path(str(store.engine.url.database))
    return b"".join(path.read_bytes() for path in sorted(file.parent.glob(f"{file.name}*")))


def test_no_personal_word_is_in_a_column(store: Store) -> None:
    """As a database administrator sees the rows."""
    with store.transaction() as s:
        words = write_secrets(s)
    found = []
    with store.engine.connect() as connection:
        for table in SQLModel.metadata.sorted_tables:
            for row in connection.execute(text(f"SELECT * FROM {table.name}")):
                found += [(table.name, word) for word in words if word in str(tuple(row))]
    assert found == []


def test_the_program_reads_what_it_wrote(store: Store) -> None:
    with store.transaction() as s:
        write_secrets(s)
    with store.reading() as s:
        child = s.exec(select(Child).where(Child.name_key.is_not(None))).all()  # type: ignore[attr-defined]
        assert "MELATI-anak" in [row.name for row in child]
        assert [row.note for row in s.exec(select(Confirmation))] == ["MELATI-hambatan"]


def test_equal_names_look_different(store: Store) -> None:
    with store.transaction() as s:
        b.build_officer(s, name="Ani Rekaan")
        b.build_officer(s, name="Ani Rekaan")
    assert len(set(raw_names(store))) == 2


def raw_names(store: Store) -> list[str]:
    """Officers' names as they are stored."""
    with store.engine.connect() as connection:
        return [str(row[0]) for row in connection.execute(text("SELECT name FROM officers ORDER BY id"))]


def test_the_wrong_key_reads_nothing(databases: Databases, keyring: Keyring) -> None:
    url = databases.migrated()
    mine = open_store(url, keyring)
    with mine.transaction() as s:
        b.build_officer(s, name="Ani Rekaan")
    theirs = open_store(url, Keyring([OTHER_SECRET]))
    with pytest.raises(UnsealError, match="not in PANDU_SECRET_KEY"), theirs.reading() as s:
        s.exec(select(Officer)).all()
    mine.close()
    theirs.close()


def test_an_old_key_in_the_ring_still_reads_and_new_rows_carry_the_new_one(databases: Databases) -> None:
    url = databases.migrated()
    old, new = open_store(url, Keyring([SECRET])), open_store(url, Keyring([OTHER_SECRET, SECRET]))
    with old.transaction() as s:
        b.build_officer(s, name="Ani Rekaan")
    with new.transaction() as s:
        b.build_officer(s, name="Budi Rekaan")
        assert sorted(row.name for row in s.exec(select(Officer))) == ["Ani Rekaan", "Budi Rekaan"]
    key_ids = [key_id_of(name) for name in raw_names(new)]
    assert key_ids == [Keyring([SECRET]).key_id, Keyring([OTHER_SECRET]).key_id]
    old.close()
    new.close()


def test_a_value_moved_to_another_column_is_refused(store: Store) -> None:
    with store.transaction() as s:
        b.build_child(s, name="MELATI-anak", address="Jalan Rekaan MELATI")
        s.execute(text("UPDATE children SET name = address"))
    with pytest.raises(UnsealError, match=r"children\.name"), store.reading() as s:
        s.exec(select(Child)).all()


def test_a_damaged_value_is_refused(store: Store) -> None:
    with store.transaction() as s:
        b.build_officer(s, name="Ani Rekaan")
    mark, _colon, sealed = raw_names(store)[0].rpartition(":")
    content = bytearray(base64.b64decode(sealed))
    content[-1] ^= 1
    damaged = f"{mark}:{base64.b64encode(content).decode()}"
    with store.transaction() as s:
        s.execute(text("UPDATE officers SET name = :name"), {"name": damaged})
    with pytest.raises(UnsealError, match="damaged"), store.reading() as s:
        s.exec(select(Officer)).all()


def test_a_photo_lies_sealed_in_the_cabinet(tmp_path: Path, keyring: Keyring) -> None:
    cabinet = Cabinet(tmp_path, keyring)
    key = cabinet.put(b"foto rekaan MELATI")
    stored = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [b"MELATI" in path.read_bytes() or b"foto" in path.read_bytes() for path in stored] == [False]
    assert cabinet.get(key) == b"foto rekaan MELATI"
    assert cabinet.put(b"foto rekaan MELATI") == key
    with pytest.raises(UnsealError):
        Cabinet(tmp_path, Keyring([OTHER_SECRET])).get(key)


CLEAR_TEXT = {
    # codes and hashes
    "accounts.chat_key", "stranger_visits.chat_key", "inbox.chat_key", "inbox.identity",
    "invitations.code_key", "children.name_key", "files.content_key",
    # what names no person
    "cohorts.name", "schools.name", "schools.kabupaten", "children.sex", "corrections.of_table", "corrections.fact", "incidents.kind", "cases.sex", "cases.code_name", "child_flags.kind", "memberships.reason", "officer_roles.role", "officers.switched_off",
    "read_log.screen", "shown_messages.of_table", "day_digests.digest", "files.mime", "records.key", "vitals.name", "vitals.value", "ownership.key_id",
    "conversations.topic", "inbox.error",
    "runs.sop", "runs.subject", "runs.state", "runs.close_reason",
    "sop_versions.number", "sop_versions.digest", "sop_versions.source",
    "tasks.sop", "tasks.card", "tasks.state", "tasks.due_kind", "tasks.close_reason",
    "task_parts.role", "task_parts.state", "handovers.role", "handovers.state", "task_parts.assigned_how", "task_entries.state",
    "confirmations.role", "confirmations.kind", "journal.change", "journal.of_table",
    "reminders.dropped_why", "digest_items.kind", "digest_items.level",
    "reminders.key", "reminders.kind", "reminders.role", "reminders.rule", "reminders.state",
    "reminders.error", "reports.role", "reports.to_role",
}  # fmt: skip


def test_every_other_text_is_sealed() -> None:
    """A new text column is sealed, or somebody adds it to the list above and says why it names nobody."""
    clear = {
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if not isinstance(column.type, EncryptedText | EncryptedJson)
        and str(column.type) in ("TEXT", "VARCHAR")
    }
    assert clear == CLEAR_TEXT
