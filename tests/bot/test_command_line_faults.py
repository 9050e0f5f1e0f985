"""A database that is missing, locked, damaged or newer: one line and an exit status; nothing made beside a wrong path."""

import ctypes
import os
import resource
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections import namedtuple
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlmodel import select

from bot.daily_look import DailyLook
from bot.health import Kind, find_troubles
from bot.institution import Opened
from handlers.pushes.notices import LOOKED_AT
from storage.tables import Reminder
from tests.support import forked
from tests.support.database import SECRET
from tests.support.town import Town

PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2  # linux/prctl.h, linux/capability.h
FREE = namedtuple("FREE", "total used free")


def pandu(
    folder: Path, *command: str, before: Callable[[], object] | None = None, **more: str
) -> "subprocess.CompletedProcess[str]":
    """As an operator calls it, in `folder`.

    Args:
        before: what the new process does to itself first.
    """
    environment = {
        "PATH": os.environ["PATH"], "PANDU_SECRET_KEY": SECRET,
        "TELEGRAM_API_BASE_URL": "http://127.0.0.1:9", **more,
    }  # fmt: skip
    if before is None:
        return forked.run("bot", *command, env=environment, cwd=folder, timeout=120)
    return subprocess.run(
        [sys.executable, "-m", "bot", *command],
        cwd=folder, env={**environment, "PYTHONPATH": os.pathsep.join([os.getcwd(), *sys.path])},
        capture_output=True, text=True, timeout=120, check=False, preexec_fn=before,
    )  # fmt: skip


def has_no_room() -> None:
    """No file can be written beyond a few bytes, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))


def has_no_privilege() -> None:
    """Root, too, may write only what the mode of a file lets it write."""
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


def begun(folder: Path) -> Path:
    """A database with an officer invited."""
    done = pandu(folder, "invite", "--role", "peksos", "--name", "Ibu Rekaan")
    assert done.returncode == 0, done.stderr
    return folder / "data" / "pandu.db"


def is_one_line(done: "subprocess.CompletedProcess[str]", status: int, words: str) -> None:
    assert (done.returncode, done.stdout) == (status, ""), done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("pandu: ")
    assert words in done.stderr


@pytest.mark.parametrize("command", [("doctor",), ("reminders",)])
def test_where_no_database_is_none_is_made(tmp_path: Path, command: tuple[str, ...]) -> None:
    is_one_line(pandu(tmp_path, *command), 2, "there is no folder data")
    typo = f"sqlite:///{tmp_path}/pandoe.db"
    is_one_line(pandu(tmp_path, *command, DATABASE_URL=typo), 2, "pandoe.db; `pandu run` begins one")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_not_made_for_a_typo(tmp_path: Path) -> None:
    done = pandu(
        tmp_path, "invite", "--role", "tu", "--name", "Ibu", DATABASE_URL=f"sqlite:///{tmp_path}/dat/pandu.db"
    )
    is_one_line(done, 2, "there is no folder")
    assert not (tmp_path / "dat").exists()


def test_locked_damaged_and_newer(tmp_path: Path) -> None:
    file = begun(tmp_path)
    whole = file.read_bytes()
    with closing(sqlite3.connect(file, isolation_level=None)) as holder:
        holder.execute("UPDATE alembic_version SET version_num = '9999'")
    is_one_line(pandu(tmp_path, "doctor"), 1, "not one this version of Pandu knows")
    for path in file.parent.glob("pandu.db-*"):
        path.unlink()
    file.write_bytes(b"nothing of the kind" * 500)
    is_one_line(pandu(tmp_path, "status"), 1, "file is not a database")
    file.write_bytes(whole)
    with closing(sqlite3.connect(file, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        is_one_line(pandu(tmp_path, "invite", "--role", "tu", "--name", "Ibu Lain"), 1, "database is locked")
    run = {"TELEGRAM_BOT_TOKEN": "1:x"}
    is_one_line(
        pandu(tmp_path, "run", before=has_no_room, **run), 1, "can't open the database: disk I/O error"
    )
    assert pandu(tmp_path, "doctor").stdout.endswith("Nothing needs a look.\n")  # there is room again


def test_read_only(tmp_path: Path) -> None:
    """As on a disk that turned read-only."""
    file = begun(tmp_path)
    for path in file.parent.glob("pandu.db?*"):
        path.unlink()
    file.chmod(0o400)
    file.parent.chmod(0o500)
    done = pandu(tmp_path, "run", before=has_no_privilege, TELEGRAM_BOT_TOKEN="1:x")
    file.parent.chmod(0o700)
    is_one_line(done, 1, "can't open the database: ")


def test_doctor_finds_a_damaged_page(tmp_path: Path) -> None:
    file = begun(tmp_path)
    with closing(sqlite3.connect(file, isolation_level=None)) as s:
        s.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = s.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_reminders_task'").fetchone()
        (size,) = s.execute("PRAGMA page_size").fetchone()
    with file.open("r+b") as raw:
        raw.seek((page - 1) * size)
        raw.write(b"\xff" * 64)
    done = pandu(tmp_path, "doctor")
    assert done.returncode == 1
    assert "! the database file is damaged: " in done.stdout
    assert "Traceback" not in done.stderr


def test_what_is_made_is_for_its_user_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        (tmp_path / "data").mkdir(mode=0o755)
        file = begun(tmp_path)
        file.chmod(0o644)
        assert pandu(tmp_path, "doctor").returncode == 0
    finally:
        os.umask(before)
    open_to_others = [
        path.name
        for path in (file.parent, *file.parent.rglob("*"))
        if stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    assert open_to_others == []


@pytest.mark.parametrize(
    "secret", ["a" * 40, "rahasia1" * 5, "0123456789" * 4, "abcdefghijklmnopqrstuvwxyz012345"]
)
def test_a_weak_secret_is_refused(tmp_path: Path, secret: str) -> None:
    done = pandu(tmp_path, "run", PANDU_SECRET_KEY=secret, TELEGRAM_BOT_TOKEN="1:x")
    is_one_line(done, 2, "PANDU_SECRET_KEY: is too easy to guess")
    assert list(tmp_path.iterdir()) == []


async def test_the_admins_hear_of_it_once_a_day(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    sari = await town.officer("Bu Sari", role="tu", admin=True)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: FREE(10, 9, 1))
    for _restart in range(2):
        look = DailyLook(town.runtime.unit, town.runtime.excuses)
        for _time in range(2):
            assert look.look() == ()
    told = town.rows(select(Reminder).where(Reminder.rule == "needs_a_look"))
    assert [row.officer_id for row in told] == [sari.officer_id]
    await town.lives_until("2026-12-02 08.00")
    assert any("ruang disk hampir habis" in screen.text for screen in sari.screens)
    DailyLook(town.runtime.unit, town.runtime.excuses).look()
    assert len(town.rows(select(Reminder).where(Reminder.rule == "needs_a_look"))) == 2


def test_every_kind_has_words() -> None:
    assert set(LOOKED_AT) == {kind.value for kind in Kind}


async def test_a_full_disk_and_moved_cells_are_troubles(
    town: Town, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    await town.officer("Bu Sari", role="tu", admin=True)
    opened = Opened(town.house, town.store, town.clock.now())
    assert find_troubles(opened, None, tmp_path) == []
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: FREE(10, 9, 1))
    assert [one.kind for one in find_troubles(opened, None, tmp_path)] == [Kind.DISK]
