"""Who may see a child, mark it, and say that it came or went."""

from collections.abc import Iterable

from sop_flows.core.work import Work
from sop_flows.errors import NotFoundError, NotPermittedError
from sop_flows.staffing.recorders import flag_readers, flagging_roles, weighing_roles
from sop_flows.staffing.responsibility import held_of, may_see, refuse_shut
from sop_flows.staffing.roster import grants_of, heads_of, roles_of
from storage.queries import children
from storage.queries.children import ChildRow
from storage.tables import Child, FlagKind, Officer


def may_keep_children(work: Work, officer: Officer) -> bool:
    """Whether the officer may say that a child came or went: everyone of the house, not a guru alone."""
    assert officer.id is not None
    of_one_cohort = work.unit.roles_that["of_one_cohort"]
    return officer.is_admin or bool(roles_of(work, officer.id).difference(of_one_cohort))


def own_schools(work: Work, officer: Officer, cohort_id: int) -> frozenset[int] | None:
    """The schools whose children the officer sees: of a guru their own, once it is said which; None: all of them."""
    assert officer.id is not None
    of_one_cohort = work.unit.roles_that["of_one_cohort"]
    grants = [one for one in grants_of(work, officer.id) if one.cohort_id in (None, cohort_id)]
    if officer.is_admin or any(one.role not in of_one_cohort for one in grants):
        return None
    schools = {one.school_id for one in grants or held_of(work, officer, cohort_id)}
    return None if not schools or None in schools else frozenset(one for one in schools if one is not None)


def of_own_schools(work: Work, officer: Officer, rows: Iterable[ChildRow]) -> tuple[ChildRow, ...]:
    """Those of the children that the officer sees, by their schools."""
    found = []
    for row in rows:
        schools = own_schools(work, officer, row.child.cohort_id)
        if schools is None or row.child.school_id in schools:
            found.append(row)
    return tuple(found)


def sees_child(work: Work, officer: Officer, child_id: int | None) -> bool:
    """Whether a child of an angkatan that the officer sees is theirs to see, by its school; None: it is about no child."""
    child = work.session.get(Child, child_id) if child_id else None
    schools = None if child is None else own_schools(work, officer, child.cohort_id)
    return child is None or schools is None or child.school_id in schools


def may_read_flag(work: Work, officer: Officer) -> bool:
    """Whether the officer may see that a child needs special care: who sets the mark, who may read the assessment, and
    their heads."""
    assert officer.id is not None
    own = roles_of(work, officer.id) | heads_of(work, officer.id)
    return not own.isdisjoint(flagging_roles(work.pack) | flag_readers(work.pack))


def visible_child(work: Work, officer: Officer, child_id: int) -> ChildRow:
    """The child, for an officer who may see it. Raises NotFoundError, NotPermittedError, CohortShutError."""
    row = children.find_child(work.session, child_id)
    if row is None:
        raise NotFoundError
    refuse_shut(work, row.child.cohort_id)
    if not may_see(work, officer, row.child.cohort_id):
        raise NotPermittedError("own cohort")
    if not of_own_schools(work, officer, [row]):
        raise NotPermittedError("own school")
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
