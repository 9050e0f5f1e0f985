"""Who is who, looked up once a transaction: the officers, the roles granted to them, whose leave is in force.

Whoever writes an officer, a role or a leave calls `Work.forget` afterwards.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import and_
from sqlmodel import col, select

from sop_flows.core.work import Work
from storage.queries import officers
from storage.tables import Absence, Officer, OfficerRole


@dataclass(frozen=True)
class Roster:
    """The officers of the institution.

    Attributes:
        officers: by id, oldest first; removed ones too.
        grants: the role rows of each that count now, by officer id.
    """

    officers: Mapping[int, Officer]
    grants: Mapping[int, tuple[OfficerRole, ...]]


def roster(work: Work) -> Roster:
    """The officers and their roles, in one statement."""
    return work.once("roster", lambda: _roster(work))


def _roster(work: Work) -> Roster:
    people: dict[int, Officer] = {}
    grants: dict[int, tuple[OfficerRole, ...]] = {}
    for officer, grant in work.session.exec(
        select(Officer, OfficerRole)
        .outerjoin(OfficerRole, and_(col(OfficerRole.officer_id) == col(Officer.id), officers.role_counts()))
        .order_by(col(Officer.id), col(OfficerRole.id))
    ):
        officer_id = officer.id or 0
        people[officer_id] = officer
        # an officer without a role comes with no row of it
        grants[officer_id] = grants.get(officer_id, ()) + ((grant,) if grant else ())
    return Roster(people, grants)


def enrolled(work: Work) -> tuple[Officer, ...]:
    """The officers who were not removed, oldest first."""
    return tuple(one for one in roster(work).officers.values() if one.removed_at is None)


def officer_of(work: Work, officer_id: int | None) -> Officer | None:
    """The officer with this id, unless removed; None for nobody."""
    found = roster(work).officers.get(officer_id or 0)
    return None if found is None or found.removed_at is not None else found


def grants_of(work: Work, officer_id: int) -> tuple[OfficerRole, ...]:
    """The role rows of an officer."""
    return roster(work).grants.get(officer_id, ())


def away(work: Work) -> Mapping[int, int | None]:
    """The officers whose leave is in force, each with the deputy who was named and is still enrolled; None without."""
    return work.once("away", lambda: _away(work))


def _away(work: Work) -> Mapping[int, int | None]:
    rows = work.session.exec(
        select(Absence.officer_id, Absence.deputy_id).where(
            col(Absence.begun_at).is_not(None), col(Absence.ended_at).is_(None)
        )
    )
    return {
        officer_id: None if officer_of(work, deputy_id) is None else deputy_id
        for officer_id, deputy_id in rows.all()
    }
