"""Children with their school and membership; the log of who read what."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

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


def list_children(
    s: Session,
    cohort_ids: Collection[int],
    *,
    number: int | None = None,
    school_id: int | None = None,
    child_id: int | None = None,
) -> tuple[ChildRow, ...]:
    """Children of these cohorts by cohort and number; those who left too."""
    of_child = aliased(Membership)
    latest = (
        select(func.max(col(of_child.id))).where(col(of_child.child_id) == col(Child.id)).correlate(Child)
    )
    query = (
        select(Child, School, Cohort, Membership)
        .join(School, col(School.id) == col(Child.school_id))
        .join(Cohort, col(Cohort.id) == col(Child.cohort_id))
        .join(Membership, col(Membership.child_id) == col(Child.id))
        .where(col(Child.cohort_id).in_(cohort_ids), col(Membership.id) == latest.scalar_subquery())
        .order_by(col(Cohort.arrival_on), col(Child.cohort_id), col(Child.number))
    )
    if number is not None:
        query = query.where(Child.number == number)
    if school_id is not None:
        query = query.where(Child.school_id == school_id)
    if child_id is not None:
        query = query.where(Child.id == child_id)
    return tuple(ChildRow(*row) for row in s.exec(query))


def find_child(s: Session, child_id: int) -> ChildRow | None:
    """One child, or None."""
    child = s.get(Child, child_id)
    if child is None:
        return None
    return next(iter(list_children(s, [child.cohort_id], child_id=child_id)), None)


def list_memberships(s: Session, cohort_ids: Collection[int]) -> dict[int, list[Membership]]:
    """By child, all the times for which it belonged, in order: who left may have come back."""
    found: dict[int, list[Membership]] = {}
    for one in s.exec(
        select(Membership)
        .join(Child, col(Child.id) == col(Membership.child_id))
        .where(col(Child.cohort_id).in_(cohort_ids))
        .order_by(col(Membership.child_id), col(Membership.id))
    ):
        found.setdefault(one.child_id, []).append(one)
    return found


def list_reserves(s: Session, cohort_id: int) -> tuple[ChildRow, ...]:
    """The children of the angkatan who wait as reserves, by number."""
    return tuple(row for row in list_children(s, [cohort_id]) if row.membership.reason == LeaveReason.RESERVE)


def list_refused(s: Session, arrived_by: date) -> tuple[Child, ...]:
    """Children who were not accepted, of angkatan that arrived by then, whose data are still there."""
    return tuple(
        s.exec(
            select(Child)
            .join(Membership, col(Membership.child_id) == col(Child.id))
            .join(Cohort, col(Cohort.id) == col(Child.cohort_id))
            .where(
                Membership.reason == LeaveReason.REFUSED,
                Cohort.arrival_on <= arrived_by,
                Child.name_key != "",
            )
        )
    )


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


def list_flags(s: Session, child_id: int) -> tuple[ChildFlag, ...]:
    """The marks that are set on a child now."""
    return tuple(
        s.exec(
            select(ChildFlag)
            .where(ChildFlag.child_id == child_id, col(ChildFlag.cleared_at).is_(None))
            .order_by(col(ChildFlag.id))
        )
    )


def list_names(s: Session, child_ids: Collection[int]) -> dict[int, str]:
    """The names of these children, by id."""
    rows = s.exec(select(Child.id, Child.name).where(col(Child.id).in_(child_ids)))
    return {child_id or 0: name for child_id, name in rows}
