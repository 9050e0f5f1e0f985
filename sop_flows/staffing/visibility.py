"""Who sees what of a case (design section 8; UU 35/2014: the identity of a child victim is confidential).

The assigned social worker, the heads that the pack names and the Kepala know the child. Whoever else holds a step of
the case sees its code name, age and sex, and that step. Admins and everybody else see nothing.
"""

from datetime import datetime

from sqlmodel import Session

from sop_flows.core.institution import House
from sop_flows.errors import NotFoundError, NotPermittedError
from sop_flows.staffing.away import lends, stood_in_for
from sop_flows.staffing.permissions import acting_roles, heads_of, roles_of
from storage.tables import Case, Officer, ReadEntry, Task

NO_COHORT = 0  # officers of one angkatan (guru) have no part in cases


def knows(s: Session, house: House, officer: Officer, case: Case) -> bool:
    """Whether the officer may see name, address and reason: the case's social worker, its heads, the Kepala.

    Whoever stands in for one of them in that role knows the child for that long: the work can't be done without.
    """
    if officer.id == case.peksos_id or is_knowing_head(s, house, officer):
        return True
    rules = house.pack.unit.case
    return (
        rules is not None
        and case.peksos_id in stood_in_for(s, officer.id or 0)
        and lends(s, house, case.peksos_id, rules.keeper, NO_COHORT)
    )


def is_knowing_head(s: Session, house: House, officer: Officer) -> bool:
    """Whether the officer may know the child of every case: a head whom the pack names, the Kepala."""
    rules = house.pack.unit.case
    return rules is not None and bool(heads_of(s, house, officer.id or 0) & set(rules.known_to_heads_of))


def sees_cases(s: Session, house: House, officer: Officer) -> bool:
    """Whether cases are the officer's daily business: of the role that has them, or a head who knows them."""
    rules = house.pack.unit.case
    if rules is None or officer.id is None:
        return False
    return rules.keeper in roles_of(s, officer.id) or is_knowing_head(s, house, officer)


def may_see_task(s: Session, house: House, officer: Officer, task: Task, case: Case) -> bool:
    """Whether the officer may look at this step of a case: its executor, or one who knows the child."""
    return knows(s, house, officer, case) or bool(acting_roles(s, house, officer, task))


def known_case(s: Session, house: House, officer: Officer, case_id: int) -> Case:
    """The case, for an officer who knows the child.

    Raises NotFoundError; NotPermittedError ("case"): and to somebody else a case that exists looks no different.
    """
    case = s.get(Case, case_id)
    if case is None:
        raise NotFoundError
    if not knows(s, house, officer, case):
        raise NotPermittedError("case")
    return case


def log_read(s: Session, officer: Officer, case: Case, screen: str, now: datetime) -> None:
    """Note that the officer looked at the child's personal data (UU 27/2022)."""
    s.add(ReadEntry(officer_id=officer.id or 0, case_id=case.id, screen=screen, read_at=now))
    s.flush()
