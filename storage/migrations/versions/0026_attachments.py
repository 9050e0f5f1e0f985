"""The name of a file as it was sent; files, records and marks are found by their child, whose page asks for them."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("files", sa.Column("name", sa.Text(), nullable=True))
    op.create_index("ix_files_child", "files", ["child_id"])
    op.create_index("ix_records_child", "records", ["child_id"])
    op.create_index("ix_child_flags_child", "child_flags", ["child_id"])


def downgrade() -> None:
    op.drop_index("ix_child_flags_child", table_name="child_flags")
    op.drop_index("ix_records_child", table_name="records")
    op.drop_index("ix_files_child", table_name="files")
    op.drop_column("files", "name")
