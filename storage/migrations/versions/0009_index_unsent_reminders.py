"""A wake of the dispatcher costs the same however many reminders wait: indexes of what it asks for."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INDEXES = (  # name, columns, which rows
    ("ix_reminders_in_hand", ("lease_until",), "state = 'pending' AND lease_until IS NOT NULL"),
    ("ix_reminders_officer_unsent", ("officer_id", "due_at"), "state = 'pending'"),
    ("ix_reminders_officer_sent", ("officer_id", "sent_at"), "state = 'sent'"),
    ("ix_reminders_digests", ("due_at", "officer_id"), "kind = 'digest'"),
)


def upgrade() -> None:
    for name, columns, rows in INDEXES:
        where = sa.text(rows)
        op.create_index(name, "reminders", list(columns), sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name, _columns, _rows in reversed(INDEXES):
        op.drop_index(name, table_name="reminders")
