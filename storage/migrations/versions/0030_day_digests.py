"""Who looked can't be taken back, is found by child or case, and each day is sealed by a digest of what was recorded."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

APPEND_ONLY = ("read_log", "day_digests")


def upgrade() -> None:
    op.create_table(
        "day_digests",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
    )
    for whom in ("child", "case"):
        op.create_index(f"ix_read_log_{whom}", "read_log", [f"{whom}_id", "id"])
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if not is_sqlite:
        op.execute(
            "CREATE FUNCTION keep_rows() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
    for table in APPEND_ONLY:
        if is_sqlite:
            for when in ("update", "delete"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{when} BEFORE {when.upper()} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        else:
            op.execute(
                f"CREATE TRIGGER {table}_kept BEFORE DELETE OR UPDATE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION keep_rows()"
            )


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in APPEND_ONLY:
        for name in ("no_update", "no_delete") if is_sqlite else ("kept",):
            op.execute(f"DROP TRIGGER {table}_{name}" + ("" if is_sqlite else f" ON {table}"))
    if not is_sqlite:
        op.execute("DROP FUNCTION keep_rows()")
    for whom in ("case", "child"):
        op.drop_index(f"ix_read_log_{whom}", "read_log")
    op.drop_table("day_digests")
