"""How many boys and girls each school of an angkatan has."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from storage.tables import NOT_MEMBERS, Child, Cohort, Membership

SexCount = dict[str, int]  # by "L" and "P"


def count_here(s: Session, cohort_id: int) -> dict[int, SexCount]:
    """Children who belong now, by school."""
    return _count(s, cohort_id, col(Membership.until_on).is_(None))


def count_listed(s: Session, cohort_id: int) -> dict[int, SexCount]:
    """Children who were to come, by school: who belonged on the day of arrival, or did not come on it."""
    on = s.get_one(Cohort, cohort_id).arrival_on
    came = col(Membership.until_on).is_(None) | (col(Membership.until_on) >= on)
    return _count(s, cohort_id, came & func.coalesce(Membership.reason, "").not_in(NOT_MEMBERS))


def _count(s: Session, cohort_id: int, which: ColumnElement[bool]) -> dict[int, SexCount]:
    rows: Sequence[tuple[int, str, int]] = s.exec(
        select(Child.school_id, Child.sex, func.count(func.distinct(Child.id)))
        .join(Membership, col(Membership.child_id) == col(Child.id))
        .where(Child.cohort_id == cohort_id, which)
        .group_by(col(Child.school_id), col(Child.sex))
    ).all()
    found: dict[int, SexCount] = {}
    for school_id, sex, count in rows:
        found.setdefault(school_id, {})[sex] = count
    return found
