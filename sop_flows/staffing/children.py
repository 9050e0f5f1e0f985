"""Who may see a child, mark it, and say that it came or went."""

from sop_flows.core.work import Work
from sop_flows.errors import NotFoundError, NotPermittedError
from sop_flows.staffing.recorders import flagging_roles, weighing_roles
from sop_flows.staffing.responsibility import may_see, refuse_shut
from sop_flows.staffing.roster import roles_of
from storage.queries import children
from storage.queries.children import ChildRow
from storage.tables import FlagKind, Officer


def may_keep_children(work: Work, officer: Officer) -> bool:
    """Whether the officer may say that a child came or went: everyone of the house, not a guru alone."""
    assert officer.id is not None
    of_one_cohort = work.unit.roles_that["of_one_cohort"]
    return officer.is_admin or bool(roles_of(work, officer.id).difference(of_one_cohort))


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
    looked_after = bool(work.unit.roles_that["looks_after_marked"])
    return looked_after and not own.isdisjoint(weighing_roles(work.pack))
