"""A wake of the dispatcher costs the same however many reminders wait: indexes of what it asks for."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INDEXES = (  # name, table, columns, which rows
    ("ix_reminders_in_hand", "reminders", ("lease_until",), "state = 'pending' AND lease_until IS NOT NULL"),
    ("ix_reminders_officer_unsent", "reminders", ("officer_id", "due_at"), "state = 'pending'"),
    ("ix_reminders_officer_sent", "reminders", ("officer_id", "sent_at"), "state = 'sent'"),
    ("ix_reminders_digests", "reminders", ("due_at", "officer_id"), "kind = 'digest'"),
    ("ix_runs_waiting", "runs", ("opens_at",), "state = 'waiting'"),
    ("ix_tasks_ending", "tasks", ("ends_at",), "state = 'open' AND ends_at IS NOT NULL"),
)


def upgrade() -> None:
    for name, table, columns, rows in INDEXES:
        where = sa.text(rows)
        op.create_index(name, table, list(columns), sqlite_where=where, postgresql_where=where)
    op.drop_index("ix_reminders_task", table_name="reminders")
    op.create_index("ix_reminders_task", "reminders", ["task_id", "due_at"])


def downgrade() -> None:
    op.drop_index("ix_reminders_task", table_name="reminders")
    op.create_index("ix_reminders_task", "reminders", ["task_id"])
    for name, table, _columns, _rows in reversed(INDEXES):
        op.drop_index(name, table_name=table)
