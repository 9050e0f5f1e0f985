"""Which role is of one angkatan, and who is a child, is said by the pack: the database knows no role and no age."""

import sqlalchemy as sa
from alembic import op

from storage.schema import SchemaError

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OF_ONE_COHORT = "ck_officer_roles_guru_has_cohort"
AGE = "ck_cases_age"


def upgrade() -> None:
    with op.batch_alter_table("officer_roles") as batch:
        batch.drop_constraint(OF_ONE_COHORT, type_="check")
    with op.batch_alter_table("cases") as batch:
        batch.drop_constraint(AGE, type_="check")
        batch.create_check_constraint(AGE, "age_years IS NULL OR age_years >= 0")


def downgrade() -> None:
    """Back to the guru only; refused when another role is of one angkatan, so that nothing is lost silently."""
    others = "SELECT count(*) FROM officer_roles WHERE (role = 'guru') <> (cohort_id IS NOT NULL)"
    if op.get_bind().execute(sa.text(others)).scalar_one():
        raise SchemaError(
            "roles other than guru are of one angkatan, which the older version refuses; nothing was changed"
        )
    with op.batch_alter_table("cases") as batch:
        batch.drop_constraint(AGE, type_="check")
        batch.create_check_constraint(AGE, "age_years IS NULL OR age_years BETWEEN 0 AND 17")
    with op.batch_alter_table("officer_roles") as batch:
        batch.create_check_constraint(OF_ONE_COHORT, "(role = 'guru') = (cohort_id IS NOT NULL)")
