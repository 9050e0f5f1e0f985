"""Whom a run is about (an angkatan, a school or child of one, a case), and the dates that its times are counted from."""

from typing import NamedTuple

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from sop_flows.calendar.anchors import Anchors
from sop_flows.core.institution import Institution
from sop_flows.core.work import Work
from sop_flows.declarations.sop import Sop
from storage.tables import LIVE_RUNS, Case, Child, Cohort, Run, School, Task

Subject = Cohort | School | Child | Case

_LOCK_CASE = select(Case.id).where(Case.id == bindparam("number")).with_for_update()
_LOCK_COHORT = select(Cohort.id).where(Cohort.id == bindparam("number")).with_for_update()


class SubjectIds(NamedTuple):
    """The subject's word, and the rows that a run of it points at."""

    subject: str
    cohort_id: int | None = None
    school_id: int | None = None
    child_id: int | None = None
    case_id: int | None = None


def subject_ids(about: Subject | Run) -> SubjectIds:
    """The word and the ids of a subject, or of whatever a run is about."""
    if isinstance(about, Run):
        return SubjectIds(about.subject, about.cohort_id, about.school_id, about.child_id, about.case_id)
    if isinstance(about, School):
        return SubjectIds(f"school:{about.id}", about.cohort_id, about.id)
    if isinstance(about, Child):
        return SubjectIds(f"child:{about.id}", about.cohort_id, None, about.id)
    if isinstance(about, Case):
        return SubjectIds(f"case:{about.id}", case_id=about.id)
    return SubjectIds(f"cohort:{about.id}", about.id)


def schools_of(s: Session, cohort_id: int) -> tuple[School, ...]:
    """The schools of an angkatan that have not withdrawn, by id."""
    return tuple(
        s.exec(
            select(School)
            .where(School.cohort_id == cohort_id, col(School.withdrew_on).is_(None))
            .order_by(col(School.id))
        )
    )


def subjects_after(s: Session, run: Run, sop: Sop) -> tuple[Subject, ...]:
    """For whom `sop` starts when it comes after `run`: the same subject; each school after the angkatan's run;
    the angkatan after the runs of all its schools. Empty when it is not about the same kind of subject."""
    if run.case_id is not None:
        return (s.get_one(Case, run.case_id),) if sop.subject == "case" else ()
    cohort = s.get_one(Cohort, run.cohort_id)
    if sop.subject == "school":
        schools = schools_of(s, cohort.id or 0)
        return tuple(school for school in schools if run.school_id in (None, school.id))
    if sop.subject != "cohort":
        return ()
    if run.school_id is None:
        return (cohort,)
    others = s.exec(select(Run).where(Run.cohort_id == cohort.id, Run.sop == run.sop)).all()
    still = [one for one in others if one.state in LIVE_RUNS and one.id != run.id]
    return () if still else (cohort,)


def cohort_of(s: Session, row: Run | Task) -> Cohort | None:
    """The angkatan of a run or task; None when it is of a case."""
    return None if row.cohort_id is None else s.get_one(Cohort, row.cohort_id)


def case_of(s: Session, row: Run | Task) -> Case | None:
    """The case of a run or task; None when it is of an angkatan."""
    return None if row.case_id is None else s.get_one(Case, row.case_id)


def is_closed(s: Session, task: Task) -> bool:
    """Whether somebody closed the angkatan, or the case by hand: nothing of it is taken back or entered any more.

    A case that its last step closed is open again when that step is undone.
    """
    cohort, case = cohort_of(s, task), case_of(s, task)
    return (cohort is not None and cohort.closed_at is not None) or (
        case is not None and case.close_reason is not None
    )


def anchors_of(work: Work, row: Run | Task) -> Anchors:
    """The dates that the times of this run or task are counted from."""
    run = row if isinstance(row, Run) else work.session.get_one(Run, row.run_id)
    case = case_of(work.session, row)
    if case is not None:
        anchors = case_anchors(work.institution, case)
    else:
        anchors = cohort_anchors(work.institution, work.session.get_one(Cohort, row.cohort_id))
    begun_at = run.opened_at or run.opens_at
    return anchors if begun_at is None else anchors.of_run(work.institution.today(begun_at), run.event_on)


def cohort_anchors(institution: Institution, cohort: Cohort) -> Anchors:
    """The dates of an angkatan."""
    return Anchors(institution.today(cohort.opened_at), cohort.arrival_on, cohort.departure_on)


def case_anchors(institution: Institution, case: Case) -> Anchors:
    """The date of a case: it has an opening, no arrival and no departure."""
    return Anchors(opening=institution.today(case.opened_at))


def lock_subject(s: Session, row: Run | Task) -> None:
    """Two processes that change one angkatan, or one case, come one after the other (PostgreSQL; SQLite has one
    writer).

    The subject before any of its rows, as everywhere: whoever locks a task first would deadlock with an officer
    who is changing it. What was read before the lock is to be read again after it.
    """
    _lock(s, row.cohort_id, row.case_id)


def lock_about(s: Session, about: Subject) -> None:
    """The same before there is a run."""
    ids = subject_ids(about)
    _lock(s, ids.cohort_id, ids.case_id)


def _lock(s: Session, cohort_id: int | None, case_id: int | None) -> None:
    if case_id is not None:
        s.exec(_LOCK_CASE, params={"number": case_id}).one()
    else:
        s.exec(_LOCK_COHORT, params={"number": cohort_id}).one()
