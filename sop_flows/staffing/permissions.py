"""Who may do what: roles, stand-ins, heads, and who answers when nobody is there."""

from collections.abc import Collection, Iterable

from sqlalchemy import or_
from sqlmodel import Session, col, select

from sop_flows.core.institution import Institution
from sop_flows.core.work import Work
from sop_flows.declarations.unit import Duty, Unit
from sop_flows.errors import NotPermittedError
from sop_flows.staffing.away import is_away, lent, stand_in_of, stood_in_for, there
from sop_flows.staffing.grants import grants_of
from storage.remembered import remembered
from storage.tables import Case, Officer, OfficerRole, Task, TaskPart, TaskState


def roles_of(s: Session, officer_id: int, cohort_id: int | None = None) -> frozenset[str]:
    """The roles an officer holds; with `cohort_id`, those that count in that cohort (guru is of one cohort)."""
    return _roles_in(grants_of(s, officer_id), cohort_id)


def _roles_in(grants: Iterable[OfficerRole], cohort_id: int | None) -> frozenset[str]:
    return frozenset(
        grant.role for grant in grants if cohort_id is None or grant.cohort_id in (None, cohort_id)
    )


def has_duty(institution: Institution, roles: Collection[str], duty: Duty) -> bool:
    """Whether one of these roles has the duty."""
    return not set(roles).isdisjoint(institution.pack.unit.roles_that(duty))


def heads_of(work: Work, officer_id: int) -> frozenset[str]:
    """The roles whose work this officer answers for, as a head or standing in for one who is away."""
    own = own_heads_of(work, officer_id)
    return own.union(
        *(_headed(work.institution, lent(work, absent)) for absent in stood_in_for(work.session, officer_id))
    )


def own_heads_of(work: Work, officer_id: int) -> frozenset[str]:
    """The roles that this officer is head of. The head of the house (Kepala) answers for all."""
    return _headed(work.institution, grants_of(work.session, officer_id))


def _headed(institution: Institution, grants: Collection[OfficerRole]) -> frozenset[str]:
    if has_duty(institution, {grant.role for grant in grants}, "answers_for_all"):
        return frozenset(institution.pack.unit.roles)
    headed = {grant.role for grant in grants if grant.is_head}
    return frozenset(
        code
        for code, role in institution.pack.unit.roles.items()
        if code in headed or (role.head or "") in headed
    )


def active_in(s: Session, role: str, cohort_id: int) -> tuple[tuple[Officer, bool], ...]:
    """Active officers of a role in a cohort, each with whether it is the role's head; oldest first."""
    return remembered(s, ("active_in", role, cohort_id), lambda: _active_in(s, role, cohort_id))


def _active_in(s: Session, role: str, cohort_id: int) -> tuple[tuple[Officer, bool], ...]:
    rows = s.exec(
        select(Officer, OfficerRole.is_head)
        .join(OfficerRole, col(OfficerRole.officer_id) == col(Officer.id))
        .where(
            OfficerRole.role == role,
            col(Officer.removed_at).is_(None),
            or_(col(OfficerRole.cohort_id).is_(None), col(OfficerRole.cohort_id) == cohort_id),
        )
        .order_by(col(Officer.id))
    )
    return tuple((officer, is_head) for officer, is_head in rows)


def stand_ins(unit: Unit, role: str, sop: str, step: int) -> tuple[str, ...]:
    """Roles that act for `role` at this step (perawat for penyantunan on weigh-ins and health)."""
    places = (sop, f"{sop}/{step}")
    return tuple(s.role for s in unit.stand_ins if s.acts_for == role and any(p in s.where for p in places))


def members(
    work: Work, role: str, cohort_id: int, sop: str | None = None, step: int | None = None
) -> tuple[Officer, ...]:
    """Among whom the PJ is found, here or on leave: stand-ins first, then the role; its head only when alone in it."""
    if sop is not None and step is not None:
        for stand_in in stand_ins(work.unit, role, sop, step):
            found = active_in(work.session, stand_in, cohort_id)
            if found:
                return tuple(officer for officer, _head in found)
    found = active_in(work.session, role, cohort_id)
    return tuple(o for o, is_head in found if not is_head) or tuple(o for o, _head in found)


def members_here(
    work: Work, role: str, cohort_id: int, sop: str | None = None, step: int | None = None
) -> tuple[Officer, ...]:
    """Who of the role can do something now: as `members`, with stand-ins in place of those who are away."""
    if sop is not None and step is not None:
        for stand_in in stand_ins(work.unit, role, sop, step):
            acting = (officer for officer, _head in active_in(work.session, stand_in, cohort_id))
            found = there(work, acting, stand_in, cohort_id)
            if found:
                return found
    of_role = active_in(work.session, role, cohort_id)
    others = there(work, (o for o, is_head in of_role if not is_head), role, cohort_id)
    return others or there(work, (o for o, _head in of_role), role, cohort_id)


def answering(work: Work, role: str, cohort_id: int) -> tuple[Officer, ...]:
    """Who answers for a role with nobody in it: the kasi, else the Kepala, else the admins.

    Of those who are away, the stand-in; when everybody is away, the admins all the same: there is always somebody.
    """
    unit = work.unit
    head_role = unit.roles[role].head if role in unit.roles else None
    for code in dict.fromkeys([role, head_role]):
        if code is None:
            continue
        heads = there(
            work, (o for o, is_head in active_in(work.session, code, cohort_id) if is_head), code, cohort_id
        )
        if heads:
            return heads
    return answering_for_all(work, cohort_id)


def answering_for_all(work: Work, cohort_id: int) -> tuple[Officer, ...]:
    """The Kepala, or who stands in; else the admins, here or not."""
    above = holding_here(work, "answers_for_all", cohort_id)
    return above or admins_here(work) or admins(work.session)


def holding(work: Work, duty: Duty, cohort_id: int) -> tuple[Officer, ...]:
    """Active officers whose role has this duty, in the cohort; nobody twice."""
    found = (
        o for role in work.unit.roles_that(duty) for o, _head in active_in(work.session, role, cohort_id)
    )
    return tuple({officer.id: officer for officer in found}.values())


def holding_here(work: Work, duty: Duty, cohort_id: int) -> tuple[Officer, ...]:
    """As `holding`, with stand-ins in place of those who are away."""
    found = (
        officer
        for role in work.unit.roles_that(duty)
        for officer in there(
            work, (o for o, _head in active_in(work.session, role, cohort_id)), role, cohort_id
        )
    )
    return tuple({officer.id: officer for officer in found}.values())


def admins(s: Session) -> tuple[Officer, ...]:
    """Active officers with the admin flag; there is always one once anybody is enrolled."""
    return tuple(
        s.exec(
            select(Officer)
            .where(col(Officer.is_admin).is_(True), col(Officer.removed_at).is_(None))
            .order_by(col(Officer.id))
        )
    )


def admins_here(work: Work) -> tuple[Officer, ...]:
    """As `admins`, with stand-ins in place of those who are away: when nobody else is left, somebody is asked."""
    return there(work, admins(work.session), None, 0)


def case_keeper(work: Work, task: Task, role: str) -> Officer | None:
    """The social worker in charge of the case that this part belongs to; None for any other part.

    Of a case its own social worker does the steps of that role, and no colleague.
    """
    rules = work.unit.case
    if task.case_id is None or rules is None or role != rules.keeper:
        return None
    return work.session.get_one(Officer, work.session.get_one(Case, task.case_id).peksos_id)


def task_members(work: Work, task: Task, role: str) -> tuple[Officer, ...]:
    """Among whom the PJ of this role's part is found; of a case, its social worker alone."""
    keeper = case_keeper(work, task, role)
    if keeper is not None:
        return () if keeper.removed_at is not None else (keeper,)
    return members(work, role, task.within, task.sop, task.step)


def task_members_here(work: Work, task: Task, role: str) -> tuple[Officer, ...]:
    """Who can do this role's part now; of a case, its social worker or that one's stand-in alone."""
    keeper = case_keeper(work, task, role)
    if keeper is not None:
        return () if keeper.removed_at is not None else there(work, (keeper,), role, task.within)
    return members_here(work, role, task.within, task.sop, task.step)


def recipients(work: Work, task: Task, part: TaskPart) -> tuple[Officer, ...]:
    """To whom a push about this part goes: its PJ, else everyone of the role, else who answers for it.

    While the PJ is away, to the stand-in; without one to the others of the role who are here.
    """
    if part.assignee_id is not None:
        officer = work.session.get(Officer, part.assignee_id)
        if officer is not None and officer.removed_at is None:
            in_charge = deputy_at(work, task, part, officer) if is_away(work.session, officer.id) else officer
            if in_charge is not None:
                return (in_charge,)
    found = task_members_here(work, task, part.role)
    return found or answering(work, part.role, task.within)


def holds(work: Work, officer: Officer, own: Collection[str], task: Task, role: str) -> bool:
    """Whether this role's part of the task is the officer's, who has the roles `own` there: of the role, or
    standing in for it; of a case the social worker in charge alone."""
    keeper = case_keeper(work, task, role)
    if keeper is not None:
        return officer.id == keeper.id and role in own
    return role in own or any(one in own for one in stand_ins(work.unit, role, task.sop, task.step))


def may_act(work: Work, officer: Officer, task: Task, part: TaskPart) -> bool:
    """Whether the officer may confirm this part: of the role, standing in, its head, or left to answer for it."""
    assert officer.id is not None
    if _may_by_right(work, officer, grants_of(work.session, officer.id), task, part):
        return True
    for absent in stood_in_for(work.session, officer.id):
        if deputy_at(work, task, part, work.session.get_one(Officer, absent)) is not None:
            return True
    return any(officer.id == o.id for o in recipients(work, task, part))


def deputy_at(work: Work, task: Task, part: TaskPart, absent: Officer) -> Officer | None:
    """Who does this part in place of an officer who is away: the stand-in, where the roles that both hold are enough."""
    if _may_by_right(work, absent, lent(work, absent.id or 0), task, part):
        return stand_in_of(work.session, absent)
    return None


def _may_by_right(
    work: Work, officer: Officer, grants: Collection[OfficerRole], task: Task, part: TaskPart
) -> bool:
    """Whether these role rows of the officer are enough."""
    own = _roles_in(grants, task.within)
    return holds(work, officer, own, task, part.role) or part.role in _acting_head_of(
        work.institution, grants, own
    )


def _acting_head_of(
    institution: Institution, grants: Collection[OfficerRole], own: frozenset[str]
) -> frozenset[str]:
    """The roles whose parts the head does too; the head of the house does none of the sections' steps."""
    return frozenset() if has_duty(institution, own, "answers_for_all") else _headed(institution, grants)


def lent_roles(work: Work, absent_id: int, cohort_id: int) -> frozenset[str]:
    """The roles whose parts the stand-in does for an officer who is away."""
    grants = lent(work, absent_id)
    own = _roles_in(grants, cohort_id)
    return own | _acting_head_of(work.institution, grants, own)


def absent_holder(s: Session, officer: Officer, part: TaskPart) -> Officer | None:
    """The PJ of the part when that is somebody else, who is away."""
    if part.assignee_id is None or part.assignee_id == officer.id or not is_away(s, part.assignee_id):
        return None
    return s.get(Officer, part.assignee_id)


def acting_parts(
    work: Work, officer: Officer, task: Task, parts: tuple[TaskPart, ...]
) -> tuple[TaskPart, ...]:
    """The parts that the officer may confirm, those not yet done first."""
    mine = [part for part in parts if may_act(work, officer, task, part)]
    return tuple(sorted(mine, key=lambda part: (part.state != TaskState.OPEN, part.position)))


def acting_roles(work: Work, officer: Officer, task: Task) -> tuple[str, ...]:
    """The roles of the task's parts that the officer may confirm."""
    parts = tuple(
        work.session.exec(
            select(TaskPart).where(TaskPart.task_id == task.id).order_by(col(TaskPart.position))
        )
    )
    return tuple(part.role for part in acting_parts(work, officer, task, parts))


def is_head_for(work: Work, officer: Officer, role: str) -> bool:
    """Whether the officer is kasi (or Kepala) over this role."""
    assert officer.id is not None
    return role in heads_of(work, officer.id)


def is_kasi_for(work: Work, officer: Officer, role: str) -> bool:
    """Whether this role's work is the officer's own section's: its kasi, or standing in for one. Not the Kepala."""
    people = (officer.id or 0, *stood_in_for(work.session, officer.id or 0))
    return any(
        role in own_heads_of(work, one)
        and not has_duty(work.institution, roles_of(work.session, one), "answers_for_all")
        for one in people
    )


def require_admin(officer: Officer) -> None:
    """Raises NotPermittedError unless the officer is an admin."""
    if not officer.is_admin:
        raise NotPermittedError("admin")


def may_open(work: Work, officer: Officer) -> bool:
    """Whether the officer may open an angkatan: a role that does, or the admin."""
    assert officer.id is not None
    return officer.is_admin or has_duty(work.institution, roles_of(work.session, officer.id), "opens_cohorts")


def require_opener(work: Work, officer: Officer) -> None:
    """Raises NotPermittedError unless the officer may open an angkatan."""
    if not may_open(work, officer):
        raise NotPermittedError("opens_cohorts")
