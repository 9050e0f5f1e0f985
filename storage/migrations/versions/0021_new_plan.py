"""When an angkatan or a case that was opened before the pack changed took its new calendar."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("cohorts", "cases"):
        op.add_column(table, sa.Column("plan_taken_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for table in ("cohorts", "cases"):
        op.drop_column(table, "plan_taken_at")
