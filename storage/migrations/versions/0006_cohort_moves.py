"""The dates of an angkatan may move: from which to which, by whom, why."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cohort_moves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("arrival_from", sa.Date(), nullable=False),
        sa.Column("arrival_on", sa.Date(), nullable=False),
        sa.Column("departure_from", sa.Date(), nullable=False),
        sa.Column("departure_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("update_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"]),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_cohort_moves_cohort_id"), "cohort_moves", ["cohort_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_cohort_moves_cohort_id"), table_name="cohort_moves")
    op.drop_table("cohort_moves")
