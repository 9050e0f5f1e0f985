"""SOP versions and runs."""

from typing import Any

from sqlmodel import Session

from storage.tables import Run, RunState, SopVersion
from tests.support.builders.cohorts import build_cohort
from tests.support.builders.rows import SOME_TIME, add, id_of, next_number


def build_sop_version(s: Session, **fields: Any) -> SopVersion:
    """A stored declaration."""
    return add(s, SopVersion, fields, number="9.2.15", digest=f"digest{next_number()}", source="{}")


def build_run(s: Session, **fields: Any) -> Run:
    """An open run of 9.2.15 for an angkatan."""
    if "cohort_id" not in fields and "case_id" not in fields:
        fields["cohort_id"] = id_of(build_cohort(s))
    if "sop_version_id" not in fields:
        fields["sop_version_id"] = id_of(build_sop_version(s))
    subject = f"case:{fields['case_id']}" if "case_id" in fields else f"cohort:{fields['cohort_id']}"
    return add(
        s, Run, fields,
        sop="9.2.15", subject=subject, nth=next_number(), state=RunState.OPEN,
        opened_at=SOME_TIME,
    )  # fmt: skip
