"""Children who wait as reserves, and children who were not accepted: two more ends of a membership."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

BEFORE = "'sakit', 'pulang lebih awal', 'batal ikut', 'dirujuk', 'sekolah mundur', 'selesai'"
AFTER = f"{BEFORE}, 'cadangan', 'tidak diterima'"


def upgrade() -> None:
    _allow(AFTER)


def downgrade() -> None:
    # Nobody comes: to the version before both are children who do not take part after all.
    op.execute("UPDATE memberships SET reason = 'batal ikut' WHERE reason IN ('cadangan', 'tidak diterima')")
    _allow(BEFORE)


def _allow(words: str) -> None:
    with op.batch_alter_table("memberships") as table:
        table.drop_constraint("ck_memberships_reason", type_="check")
        table.create_check_constraint("ck_memberships_reason", f"reason IN ({words})")
