"""Whom a run is about (an angkatan, a child of one, a case), and the dates that its times are counted from."""

from sqlmodel import Session, select

from sop_flows.calendar.anchors import Anchors
from sop_flows.house import House
from storage.tables import Case, Cohort, Run, Task


def cohort_of(s: Session, row: Run | Task) -> Cohort | None:
    """The angkatan of a run or task; None when it is of a case."""
    return None if row.cohort_id is None else s.get_one(Cohort, row.cohort_id)


def case_of(s: Session, row: Run | Task) -> Case | None:
    """The case of a run or task; None when it is of an angkatan."""
    return None if row.case_id is None else s.get_one(Case, row.case_id)


def anchors_of(s: Session, house: House, row: Run | Task) -> Anchors:
    """The dates that the times of this run or task are counted from."""
    case = case_of(s, row)
    if case is not None:
        return case_anchors(house, case)
    return cohort_anchors(house, s.get_one(Cohort, row.cohort_id))


def cohort_anchors(house: House, cohort: Cohort) -> Anchors:
    """The dates of an angkatan."""
    return Anchors(house.today(cohort.opened_at), cohort.arrival_on, cohort.departure_on)


def case_anchors(house: House, case: Case) -> Anchors:
    """The date of a case: it has an opening, no arrival and no departure."""
    return Anchors(opening=house.today(case.opened_at))


def lock_subject(s: Session, row: Run | Task) -> None:
    """Two processes that change one angkatan, or one case, come one after the other (PostgreSQL; SQLite has one
    writer).

    The subject before any of its rows, as everywhere: whoever locks a task first would deadlock with an officer
    who is changing it. What was read before the lock is to be read again after it.
    """
    if row.case_id is not None:
        s.exec(select(Case.id).where(Case.id == row.case_id).with_for_update()).one()
    else:
        s.exec(select(Cohort.id).where(Cohort.id == row.cohort_id).with_for_update()).one()
