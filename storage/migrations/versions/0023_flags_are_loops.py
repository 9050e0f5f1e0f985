"""A mark for the nurse, and weight that was lost, are open until somebody answers, as incidents are."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

OPEN = sa.text("closed_at IS NULL")
KINDS = "kind IN ('reported', 'marked', 'lost')"


def upgrade() -> None:
    with op.batch_alter_table("incidents") as batch:
        batch.add_column(sa.Column("kind", sa.Text(), nullable=False, server_default="reported"))
        batch.add_column(sa.Column("task_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("lost_g", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("seen_by_id", sa.Integer(), nullable=True))
        batch.alter_column("words", existing_type=sa.Text(), nullable=True)
        batch.create_foreign_key("fk_incidents_task_id", "tasks", ["task_id"], ["id"])
        batch.create_foreign_key("fk_incidents_seen_by_id", "officers", ["seen_by_id"], ["id"])
        batch.drop_constraint("ck_incidents_closed_with_result", type_="check")
        batch.create_check_constraint(
            "ck_incidents_closed_by",
            "(closed_at IS NULL) = (closed_by_id IS NULL) AND (result IS NULL OR closed_at IS NOT NULL)",
        )
        batch.create_check_constraint("ck_incidents_words", "(kind = 'reported') = (words IS NOT NULL)")
        batch.create_check_constraint("ck_incidents_lost", "(kind = 'lost') = (lost_g IS NOT NULL)")
        batch.create_check_constraint("ck_incidents_kind", KINDS)
    with op.batch_alter_table("incidents") as batch:
        batch.alter_column("kind", existing_type=sa.Text(), server_default=None)
    op.create_index("ix_incidents_open", "incidents", ["id"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.execute(
        "INSERT INTO incidents (child_id, kind, is_grave, reported_at, reported_by_id)"
        " SELECT child_id, 'marked', FALSE, set_at, set_by_id FROM child_flags"
        " WHERE kind = 'nurse' AND cleared_at IS NULL"
    )
    op.execute("DELETE FROM child_flags WHERE kind = 'nurse' AND cleared_at IS NULL")


def downgrade() -> None:
    op.execute(
        "INSERT INTO child_flags (child_id, kind, set_at, set_by_id)"
        " SELECT child_id, 'nurse', MIN(reported_at), MIN(reported_by_id) FROM incidents"
        " WHERE kind = 'marked' AND closed_at IS NULL GROUP BY child_id"
    )
    op.execute("DELETE FROM incidents WHERE kind <> 'reported' OR (closed_at IS NOT NULL AND result IS NULL)")
    op.drop_index("ix_incidents_open", table_name="incidents")
    with op.batch_alter_table("incidents") as batch:
        for name in ("kind", "lost", "words", "closed_by"):
            batch.drop_constraint(f"ck_incidents_{name}", type_="check")
        batch.create_check_constraint(
            "ck_incidents_closed_with_result",
            "(closed_at IS NULL) = (result IS NULL) AND (closed_at IS NULL) = (closed_by_id IS NULL)",
        )
        batch.drop_constraint("fk_incidents_task_id", type_="foreignkey")
        batch.drop_constraint("fk_incidents_seen_by_id", type_="foreignkey")
        batch.alter_column("words", existing_type=sa.Text(), nullable=False)
        for name in ("seen_by_id", "seen_at", "lost_g", "task_id", "kind"):
            batch.drop_column(name)
