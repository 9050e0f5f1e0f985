"""Since when what a step records afterwards is missing."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

IS_SET = sa.text("incomplete_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("tasks", sa.Column("incomplete_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_tasks_incomplete", "tasks", ["incomplete_at"], sqlite_where=IS_SET, postgresql_where=IS_SET
    )


def downgrade() -> None:
    op.drop_index("ix_tasks_incomplete", "tasks")
    op.drop_column("tasks", "incomplete_at")
