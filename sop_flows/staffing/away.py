"""Who is away now, and who stands in: looked up wherever it is asked, so that it ends by itself."""

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from sop_flows.core.institution import Institution
from sop_flows.core.work import Work
from sop_flows.staffing.grants import grants_of
from storage.remembered import remembered
from storage.tables import Absence, Officer, OfficerRole

# officer away -> named stand-in who is still enrolled, None without one
Away = Mapping[int, int | None]


def away(s: Session) -> Away:
    """The officers whose leave is in force, each with the stand-in that was named."""
    return remembered(s, "away", lambda: _away(s))


def _away(s: Session) -> Away:
    stand_in = aliased(Officer)
    rows = s.exec(
        select(Absence.officer_id, stand_in.id)
        .outerjoin(stand_in, (col(Absence.stand_in_id) == stand_in.id) & stand_in.removed_at.is_(None))  # type: ignore[union-attr]  # an alias has columns
        .where(col(Absence.begun_at).is_not(None), col(Absence.ended_at).is_(None))
    )
    return dict(rows.all())


def is_away(s: Session, officer_id: int | None) -> bool:
    """Whether the officer's leave is in force."""
    return officer_id is not None and officer_id in away(s)


def deputy_id(gone: Away, officer_id: int) -> int | None:
    """Who does the officer's work now: of a stand-in who is away too, that one's stand-in, and so on.

    None when there is nobody, or the stand-ins go round in a circle.
    """
    return next(reversed(_line(gone, officer_id)), None)


def _line(gone: Away, officer_id: int) -> tuple[int, ...]:
    """The stand-ins one after the other, the last of them here; empty when that leads to nobody."""
    line = [officer_id]
    while line[-1] in gone:
        found = gone[line[-1]]
        if found is None or found in line:
            return ()
        line.append(found)
    return tuple(line[1:])


def stand_in_of(s: Session, officer: Officer) -> Officer | None:
    """Who does the work of an officer who is away; None when nobody does, or the officer is here."""
    found = deputy_id(away(s), officer.id or 0)
    return None if found is None else s.get(Officer, found)


def stood_in_for(s: Session, officer_id: int) -> tuple[int, ...]:
    """The officers whose work this one does now, because they are away."""
    gone = away(s)
    return tuple(one for one in sorted(gone) if deputy_id(gone, one) == officer_id)


def is_shared(institution: Institution, grant: OfficerRole, others: Iterable[OfficerRole]) -> bool:
    """Whether a colleague with the role rows `others` may stand in where this role is asked for: holds it too (a guru:
    in the same angkatan); for the head of the house, is a head."""
    is_top = grant.role in institution.pack.unit.roles_that("answers_for_all")
    return any(
        (other.role, other.cohort_id) == (grant.role, grant.cohort_id) or (is_top and other.is_head)
        for other in others
    )


def lent(work: Work, absent_id: int) -> tuple[OfficerRole, ...]:
    """The role rows of an officer who is away in which the stand-in does the work: of the roles that both hold.

    In a chain of stand-ins everyone holds them. The rest goes where it goes without a stand-in: what few may know
    does not come to whoever has another role in common.
    """
    return remembered(work.session, ("lent", absent_id), lambda: _lent(work, absent_id))


def _lent(work: Work, absent_id: int) -> tuple[OfficerRole, ...]:
    line = _line(away(work.session), absent_id)
    return tuple(
        grant
        for grant in grants_of(work.session, absent_id)
        if line and all(is_shared(work.institution, grant, grants_of(work.session, one)) for one in line)
    )


def lends(work: Work, absent_id: int, role: str, cohort_id: int) -> bool:
    """Whether the stand-in of the officer who is away has this role in the cohort as the officer has it."""
    return any(one.role == role and one.cohort_id in (None, cohort_id) for one in lent(work, absent_id))


def there(work: Work, officers: Iterable[Officer], role: str | None, cohort_id: int) -> tuple[Officer, ...]:
    """The officers who are here; in place of each who is away, the stand-in. Nobody twice.

    Args:
        role: what they are asked as, in the cohort: a stand-in who may not be is left out; None: as admins.
    """
    asked = tuple(officers)
    gone = away(work.session) if asked else {}
    if not gone:
        return asked
    here: dict[int, Officer] = {}
    for officer in asked:
        officer_id = officer.id or 0
        if officer_id not in gone:
            here[officer_id] = officer
        elif role is None or lends(work, officer_id, role, cohort_id):
            found = deputy_id(gone, officer_id)
            stand_in = None if found is None else work.session.get(Officer, found)
            if stand_in is not None:
                here[found or 0] = stand_in
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
