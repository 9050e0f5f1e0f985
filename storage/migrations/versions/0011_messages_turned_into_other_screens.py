"""A push becomes another screen when its officer taps on it: it is noted, so that nothing later writes over that screen."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INDEX = "ix_reminders_message"
ROWS = "message_id IS NOT NULL"


def upgrade() -> None:
    op.add_column("reminders", sa.Column("turned_at", sa.DateTime(timezone=True), nullable=True))
    where = sa.text(ROWS)
    op.create_index(
        INDEX, "reminders", ["message_id", "officer_id"], sqlite_where=where, postgresql_where=where
    )


def downgrade() -> None:
    op.drop_index(INDEX, table_name="reminders")
    op.drop_column("reminders", "turned_at")
