"""An officer chooses when the morning list comes, and switches off reminders that are a courtesy.

The key of a morning list names its local day from now on: until now it named the day in UTC, which is another one
when the list comes at 08.00 in WITA or later.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

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


WITA = timezone(timedelta(hours=8))  # no summer time, now or then

reminders = sa.table(
    "reminders",
    sa.column("id", sa.Integer()),
    sa.column("key", sa.Text()),
    sa.column("kind", sa.Text()),
    sa.column("officer_id", sa.Integer()),
    sa.column("due_at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    for name, kind in COLUMNS:
        op.add_column("officers", sa.Column(name, kind, nullable=True))
    _name_the_day(lambda due_at: due_at.astimezone(WITA).strftime("%Y-%m-%d"))


def downgrade() -> None:
    for name, _kind in reversed(COLUMNS):
        op.drop_column("officers", name)
    _name_the_day(lambda due_at: due_at.strftime("%Y%m%d"))


def _name_the_day(day_of: Callable[[datetime], str]) -> None:
    """Each morning list gets the key with this day; one that would get another's keeps its own."""
    database = op.get_bind()
    rows = database.execute(
        sa.select(reminders.c.id, reminders.c.key, reminders.c.officer_id, reminders.c.due_at)
        .where(reminders.c.kind == "digest")
        .order_by(reminders.c.id)
    ).all()
    taken = {row.key for row in rows}
    for row in rows:
        due_at = row.due_at if row.due_at.tzinfo is not None else row.due_at.replace(tzinfo=UTC)
        key = f"digest:{row.officer_id}@{day_of(due_at.astimezone(UTC))}"
        if key not in taken:
            taken.add(key)
            database.execute(sa.update(reminders).where(reminders.c.id == row.id).values(key=key))
