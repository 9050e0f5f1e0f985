"""A SOP may have one run per school of an angkatan."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("runs", "tasks"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("school_id", sa.Integer(), nullable=True))
            batch.create_foreign_key(f"fk_{table}_school_id", "schools", ["school_id"], ["id"])


def downgrade() -> None:
    for table in ("tasks", "runs"):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(f"fk_{table}_school_id", type_="foreignkey")
            batch.drop_column("school_id")
