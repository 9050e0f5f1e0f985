"""Who may see a child, mark it, and say that it came or went."""

from sqlmodel import col, select

from sop_flows.core.work import Work
from sop_flows.errors import CohortShutError, NotFoundError, NotPermittedError
from sop_flows.staffing.permissions import roles_of
from sop_flows.staffing.recorders import flagging_roles, weighing_roles
from storage.queries import children
from storage.queries.children import ChildRow
from storage.tables import Cohort, FlagKind, Officer, OfficerRole


def may_keep_children(work: Work, officer: Officer) -> bool:
    """Whether the officer may say that a child came or went: everyone of the house, not a guru alone."""
    assert officer.id is not None
    of_one_cohort = work.unit.roles_that("of_one_cohort")
    return officer.is_admin or bool(roles_of(work, officer.id).difference(of_one_cohort))


def may_see(work: Work, officer: Officer, cohort_id: int) -> bool:
    """Whether the officer may see children of this cohort: a guru sees only that of their own, also for as long as it
    can be looked at after its end. Nobody sees those of an angkatan that was closed long ago."""
    assert officer.id is not None
    cohort = _cohort(work, cohort_id)
    if cohort is not None and is_shut(work, cohort):
        return False
    if officer.is_admin or roles_of(work, officer.id, cohort_id):
        return True
    return cohort is not None and cohort.closed_at is not None and _was_of(work, officer, cohort_id)


def is_shut(work: Work, cohort: Cohort) -> bool:
    """Whether the angkatan was closed longer ago than the pack lets its children be looked at."""
    if cohort.closed_at is None:
        return False
    days = (work.today - work.institution.today(cohort.closed_at)).days
    return days > work.unit.access.closed_days


def refuse_shut(work: Work, cohort_id: int | None) -> None:
    """Raises CohortShutError when the children of the angkatan are not to be looked at any more."""
    cohort = _cohort(work, cohort_id)
    if cohort is not None and cohort.closed_at is not None and is_shut(work, cohort):
        raise CohortShutError(cohort.name, cohort.closed_at)


def _cohort(work: Work, cohort_id: int | None) -> Cohort | None:
    return work.session.get(Cohort, cohort_id) if cohort_id else None


def _was_of(work: Work, officer: Officer, cohort_id: int) -> bool:
    """Whether the officer held a role of that angkatan to its end."""
    return (
        work.session.exec(
            select(OfficerRole.id).where(
                OfficerRole.officer_id == officer.id,
                OfficerRole.cohort_id == cohort_id,
                col(OfficerRole.ended_at).is_(None),
            )
        ).first()
        is not None
    )


def visible_child(work: Work, officer: Officer, child_id: int) -> ChildRow:
    """The child, for an officer who may see it. Raises NotFoundError, NotPermittedError, CohortShutError."""
    row = children.find_child(work.session, child_id)
    if row is None:
        raise NotFoundError
    refuse_shut(work, row.child.cohort_id)
    if not may_see(work, officer, row.child.cohort_id):
        raise NotPermittedError("own cohort")
    return row


def may_flag(work: Work, officer: Officer, kind: FlagKind) -> bool:
    """Whether the officer's role sets this mark: the steps of the pack that weigh, or that ask for the mark.

    Nobody marks for a role that the pack does not have.
    """
    assert officer.id is not None
    own = roles_of(work, officer.id)
    if kind == FlagKind.ASSESSMENT:
        return not own.isdisjoint(flagging_roles(work.pack))
    looked_after = bool(work.unit.roles_that("looks_after_marked"))
    return looked_after and not own.isdisjoint(weighing_roles(work.pack))
