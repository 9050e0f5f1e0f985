"""A throw-away PostgreSQL cluster, in a folder of its own, on a Unix socket; or a server that is there already.

PostgreSQL refuses to run as root: then its programs run as the user `postgres`.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import URL, make_url

SERVER_URL = (
    "PANDU_TEST_DATABASE_URL"  # a server to use instead; its user must be allowed to create databases
)
SYSTEM_USER = "postgres"
MEMORY = Path("/dev/shm")  # nothing of a test's database is kept: no commit need wait for a disk
# Nothing of it is kept: no fsync, and room for the tests' connections only.
OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60 -c listen_addresses=''"

_numbers = count(1)


class NoPostgresError(Exception):
    """There is no PostgreSQL to test with; the sentence says why."""


@contextmanager
def server() -> Iterator[URL]:
    """The URL of a running server. Raises NoPostgresError."""
    given = os.environ.get(SERVER_URL)
    if given:
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="pandu-pg-", dir=folder_in_memory()))
    try:
        data = folder / "data"
        if os.geteuid() == 0:
            owner = _system_user()
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        _run(
            programs / "initdb",
            "-D",
            data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
            "--no-locale",
        )
        _run(
            programs / "pg_ctl",
            "-D",
            data,
            "-w",
            "-l",
            folder / "log",
            "-o",
            f"{OPTIONS} -k {folder}",
            "start",
        )
        try:
            yield URL.create(
                "postgresql+psycopg", username="postgres", database="postgres", query={"host": str(folder)}
            )
        finally:
            _run(programs / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def folder_in_memory() -> Path | None:
    """Where databases lie that nobody keeps; None where the system has no such folder."""
    return MEMORY if MEMORY.is_dir() else None


def create_database(server_url: URL, template: str = "template1", name: str | None = None) -> URL:
    """A fresh database, a copy of `template`."""
    name = name or f"pandu_test_{os.getpid()}_{next(_numbers)}"
    with _connected(server_url) as connection:
        # Copying files costs half of writing each page to the journal; before 15 there was no other way.
        how = " STRATEGY FILE_COPY" if connection.info.server_version >= 150_000 else ""
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"{how}'.encode())
    return server_url.set(database=name)


def drop_database(url: URL, server_url: URL) -> None:
    """Drop it, with whoever is still connected."""
    with _connected(server_url) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{url.database}" WITH (FORCE)'.encode())


def _connected(server_url: URL) -> psycopg.Connection[Any]:
    dsn = server_url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(dsn, autocommit=True)


def _programs() -> Path:
    """The folder with initdb and pg_ctl: the newest version Debian installed, or where the PATH says."""
    found = sorted(
        (path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")),
        key=lambda folder: float(folder.parent.name),
    )
    on_path = shutil.which("pg_ctl")
    if found:
        return found[-1]
    if on_path:
        return Path(on_path).resolve().parent
    raise NoPostgresError(f"no PostgreSQL here (no initdb, and {SERVER_URL} is not set)")


def _system_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        raise NoPostgresError(
            f"PostgreSQL does not run as root, and there is no user {SYSTEM_USER}"
        ) from None


def _run(program: Path, *arguments: str | Path) -> None:
    command = [str(program), *map(str, arguments)]
    user = SYSTEM_USER if os.geteuid() == 0 else None
    home = {**os.environ, "LC_ALL": "C"}
    done = subprocess.run(
        command, user=user, group=user, extra_groups=[] if user else None, env=home, cwd="/",
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False, timeout=60,
    )  # fmt: skip
    if done.returncode != 0:
        raise NoPostgresError(f"{program.name} failed: {done.stderr.strip()[-300:]}")
