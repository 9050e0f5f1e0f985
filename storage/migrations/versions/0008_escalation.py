"""Emergencies that are late are told to the heads at once; a head takes on what is late."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BEFORE = ("lead", "morning", "due", "handed", "snooze", "digest", "notice")
KINDS = ("lead", "morning", "due", "handed", "snooze", "digest", "escalation", "notice")


def upgrade() -> None:
    _allow(KINDS)
    op.create_table(
        "acknowledgements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_part_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("update_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["task_part_id"], ["task_parts.id"]),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_acknowledgements_task_part_id"), "acknowledgements", ["task_part_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_acknowledgements_task_part_id"), table_name="acknowledgements")
    op.drop_table("acknowledgements")
    op.execute("DELETE FROM reminders WHERE kind = 'escalation'")
    _allow(BEFORE)


def _allow(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("reminders") as batch:
        batch.drop_constraint("ck_reminders_kind", type_="check")
        listed = ", ".join(f"'{kind}'" for kind in kinds)
        batch.create_check_constraint("ck_reminders_kind", f"kind IN ({listed})")
