"""Responsibility for a part of a task: whose it is, who may see it, and its rows; decided here and nowhere else."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, insert
from sqlmodel import Session, col, select

from sop_flows.core.states import parts_of
from sop_flows.core.work import Institution, Work, case_of, lock_subject
from sop_flows.declarations.sop import Sop, Step
from sop_flows.declarations.unit import StandIn, Unit
from sop_flows.errors import (
    AlreadyDoneError,
    CohortShutError,
    NotFoundError,
    NotPermittedError,
    NotYetError,
    NotYoursError,
)
from sop_flows.staffing.roster import (
    active_in,
    admins,
    admins_here,
    away,
    deputising_for,
    deputy_of,
    enrolled,
    grants_of,
    has_duty,
    headed,
    heads_of,
    holding_here,
    is_away,
    lends,
    lent,
    may_open,
    officer_of,
    own_heads_of,
    roles_in,
    roles_of,
    there,
)
from storage.tables import (
    LIVE,
    SAYABLE,
    AssignedHow,
    Case,
    Cohort,
    Confirmation,
    ConfirmationKind,
    EntryState,
    Officer,
    OfficerRole,
    ReadEntry,
    Task,
    TaskEntry,
    TaskPart,
    TaskState,
)

# --- steps of a role, and of a backup role ----------------------------------------------------------------------


@dataclass(frozen=True)
class OwnStep:
    """Why a step is the officer's: with `role`, one of its executors, or as the backup role of `acts_for`."""

    role: str
    acts_for: str | None = None


def own_step(unit: Unit, roles: Collection[str], sop: Sop, step: Step) -> OwnStep | None:
    """Why the step is done by somebody with these roles, None when it is not (a milestone is nobody's)."""
    if not step.asked:
        return None
    for executor in step.executors:
        if executor in roles:
            return OwnStep(executor)
    for backup in unit.stand_ins:
        if (
            backup.role in roles
            and backup.acts_for in step.executors
            and covers(backup, sop.number, step.step)
        ):
            return OwnStep(backup.role, backup.acts_for)
    return None


def own_steps(unit: Unit, roles: Collection[str], sop: Sop) -> dict[int, OwnStep]:
    """The steps of an SOP that somebody with these roles does, by number, in order."""
    found = {step.step: own_step(unit, roles, sop, step) for step in sop.steps}
    return {number: own for number, own in found.items() if own is not None}


def backup_roles(unit: Unit, executors: Collection[str], sop: str, step: int) -> tuple[str, ...]:
    """The roles that do this step in an executor's place (perawat for penyantunan, on weigh-ins and health)."""
    return tuple(
        backup.role for backup in unit.stand_ins if backup.acts_for in executors and covers(backup, sop, step)
    )


def covers(backup: StandIn, sop: str, step: int) -> bool:
    """Whether the backup role is for that step."""
    return sop in backup.where or f"{sop}/{step}" in backup.where


def backed_up_by(unit: Unit, roles: Collection[str]) -> frozenset[str]:
    """The roles whose steps, some of them, these roles do."""
    return frozenset(backup.acts_for for backup in unit.stand_ins if backup.role in roles)


# --- responsibility ---------------------------------------------------------------------------------------------


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


class _OfPlace(NamedTuple):
    """What is the same for all parts of a place, whoever is in charge of one; as in `Responsibility`.

    Attributes:
        deputies: by the officer who is away and may do such a part.
        holders: of a part that nobody is in charge of.
        permitted: without those who hold a part because they are in charge of it.
    """

    deputies: Mapping[int, Officer]
    candidates: tuple[Officer, ...]
    holders: tuple[Officer, ...]
    accountable: tuple[Officer, ...]
    executors: frozenset[int]
    permitted: frozenset[int]


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
    of_place = work.once(place, lambda: _judge_place(work, place))
    assignee_id = asked.assignee_id
    assignee = officer_of(work, assignee_id)
    is_gone = assignee is not None and is_away(work, assignee_id)
    deputy = of_place.deputies.get(assignee_id or 0)
    in_charge = deputy if is_gone else assignee
    holders = (in_charge,) if in_charge is not None else of_place.holders
    return Responsibility(
        assignee=assignee,
        how=asked.how,
        is_away=is_gone,
        deputy=deputy,
        backup_roles=place.backup_roles,
        candidates=of_place.candidates,
        holders=holders,
        accountable=of_place.accountable,
        executors=of_place.executors,
        permitted=of_place.permitted.union(one.id or 0 for one in holders),
    )


def _judge_place(work: Work, place: _Place) -> _OfPlace:
    of_role = {o.id or 0: grants_of(work, o.id or 0) for o in enrolled(work)}
    deputies = {
        absent: deputy
        for absent in away(work)
        if _permits(work, place, absent, lent(work, absent))
        and (deputy := deputy_of(work, absent)) is not None
    }
    return _OfPlace(
        deputies=deputies,
        candidates=_candidates(work, place),
        holders=_holders(work, place),
        accountable=accountable_for(work, place.role, place.cohort_id),
        executors=frozenset(one for one, grants in of_role.items() if _executes(place, one, grants)),
        permitted=frozenset(
            one for one, grants in of_role.items() if _permits(work, place, one, grants)
        ).union(one.id or 0 for one in deputies.values()),
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


def may_fill_roster(work: Work, officer: Officer, cohort_id: int) -> bool:
    """Whether the officer may put children on the list of the angkatan: whoever opens them, and whoever does a step that
    says so (`executor_may: roster`), from its opening on."""
    if may_open(work, officer):
        return True
    steps = {
        (sop.number, step.step)
        for sop in work.pack.sops.values()
        for step in sop.asked_steps
        if step.executor_may == "roster"
    }
    if not steps:
        return False
    found = work.session.exec(
        select(Task).where(
            Task.cohort_id == cohort_id,
            col(Task.sop).in_({number for number, _step in steps}),
            col(Task.state).in_((*SAYABLE, TaskState.DONE)),
        )
    )
    return any((task.sop, task.step) in steps and acting_parts(work, officer, task) for task in found)


def acting_roles(work: Work, officer: Officer, task: Task) -> tuple[str, ...]:
    """The roles of the task's parts that the officer may confirm."""
    return tuple(part.role for part in acting_parts(work, officer, task))


# Which parts can be an officer's or come to them: each of them is then judged. With the parameters that `comes_to` gives.
MAY_COME_TO = col(TaskPart.role).in_(bindparam("roles", expanding=True)) | col(TaskPart.assignee_id).in_(
    bindparam("people", expanding=True)
)


def comes_to(work: Work, officer: Officer, also: Collection[int] = ()) -> Mapping[str, Sequence[object]]:
    """For `MAY_COME_TO`: the roles, and the officers' ids, whose parts are the officer's or come to them.

    Args:
        also: ids of officers for whom this one may have deputised before.
    """
    question = ("comes to", officer.id, frozenset(also))
    return work.once(question, lambda: _comes_to(work, officer, also))


def _comes_to(work: Work, officer: Officer, also: Collection[int]) -> Mapping[str, Sequence[object]]:
    doing = {officer.id or 0, *deputising_for(work, officer.id or 0)}
    people = doing.union(also)
    roles = frozenset[str]().union(*(roles_of(work, one) | own_heads_of(work, one) for one in people))
    if any(one.id in doing for one in admins(work)):
        roles |= set(work.unit.roles)
    roles |= backed_up_by(work.unit, roles)
    return {"roles": sorted(roles), "people": sorted(people)}


# --- who sees what of a case, and of an angkatan ----------------------------------------------------------------
# The assigned social worker, the heads that the pack names and the Kepala know the child. Whoever else holds a step of
# the case sees its code name, age and sex, and that step. Admins and everybody else see nothing.


NO_COHORT = 0  # officers of one angkatan (guru) have no part in cases


def knows(work: Work, officer: Officer, case: Case) -> bool:
    """Whether the officer may see name, address and reason: the case's social worker, its heads, the Kepala.

    Whoever deputises for one of them in that role knows the child for that long: the work can't be done without.
    """
    return keeps(work, officer, case) or is_knowing_head(work, officer)


def keeps(work: Work, officer: Officer, case: Case) -> bool:
    """Whether the officer has the case, and still the role for it; or deputises for who has it and is away."""
    rules = work.unit.case
    if rules is None:
        return False
    if officer.id == case.peksos_id:
        return rules.keeper in roles_of(work, case.peksos_id, NO_COHORT)
    return case.peksos_id in deputising_for(work, officer.id or 0) and lends(
        work, case.peksos_id, rules.keeper, NO_COHORT
    )


def keeping_now(work: Work, case: Case) -> Officer | None:
    """Who has the case and is here: its social worker, or the deputy; None: nobody is."""
    rules, keeper = work.unit.case, officer_of(work, case.peksos_id)
    if rules is None or keeper is None:
        return None
    return next(iter(there(work, (keeper,), rules.keeper, NO_COHORT)), None)


def is_knowing_head(work: Work, officer: Officer) -> bool:
    """Whether the officer may know the child of every case: a head whom the pack names, the Kepala."""
    rules = work.unit.case
    return rules is not None and bool(heads_of(work, officer.id or 0) & set(rules.known_to_heads_of))


def sees_cases(work: Work, officer: Officer) -> bool:
    """Whether cases are the officer's daily business: of the role that has them, or a head who knows them."""
    rules = work.unit.case
    if rules is None or officer.id is None:
        return False
    return rules.keeper in roles_of(work, officer.id) or is_knowing_head(work, officer)


def may_see_task(work: Work, officer: Officer, task: Task, case: Case) -> bool:
    """Whether the officer may look at this step of a case: its executor, or one who knows the child."""
    return knows(work, officer, case) or bool(acting_roles(work, officer, task))


def known_case(work: Work, officer: Officer, case_id: int) -> Case:
    """The case, for an officer who knows the child.

    Raises NotFoundError; NotPermittedError ("case"): and to somebody else a case that exists looks no different.
    """
    case = work.session.get(Case, case_id)
    if case is None:
        raise NotFoundError
    if not knows(work, officer, case):
        raise NotPermittedError("case")
    return case


def may_see(work: Work, officer: Officer, cohort_id: int) -> bool:
    """Whether the officer may see children of this cohort: a guru sees only that of their own, also for as long as it
    can be looked at after its end. Nobody sees those of an angkatan that was closed long ago."""
    assert officer.id is not None
    cohort = _cohort(work, cohort_id)
    if cohort is not None and is_shut(work, cohort):
        return False
    if officer.is_admin or roles_of(work, officer.id, cohort_id):
        return True
    return cohort is not None and cohort.closed_at is not None and bool(held_of(work, officer, cohort_id))


def is_shut(work: Work, cohort: Cohort) -> bool:
    """Whether the angkatan was closed longer ago than the pack lets its children be looked at."""
    if cohort.closed_at is None:
        return False
    days = (work.today - work.institution.today(cohort.closed_at)).days
    return days > work.unit.access.closed_days


def refuse_shut(work: Work, cohort_id: int | None) -> None:
    """Raises CohortShutError when the children of the angkatan are not to be looked at any more."""
    cohort = _cohort(work, cohort_id)
    if cohort is not None and cohort.closed_at is not None and is_shut(work, cohort):
        raise CohortShutError(cohort.name, cohort.closed_at)


def _cohort(work: Work, cohort_id: int | None) -> Cohort | None:
    return work.session.get(Cohort, cohort_id) if cohort_id else None


_HELD = select(OfficerRole).where(
    OfficerRole.officer_id == bindparam("officer"),
    OfficerRole.cohort_id == bindparam("cohort"),
    col(OfficerRole.ended_at).is_(None),
)


def held_of(work: Work, officer: Officer, cohort_id: int) -> tuple[OfficerRole, ...]:
    """The roles of that angkatan that the officer holds, or held to its end."""
    return tuple(work.session.exec(_HELD, params={"officer": officer.id, "cohort": cohort_id}))


def log_read(work: Work, screen: str, *, child_id: int | None = None, case_id: int | None = None) -> None:
    """Note that the officer who acts looked at a child's or a case's personal data, and on which phone (UU 27/2022).

    Args:
        screen: what was looked at, for people who read the log.
    """
    work.looked_at.extend((name, key) for name, key in (("children", child_id), ("cases", case_id)) if key)
    work.session.add(
        ReadEntry(
            officer_id=work.officer.id or 0,
            child_id=child_id,
            case_id=case_id,
            screen=screen,
            read_at=work.now,
            account_id=work.phone_id,
        )
    )


_LOOKED = insert(ReadEntry)


def log_reads(work: Work, screen: str, child_ids: Iterable[int | None]) -> None:
    """Note that the officer who acts saw the names of several children, in one statement."""
    seen = list(dict.fromkeys(one for one in child_ids if one))
    work.looked_at.extend(("children", one) for one in seen)
    entry = {
        "officer_id": work.officer.id or 0,
        "screen": screen,
        "read_at": work.now,
        "account_id": work.phone_id,
    }
    if seen:
        work.session.execute(_LOOKED, [{**entry, "child_id": one} for one in seen])


# --- rows of a task, found and locked ---------------------------------------------------------------------------


SAID_DONE = (ConfirmationKind.DONE, ConfirmationKind.PART_DONE, ConfirmationKind.SKIPPED)


def find_task(s: Session, task_id: int) -> Task:
    """The task. Raises NotFoundError for a number that leads nowhere."""
    task = s.get(Task, task_id)
    if task is None:
        raise NotFoundError
    return task


def lock_task(s: Session, task_id: int) -> Task:
    """The task, with its angkatan or case locked: two officers who finish one task come one after the other."""
    task = find_task(s, task_id)
    lock_subject(s, task)
    s.refresh(task)
    return task


def name_of(s: Session, officer_id: int | None) -> str | None:
    """The officer's name, None for nobody."""
    officer = None if officer_id is None else s.get(Officer, officer_id)
    return None if officer is None else officer.name


_OF_TASK = (
    select(Confirmation).where(Confirmation.task_id == bindparam("task")).order_by(col(Confirmation.id))
)


def list_confirmations(s: Session, task_id: int) -> tuple[Confirmation, ...]:
    """Everything officers said about the task, oldest first."""
    return tuple(s.exec(_OF_TASK, params={"task": task_id}))


def last_said(s: Session, task: Task) -> Confirmation | None:
    """The newest confirmation of the task that closed it or a part of it and was not undone."""
    return standing(list_confirmations(s, task.id or 0))


def standing(said: Sequence[Confirmation]) -> Confirmation | None:
    """Of all that was said about a task, oldest first, what closed it or a part of it last and was not undone."""
    rows = said[::-1]
    undone = {row.refers_to_id for row in rows if row.kind == ConfirmationKind.UNDONE}
    return next((row for row in rows if row.kind in SAID_DONE and row.id not in undone), None)


_WORKED_ON = select(TaskEntry).where(
    TaskEntry.task_id == bindparam("task"),
    col(TaskEntry.state).in_((EntryState.DONE, EntryState.EXCUSED)),
)


def who_worked_on(s: Session, tasks: Iterable[Task]) -> tuple[str, int, str] | None:
    """Who confirmed the first of these tasks, or recorded or excused a child of it, its step and SOP; None: nobody."""
    for task in tasks:
        if (said := last_said(s, task)) is not None:
            return name_of(s, said.recorded_by_id) or "", task.step, task.sop
        if (entry := s.exec(_WORKED_ON, params={"task": task.id}).first()) is not None:
            return name_of(s, entry.closed_by_id) or "", task.step, task.sop
    return None


def own_day_of(institution: Institution, task: Task) -> date | None:
    """The local date of an occurrence that is over and not done: the day on which it was owed, at the latest its day
    on the grid. The weigh-in of the day of departure was due the evening before. None of every other task."""
    if task.state not in (TaskState.SKIPPED, TaskState.MISSED) or task.occurrence_on is None:
        return None
    return (
        task.occurrence_on if task.due_at is None else min(task.occurrence_on, institution.today(task.due_at))
    )


def refuse_closed(s: Session, task: Task) -> None:
    """Raises AlreadyDoneError (who and when) unless the task is open; NotYetError when it waits for its date."""
    if task.state in SAYABLE:
        return
    if task.state == TaskState.WAITING and task.opens_at is not None:
        raise NotYetError(task.opens_at)
    said = last_said(s, task)
    who = None if said is None else name_of(s, said.officer_id)
    when = task.closed_at if said is None else said.recorded_at
    raise AlreadyDoneError(task.state, who, when, task.close_reason)


def own_parts(work: Work, officer: Officer, task: Task) -> tuple[TaskPart, ...]:
    """The parts the officer may confirm, open ones first. Raises NotYoursError with who holds the step now."""
    mine = acting_parts(work, officer, task)
    case = case_of(work.session, task)
    if not mine and case is not None and not knows(work, officer, case):
        raise NotFoundError  # nobody learns that there is such a case
    if not mine:
        parts = parts_of(work.session, task)
        holders = tuple(
            name for part in parts if (name := name_of(work.session, part.assignee_id)) is not None
        ) or tuple(o.name for part in parts for o in responsibility_of(work, task, part).holders)
        raise NotYoursError(tuple(part.role for part in parts), holders)
    return mine


# --- penanggung jawab -------------------------------------------------------------------------------------------


def assign_sole(work: Work, task: Task, part: TaskPart) -> None:
    """A role with one active member: that officer. Otherwise the part waits to be taken or named."""
    if part.assignee_id is not None:
        return
    found = responsibility_of(work, task, part).candidates
    if len(found) == 1:
        assign(part, found[0], AssignedHow.SOLE, work.now)


def assign(part: TaskPart, officer: Officer, how: AssignedHow, now: datetime) -> None:
    """Put the officer in charge of the part."""
    part.assignee_id = officer.id
    part.assigned_how = how
    part.assigned_at = now


def release(part: TaskPart) -> None:
    """Nobody is in charge any more."""
    part.assignee_id = None
    part.assigned_how = None
    part.assigned_at = None


_REMOVED = select(Officer.id).where(col(Officer.removed_at).is_not(None))
_LIVE_PARTS = (
    select(Task, TaskPart)
    .join(TaskPart, col(TaskPart.task_id) == col(Task.id))
    .where(
        col(TaskPart.state).in_(LIVE),
        col(TaskPart.role).in_(bindparam("roles", expanding=True)) | col(TaskPart.assignee_id).in_(_REMOVED),
        col(Task.state).in_(LIVE),
    )
)  # not sorted here: asked for by id, SQLite reads all tasks of all years in that order


def reassign(work: Work, roles: frozenset[str]) -> tuple[Task, ...]:
    """Find the PJ of every live part anew after somebody came or went.

    Whoever took or was given a part keeps it; a removed officer keeps none, not even of a role that was never
    theirs (an admin answers for roles with nobody). "The only member" is judged again, and keeps what they have when a
    second one joins.
    Returns the tasks whose parts were looked at: their reminders are to be planned anew.
    """
    wanted = sorted(roles | backed_up_by(work.unit, roles))
    rows = work.session.exec(_LIVE_PARTS, params={"roles": wanted})
    touched: dict[int, Task] = {}
    for task, part in sorted(rows, key=lambda row: row[0].id or 0):
        its = responsibility_of(work, task, part)
        among = any(its.is_assigned_to(one) for one in its.candidates)
        if its.assignee is None or (its.how == AssignedHow.SOLE and not among):
            release(part)
        assign_sole(work, task, part)
        assert task.id is not None
        touched[task.id] = task
    work.session.flush()
    return tuple(touched.values())
