"""A wrong or missing setting: one line that names it and says why, exit status 2."""

import os
import subprocess
from pathlib import Path

import pytest

from bot.settings import Settings, is_loopback
from tests.support import forked

KEY = "a secret for tests of settings only"

CASES = {
    "no secret": ({"PANDU_SECRET_KEY": ""}, "PANDU_SECRET_KEY: is missing"),
    "short secret": ({"PANDU_SECRET_KEY": "x" * 31}, "PANDU_SECRET_KEY: must have 32 characters or more"),
    "no token": ({}, "TELEGRAM_BOT_TOKEN: is missing"),
    "odd token": ({"TELEGRAM_BOT_TOKEN": "abc"}, "TELEGRAM_BOT_TOKEN: does not look like a token"),
    "no address": (
        {"TELEGRAM_BOT_TOKEN": "1:a", "TELEGRAM_API_BASE_URL": "telegram"},
        "TELEGRAM_API_BASE_URL: must be an http:// or https:// address",
    ),
    "other database": ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL: must begin with sqlite:/// or postgresql://"),
    "odd level": ({"PANDU_LOG_LEVEL": "loud"}, "PANDU_LOG_LEVEL: Input should be 'DEBUG', 'INFO', 'WARNING'"),
    "odd port": ({"WEBHOOK_PORT": "0"}, "WEBHOOK_PORT: Input should be greater than or equal to 1"),
    "webhook without secret": (
        {"TELEGRAM_BOT_TOKEN": "1:a", "TELEGRAM_API_BASE_URL": "http://127.0.0.1:9", "WEBHOOK_URL": "https://x.example"},
        "WEBHOOK_SECRET: is needed with WEBHOOK_URL",
    ),
    "no pack": (
        {"TELEGRAM_BOT_TOKEN": "1:a", "TELEGRAM_API_BASE_URL": "http://127.0.0.1:9", "PANDU_PACK": "nowhere"},
        "PANDU_PACK: nowhere: there is no pack here",
    ),
}  # fmt: skip


def run(folder: Path, *command: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    ours = ("TELEGRAM_", "DATABASE_URL", "PANDU_", "WEBHOOK_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return forked.run("bot", *command, env={**environment, "PANDU_SECRET_KEY": KEY, **settings}, cwd=folder)


@pytest.mark.parametrize("case", CASES)
def test_one_line_and_status_two(tmp_path: Path, case: str) -> None:
    settings, line = CASES[case]
    done = run(tmp_path, "run", **settings)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(f"pandu: {line}")
    assert "hidden" not in done.stderr


def test_a_server_that_is_not_there_may_come(tmp_path: Path) -> None:
    """Not a setting: whoever started us tries again."""
    done = run(
        tmp_path,
        "run",
        DATABASE_URL="postgresql://pandu:hidden@127.0.0.1:1/pandu",
        TELEGRAM_BOT_TOKEN="1:a",
        TELEGRAM_API_BASE_URL="http://127.0.0.1:9",
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("pandu: DATABASE_URL: can't open the database")
    assert "hidden" not in done.stderr


def begin(folder: Path) -> None:
    """A database: the first officer is invited."""
    done = run(
        folder, "invite", "--role", "tu", "--name", "Ibu Rekaan", TELEGRAM_API_BASE_URL="http://127.0.0.1:9"
    )
    assert done.returncode == 0, done.stderr


def test_another_key_than_the_database_was_written_with(tmp_path: Path) -> None:
    begin(tmp_path)
    assert run(tmp_path, "tasks", "--json").stdout == "[]\n"
    done = run(tmp_path, "tasks", "--json", PANDU_SECRET_KEY=KEY[::-1])
    assert done.returncode == 2
    assert done.stderr.startswith("pandu: PANDU_SECRET_KEY: the database was written with another key")
    both = run(tmp_path, "tasks", "--json", PANDU_SECRET_KEY=KEY[::-1], PANDU_SECRET_KEY_OLD=KEY)
    assert (both.returncode, both.stdout) == (0, "[]\n")


def test_settings_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PANDU_DATA_DIR=elsewhere\n")
    begin(tmp_path)
    assert (tmp_path / "elsewhere" / "pandu.db").exists()


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    import sqlite3

    begin(tmp_path)
    with sqlite3.connect(tmp_path / "data" / "pandu.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    done = run(tmp_path, "tasks", "--json")
    assert done.returncode == 1
    assert done.stderr.startswith("pandu: the database is not one this version of Pandu knows")


def test_a_broken_pack_is_named_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "unit.yaml").write_text("name: x\nnonsense: 1\n")
    done = run(tmp_path, "sop", "check", str(tmp_path))
    assert done.returncode == 1
    assert "unit.yaml:" in done.stderr


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8081", True),
        ("http://localhost", True),
        ("http://[::1]:1", True),
        ("https://api.telegram.org", False),
        ("http://127.0.0.1.example.org", False),
        ("http://192.168.1.5", False),
    ],
)
def test_the_test_clock_is_for_this_machine_only(url: str, expected: bool) -> None:
    assert is_loopback(url) is expected
    settings = Settings.model_validate(
        {"PANDU_SECRET_KEY": KEY, "TELEGRAM_API_BASE_URL": url, "PANDU_TEST_CLOCK": "1"}
    )
    assert settings.honours_test_clock is expected


def test_secrets_are_not_shown() -> None:
    settings = Settings.model_validate({"PANDU_SECRET_KEY": KEY, "TELEGRAM_BOT_TOKEN": "1:very-secret"})
    assert KEY not in repr(settings)
    assert "very-secret" not in repr(settings)
