"""The SOP declarations that runs go on with."""

from sqlmodel import Session, col, func, select

from storage.tables import LIVE_RUNS, Run, SopVersion


def list_versions_in_use(s: Session) -> tuple[tuple[SopVersion, int], ...]:
    """The versions of runs that are open or wait for their date, each with how many, by SOP and age."""
    rows = s.exec(
        select(SopVersion, func.count(col(Run.id)))
        .join(Run, col(Run.sop_version_id) == col(SopVersion.id))
        .where(col(Run.state).in_(LIVE_RUNS))
        .group_by(col(SopVersion.id))
        .order_by(col(SopVersion.number), col(SopVersion.id))
    )
    return tuple((version, count) for version, count in rows)
