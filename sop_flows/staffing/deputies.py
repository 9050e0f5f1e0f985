"""Who may deputise for whom: a colleague of the same role; for the Kepala one of the heads."""

from datetime import date

from sqlmodel import Session, col, select

from sop_flows.core.work import Work
from sop_flows.staffing.roster import away_within, grants_of, is_head_for, is_shared, unfinished
from storage.queries.officers import role_counts
from storage.tables import Absence, Officer, OfficerRole


def possible_deputies(work: Work, officer: Officer) -> tuple[Officer, ...]:
    """Colleagues who share a role with the officer (a guru: in the same angkatan), by when they were enrolled."""
    mine = grants_of(work, officer.id or 0)
    rows = work.session.exec(
        select(Officer, OfficerRole)
        .join(OfficerRole, col(OfficerRole.officer_id) == col(Officer.id))
        .where(col(Officer.removed_at).is_(None), Officer.id != officer.id, role_counts())
        .order_by(col(Officer.id))
    )
    found = {
        other.id: other
        for other, role in rows
        if any(is_shared(work.institution, one, (role,)) for one in mine)
    }
    return tuple(found.values())


def not_covered(work: Work, officer: Officer, deputy: Officer) -> tuple[str, ...]:
    """The officer's roles that the deputy does not have: their steps go where they go without a deputy."""
    theirs = grants_of(work, deputy.id or 0)
    return tuple(
        dict.fromkeys(
            grant.role
            for grant in grants_of(work, officer.id or 0)
            if not is_shared(work.institution, grant, theirs)
        )
    )


def free_deputies(work: Work, officer: Officer, first: date, last: date) -> tuple[Officer, ...]:
    """Those of them who have no leave of their own on any of these days."""
    return tuple(
        one
        for one in possible_deputies(work, officer)
        if away_within(work.session, one.id or 0, first, last) is None
    )


def covered_by(s: Session, officer_id: int) -> tuple[Absence, ...]:
    """Leave, in force or to come, for which this officer is named as the deputy."""
    return tuple(one for one in unfinished(s) if one.deputy_id == officer_id)


def may_record_for(work: Work, recorder: Officer, officer: Officer) -> bool:
    """Whether `recorder` may say that the officer is away: oneself, an admin, a head of one of the roles."""
    if recorder.id == officer.id or recorder.is_admin:
        return True
    return any(is_head_for(work, recorder, grant.role) for grant in grants_of(work, officer.id or 0))


def recordable(work: Work, recorder: Officer) -> tuple[Officer, ...]:
    """The others for whom `recorder` may record a leave, by when they were enrolled."""
    others = work.session.exec(
        select(Officer)
        .where(col(Officer.removed_at).is_(None), Officer.id != recorder.id)
        .order_by(col(Officer.id))
    ).all()
    return tuple(one for one in others if may_record_for(work, recorder, one))
