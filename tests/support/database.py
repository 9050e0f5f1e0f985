"""Databases for tests: each test has its own, on SQLite and on PostgreSQL, with the schema in place."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.engine import URL, make_url

from storage.schema import upgrade
from storage.types import Keyring
from tests.support import postgres
from tests.support.engines import StoreOfATest, open_store
from tests.support.lived import Medium, Past

EVERYTHING = "PANDU_EVERYTHING"  # set: every test on both databases, and every institution lived anew
SECRET = "kunci rahasia untuk pengujian saja"  # an invented key

DIALECTS = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgresql", id="postgresql", marks=pytest.mark.postgres),
]


class Databases:
    """Makes databases of one kind: empty ones, and ones with the schema."""

    def __init__(self, dialect: str, folder: Path, server_url: URL | None) -> None:
        self.dialect = dialect
        self._folder = folder
        self._server_url = server_url
        self._migrated: str | None = None  # a database with the schema, to be copied
        self._made: list[URL] = []
        self._count = 0

    def empty(self) -> str:
        """The URL of a database without a single table."""
        if self._server_url is None:
            return f"sqlite:///{self._next_file()}"
        url = postgres.create_database(self._server_url)
        self._made.append(url)
        return _text_of(url)

    def migrated(self) -> str:
        """The URL of a database with the schema and no rows."""
        if self._migrated is None:
            self._migrated = self.empty()
            store = open_store(self._migrated, Keyring([SECRET]))
            upgrade(store.engine)
            store.close()
        if self._server_url is None:
            file = self._next_file()
            shutil.copy(self._migrated.removeprefix("sqlite:///"), file)
            return f"sqlite:///{file}"
        template = make_url(self._migrated).database
        assert template is not None
        url = postgres.create_database(self._server_url, template)
        self._made.append(url)
        return _text_of(url)

    def drop(self, url: str) -> None:
        """Give the space back."""
        if self._server_url is None:
            file = Path(url.removeprefix("sqlite:///"))
            for path in file.parent.glob(f"{file.name}*"):
                path.unlink()
            return
        made = next(one for one in self._made if _text_of(one) == url)
        postgres.drop_database(made, self._server_url)
        self._made.remove(made)

    def drop_all(self) -> None:
        """At the end of the session."""
        if self._server_url is not None:
            for url in self._made:
                postgres.drop_database(url, self._server_url)

    def past_of(self, engine: Engine) -> Past | None:
        """The beginning of what happens on a database that was just `migrated`; None: nothing is copied."""
        return None if os.environ.get(EVERYTHING) else Past(self.medium_of(engine))

    def medium_of(self, engine: Engine) -> Medium:
        """How its content is copied."""
        if self._server_url is not None:
            return _PostgresDatabase(engine, self._server_url, self._made)
        assert engine.url.database is not None
        return _SqliteFile(engine, Path(engine.url.database))

    def _next_file(self) -> Path:
        self._count += 1
        return self._folder / f"pandu{self._count}.db"


class _SqliteFile:
    """A file, and what its journal holds: copied into memory."""

    kind = "sqlite"
    pays_from_s = 0.004

    def __init__(self, engine: Engine, file: Path) -> None:
        self._engine = engine
        self._file = file

    def save(self) -> bytes:
        """All of it, as SQLite reads it now."""
        with closing(sqlite3.connect(self._file)) as connection:
            return connection.serialize()

    def lay(self, saved: bytes) -> None:
        """A new file of the same name: who still reads the old one goes on reading it."""
        self._engine.dispose()
        for path in self._file.parent.glob(f"{self._file.name}*"):
            path.unlink()
        self._file.write_bytes(saved)

    def drop(self, saved: bytes) -> None:
        """It goes by itself."""


class _PostgresDatabase:
    """A database of the session's server; copies are databases too."""

    kind = "postgresql"
    pays_from_s = 0.25

    def __init__(self, engine: Engine, server_url: URL, made: list[URL]) -> None:
        self._engine = engine
        self._server_url = server_url
        self._made = made  # and to be dropped at the end

    def save(self) -> URL:
        """A template of it."""
        self._engine.dispose()
        assert self._engine.url.database is not None
        saved = postgres.create_database(self._server_url, self._engine.url.database)
        self._made.append(saved)
        return saved

    def lay(self, saved: URL) -> None:
        """A new database of the same name."""
        self._engine.dispose()
        postgres.drop_database(self._engine.url, self._server_url)
        assert saved.database is not None
        postgres.create_database(self._server_url, saved.database, self._engine.url.database)

    def drop(self, saved: URL) -> None:
        """Give the space back."""
        postgres.drop_database(saved, self._server_url)
        self._made.remove(saved)


def _text_of(url: URL) -> str:
    return url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[URL | str]:
    """The URL of the session's PostgreSQL server, or the reason why there is none."""
    with ExitStack() as stack:
        found: URL | str
        try:
            found = stack.enter_context(postgres.server())
        except postgres.NoPostgresError as error:
            found = str(error)
        yield found


@pytest.fixture(scope="session")
def sqlite_databases() -> Iterator[Databases]:
    """Databases in files, which lie in memory where the system has a folder for that."""
    with tempfile.TemporaryDirectory(prefix="pandu-", dir=postgres.folder_in_memory()) as folder:
        yield Databases("sqlite", Path(folder), None)


@pytest.fixture(scope="session")
def postgresql_databases(
    tmp_path_factory: pytest.TempPathFactory, postgres_url: URL | str
) -> Iterator[Databases]:
    """Databases on the session's PostgreSQL server; without one the test is skipped and says why."""
    if isinstance(postgres_url, str):
        pytest.skip(postgres_url)
    databases = Databases("postgresql", tmp_path_factory.mktemp("postgresql"), postgres_url)
    yield databases
    databases.drop_all()


@pytest.fixture(params=DIALECTS)
def databases(request: pytest.FixtureRequest) -> Databases:
    """Databases of either kind: the test runs once on each."""
    found: Databases = request.getfixturevalue(f"{request.param}_databases")
    return found


@pytest.fixture
def keyring() -> Keyring:
    """The keys of the tests."""
    return Keyring([SECRET])


def _opened(databases: Databases, keyring: Keyring, request: pytest.FixtureRequest) -> Iterator[StoreOfATest]:
    url = databases.migrated()
    opened = open_store(url, keyring)
    if "monkeypatch" not in request.fixturenames:  # a rule that is changed has a past of its own
        opened.past = databases.past_of(opened.engine)
    yield opened
    opened.close()
    databases.drop(url)


@pytest.fixture
def store(databases: Databases, keyring: Keyring, request: pytest.FixtureRequest) -> Iterator[StoreOfATest]:
    """A database with the schema and no rows: on SQLite (a file) and on PostgreSQL."""
    yield from _opened(databases, keyring, request)


@pytest.fixture
def sqlite_store(
    sqlite_databases: Databases, keyring: Keyring, request: pytest.FixtureRequest
) -> Iterator[StoreOfATest]:
    """As `store`, on SQLite only."""
    yield from _opened(sqlite_databases, keyring, request)


@pytest.fixture
def postgresql_store(
    postgresql_databases: Databases, keyring: Keyring, request: pytest.FixtureRequest
) -> Iterator[StoreOfATest]:
    """As `store`, on PostgreSQL only."""
    yield from _opened(postgresql_databases, keyring, request)
