"""Leave of officers and their stand-ins; tasks offered to a colleague."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "absences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("returns_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stand_in_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("nobody_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("until_on >= from_on", name="ck_absences_until_after_from"),
        sa.CheckConstraint("returns_at > begins_at", name="ck_absences_returns_after_begins"),
        sa.CheckConstraint(
            "stand_in_id IS NULL OR stand_in_id <> officer_id", name="ck_absences_stand_in_is_another"
        ),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"]),
        sa.ForeignKeyConstraint(["stand_in_id"], ["officers.id"]),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["officers.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_absences_officer_id"), "absences", ["officer_id"], unique=False)
    op.create_index(
        "ix_absences_unfinished",
        "absences",
        ["begins_at"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "handovers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("update_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('offered', 'accepted', 'returned', 'lapsed', 'withdrawn')", name="ck_handovers_state"
        ),
        sa.CheckConstraint(
            "(state = 'offered') = (answered_at IS NULL)", name="ck_handovers_answered_has_time"
        ),
        sa.CheckConstraint("from_id <> to_id", name="ck_handovers_to_another"),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"]),
        sa.ForeignKeyConstraint(["from_id"], ["officers.id"]),
        sa.ForeignKeyConstraint(["to_id"], ["officers.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_handovers_task_id"), "handovers", ["task_id"], unique=False)
    op.create_index(
        "uq_handovers_offered",
        "handovers",
        ["task_id", "role"],
        unique=True,
        sqlite_where=sa.text("state = 'offered'"),
        postgresql_where=sa.text("state = 'offered'"),
    )
    op.create_index(
        "ix_handovers_ends",
        "handovers",
        ["ends_at"],
        unique=False,
        sqlite_where=sa.text("state = 'offered'"),
        postgresql_where=sa.text("state = 'offered'"),
    )


def downgrade() -> None:
    op.drop_index("ix_handovers_ends", table_name="handovers")
    op.drop_index("uq_handovers_offered", table_name="handovers")
    op.drop_index(op.f("ix_handovers_task_id"), table_name="handovers")
    op.drop_table("handovers")
    op.drop_index("ix_absences_unfinished", table_name="absences")
    op.drop_index(op.f("ix_absences_officer_id"), table_name="absences")
    op.drop_table("absences")
