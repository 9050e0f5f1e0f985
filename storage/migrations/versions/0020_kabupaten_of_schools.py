"""From which Kab/Kota a school is; empty: nobody has said it."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("schools", sa.Column("kabupaten", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("schools", "kabupaten")
