"""Tasks are found by their run: undo asks what has been built on a step."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_tasks_run", "tasks", ["run_id"])


def downgrade() -> None:
    op.drop_index("ix_tasks_run", "tasks")
