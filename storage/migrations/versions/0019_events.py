"""The day of a run's event: chosen by an officer, or proposed."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("runs", sa.Column("event_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("runs", "event_on")
