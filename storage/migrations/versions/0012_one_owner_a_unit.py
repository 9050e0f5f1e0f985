"""One process owns the unit: its epoch, and the end of what several processes shared with each other."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ownership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_epoch", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name="ck_ownership_one_row"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute("INSERT INTO ownership (id, owner_epoch) VALUES (1, 0)")
    op.add_column("reminders", sa.Column("claimed_epoch", sa.Integer(), nullable=True))
    op.execute("UPDATE reminders SET lease_until = NULL WHERE claimed_by IS NOT NULL")
    op.drop_column("reminders", "claimed_by")
    op.drop_table("chat_leases")
    op.execute("DELETE FROM vitals WHERE name LIKE 'sender:%'")


def downgrade() -> None:
    op.create_table(
        "chat_leases",
        sa.Column("chat_key", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chat_key"),
    )
    op.add_column("reminders", sa.Column("claimed_by", sa.Text(), nullable=True))
    op.execute("UPDATE reminders SET lease_until = NULL WHERE claimed_epoch IS NOT NULL")
    op.drop_column("reminders", "claimed_epoch")
    op.drop_table("ownership")
