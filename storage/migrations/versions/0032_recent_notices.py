"""Notices of one kind are found by when they were made: what was said today, whatever was said in former years."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    where = sa.text("kind = 'notice'")
    op.create_index(
        "ix_reminders_notices",
        "reminders",
        ["rule", "created_at"],
        sqlite_where=where,
        postgresql_where=where,
    )


def downgrade() -> None:
    op.drop_index("ix_reminders_notices", table_name="reminders")
