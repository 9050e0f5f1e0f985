"""Who is who, who deputises for whom, and who may do what by their roles."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, bindparam
from sqlmodel import Session, col, select

from sop_flows.core.work import Institution, Work
from sop_flows.declarations.unit import Duty
from sop_flows.errors import NotPermittedError
from storage.queries import officers
from storage.tables import Absence, Officer, OfficerRole

# --- who is who -------------------------------------------------------------------------------------------------
# Whoever writes an officer, a role or a leave calls `Work.forget` afterwards.


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


_ROSTER = (
    select(Officer, OfficerRole)
    .outerjoin(OfficerRole, and_(col(OfficerRole.officer_id) == col(Officer.id), officers.role_counts()))
    .order_by(col(Officer.id), col(OfficerRole.id))
)


def _roster(work: Work) -> Roster:
    people: dict[int, Officer] = {}
    grants: dict[int, tuple[OfficerRole, ...]] = {}
    for officer, grant in work.session.exec(_ROSTER):
        officer_id = officer.id or 0
        people[officer_id] = officer
        # an officer without a role comes with no row of it
        grants[officer_id] = grants.get(officer_id, ()) + ((grant,) if grant else ())
    return Roster(people, grants)


def enrolled(work: Work) -> tuple[Officer, ...]:
    """The officers who were not removed, oldest first."""
    people = roster(work).officers.values()
    return work.once("enrolled", lambda: tuple(one for one in people if one.removed_at is None))


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


_AWAY = select(Absence.officer_id, Absence.deputy_id).where(
    col(Absence.begun_at).is_not(None), col(Absence.ended_at).is_(None)
)


def _away(work: Work) -> Mapping[int, int | None]:
    return {
        officer_id: None if officer_of(work, deputy_id) is None else deputy_id
        for officer_id, deputy_id in work.session.exec(_AWAY).all()
    }


# --- who deputises for whom -------------------------------------------------------------------------------------


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


def deputy_name(work: Work, officer_id: int | None) -> str | None:
    """Who deputises for the officer who is on leave, "" for nobody; None while the officer is here."""
    if officer_id is None or not is_away(work, officer_id):
        return None
    deputy = deputy_of(work, officer_id)
    return "" if deputy is None else deputy.name


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


_UNFINISHED = (
    select(Absence)
    .join(Officer, col(Officer.id) == col(Absence.officer_id))
    .where(col(Absence.ended_at).is_(None), col(Officer.removed_at).is_(None))
    .order_by(col(Absence.from_on), col(Absence.id))
)
_UNFINISHED_OF_ONE = _UNFINISHED.where(Absence.officer_id == bindparam("officer"))


def unfinished(s: Session, officer_id: int | None = None) -> tuple[Absence, ...]:
    """Leave that is in force or still to come, by its first day; of one officer, or of all who are enrolled."""
    query = _UNFINISHED if officer_id is None else _UNFINISHED_OF_ONE
    return tuple(s.exec(query, params={"officer": officer_id}).all())


def away_within(s: Session, officer_id: int, first: date, last: date) -> Absence | None:
    """The officer's leave that covers any of these local days, both inclusive."""
    return next(
        (one for one in unfinished(s, officer_id) if one.from_on <= last and first <= one.until_on), None
    )


# --- who may do what --------------------------------------------------------------------------------------------


def roles_of(work: Work, officer_id: int, cohort_id: int | None = None) -> frozenset[str]:
    """The roles an officer holds; with `cohort_id`, those that count in that cohort (guru is of one cohort)."""
    return roles_in(grants_of(work, officer_id), cohort_id)


def roles_in(grants: Iterable[OfficerRole], cohort_id: int | None) -> frozenset[str]:
    """The roles of these rows; with `cohort_id`, those that count in that cohort."""
    return frozenset(
        grant.role for grant in grants if cohort_id is None or grant.cohort_id in (None, cohort_id)
    )


def has_duty(institution: Institution, roles: Collection[str], duty: Duty) -> bool:
    """Whether one of these roles has the duty."""
    return not set(roles).isdisjoint(institution.pack.unit.roles_that[duty])


def heads_of(work: Work, officer_id: int) -> frozenset[str]:
    """The roles whose work this officer answers for, as a head or deputising for one who is away."""
    own = own_heads_of(work, officer_id)
    return own.union(
        *(headed(work.institution, lent(work, absent)) for absent in deputising_for(work, officer_id))
    )


def answers_for_all(work: Work, officer: Officer) -> bool:
    """Whether the officer is the head of the house (Kepala), or deputises for one who is away."""
    return has_duty(work.institution, heads_of(work, officer.id or 0), "answers_for_all")


def own_heads_of(work: Work, officer_id: int) -> frozenset[str]:
    """The roles that this officer is head of. The head of the house (Kepala) answers for all."""
    return headed(work.institution, grants_of(work, officer_id))


def headed(institution: Institution, grants: Collection[OfficerRole]) -> frozenset[str]:
    """The roles that somebody with these role rows is head of."""
    if has_duty(institution, {grant.role for grant in grants}, "answers_for_all"):
        return frozenset(institution.pack.unit.roles)
    codes = {grant.role for grant in grants if grant.is_head}
    return frozenset(
        code
        for code, role in institution.pack.unit.roles.items()
        if code in codes or (role.head or "") in codes
    )


def active_in(work: Work, role: str, cohort_id: int) -> tuple[tuple[Officer, bool], ...]:
    """Active officers of a role in a cohort, each with whether it is the role's head; oldest first."""
    return work.once(
        ("active", role, cohort_id),
        lambda: tuple(
            (officer, grant.is_head)
            for officer in enrolled(work)
            for grant in grants_of(work, officer.id or 0)
            if grant.role == role and grant.cohort_id in (None, cohort_id)
        ),
    )


def holding(work: Work, duty: Duty, cohort_id: int) -> tuple[Officer, ...]:
    """Active officers whose role has this duty, in the cohort; nobody twice."""
    found = (o for role in work.unit.roles_that[duty] for o, _head in active_in(work, role, cohort_id))
    return tuple({officer.id: officer for officer in found}.values())


def holding_here(work: Work, duty: Duty, cohort_id: int) -> tuple[Officer, ...]:
    """As `holding`, with deputies in place of those who are away."""
    found = (
        officer
        for role in work.unit.roles_that[duty]
        for officer in there(work, (o for o, _head in active_in(work, role, cohort_id)), role, cohort_id)
    )
    return tuple({officer.id: officer for officer in found}.values())


def admins(work: Work) -> tuple[Officer, ...]:
    """Active officers with the admin flag; there is always one once anybody is enrolled."""
    return tuple(one for one in enrolled(work) if one.is_admin)


def admins_here(work: Work) -> tuple[Officer, ...]:
    """As `admins`, with deputies in place of those who are away: when nobody else is left, somebody is asked."""
    return there(work, admins(work), None, 0)


def is_head_for(work: Work, officer: Officer, role: str) -> bool:
    """Whether the officer is kasi (or Kepala) over this role."""
    assert officer.id is not None
    return role in heads_of(work, officer.id)


def is_kasi_for(work: Work, officer: Officer, role: str) -> bool:
    """Whether this role's work is the officer's own section's: its kasi, or deputising for one. Not the Kepala."""
    people = (officer.id or 0, *deputising_for(work, officer.id or 0))
    return any(
        role in own_heads_of(work, one)
        and not has_duty(work.institution, roles_of(work, one), "answers_for_all")
        for one in people
    )


def require_admin(officer: Officer) -> None:
    """Raises NotPermittedError unless the officer is an admin."""
    if not officer.is_admin:
        raise NotPermittedError("admin")


def may_open(work: Work, officer: Officer) -> bool:
    """Whether the officer may open an angkatan: a role that does, or the admin."""
    assert officer.id is not None
    return officer.is_admin or has_duty(work.institution, roles_of(work, officer.id), "opens_cohorts")


def require_opener(work: Work, officer: Officer) -> None:
    """Raises NotPermittedError unless the officer may open an angkatan."""
    if not may_open(work, officer):
        raise NotPermittedError("opens_cohorts")
