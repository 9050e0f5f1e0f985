"""What the opening of a case asks of the child: is it in the house, does it go to school, its mother before its birth."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("age_is_about", "in_house"):
        op.add_column("cases", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("cases", sa.Column("at_school", sa.Boolean(), nullable=True))
    op.add_column("cases", sa.Column("mother", sa.Text(), nullable=True))
    # Whoever has a place in a wisma is in the house.
    op.execute(
        "UPDATE cases SET in_house = "
        + ("1" if op.get_bind().dialect.name == "sqlite" else "true")
        + " WHERE id IN (SELECT case_id FROM runs WHERE sop = '9.1.24' AND state = 'open')"
    )
    with op.batch_alter_table("cases") as table:
        for name in ("age_is_about", "in_house"):
            table.alter_column(name, server_default=None)


def downgrade() -> None:
    for name in ("mother", "at_school", "in_house", "age_is_about"):
        op.drop_column("cases", name)
