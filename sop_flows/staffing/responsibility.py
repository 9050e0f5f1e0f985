"""Responsibility for a part of a task: whose it is, decided here and nowhere else."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement
from sqlmodel import col

from sop_flows.core.parts import parts_of
from sop_flows.core.work import Work
from sop_flows.staffing.away import deputising_for, deputy_of, is_away, lent, there
from sop_flows.staffing.own_steps import backed_up_by, backup_roles
from sop_flows.staffing.permissions import (
    active_in,
    admins,
    admins_here,
    has_duty,
    headed,
    holding_here,
    own_heads_of,
    roles_in,
    roles_of,
)
from sop_flows.staffing.roster import away, enrolled, grants_of, officer_of
from storage.tables import AssignedHow, Case, Officer, OfficerRole, Task, TaskPart, TaskState


@dataclass(frozen=True)
class Responsibility:
    """Whose a part is.

    Attributes:
        assignee: the officer in charge (penanggung jawab, PJ), here or on leave; None when nobody is.
        how: how the assignee came to be in charge.
        is_away: the assignee is on leave.
        deputy: who does it for the assignee on leave; None: the others of the role do.
        backup_roles: roles that do this step in the role's place.
        candidates: among whom the assignee is found, here or on leave: of a backup role if somebody holds it, else of
            the role; its head only when alone in it. Of a case its social worker alone.
        holders: to whom the part comes now: the assignee, or the deputy; without them the candidates who are here;
            without them who is accountable. There is always somebody.
        accountable: who answers for the role: its kasi, else the Kepala, else the admins.
        executors: ids of those who do it by their role or a backup role, whoever is in charge.
        permitted: ids of those who may confirm it: the executors, the head of their section, deputies, the holders.
    """

    assignee: Officer | None
    how: AssignedHow | None
    is_away: bool
    deputy: Officer | None
    backup_roles: tuple[str, ...]
    candidates: tuple[Officer, ...]
    holders: tuple[Officer, ...]
    accountable: tuple[Officer, ...]
    executors: frozenset[int]
    permitted: frozenset[int]

    @property
    def is_free(self) -> bool:
        """Whether nobody who is here is in charge."""
        return self.assignee is None or self.is_away

    @property
    def deputy_name(self) -> str | None:
        """Who does it for the assignee on leave, "" when no deputy does; None when the assignee is here."""
        if not self.is_away:
            return None
        return "" if self.deputy is None else self.deputy.name

    def comes_to(self, officer: Officer) -> bool:
        """Whether the part comes to the officer now."""
        return any(officer.id == one.id for one in self.holders)

    def comes_instead_to(self, officer: Officer) -> bool:
        """Whether the part of somebody who is on leave comes to the officer."""
        return self.is_away and not self.is_assigned_to(officer) and self.comes_to(officer)

    def is_assigned_to(self, officer: Officer) -> bool:
        """Whether the officer is in charge."""
        return self.assignee is not None and self.assignee.id == officer.id

    def is_own(self, officer: Officer) -> bool:
        """Whether the officer is in charge, the part of somebody on leave comes to the officer, or nobody is in charge
        and it is of the officer's role."""
        if self.assignee is None:
            return officer.id in self.executors
        return self.is_assigned_to(officer) or self.comes_instead_to(officer)

    def is_at_hand(self, officer: Officer) -> bool:
        """Whether it is the officer's to do now: their own, or come to them because nobody of the role is here."""
        return self.is_own(officer) or (self.assignee is None and self.comes_to(officer))

    def concerns(self, officer: Officer) -> bool:
        """Whether it is the officer's to do now, or would be by role if a colleague were not in charge."""
        return self.is_at_hand(officer) or officer.id in self.executors

    def permits(self, officer: Officer) -> bool:
        """Whether the officer may confirm the part."""
        return officer.id in self.permitted


@dataclass(frozen=True)
class _Place:
    """What a part is asked of: alike for many parts.

    Attributes:
        cohort_id: whose own officers count (see `Task.within`).
        keeper_id: the social worker in charge of the case that the part belongs to, if it is that one's.
    """

    role: str
    cohort_id: int
    backup_roles: tuple[str, ...] = ()
    keeper_id: int | None = None


class _Question(NamedTuple):
    """All that an answer depends on, but for who is who."""

    role: str
    cohort_id: int
    sop: str
    step: int
    keeper_id: int | None
    assignee_id: int | None
    how: AssignedHow | None


def responsibility_of(work: Work, task: Task, part: TaskPart) -> Responsibility:
    """Whose this part of the task is now."""
    role, keeper_id = part.role, _keeper_id(work, task, part.role)
    question = _Question(
        role, task.cohort_id or 0, task.sop, task.step, keeper_id, part.assignee_id, part.assigned_how
    )
    return work.once(question, lambda: _judge(work, question))


def _keeper_id(work: Work, task: Task, role: str) -> int | None:
    """Of a case its own social worker does the steps of that role, and no colleague."""
    rules = work.unit.case
    if task.case_id is None or rules is None or role != rules.keeper:
        return None
    return work.session.get_one(Case, task.case_id).peksos_id


def _judge(work: Work, asked: _Question) -> Responsibility:
    backups = backup_roles(work.unit, (asked.role,), asked.sop, asked.step)
    place = _Place(asked.role, asked.cohort_id, backups, asked.keeper_id)
    assignee_id = asked.assignee_id
    assignee = officer_of(work, assignee_id)
    is_gone = assignee is not None and is_away(work, assignee_id)
    deputies = {
        absent: deputy
        for absent in away(work)
        if _permits(work, place, absent, lent(work, absent))
        and (deputy := deputy_of(work, absent)) is not None
    }
    deputy = deputies.get(assignee_id or 0)
    in_charge = deputy if is_gone else assignee
    holders = (in_charge,) if in_charge is not None else _holders(work, place)
    of_role = {o.id or 0: grants_of(work, o.id or 0) for o in enrolled(work)}
    return Responsibility(
        assignee=assignee,
        how=asked.how,
        is_away=is_gone,
        deputy=deputy,
        backup_roles=place.backup_roles,
        candidates=_candidates(work, place),
        holders=holders,
        accountable=accountable_for(work, place.role, place.cohort_id),
        executors=frozenset(one for one, grants in of_role.items() if _executes(place, one, grants)),
        permitted=frozenset(
            [one for one, grants in of_role.items() if _permits(work, place, one, grants)]
            + [one.id or 0 for one in (*deputies.values(), *holders)]
        ),
    )


def _executes(place: _Place, officer_id: int, grants: Collection[OfficerRole]) -> bool:
    """Whether these role rows of the officer make the part theirs to do."""
    own = roles_in(grants, place.cohort_id)
    if place.keeper_id is not None:
        return officer_id == place.keeper_id and place.role in own
    return not own.isdisjoint((place.role, *place.backup_roles))


def _permits(work: Work, place: _Place, officer_id: int, grants: Collection[OfficerRole]) -> bool:
    """Whether these role rows are enough to confirm the part; the head of the house does none of the sections' steps."""
    own = roles_in(grants, place.cohort_id)
    heads = not has_duty(work.institution, own, "answers_for_all")
    return _executes(place, officer_id, grants) or (heads and place.role in headed(work.institution, grants))


def _candidates(work: Work, place: _Place) -> tuple[Officer, ...]:
    if place.keeper_id is not None:
        keeper = officer_of(work, place.keeper_id)
        has_role = place.role in roles_of(work, place.keeper_id, place.cohort_id)
        return () if keeper is None or not has_role else (keeper,)
    for backup in place.backup_roles:
        found = active_in(work, backup, place.cohort_id)
        if found:
            return tuple(officer for officer, _head in found)
    found = active_in(work, place.role, place.cohort_id)
    return tuple(o for o, is_head in found if not is_head) or tuple(o for o, _head in found)


def _holders(work: Work, place: _Place) -> tuple[Officer, ...]:
    """Who of the role can do something now: as the candidates, with deputies in place of those who are away; else who
    is accountable."""
    role, cohort_id = place.role, place.cohort_id
    if place.keeper_id is not None:
        found = there(work, _candidates(work, place), role, cohort_id)
        return found or accountable_for(work, role, cohort_id)
    for backup in place.backup_roles:
        found = there(work, (o for o, _head in active_in(work, backup, cohort_id)), backup, cohort_id)
        if found:
            return found
    of_role = active_in(work, role, cohort_id)
    return (
        there(work, (o for o, is_head in of_role if not is_head), role, cohort_id)
        or there(work, (o for o, _head in of_role), role, cohort_id)
        or accountable_for(work, role, cohort_id)
    )


def candidates_for(
    work: Work, role: str, cohort_id: int, sop: str = "", step: int = 0
) -> tuple[Officer, ...]:
    """Among whom the assignee of a part of this role is found, before there is a task; see `Responsibility`."""
    return _candidates(work, _Place(role, cohort_id, backup_roles(work.unit, (role,), sop, step)))


def holders_for(work: Work, role: str, cohort_id: int) -> tuple[Officer, ...]:
    """To whom comes what is asked of a role in a cohort; see `Responsibility`."""
    return _holders(work, _Place(role, cohort_id))


def accountable_for(work: Work, role: str, cohort_id: int) -> tuple[Officer, ...]:
    """Who answers for a role: the kasi, else the Kepala, else the admins.

    Of those who are away, the deputy; when everybody is away, the admins all the same: there is always somebody.
    """
    head_role = work.unit.roles[role].head if role in work.unit.roles else None
    for code in dict.fromkeys((role, head_role or role)):
        heads = (o for o, is_head in active_in(work, code, cohort_id) if is_head)
        found = there(work, heads, code, cohort_id)
        if found:
            return found
    return accountable_for_all(work, cohort_id)


def accountable_for_all(work: Work, cohort_id: int) -> tuple[Officer, ...]:
    """The Kepala, or the deputy; else the admins, here or not."""
    above = holding_here(work, "answers_for_all", cohort_id)
    return above or admins_here(work) or admins(work)


def acting_parts(work: Work, officer: Officer, task: Task) -> tuple[TaskPart, ...]:
    """The parts of the task that the officer may confirm, those not yet done first."""
    mine = [
        part for part in parts_of(work.session, task) if responsibility_of(work, task, part).permits(officer)
    ]
    return tuple(sorted(mine, key=lambda part: (part.state != TaskState.OPEN, part.position)))


def acting_roles(work: Work, officer: Officer, task: Task) -> tuple[str, ...]:
    """The roles of the task's parts that the officer may confirm."""
    return tuple(part.role for part in acting_parts(work, officer, task))


def may_come_to(work: Work, officer: Officer, also: Collection[int] = ()) -> ColumnElement[bool]:
    """Which parts can be the officer's or come to them, as a condition: each of them is then judged.

    Args:
        also: ids of officers for whom this one may have deputised before.
    """
    doing = {officer.id or 0, *deputising_for(work, officer.id or 0)}
    people = doing.union(also)
    roles = frozenset[str]().union(*(roles_of(work, one) | own_heads_of(work, one) for one in people))
    if any(one.id in doing for one in admins(work)):
        roles |= set(work.unit.roles)
    roles |= backed_up_by(work.unit, roles)
    return col(TaskPart.role).in_(roles) | col(TaskPart.assignee_id).in_(people)
