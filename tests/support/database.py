"""Databases for tests: each test has its own, on SQLite and on PostgreSQL, with the schema in place."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from storage.cipher import Keyring
from storage.engine import Store
from storage.schema import upgrade
from tests.support import postgres
from tests.support.engines import open_store

MEMORY = Path("/dev/shm")  # nothing of a test's database is kept: no commit need wait for a disk
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
        template = self._made[0].database
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

    def _next_file(self) -> Path:
        self._count += 1
        return self._folder / f"pandu{self._count}.db"


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
    with tempfile.TemporaryDirectory(prefix="pandu-", dir=MEMORY if MEMORY.is_dir() else None) as folder:
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


@pytest.fixture
def store(databases: Databases, keyring: Keyring) -> Iterator[Store]:
    """A database with the schema and no rows: on SQLite (a file) and on PostgreSQL."""
    url = databases.migrated()
    opened = open_store(url, keyring)
    yield opened
    opened.close()
    databases.drop(url)


@pytest.fixture
def sqlite_store(sqlite_databases: Databases, keyring: Keyring) -> Iterator[Store]:
    """As `store`, on SQLite only."""
    url = sqlite_databases.migrated()
    opened = open_store(url, keyring)
    yield opened
    opened.close()
    sqlite_databases.drop(url)


@pytest.fixture
def postgresql_store(postgresql_databases: Databases, keyring: Keyring) -> Iterator[Store]:
    """As `store`, on PostgreSQL only."""
    url = postgresql_databases.migrated()
    opened = open_store(url, keyring)
    yield opened
    opened.close()
    postgresql_databases.drop(url)
