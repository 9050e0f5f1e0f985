"""A role is taken from an officer: the open tasks go to others, and all of them hear it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlmodel import col, select

from sop_flows.actions.leave.reroute import move_pending
from sop_flows.core.notices import CasesLeft, RoleTaken, TasksInherited
from sop_flows.core.states import live_parts, parts_of
from sop_flows.core.work import Opened, Work
from sop_flows.errors import NotFoundError
from sop_flows.notifications.digest_times import plan_officer
from sop_flows.staffing.case_access import knowing_heads
from sop_flows.staffing.responsibility import (
    accountable_for,
    assign_sole,
    keeps,
    reassign,
    release,
    responsibility_of,
)
from sop_flows.staffing.roster import enrolled, grants_of, headed, officer_of, require_admin
from storage.tables import LIVE, Case, Officer, OfficerRole, Task, TaskPart


@dataclass(frozen=True)
class RoleEnd:
    """What follows, or followed, from taking a role.

    Attributes:
        heirs: how many open tasks each officer gets, by id; of several to whom one comes, each.
        count: the open tasks that were the officer's and are not any more.
    """

    officer: Officer
    grant: OfficerRole
    heirs: Mapping[int, int]
    count: int


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


def take_role(work: Work, admin: Officer, officer_id: int, grant_id: int) -> RoleEnd:
    """Take the role: the row stays, with its end. Who has open tasks now, the officer and the heads are told.

    Raises:
        NotPermittedError: `admin` is none.
        NotFoundError: no such officer, or the role is not held (any more).
    """
    found = _take(work, admin, officer_id, grant_id)
    officer, role = found.officer, found.grant.role
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
    roles = frozenset({grant.role}) | headed(work.institution, [grant])
    before = _theirs(work, officer, roles)
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
    count = 0
    for task, part in before:
        its = responsibility_of(work, task, part)
        if its.comes_to(officer):
            continue
        count += 1
        heirs.update(one.id or 0 for one in its.holders)
        move_pending(work, task)
        work.touch(task)
    plan_officer(work, officer_id)
    return RoleEnd(officer, grant, dict(heirs), count)


def _theirs(work: Work, officer: Officer, roles: frozenset[str]) -> list[tuple[Task, TaskPart]]:
    """The open parts that come to the officer now."""
    rows = work.session.exec(
        select(Task)
        .join(TaskPart, col(TaskPart.task_id) == col(Task.id))
        .where(
            col(Task.state).in_(LIVE),
            col(TaskPart.state).in_(LIVE),
            col(TaskPart.role).in_(roles) | (col(TaskPart.assignee_id) == officer.id),
        )
        .distinct()
        .order_by(col(Task.id))
    )
    return [
        (task, part)
        for task in rows.all()
        for part in live_parts(parts_of(work.session, task))
        if responsibility_of(work, task, part).comes_to(officer)
    ]


def named_heirs(work: Work, found: RoleEnd) -> tuple[tuple[str, int], ...]:
    """Who gets how many, the most first."""
    by_id = {one.id or 0: one.name for one in enrolled(work)}
    ordered = sorted(found.heirs.items(), key=lambda one: (-one[1], one[0]))
    return tuple((by_id[heir], count) for heir, count in ordered if heir in by_id)
