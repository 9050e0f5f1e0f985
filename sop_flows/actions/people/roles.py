"""Roles are given to an officer and taken, and that of a kasi: the open tasks go where they belong, and all concerned
hear it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import func
from sqlmodel import col, select

from sop_flows.actions.cohorts.corrections import note_correction
from sop_flows.actions.leave.reroute import move_pending
from sop_flows.actions.people.case_phones import phone_bound
from sop_flows.core.notices import CasesLeft, HeadSet, Joined, Notice, RoleGiven, RoleTaken, TasksInherited
from sop_flows.core.states import live_parts, parts_of
from sop_flows.core.work import Opened, Work, declared
from sop_flows.errors import NotFoundError, RuleError
from sop_flows.notifications.digest_times import plan_officer
from sop_flows.staffing.case_access import knowing_heads, rank_of
from sop_flows.staffing.responsibility import (
    accountable_for,
    assign_sole,
    keeps,
    reassign,
    release,
    responsibility_of,
)
from sop_flows.staffing.roster import (
    enrolled,
    grants_of,
    headed,
    holding,
    officer_of,
    require_admin,
)
from storage.queries.accounts import find_account_of
from storage.tables import LIVE, Case, Cohort, Officer, OfficerRole, School, Task, TaskPart, TaskState

ROLE = "role:"  # before the code of a role, as a fact of an officer in the history


@dataclass(frozen=True)
class RoleEnd:
    """What follows, or followed, from taking a role.

    Attributes:
        heirs: how many open tasks each officer gets, by id; of several to whom one comes, each.
        left: the steps of the open tasks that were the officer's and are not any more, in a few words.
    """

    officer: Officer
    grant: OfficerRole
    heirs: Mapping[int, int]
    left: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many tasks are left behind."""
        return len(self.left)


class LastHeadError(RuleError):
    """Nobody else is head of the role."""

    def __init__(self, role: str) -> None:
        super().__init__(role)
        self.role = role


def heads_beside(work: Work, role: str, officer_id: int) -> tuple[str, ...]:
    """The names of the others who are head of the role themselves."""
    return tuple(
        one.name
        for one in enrolled(work)
        if one.id != officer_id
        and any(grant.role == role and _heads(work, grant) for grant in grants_of(work, one.id or 0))
    )


def holders_beside(work: Work, role: str, cohort_id: int | None, officer_id: int) -> tuple[str, ...]:
    """The names of the others who hold the role (of an angkatan, where it is of one)."""
    return tuple(
        one.name
        for one in enrolled(work)
        if one.id != officer_id
        and any((grant.role, grant.cohort_id) == (role, cohort_id) for grant in grants_of(work, one.id or 0))
    )


HELD, HEAD = "held", "head"  # what a row of the history says of a role; None: it is not held
NO_REASON = "–"


def _keep(
    work: Work, officer: Officer, role: str, before: str | None, after: str | None, reason: str
) -> None:
    """Of every change of a role it stands with the officer who made it, and why."""
    note_correction(work, officer, f"{ROLE}{role}", before, after, reason.strip() or NO_REASON)


def _standing_of(grant: OfficerRole) -> str:
    return HEAD if grant.is_head else HELD


def give_role(
    work: Work, officer_id: int, role: str, cohort_id: int | None = None, reason: str = ""
) -> OfficerRole:
    """Give a role; who comes back to it has the row of then. The officer and the heads hear it.

    Raises:
        NotPermittedError: the officer who acts is no admin.
        NotFoundError: no such officer, role or open angkatan; a role of one angkatan needs one. Or it is held already.
    """
    require_admin(work.officer)
    officer = officer_of(work, officer_id)
    of_one_cohort = role in work.unit.roles_that["of_one_cohort"]
    cohort = None if cohort_id is None else work.session.get(Cohort, cohort_id)
    if officer is None or role not in work.unit.roles or of_one_cohort != (cohort is not None):
        raise NotFoundError
    if cohort is not None and cohort.closed_at is not None:
        raise NotFoundError
    if any((one.role, one.cohort_id) == (role, cohort_id) for one in grants_of(work, officer_id)):
        raise NotFoundError
    before = rank_of(work, officer_id)
    former = select(OfficerRole).where(
        OfficerRole.officer_id == officer_id, OfficerRole.role == role, OfficerRole.cohort_id == cohort_id
    )
    row = work.session.exec(former).first() or OfficerRole(
        officer_id=officer_id, role=role, cohort_id=cohort_id
    )
    row.ended_at, row.is_head = None, role in work.unit.roles_that["answers_for_all"]
    _keep(work, officer, role, None, _standing_of(row), reason)
    _changed(work, officer, row, frozenset({role}))
    account = find_account_of(work.session, officer_id)
    if account is not None:
        phone_bound(work, officer, account, None, before)
    tell_joined(work, officer, role, cohort_id)
    _tell(work, RoleGiven(by=work.officer.id or 0, officer=officer_id, role=role), officer, role, cohort_id)
    return row


def set_school(work: Work, officer_id: int, grant_id: int, school_id: int) -> OfficerRole:
    """Say of which school a guru is: from then on they see its children only. 0: not said.

    Raises NotPermittedError (the officer who acts is no admin), NotFoundError.
    """
    require_admin(work.officer)
    grant = next((one for one in grants_of(work, officer_id) if one.id == grant_id), None)
    school = work.session.get(School, school_id) if school_id else None
    if grant is None or grant.cohort_id is None or (school_id and school is None):
        raise NotFoundError
    if school is not None and school.cohort_id != grant.cohort_id:
        raise NotFoundError
    grant.school_id = None if school is None else school.id
    work.session.add(grant)
    work.session.flush()
    work.forget()
    return grant


def tell_joined(work: Work, officer: Officer, role: str, cohort_id: int | None) -> None:
    """Somebody joins a role that others hold: nobody's tasks change, and the head is asked once whether to divide them."""
    if not holders_beside(work, role, cohort_id, officer.id or 0):
        return
    parts = (
        select(func.count())
        .select_from(TaskPart)
        .join(Task, col(Task.id) == col(TaskPart.task_id))
        .where(TaskPart.role == role, TaskPart.state == TaskState.OPEN, Task.state == TaskState.OPEN)
    )
    if cohort_id is not None:
        parts = parts.where(Task.cohort_id == cohort_id)
    count = work.session.exec(parts).one()
    for head in accountable_for(work, role, cohort_id or 0) if count else ():
        if head.id not in (officer.id, work.actor_id):
            work.notify(head.id or 0, Joined(officer=officer.id or 0, role=role, count=count))


def set_head(work: Work, officer_id: int, grant_id: int, is_head: bool, reason: str = "") -> OfficerRole:
    """Make the officer head of the role, or no longer. The officer, the other heads and the Kepala hear it.

    Raises NotPermittedError, NotFoundError, LastHeadError: nobody else is.
    """
    require_admin(work.officer)
    officer = officer_of(work, officer_id)
    grant = next((one for one in grants_of(work, officer_id) if one.id == grant_id), None)
    if officer is None or grant is None or grant.cohort_id is not None:
        raise NotFoundError
    if grant.role in work.unit.roles_that["answers_for_all"]:
        raise NotFoundError
    if grant.is_head == is_head:
        return grant
    if not is_head:
        refuse_last_head(work, officer_id, grant)
    before = rank_of(work, officer_id)
    former, grant.is_head = _standing_of(grant), is_head
    _keep(work, officer, grant.role, former, _standing_of(grant), reason)
    _changed(work, officer, grant, frozenset({grant.role}))
    account = find_account_of(work.session, officer_id)
    if account is not None and is_head:
        phone_bound(work, officer, account, None, before)
    notice = HeadSet(by=work.officer.id or 0, officer=officer_id, role=grant.role, is_head=is_head)
    _tell(work, notice, officer, grant.role, None)
    return grant


def refuse_last_head(work: Work, officer_id: int, grant: OfficerRole) -> None:
    """Raises LastHeadError when the role would be left without a head while others hold it."""
    if not _heads(work, grant) or heads_beside(work, grant.role, officer_id):
        return
    raise LastHeadError(grant.role)


def _heads(work: Work, grant: OfficerRole) -> bool:
    return grant.is_head or grant.role in work.unit.roles_that["answers_for_all"]


def _changed(work: Work, officer: Officer, row: OfficerRole, roles: frozenset[str]) -> None:
    work.session.add(row)
    work.session.flush()
    work.forget()
    for task in reassign(work, roles | headed(work.institution, [row])):
        move_pending(work, task)
        work.touch(task)
    plan_officer(work, officer.id or 0)


def _tell(work: Work, notice: Notice, officer: Officer, role: str, cohort_id: int | None) -> None:
    told = (officer, *accountable_for(work, role, cohort_id or 0), *holding(work, "answers_for_all", 0))
    for one in {one.id for one in told} - {work.actor_id}:
        work.notify(one or 0, notice)


def foresee(work: Work, admin: Officer, officer_id: int, grant_id: int) -> RoleEnd:
    """What `take_role` would do; nothing is changed, nobody is told. Raises as that."""
    tried = work.session.begin_nested()
    try:
        trial = replace(work, opened=Opened(), touched={}, notices=[], known={})
        found = _take(trial, admin, officer_id, grant_id)
        officer, grant = found.officer.id, found.grant.id
    finally:
        tried.rollback()
        work.session.expire_all()
    s = work.session
    return replace(found, officer=s.get_one(Officer, officer), grant=s.get_one(OfficerRole, grant))


def foresee_removal(work: Work, admin: Officer, officer_id: int) -> tuple[tuple[str, ...], Mapping[int, int]]:
    """The open tasks that would be left behind if the officer were removed, in a few words, and how many each heir would
    get, by id; nothing is changed. Raises NotPermittedError, NotFoundError."""
    require_admin(admin)
    officer = officer_of(work, officer_id)
    if officer is None:
        raise NotFoundError
    roles = frozenset(work.unit.roles)
    tried = work.session.begin_nested()
    heirs: Counter[int] = Counter()
    left: list[str] = []
    try:
        trial = replace(work, opened=Opened(), touched={}, notices=[], known={})
        before = theirs(trial, officer, roles)
        officer.removed_at = trial.now
        trial.session.flush()
        trial.forget()
        reassign(trial, roles)
        for task, part in before:
            left.append(declared(trial.session, task)[1].short)
            heirs.update(one.id or 0 for one in responsibility_of(trial, task, part).holders)
    finally:
        tried.rollback()
        work.session.expire_all()
        work.forget()
    return tuple(left), dict(heirs)


def take_role(work: Work, admin: Officer, officer_id: int, grant_id: int, reason: str = "") -> RoleEnd:
    """Take the role: the row stays, with its end. Who has open tasks now, the officer and the heads are told.

    Raises:
        NotPermittedError: `admin` is none.
        NotFoundError: no such officer, or the role is not held (any more).
        LastHeadError: nobody else is head of the role.
    """
    found = _take(work, admin, officer_id, grant_id)
    officer, role = found.officer, found.grant.role
    _keep(work.by(admin), officer, role, _standing_of(found.grant), None, reason)
    for heir, count in found.heirs.items():
        if heir != admin.id:
            work.notify(heir, TasksInherited(officer=officer_id, role=role, count=count))
    taken = RoleTaken(by=admin.id or 0, officer=officer_id, role=role, count=found.count)
    heads = accountable_for(work, role, found.grant.cohort_id or 0)
    for one in {officer.id, *(head.id for head in heads)} - {admin.id}:
        work.notify(one or 0, taken)
    tell_cases_left(work, officer)
    return found


def tell_cases_left(work: Work, officer: Officer) -> None:
    """The heads who know the cases hear that those of the officer need another social worker."""
    cases = work.session.exec(
        select(Case).where(Case.peksos_id == officer.id, col(Case.closed_at).is_(None))
    ).all()
    left = [case for case in cases if officer.removed_at is not None or not keeps(work, officer, case)]
    if left:
        for head in knowing_heads(work, officer.id):
            work.notify(head.id or 0, CasesLeft(officer=officer.id or 0, count=len(left)))


def _take(work: Work, admin: Officer, officer_id: int, grant_id: int) -> RoleEnd:
    require_admin(admin)
    officer = officer_of(work, officer_id)
    grant = next((one for one in grants_of(work, officer_id) if one.id == grant_id), None)
    if officer is None or grant is None:
        raise NotFoundError
    refuse_last_head(work, officer_id, grant)
    roles = frozenset({grant.role}) | headed(work.institution, [grant])
    before = theirs(work, officer, roles)
    grant.ended_at = work.now
    work.session.add(grant)
    work.session.flush()
    work.forget()
    for task, part in before:
        if part.assignee_id == officer_id and officer_id not in responsibility_of(work, task, part).executors:
            release(part)
            assign_sole(work, task, part)
    work.session.flush()
    for task in reassign(work, roles):
        work.touch(task)
    heirs: Counter[int] = Counter()
    left = []
    for task, part in before:
        its = responsibility_of(work, task, part)
        if its.comes_to(officer):
            continue
        left.append(declared(work.session, task)[1].short)
        heirs.update(one.id or 0 for one in its.holders)
        move_pending(work, task)
        work.touch(task)
    plan_officer(work, officer_id)
    return RoleEnd(officer, grant, dict(heirs), tuple(left))


def theirs(work: Work, officer: Officer, roles: frozenset[str]) -> list[tuple[Task, TaskPart]]:
    """The open parts of these roles, and those the officer is in charge of, that come to the officer now."""
    parts = select(TaskPart.task_id).where(
        col(TaskPart.state).in_(LIVE),
        col(TaskPart.role).in_(roles) | (col(TaskPart.assignee_id) == officer.id),
    )
    tasks = select(Task).where(col(Task.id).in_(parts), col(Task.state).in_(LIVE))
    rows = work.session.exec(tasks.order_by(col(Task.id)))
    return [
        (task, part)
        for task in rows.all()
        for part in live_parts(parts_of(work.session, task))
        if responsibility_of(work, task, part).comes_to(officer)
    ]


def named_heirs(work: Work, heirs: Mapping[int, int]) -> tuple[tuple[str, int], ...]:
    """Who gets how many, the most first."""
    by_id = {one.id or 0: one.name for one in enrolled(work)}
    ordered = sorted(heirs.items(), key=lambda one: (-one[1], one[0]))
    return tuple((by_id[heir], count) for heir, count in ordered if heir in by_id)
