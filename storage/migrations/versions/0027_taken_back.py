"""A head takes "Saya tangani" back."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("acknowledgements", sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM acknowledgements WHERE taken_back_at IS NOT NULL")
    op.drop_column("acknowledgements", "taken_back_at")
