"""Cells sealed for their row; which key the owner writes with.

Up, no cell is touched: a sealed word says that some are not bound yet, and `pandu rekey` binds them while the bot runs.
Down, all of them become what they were.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.types import keyring_of

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

UNBOUND = "unbound"
KEY, KEY_CONTEXT, KEY_WORD = "key", "vitals.key", "pandu"
BOUND = "2:"
AT_ONCE = 500

SEALED = {
    "accounts": (("id", "officer_id", "chat_key"), ("chat_id",)),
    "case_pins": (("officer_id",), ("pin", "typing")),
    "cases": (("id",), ("name", "address", "reason", "categories", "close_reason")),
    "children": (("id",), ("name", "born_on", "parent_name", "phone", "address")),
    "cohort_moves": (("id",), ("reason",)),
    "confirmations": (("id",), ("note",)),
    "conversations": (("officer_id",), ("draft",)),
    "handovers": (("id",), ("reason",)),
    "inbox": (("id",), ("raw", "reply", "shown")),
    "incidents": (("id",), ("words", "result")),
    "invitations": (("id",), ("grant",)),
    "memberships": (("id",), ("note",)),
    "officers": (("id",), ("name",)),
    "records": (("id",), ("data",)),
    "reminders": (("id",), ("payload", "shown")),
    "task_entries": (("id",), ("put_off_reason", "reason")),
}  # fmt: skip

VITALS = sa.table(
    "vitals",
    sa.column("name", sa.Text()),
    sa.column("value", sa.Text()),
    sa.column("at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    op.add_column("ownership", sa.Column("key_id", sa.Text(), nullable=True))
    bind = op.get_bind()
    for name, (row, cells) in SEALED.items():
        table = _table(name, row, cells)
        a_cell = (
            sa.select(sa.literal(1))
            .where(sa.or_(*(table.c[one].is_not(None) for one in cells)))
            .select_from(table)
        )
        if bind.execute(a_cell.limit(1)).first() is not None:
            word = keyring_of(bind.dialect).seal(UNBOUND, "vitals.value", UNBOUND)
            bind.execute(sa.insert(VITALS).values(name=UNBOUND, value=word, at=datetime.now(UTC)))
            return


def downgrade() -> None:
    bind = op.get_bind()
    ring = keyring_of(bind.dialect)
    ring.reads_unbound = True
    for name, (row, cells) in SEALED.items():
        table = _table(name, row, cells)
        key = table.c[row[0]]
        for found in _rows(table, key):
            told = ":".join(str(found[one]) for one in row)
            loose = {
                one: ring.seal(ring.unseal(found[one], f"{name}.{one}", told), f"{name}.{one}")
                for one in cells
                if found[one] is not None and found[one].startswith(BOUND)
            }
            if loose:
                bind.execute(sa.update(table).where(key == found[row[0]]).values(loose))
    bind.execute(sa.delete(VITALS).where(VITALS.c.name.in_([UNBOUND, "rekey"])))
    word = ring.seal(KEY_WORD, KEY_CONTEXT)
    bind.execute(sa.update(VITALS).where(VITALS.c.name == KEY).values(value=word))
    op.drop_column("ownership", "key_id")


def _table(name: str, row: tuple[str, ...], cells: tuple[str, ...]) -> Any:
    return sa.table(name, *(sa.column(one) for one in (*row, *cells)))


def _rows(table: Any, key: Any) -> Iterator[Any]:
    """All rows, some at once, in the order of their key."""
    after = None
    while True:
        query = sa.select(table).order_by(key).limit(AT_ONCE)
        found = op.get_bind().execute(query if after is None else query.where(key > after)).mappings().all()
        yield from found
        if len(found) < AT_ONCE:
            return
        after = found[-1][key.name]
