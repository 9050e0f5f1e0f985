"""Who may do what by their roles: roles, heads, duties, the admin."""

from collections.abc import Collection, Iterable

from sop_flows.core.institution import Institution
from sop_flows.core.work import Work
from sop_flows.declarations.unit import Duty
from sop_flows.errors import NotPermittedError
from sop_flows.staffing.away import deputising_for, lent, there
from sop_flows.staffing.roster import enrolled, grants_of
from storage.tables import Officer, OfficerRole


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
    return tuple(
        (officer, grant.is_head)
        for officer in enrolled(work)
        for grant in grants_of(work, officer.id or 0)
        if grant.role == role and grant.cohort_id in (None, cohort_id)
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
