"""Who deputises for whom now: looked up wherever it is asked, so that it ends by itself."""

from collections.abc import Iterable
from datetime import date

from sqlmodel import Session, col, select

from sop_flows.core.institution import Institution
from sop_flows.core.work import Work
from sop_flows.staffing.roster import away, grants_of, officer_of
from storage.tables import Absence, Officer, OfficerRole


def is_away(work: Work, officer_id: int | None) -> bool:
    """Whether the officer's leave is in force."""
    return officer_id in away(work)


def _line(work: Work, officer_id: int) -> tuple[int, ...]:
    """The deputies one after the other, the last of them here; empty when that leads to nobody."""
    gone, line = away(work), [officer_id]
    while line[-1] in gone:
        found = gone[line[-1]]
        if found is None or found in line:
            return ()
        line.append(found)
    return tuple(line[1:])


def deputy_of(work: Work, officer_id: int) -> Officer | None:
    """Who does the officer's work now: of a deputy who is away too, that one's deputy, and so on.

    None when there is nobody, the deputies go round in a circle, or the officer is here.
    """
    return officer_of(work, next(reversed(_line(work, officer_id)), None))


def deputising_for(work: Work, officer_id: int) -> tuple[int, ...]:
    """The officers whose work this one does now, because they are away."""
    return tuple(one for one in sorted(away(work)) if _line(work, one)[-1:] == (officer_id,))


def is_shared(institution: Institution, grant: OfficerRole, others: Iterable[OfficerRole]) -> bool:
    """Whether a colleague with the role rows `others` may deputise where this role is asked for: holds it too (a guru:
    in the same angkatan); for the head of the house, is a head."""
    is_top = grant.role in institution.pack.unit.roles_that["answers_for_all"]
    return any(
        (other.role, other.cohort_id) == (grant.role, grant.cohort_id) or (is_top and other.is_head)
        for other in others
    )


def lent(work: Work, absent_id: int) -> tuple[OfficerRole, ...]:
    """The role rows of an officer who is away in which the deputy does the work: of the roles that both hold.

    In a chain of deputies everyone holds them. The rest goes where it goes without a deputy: what few may know
    does not come to whoever has another role in common.
    """
    return work.once(("lent", absent_id), lambda: _lent(work, absent_id))


def _lent(work: Work, absent_id: int) -> tuple[OfficerRole, ...]:
    line = _line(work, absent_id)
    return tuple(
        grant
        for grant in grants_of(work, absent_id)
        if line and all(is_shared(work.institution, grant, grants_of(work, one)) for one in line)
    )


def lends(work: Work, absent_id: int, role: str, cohort_id: int) -> bool:
    """Whether the deputy of the officer who is away has this role in the cohort as the officer has it."""
    return any(one.role == role and one.cohort_id in (None, cohort_id) for one in lent(work, absent_id))


def there(work: Work, officers: Iterable[Officer], role: str | None, cohort_id: int) -> tuple[Officer, ...]:
    """The officers who are here; in place of each who is away, the deputy. Nobody twice.

    Args:
        role: what they are asked as, in the cohort: a deputy who may not be is left out; None: as admins.
    """
    here: dict[int | None, Officer] = {}
    for officer in officers:
        found: Officer | None = officer
        if is_away(work, officer.id):
            may = role is None or lends(work, officer.id or 0, role, cohort_id)
            found = deputy_of(work, officer.id or 0) if may else None
        if found is not None:
            here[found.id] = found
    return tuple(here.values())


def unfinished(s: Session, officer_id: int | None = None) -> tuple[Absence, ...]:
    """Leave that is in force or still to come, by its first day; of one officer, or of all who are enrolled."""
    query = (
        select(Absence)
        .join(Officer, col(Officer.id) == col(Absence.officer_id))
        .where(col(Absence.ended_at).is_(None), col(Officer.removed_at).is_(None))
        .order_by(col(Absence.from_on), col(Absence.id))
    )
    if officer_id is not None:
        query = query.where(Absence.officer_id == officer_id)
    return tuple(s.exec(query).all())


def away_within(s: Session, officer_id: int, first: date, last: date) -> Absence | None:
    """The officer's leave that covers any of these local days, both inclusive."""
    return next(
        (one for one in unfinished(s, officer_id) if one.from_on <= last and first <= one.until_on), None
    )
