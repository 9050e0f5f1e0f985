"""What is reported to the head of the house, who reads it, asks back and accepts it."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), sa.ForeignKey("tasks.id"), nullable=False),
        sa.Column("confirmation_id", sa.Integer(), sa.ForeignKey("confirmations.id"), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("to_role", sa.Text(), nullable=False),
        sa.Column("reported_by_id", sa.Integer(), sa.ForeignKey("officers.id"), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("question", sa.Text(), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), sa.ForeignKey("officers.id"), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), sa.ForeignKey("officers.id"), nullable=True),
        sa.CheckConstraint("(question IS NULL) = (asked_by_id IS NULL)", name="ck_reports_asked_by"),
        sa.CheckConstraint("closed_by_id IS NULL OR closed_at IS NOT NULL", name="ck_reports_closed_by"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_reports_open", "reports", ["id"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_reports_task", "reports", ["task_id"])


def downgrade() -> None:
    op.drop_index("ix_reports_task", table_name="reports")
    op.drop_index("ix_reports_open", table_name="reports")
    op.drop_table("reports")
