"""Incidents of children; what stood on the phone last: the lines of a list, the task of a card."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

SHOWN = sa.text("shown IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), sa.ForeignKey("children.id"), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("tenths", sa.Integer(), nullable=True),
        sa.Column("is_grave", sa.Boolean(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_by_id", sa.Integer(), sa.ForeignKey("officers.id"), nullable=False),
        sa.Column("update_id", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), sa.ForeignKey("officers.id"), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.CheckConstraint("tenths IS NULL OR tenths BETWEEN 300 AND 450", name="ck_incidents_tenths"),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (result IS NULL) AND (closed_at IS NULL) = (closed_by_id IS NULL)",
            name="ck_incidents_closed_with_result",
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_incidents_child", "incidents", ["child_id", "id"])
    op.add_column("inbox", sa.Column("shown", sa.Text(), nullable=True))
    op.create_index("ix_inbox_shown", "inbox", ["chat_key", "id"], sqlite_where=SHOWN, postgresql_where=SHOWN)
    op.add_column("reminders", sa.Column("shown", sa.Text(), nullable=True))
    op.create_index("ix_confirmations_said", "confirmations", ["recorded_by_id", "recorded_at"])


def downgrade() -> None:
    op.drop_index("ix_confirmations_said", table_name="confirmations")
    op.drop_column("reminders", "shown")
    op.drop_index("ix_inbox_shown", table_name="inbox")
    op.drop_column("inbox", "shown")
    op.drop_index("ix_incidents_child", table_name="incidents")
    op.drop_table("incidents")
