"""Who takes a task: "Saya kerjakan", "Saya piket", "Serahkan ke rekan"."""

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from sop_flows.actions.confirm import say
from sop_flows.actions.offer import HandoverRefusedError, close_offers, offer
from sop_flows.actions.snooze import end_others_snoozes
from sop_flows.core.notices import Assigned, DutyPassed, GivenAway, Taken
from sop_flows.core.result import Result
from sop_flows.core.states import parts_of
from sop_flows.core.work import Work
from sop_flows.engine.shifts import is_on_duty, shift_changes
from sop_flows.errors import AlreadyDoneError, NotFoundError, NotYoursError
from sop_flows.staffing.recorders import daily_roles
from sop_flows.staffing.responsibility import (
    assign,
    lock_task,
    name_of,
    own_parts,
    refuse_closed,
    responsibility_of,
)
from sop_flows.staffing.roster import is_away, is_head_for, roles_of
from storage.tables import (
    LIVE,
    AssignedHow,
    Cohort,
    ConfirmationKind,
    Handover,
    Officer,
    Reminder,
    ReminderKind,
    ReminderState,
    Task,
    TaskPart,
    TaskState,
)

PUSHED = (ReminderKind.LEAD, ReminderKind.MORNING, ReminderKind.DUE, ReminderKind.HANDED)


def take(work: Work, task_id: int) -> Result:
    """Saya kerjakan: the officer is in charge of the part from now on; the others' pushes say so.

    Raises AlreadyDoneError with state "taken" when a colleague was first, and as `confirm`.
    """
    task = lock_task(work.session, task_id)
    mine = [part for part in own_parts(work, work.officer, task) if part.state != TaskState.DONE]
    if task.state != TaskState.WAITING:
        refuse_closed(work.session, task)
    if not mine:
        raise NotFoundError
    part = mine[0]
    if part.assignee_id == work.officer.id:
        raise AlreadyDoneError("yours", work.officer.name, part.assigned_at)
    if not responsibility_of(work, task, part).is_free:
        raise AlreadyDoneError("taken", name_of(work.session, part.assignee_id), part.assigned_at)
    close_offers(work, task, part.role)
    assign(part, work.officer, AssignedHow.TAKEN, work.now)
    confirmation = say(work, task, ConfirmationKind.TAKEN, work.officer, work.officer, role=part.role)
    _tell_taken(work, task, part, work.officer)
    end_others_snoozes(work, task, part.role, work.officer)
    work.touch(task)
    return Result(task, confirmation, parts_of(work.session, task))


def _tell_taken(work: Work, task: Task, part: TaskPart, officer: Officer) -> None:
    """The messages that others got about this part are edited to "sudah diambil ...".

    Not those that their officers have turned into another screen: its buttons say who has the part.
    """
    told: set[tuple[int, int | None]] = set()
    for row in work.session.exec(
        select(Reminder).where(
            Reminder.task_id == task.id,
            Reminder.role == part.role,
            Reminder.officer_id != officer.id,
            Reminder.state == ReminderState.SENT,
            col(Reminder.turned_at).is_(None),
            col(Reminder.kind).in_(PUSHED),
        )
    ).all():
        if row.message_id is None or (row.officer_id, row.message_id) in told:
            continue
        told.add((row.officer_id, row.message_id))
        work.notify(row.officer_id, Taken(officer=officer.id or 0), task, edits=row.message_id)


def take_duty(work: Work, cohort_id: int) -> tuple[Task, ...]:
    """Saya piket: the officer has the daily tasks of the cohort until the shift ends, or the next person says so; also
    those that open in this shift.

    Raises NotYoursError when no daily task is the officer's, NotFoundError when there is none.
    """
    found = work.session.exec(
        select(Task).where(Task.cohort_id == cohort_id, *_of_duty(work)).order_by(col(Task.id))
    ).all()
    if not found:
        raise NotFoundError
    taken = []
    former: set[int] = set()
    for row in found:
        task = lock_task(work.session, row.id or 0)
        parts = [
            p
            for p in parts_of(work.session, task)
            if p.state in LIVE and responsibility_of(work, task, p).permits(work.officer)
        ]
        for part in parts:
            if part.assignee_id == work.officer.id and is_on_duty(work.institution, part, work.now):
                continue
            if task.state == TaskState.WAITING and part.assigned_how in (
                AssignedHow.NAMED,
                AssignedHow.TAKEN,
            ):
                continue  # that day was given to somebody
            close_offers(work, task, part.role)
            if part.assigned_how == AssignedHow.DUTY and part.assignee_id is not None:
                former.add(part.assignee_id)
            assign(part, work.officer, AssignedHow.DUTY, work.now)
            end_others_snoozes(work, task, part.role, work.officer)
            say(work, task, ConfirmationKind.TAKEN, work.officer, work.officer, role=part.role)
        if parts:
            taken.append(task)
            work.touch(task)
    if not taken:
        raise NotYoursError(tuple(part.role for part in parts_of(work.session, found[0])))
    for officer_id in former - {work.officer.id or 0}:
        work.notify(officer_id, DutyPassed(officer=work.officer.id or 0, cohort=cohort_id))
    return tuple(taken)


def _of_duty(work: Work) -> tuple[ColumnElement[bool], ...]:
    shift = shift_changes(work.institution, work.now)
    is_now: ColumnElement[bool] = col(Task.state) == TaskState.OPEN
    if shift is not None:
        is_now |= (col(Task.state) == TaskState.WAITING) & (col(Task.opens_at) < shift[1])
    return col(Task.card).is_not(None), is_now


def take_house_duty(work: Work) -> dict[int, tuple[Task, ...]]:
    """[Piket]: the daily tasks of every angkatan of which the officer may have them, by angkatan; one duty for the house.

    Nothing when none of them is open now. Raises NotYoursError when the officer's roles have no daily task at all.
    """
    open_cohorts = select(Cohort.id).where(col(Cohort.closed_at).is_(None))
    open_now = select(Task.cohort_id).where(col(Task.cohort_id).in_(open_cohorts), *_of_duty(work))
    taken: dict[int, tuple[Task, ...]] = {}
    refused: NotYoursError | None = None
    for cohort_id in sorted({one or 0 for one in work.session.exec(open_now.distinct())}):
        try:
            taken[cohort_id] = take_duty(work, cohort_id)
        except NotYoursError as error:
            refused = error
    if refused and not taken and daily_roles(work.pack).isdisjoint(roles_of(work, work.officer.id or 0)):
        raise refused
    return taken


def delegate(work: Work, task_id: int, to: Officer) -> Handover | None:
    """Serahkan ke rekan: `to` is asked, and the officer stays in charge until it is accepted. A head who names the
    PJ is not asked back: `to` is in charge at once, and is told.

    Returns the offer; None when `to` is in charge now.

    Raises:
        NotYoursError: `to` may not do the step, or the officer neither has it nor heads the role.
        HandoverRefusedError: `to` is on leave, or the part is offered already.
    """
    task = lock_task(work.session, task_id)
    if task.state != TaskState.WAITING:
        refuse_closed(work.session, task)
    for part in parts_of(work.session, task):
        if part.state == TaskState.DONE or not responsibility_of(work, task, part).permits(to):
            continue
        if is_head_for(work, work.officer, part.role):
            if is_away(work, to.id):
                raise HandoverRefusedError("away", to.name)
            put_in_charge(work, task, part, to)
            return None
        if to.id != work.officer.id and _may_give(work, work.officer, task, part):
            return offer(work, task, part, to)
    raise NotYoursError(tuple(part.role for part in parts_of(work.session, task)))


def _may_give(work: Work, officer: Officer, task: Task, part: TaskPart) -> bool:
    """Whether the part is the officer's to hand on: in charge, nobody is, or who is in charge is away."""
    its = responsibility_of(work, task, part)
    return its.is_assigned_to(officer) or (its.is_free and its.permits(officer))


def put_in_charge(work: Work, task: Task, part: TaskPart, to: Officer) -> Result:
    """`to` is in charge of the part from now on, named by the officer; who is and who was in charge is told."""
    former_id = part.assignee_id
    close_offers(work, task, part.role)
    assign(part, to, AssignedHow.NAMED, work.now)
    confirmation = say(work, task, ConfirmationKind.DELEGATED, to, work.officer, role=part.role)
    if to.id != work.officer.id:
        work.notify(to.id or 0, Assigned(officer=work.officer.id or 0), task)
    if former_id not in (None, work.officer.id, to.id):
        given = GivenAway(officer=work.officer.id or 0, to=to.id or 0)
        work.notify(former_id or 0, given, task)
    end_others_snoozes(work, task, part.role, to)
    work.touch(task)
    return Result(task, confirmation, parts_of(work.session, task))
