"""Cohorts, their schools, and how many children they have."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, bindparam, case, func
from sqlmodel import Session, col, select

from storage.engine import remembered
from storage.tables import NOT_MEMBERS, Child, Cohort, LeaveReason, Membership, School


@dataclass(frozen=True)
class ChildCount:
    """Children of a cohort or school: those who belong now, and all who ever did."""

    present: int
    total: int


@dataclass(frozen=True)
class SchoolCount:
    """A school with its children."""

    school: School
    children: ChildCount


_OPEN = select(Cohort).where(col(Cohort.closed_at).is_(None)).order_by(col(Cohort.arrival_on), col(Cohort.id))


def list_open(s: Session) -> tuple[Cohort, ...]:
    """Cohorts that are not closed, the earliest arrival first."""
    return remembered(s, "open angkatan", lambda: tuple(s.exec(_OPEN)))


_DEPARTED = (
    select(Cohort)
    .where(col(Cohort.closed_at).is_(None), Cohort.departure_on < bindparam("today"))
    .order_by(col(Cohort.id))
)


def list_departed(s: Session, today: date) -> tuple[Cohort, ...]:
    """Cohorts that are not closed and whose day of departure is over."""
    return tuple(s.exec(_DEPARTED, params={"today": today}))


def find_named(s: Session, name: str) -> Cohort | None:
    """The cohort of this name, whatever the case and spacing."""
    wanted = " ".join(name.split()).casefold()
    return next(
        (one for one in s.exec(select(Cohort)) if " ".join(one.name.split()).casefold() == wanted), None
    )


_LOCK = (
    select(Cohort)
    .where(Cohort.id == bindparam("cohort"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


def lock(s: Session, cohort_id: int) -> Cohort | None:
    """The cohort as it is now, locked on PostgreSQL: whoever changes its children does it one at a time."""
    return s.exec(_LOCK, params={"cohort": cohort_id}).one_or_none()


def belongs_or_stayed() -> ColumnElement[bool]:
    """Children who belong now, or who stayed until the end: of a stay that is over "58 of 60", not "0 of 60"."""
    return col(Membership.until_on).is_(None) | (col(Membership.reason) == LeaveReason.ENDED)


def _is_no_member() -> ColumnElement[bool]:
    """Of a child on the list: a reserve, or not accepted."""
    of_child = select(Membership.id).where(Membership.child_id == Child.id)
    return of_child.where(col(Membership.reason).in_(NOT_MEMBERS)).correlate(Child).exists()


_MEMBER = case((~_is_no_member(), col(Child.id)))
_COUNT = (
    select(func.count(col(Membership.id)), func.count(func.distinct(_MEMBER)))
    .select_from(Child)
    .outerjoin(Membership, (col(Membership.child_id) == col(Child.id)) & belongs_or_stayed())
    .where(Child.cohort_id == bindparam("cohort"))
)


def count_children(s: Session, cohort_id: int) -> ChildCount:
    """How many children belong now, and how many ever did."""
    present, total = s.exec(_COUNT, params={"cohort": cohort_id}).one()
    return ChildCount(present, total)


_SCHOOLS = (
    select(School, func.count(col(Child.id)), func.count(col(Membership.id)))
    .select_from(School)
    .outerjoin(Child, (col(Child.school_id) == col(School.id)) & ~_is_no_member())
    .outerjoin(Membership, (col(Membership.child_id) == col(Child.id)) & belongs_or_stayed())
    .where(School.cohort_id == bindparam("cohort"))
    .group_by(col(School.id))
    .order_by(col(School.id))
)


def list_schools(s: Session, cohort_id: int) -> tuple[SchoolCount, ...]:
    """The schools of a cohort with their children, in the order in which they were entered."""
    rows = s.exec(_SCHOOLS, params={"cohort": cohort_id})
    return tuple(SchoolCount(school, ChildCount(present, total)) for school, total, present in rows)


def list_kabupaten(s: Session) -> tuple[tuple[str, str], ...]:
    """Schools of all angkatan with their Kab/Kota, where it is known; the latest last."""
    rows = s.exec(
        select(School.name, School.kabupaten)
        .where(col(School.kabupaten).is_not(None))
        .order_by(col(School.id))
    )
    return tuple((name, kabupaten or "") for name, kabupaten in rows)


def next_number(s: Session, cohort_id: int) -> int:
    """The number of the next child: numbers are never given twice."""
    last = s.exec(select(func.max(col(Child.number))).where(Child.cohort_id == cohort_id)).one()
    return (last or 0) + 1
