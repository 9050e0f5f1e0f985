"""Children with their school and membership; the log of who read what."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cache

from sqlalchemy import bindparam, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from storage.tables import Child, ChildFlag, Cohort, LeaveReason, Membership, School


@dataclass(frozen=True)
class ChildRow:
    """A child with where it comes from and its latest membership."""

    child: Child
    school: School
    cohort: Cohort
    membership: Membership

    @property
    def is_present(self) -> bool:
        """Whether the child belongs now."""
        return self.membership.until_on is None


_LATER = aliased(Membership)
_LATEST = select(func.max(col(_LATER.id))).where(col(_LATER.child_id) == col(Child.id)).correlate(Child)
_CHILDREN = (
    select(Child, School, Cohort, Membership)
    .join(School, col(School.id) == col(Child.school_id))
    .join(Cohort, col(Cohort.id) == col(Child.cohort_id))
    .join(Membership, col(Membership.child_id) == col(Child.id))
    .where(col(Membership.id) == _LATEST.scalar_subquery())
    .order_by(col(Cohort.arrival_on), col(Child.cohort_id), col(Child.number))
)
_CHILD = _CHILDREN.where(Child.id == bindparam("child"))
_OF_COHORTS = _CHILDREN.where(col(Child.cohort_id).in_(bindparam("cohorts", expanding=True)))


@cache
def _children(*by: str) -> Select[Child, School, Cohort, Membership]:
    """Those with these values in these columns."""
    return _OF_COHORTS.where(*(getattr(Child, column) == bindparam(column) for column in by))


def list_children(
    s: Session,
    cohort_ids: Collection[int],
    *,
    number: int | None = None,
    school_id: int | None = None,
    child_id: int | None = None,
) -> tuple[ChildRow, ...]:
    """Children of these cohorts by cohort and number; those who left too."""
    columns = {"number": number, "school_id": school_id, "id": child_id}
    by = {column: value for column, value in columns.items() if value is not None}
    rows = s.exec(_children(*by), params={"cohorts": list(cohort_ids), **by})
    return tuple(ChildRow(*row) for row in rows)


def find_child(s: Session, child_id: int) -> ChildRow | None:
    """One child, or None."""
    row = s.exec(_CHILD, params={"child": child_id}).first()
    return None if row is None else ChildRow(*row)


_MEMBERSHIPS = (
    select(Membership)
    .join(Child, col(Child.id) == col(Membership.child_id))
    .where(col(Child.cohort_id).in_(bindparam("cohorts", expanding=True)))
    .order_by(col(Membership.child_id), col(Membership.id))
)


def list_memberships(s: Session, cohort_ids: Collection[int]) -> dict[int, list[Membership]]:
    """By child, all the times for which it belonged, in order: who left may have come back."""
    found: dict[int, list[Membership]] = {}
    for one in s.exec(_MEMBERSHIPS, params={"cohorts": list(cohort_ids)}):
        found.setdefault(one.child_id, []).append(one)
    return found


def list_reserves(s: Session, cohort_id: int) -> tuple[ChildRow, ...]:
    """The children of the angkatan who wait as reserves, by number."""
    return tuple(row for row in list_children(s, [cohort_id]) if row.membership.reason == LeaveReason.RESERVE)


_REFUSED = (
    select(Child)
    .join(Membership, col(Membership.child_id) == col(Child.id))
    .join(Cohort, col(Cohort.id) == col(Child.cohort_id))
    .where(
        Membership.reason == LeaveReason.REFUSED,
        Cohort.arrival_on <= bindparam("arrived_by"),
        Child.name_key != "",
    )
)


def list_refused(s: Session, arrived_by: date) -> tuple[Child, ...]:
    """Children who were not accepted, of angkatan that arrived by then, whose data are still there."""
    return tuple(s.exec(_REFUSED, params={"arrived_by": arrived_by}))


def list_keys(s: Session, cohort_id: int) -> dict[str, list[int]]:
    """Keyed hashes of names with the numbers that carry them: finds one name twice without decrypting any."""
    numbers: dict[str, list[int]] = {}
    for key, number in s.exec(
        select(Child.name_key, Child.number).where(Child.cohort_id == cohort_id).order_by(col(Child.number))
    ):
        numbers.setdefault(key, []).append(number)
    return numbers


def list_elsewhere(s: Session, but: int | None) -> tuple[tuple[str, str, str], ...]:
    """Children who belong to open angkatan other than `but`: the keyed hash of the name, the school, the angkatan."""
    rows = s.exec(
        select(Child.name_key, School.name, Cohort.name)
        .join(School, col(School.id) == col(Child.school_id))
        .join(Cohort, col(Cohort.id) == col(Child.cohort_id))
        .join(Membership, col(Membership.child_id) == col(Child.id))
        .where(col(Cohort.closed_at).is_(None), col(Membership.until_on).is_(None), Cohort.id != (but or 0))
        .order_by(col(Cohort.arrival_on), col(Child.number))
    )
    return tuple(rows)


_FLAGS = (
    select(ChildFlag)
    .where(ChildFlag.child_id == bindparam("child"), col(ChildFlag.cleared_at).is_(None))
    .order_by(col(ChildFlag.id))
)


def list_flags(s: Session, child_id: int) -> tuple[ChildFlag, ...]:
    """The marks that are set on a child now."""
    return tuple(s.exec(_FLAGS, params={"child": child_id}))


_NAMES = select(Child.id, Child.name).where(col(Child.id).in_(bindparam("children", expanding=True)))


def list_names(s: Session, child_ids: Collection[int]) -> dict[int, str]:
    """The names of these children, by id."""
    rows = s.exec(_NAMES, params={"children": list(child_ids)})
    return {child_id or 0: name for child_id, name in rows}
