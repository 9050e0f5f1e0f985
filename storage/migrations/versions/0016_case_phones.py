"""A phone on which cases wait for a yes, a PIN for them, the phone in the read log and of a notice, a role's end."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0014"
branch_labels = None
depends_on = None

PHONE = (
    "cases_wait_since",
    "cases_from",
    "cases_until",
)  # of whoever is enrolled already, nothing has to be asked
LOOKING = ("read_log", "reminders")


def upgrade() -> None:
    for name in PHONE:
        op.add_column("accounts", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("officer_roles", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    for table in LOOKING:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("account_id", sa.Integer(), nullable=True))
            batch.create_foreign_key(f"fk_{table}_account_id", "accounts", ["account_id"], ["id"])
    op.create_table(
        "case_pins",
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("pin", sa.Text(), nullable=True),
        sa.Column("wrong_tries", sa.Integer(), nullable=False),
        sa.Column("shut_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reset_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("typing", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"]),
        sa.PrimaryKeyConstraint("officer_id"),
    )


def downgrade() -> None:
    op.drop_table("case_pins")
    op.execute(
        "DELETE FROM digest_items WHERE reminder_id IN (SELECT id FROM reminders WHERE account_id IS NOT NULL)"
    )
    op.execute(
        "DELETE FROM reminders WHERE account_id IS NOT NULL"
    )  # of former phones: to the present one they lie
    for table in reversed(LOOKING):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(f"fk_{table}_account_id", type_="foreignkey")
            batch.drop_column("account_id")
    op.execute("DELETE FROM officer_roles WHERE ended_at IS NOT NULL")
    op.drop_column("officer_roles", "ended_at")
    for name in reversed(PHONE):
        op.drop_column("accounts", name)
