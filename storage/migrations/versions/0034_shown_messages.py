"""Which message in which chat showed a child or a case, so that it can be taken back when that is erased."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shown_messages",
        sa.Column("of_table", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_file", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("of_table", "row_id", "account_id", "message_id"),
    )
    op.create_index("ix_shown_messages_message", "shown_messages", ["account_id", "message_id", "shown_at"])


def downgrade() -> None:
    op.drop_index("ix_shown_messages_message", table_name="shown_messages")
    op.drop_table("shown_messages")
