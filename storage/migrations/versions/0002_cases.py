"""Shelter cases: a run and its tasks belong to an angkatan or to a case."""

import sqlalchemy as sa
from alembic import op

from storage.schema import SchemaError

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_name", sa.Text(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=True),
        sa.Column("age_years", sa.Integer(), nullable=True),
        sa.Column("unborn", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("categories", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("peksos_id", sa.Integer(), nullable=False),
        sa.Column("services_ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("sex IN ('L', 'P')", name="ck_cases_sex"),
        sa.CheckConstraint("age_years IS NULL OR age_years BETWEEN 0 AND 17", name="ck_cases_age"),
        sa.CheckConstraint("NOT unborn OR age_years IS NULL", name="ck_cases_unborn_has_no_age"),
        sa.CheckConstraint("(closed_at IS NULL) = (close_reason IS NULL)", name="ck_cases_closed_has_reason"),
        sa.ForeignKeyConstraint(["opened_by_id"], ["officers.id"]),
        sa.ForeignKeyConstraint(["peksos_id"], ["officers.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code_name"),
    )
    op.create_index(op.f("ix_cases_peksos_id"), "cases", ["peksos_id"], unique=False)
    for table in ("runs", "tasks"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("case_id", sa.Integer(), nullable=True))
            if table == "tasks":
                batch.add_column(
                    sa.Column("running", sa.Boolean(), nullable=False, server_default=sa.false())
                )
            batch.alter_column("cohort_id", existing_type=sa.Integer(), nullable=True)
            batch.create_foreign_key(f"fk_{table}_case_id", "cases", ["case_id"], ["id"])
            batch.create_check_constraint(
                f"ck_{table}_cohort_or_case", "(cohort_id IS NULL) <> (case_id IS NULL)"
            )
    with op.batch_alter_table("tasks") as batch:
        batch.alter_column("running", existing_type=sa.Boolean(), server_default=None)
    op.create_index("ix_runs_case", "runs", ["case_id", "sop"], unique=False)
    op.create_index("ix_tasks_case_state", "tasks", ["case_id", "state"], unique=False)
    with op.batch_alter_table("read_log") as batch:
        batch.add_column(sa.Column("case_id", sa.Integer(), nullable=True))
        batch.create_foreign_key("fk_read_log_case_id", "cases", ["case_id"], ["id"])


def downgrade() -> None:
    """Back to angkatan only; refused while there are cases, so that nothing is lost silently."""
    if op.get_bind().execute(sa.text("SELECT count(*) FROM cases")).scalar_one():
        raise SchemaError("there are cases, which the older version has no place for; nothing was changed")
    with op.batch_alter_table("read_log") as batch:
        batch.drop_constraint("fk_read_log_case_id", type_="foreignkey")
        batch.drop_column("case_id")
    op.drop_index("ix_tasks_case_state", table_name="tasks")
    op.drop_index("ix_runs_case", table_name="runs")
    for table in ("tasks", "runs"):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(f"ck_{table}_cohort_or_case", type_="check")
            batch.drop_constraint(f"fk_{table}_case_id", type_="foreignkey")
            batch.alter_column("cohort_id", existing_type=sa.Integer(), nullable=False)
            if table == "tasks":
                batch.drop_column("running")
            batch.drop_column("case_id")
    op.drop_index(op.f("ix_cases_peksos_id"), table_name="cases")
    op.drop_table("cases")
