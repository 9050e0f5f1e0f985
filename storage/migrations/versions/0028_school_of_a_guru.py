"""Of which school a guru is."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("officer_roles") as batch:
        batch.add_column(sa.Column("school_id", sa.Integer(), nullable=True))
        batch.create_foreign_key("fk_officer_roles_school_id", "schools", ["school_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("officer_roles") as batch:
        batch.drop_constraint("fk_officer_roles_school_id", type_="foreignkey")
        batch.drop_column("school_id")
