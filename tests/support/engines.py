"""Engines that serve one test after another: what SQLAlchemy compiled for one database it knows for the next.

A sixth of the time of a conversation went into compiling the same hundred statements for an engine of its own.
"""

from collections import defaultdict
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import URL, Dialect, make_url

from storage.cipher import Keyring
from storage.engine import Store, open_engine

_idle: dict[str, list[Engine]] = defaultdict(list)


class _StoreOfATest(Store):
    """Closed, it gives its engine back."""

    _is_closed = False

    def close(self) -> None:
        super().close()
        if not self._is_closed:
            self._is_closed = True
            _idle[_kind_of(self.engine.url)].append(self.engine)


def open_store(url: str, keyring: Keyring) -> Store:
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
    return _StoreOfATest(engine, keyring)


def _connects_where_its_url_says(engine: Engine) -> None:
    @event.listens_for(engine, "do_connect")
    def _there(dialect: Dialect, _record: object, args: list[Any], parameters: dict[str, Any]) -> None:
        at, how = dialect.create_connect_args(engine.url)
        args[:] = at
        parameters.update(how)


def _kind_of(url: URL) -> str:
    """Engines of one kind have the same driver and the same pool."""
    return f"{url.drivername} {'of a name' if url.database else 'in memory'}"
