"""Engines that serve one test after another: what SQLAlchemy compiled for one database it knows for the next.

A sixth of the time of a conversation went into compiling the same hundred statements for an engine of its own.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import URL, Dialect, make_url
from sqlmodel import Session

from storage.engine import Store, open_engine
from storage.types import Keyring
from tests.support.lived import Past

_idle: dict[str, list[Engine]] = defaultdict(list)


class StoreOfATest(Store):
    """Closed, it gives its engine back. With a `past` nobody uses it before the database is there."""

    _past: Past | None = None
    _is_closed = False

    @property
    def past(self) -> Past | None:
        """What is copied of former tests, if anything."""
        return self._past

    @past.setter
    def past(self, past: Past | None) -> None:
        self._past = past
        self._ids.ahead = 0  # the same acts give the same ids, wherever a copy was made between them

    @property
    def engine(self) -> Engine:
        """Whoever asks for it may write."""
        if self.past is not None:
            self.past.touched()
        return self._engine

    @engine.setter
    def engine(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """As the Store's."""
        with ExitStack() as stack:
            with self.past.within() if self.past else nullcontext():
                session = stack.enter_context(super().reading())
            yield session

    def close(self) -> None:
        self._hang_up()
        self._engine.dispose()
        if not self._is_closed:
            self._is_closed = True
            _idle[_kind_of(self._engine.url)].append(self._engine)


def open_store(url: str, keyring: Keyring) -> StoreOfATest:
    """As `storage.engine.open_store`, with the engine of a database that was closed, where there is one."""
    parsed = make_url(url)
    idle = _idle[_kind_of(parsed)]
    if idle:
        engine = idle.pop()
        engine.url = parsed
        engine.dialect.pandu_keyring = keyring  # type: ignore[attr-defined]
    else:
        engine = open_engine(url, keyring)
        _connects_where_its_url_says(engine)
    return StoreOfATest(engine, keyring)


def _connects_where_its_url_says(engine: Engine) -> None:
    @event.listens_for(engine, "do_connect")
    def _there(dialect: Dialect, _record: object, args: list[Any], parameters: dict[str, Any]) -> None:
        at, how = dialect.create_connect_args(engine.url)
        args[:] = at
        parameters.update(how)


def _kind_of(url: URL) -> str:
    """Engines of one kind have the same driver and the same pool."""
    return f"{url.drivername} {'of a name' if url.database else 'in memory'}"
