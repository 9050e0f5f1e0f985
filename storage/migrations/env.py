"""Alembic's environment: the connection is handed in; one transaction a migration."""

from contextlib import nullcontext
from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

import storage.tables  # noqa: F401  # fills SQLModel.metadata
from storage.schema import check_foreign_keys, without_foreign_keys
from storage.types import EncryptedJson, EncryptedText, Word


def render_item(kind: str, item: object, _autogen: object) -> str | Literal[False]:
    """A migration says `sa.Text()`, not our types: it must still run when they have changed."""
    if kind == "type" and isinstance(item, EncryptedText | EncryptedJson | Word):
        return "sa.Text()"
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def migrate(connection: Connection) -> None:
    sqlite = connection.dialect.name == "sqlite"

    def check_sqlite(*_args: Any, **_: Any) -> None:
        if sqlite:
            check_foreign_keys(connection)

    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        transaction_per_migration=True,
        transactional_ddl=True,  # SQLite can do it too, now that we say BEGIN ourselves
        render_as_batch=sqlite,
        render_item=render_item,
        compare_type=True,
        on_version_apply=check_sqlite,
    )
    # A table rebuilt in batch mode with foreign keys on would empty its child tables by cascade, or be refused.
    with without_foreign_keys(connection) if sqlite else nullcontext(), context.begin_transaction():
        context.run_migrations()


migrate(context.config.attributes["connection"])
