"""Alembic's environment: the connection is handed in; one transaction a migration."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

import storage.tables  # noqa: F401  # fills SQLModel.metadata
from storage.schema import check_foreign_keys
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
    if sqlite:
        # A table rebuilt in batch mode with foreign keys on would empty its child tables by cascade.
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.rollback()

    def check_sqlite(*_args: Any, **_: Any) -> None:
        if sqlite:
            check_foreign_keys(connection)

    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        transaction_per_migration=True,
        render_as_batch=sqlite,
        render_item=render_item,
        compare_type=True,
        on_version_apply=check_sqlite,
    )
    with context.begin_transaction():
        context.run_migrations()
    if sqlite:
        connection.commit()
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")


migrate(context.config.attributes["connection"])
