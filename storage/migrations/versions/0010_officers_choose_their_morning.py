"""An officer chooses when the morning list comes, and switches off reminders that are a courtesy."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

COLUMNS = (
    ("morning_minutes", sa.Integer()),
    ("morning_before", sa.Integer()),
    ("morning_since_on", sa.Date()),
    ("switched_off", sa.Text()),
)


def upgrade() -> None:
    for name, kind in COLUMNS:
        op.add_column("officers", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    for name, _kind in reversed(COLUMNS):
        op.drop_column("officers", name)
