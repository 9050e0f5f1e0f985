"""Who sees what of a case (UU 35/2014: the identity of a child victim is confidential).

The assigned social worker, the heads that the pack names and the Kepala know the child. Whoever else holds a step of
the case sees its code name, age and sex, and that step. Admins and everybody else see nothing.
"""

from collections.abc import Iterable

from sqlmodel import col, select

from sop_flows.core.work import Work
from sop_flows.errors import CohortShutError, NotFoundError, NotPermittedError
from sop_flows.staffing.away import deputising_for, lends
from sop_flows.staffing.permissions import heads_of, roles_of
from sop_flows.staffing.responsibility import acting_roles
from storage.tables import Case, Cohort, Officer, OfficerRole, ReadEntry, Task

NO_COHORT = 0  # officers of one angkatan (guru) have no part in cases


def knows(work: Work, officer: Officer, case: Case) -> bool:
    """Whether the officer may see name, address and reason: the case's social worker, its heads, the Kepala.

    Whoever deputises for one of them in that role knows the child for that long: the work can't be done without.
    """
    if keeps(work, officer, case) or is_knowing_head(work, officer):
        return True
    rules = work.unit.case
    return (
        rules is not None
        and case.peksos_id in deputising_for(work, officer.id or 0)
        and lends(work, case.peksos_id, rules.keeper, NO_COHORT)
    )


def keeps(work: Work, officer: Officer, case: Case) -> bool:
    """Whether the officer has the case, and still the role for it."""
    rules = work.unit.case
    return (
        rules is not None
        and officer.id == case.peksos_id
        and rules.keeper in roles_of(work, case.peksos_id, NO_COHORT)
    )


def is_knowing_head(work: Work, officer: Officer) -> bool:
    """Whether the officer may know the child of every case: a head whom the pack names, the Kepala."""
    rules = work.unit.case
    return rules is not None and bool(heads_of(work, officer.id or 0) & set(rules.known_to_heads_of))


def sees_cases(work: Work, officer: Officer) -> bool:
    """Whether cases are the officer's daily business: of the role that has them, or a head who knows them."""
    rules = work.unit.case
    if rules is None or officer.id is None:
        return False
    return rules.keeper in roles_of(work, officer.id) or is_knowing_head(work, officer)


def may_see_task(work: Work, officer: Officer, task: Task, case: Case) -> bool:
    """Whether the officer may look at this step of a case: its executor, or one who knows the child."""
    return knows(work, officer, case) or bool(acting_roles(work, officer, task))


def known_case(work: Work, officer: Officer, case_id: int) -> Case:
    """The case, for an officer who knows the child.

    Raises NotFoundError; NotPermittedError ("case"): and to somebody else a case that exists looks no different.
    """
    case = work.session.get(Case, case_id)
    if case is None:
        raise NotFoundError
    if not knows(work, officer, case):
        raise NotPermittedError("case")
    return case


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


def log_read(work: Work, screen: str, *, child_id: int | None = None, case_id: int | None = None) -> None:
    """Note that the officer who acts looked at a child's or a case's personal data, and on which phone (UU 27/2022).

    Args:
        screen: what was looked at, for people who read the log.
    """
    work.session.add(
        ReadEntry(
            officer_id=work.officer.id or 0,
            child_id=child_id,
            case_id=case_id,
            screen=screen,
            read_at=work.now,
            account_id=work.phone_id,
        )
    )


def log_reads(work: Work, screen: str, child_ids: Iterable[int | None]) -> None:
    """Note that the officer who acts saw the names of several children, in one statement."""
    for child_id in child_ids:
        log_read(work, screen, child_id=child_id)
