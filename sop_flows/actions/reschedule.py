"""Moving due dates: Jadwalkan ulang (with a reason, the kasi sees it) and choosing the day of the parents' visit."""

from datetime import date, datetime, timedelta

from sqlmodel import Session, select

from sop_flows.actions.confirm import say
from sop_flows.actions.snooze import end_snoozes_after
from sop_flows.calendar.chosen_date import proposed_visit_on, window
from sop_flows.calendar.due import due_for
from sop_flows.calendar.moments import AFTERNOON_DUE
from sop_flows.core.institution import House
from sop_flows.core.parts import parts_of
from sop_flows.core.result import Outcome
from sop_flows.core.subjects import anchors_of
from sop_flows.core.versions import declared
from sop_flows.engine.recurring import grid
from sop_flows.errors import (
    AlreadyDoneError,
    FutureWorkError,
    MoveTooFarError,
    NeedsReasonError,
    NotFoundError,
    OutsideWindowError,
)
from sop_flows.limits import BACKDATE_DAYS
from sop_flows.notifications.notices import notify_heads
from sop_flows.notifications.planning import plan_task
from sop_flows.recording import entries
from sop_flows.staffing.task_rows import lock_task, name_of, own_parts, refuse_closed
from storage.tables import (
    Confirmation,
    ConfirmationKind,
    DueKind,
    EntryState,
    Officer,
    Record,
    Run,
    Task,
    TaskEntry,
    TaskPart,
)

CHOSEN = "chosen"  # key of the record that says who chose which date (SOP 9.1.09 step 1)


def reschedule(
    s: Session,
    house: House,
    officer: Officer,
    task_id: int,
    due_on: date,
    reason: str,
    now: datetime,
    *,
    update_id: int | None,
) -> Outcome:
    """Move the due date to 16.00 of `due_on`; the kasi is told why. On a roll, the open entries move too.

    Raises NeedsReasonError, as `check_new_day` and as `confirm`.
    """
    task = lock_task(s, task_id)
    _sop, step = declared(s, task)
    if step.choose_date is not None:
        if not reason.strip():
            raise NeedsReasonError
        choose_date(s, house, officer, task_id, due_on, now, update_id=update_id)
        part = own_parts(s, house, officer, task)[0]
        return _say_moved(s, house, task, part, officer, None, due_on, reason, now, update_id)
    part = own_parts(s, house, officer, task)[0]
    refuse_closed(s, task)
    due_at = _new_due(s, house, task, due_on, reason, now)
    for entry in s.exec(
        select(TaskEntry).where(TaskEntry.task_id == task.id, TaskEntry.state == EntryState.OPEN)
    ):
        entry.due_at = due_at
    task.due_at = due_at
    task.due_kind = DueKind.MOVED
    return _say_moved(s, house, task, part, officer, None, due_on, reason, now, update_id)


def reschedule_entry(
    s: Session,
    house: House,
    officer: Officer,
    task_id: int,
    child_id: int,
    due_on: date,
    reason: str,
    now: datetime,
    *,
    update_id: int | None,
) -> Outcome:
    """Move one child's entry (a home visit) to 16.00 of `due_on`; the kasi is told why."""
    task = lock_task(s, task_id)
    part = own_parts(s, house, officer, task)[0]
    refuse_closed(s, task)
    entry = s.exec(
        select(TaskEntry).where(TaskEntry.task_id == task_id, TaskEntry.child_id == child_id)
    ).one_or_none()
    if entry is None:
        raise NotFoundError
    if entry.state != EntryState.OPEN:
        raise AlreadyDoneError(entry.state, name_of(s, entry.closed_by_id), entry.closed_at)
    entry.due_at = _new_due(s, house, task, due_on, reason, now)
    s.flush()
    entries.refresh_due(s, task)
    return _say_moved(s, house, task, part, officer, child_id, due_on, reason, now, update_id)


def _new_due(s: Session, house: House, task: Task, due_on: date, reason: str, now: datetime) -> datetime:
    check_new_day(s, house, task, due_on, now)
    if not reason.strip():
        raise NeedsReasonError
    return house.office.at(due_on, AFTERNOON_DUE)


def check_new_day(s: Session, house: House, task: Task, due_on: date, now: datetime) -> None:
    """Raises FutureWorkError (a day that is over, or too far ahead) or MoveTooFarError unless the step can be due
    then."""
    today = house.today(now)
    earliest = today if house.office.at(today, AFTERNOON_DUE) > now else today + timedelta(days=1)
    latest = today + timedelta(days=BACKDATE_DAYS)
    next_on, movable_until = _movable_until(s, house, task)
    if next_on is None and movable_until is not None and movable_until < earliest:
        movable_until = None  # the children have left: what is still to be done is done after that
    if movable_until is not None and movable_until < min(due_on, latest + timedelta(days=1)):
        raise MoveTooFarError(due_on, earliest, movable_until, next_on)
    if not earliest <= due_on <= latest:
        raise FutureWorkError(due_on, earliest, min(latest, movable_until or latest))


def _movable_until(s: Session, house: House, task: Task) -> tuple[date | None, date | None]:
    """The next occurrence, which closes this one, and the last day that an officer may set; None: there is none.

    An occurrence ends before the next begins, other steps with the stay; what is due after the departure by itself
    may be done at any time after it.
    """
    sop, step = declared(s, task)
    if task.occurrence_on is not None:
        coming = grid(s, house, s.get_one(Run, task.run_id), step)
        following = next((one for one in coming if one.on > task.occurrence_on), None)
        if following is not None:
            return following.on, following.opens_on - timedelta(days=1)
    anchors = anchors_of(s, house, task)
    if anchors.departure is None or step.choose_date is not None:
        return None, None
    if task.occurrence_on is not None:
        return None, anchors.departure
    began_at = task.opened_at or task.opens_at
    due = None if began_at is None else due_for(step, sop, began_at, anchors, house.office)
    is_after = due is not None and house.today(due.at) > anchors.departure
    return None, None if is_after else anchors.departure


def _say_moved(
    s: Session,
    house: House,
    task: Task,
    part: TaskPart,
    officer: Officer,
    child_id: int | None,
    due_on: date,
    reason: str,
    now: datetime,
    update_id: int | None,
) -> Outcome:
    row: Confirmation = say(
        s,
        task,
        ConfirmationKind.RESCHEDULED,
        officer,
        officer,
        now,
        role=part.role,
        child_id=child_id,
        note=reason.strip(),
        update_id=update_id,
    )
    payload = {
        "officer": officer.id,
        "due_on": due_on.isoformat(),
        "reason": reason.strip(),
        "child": child_id,
    }
    notify_heads(s, house, task, part.role, "rescheduled", payload, now, officer.id)
    due_at = house.office.at(due_on, AFTERNOON_DUE)
    end_snoozes_after(s, task, due_at, child_id)
    plan_task(s, house, task, now)
    return Outcome(task, row, parts_of(s, task))


def date_window(s: Session, house: House, task: Task) -> tuple[date, date, date]:
    """Earliest, latest and proposed date of a step whose date is chosen (SOP 9.1.09 step 1).

    Raises NotFoundError for a step without such a choice.
    """
    _sop, step = declared(s, task)
    if step.choose_date is None:
        raise NotFoundError
    arrival_on = anchors_of(s, house, task).day("arrival")
    earliest, latest = window(step.choose_date, arrival_on)
    return earliest, latest, proposed_visit_on(step.choose_date, arrival_on)


def choose_date(
    s: Session,
    house: House,
    officer: Officer,
    task_id: int,
    on: date,
    now: datetime,
    *,
    update_id: int | None,
) -> Task:
    """Choose the day: it becomes the step's due date and confirms nothing. May be changed until it is over.

    Who chose which day is kept as a record: when the dates of the stay move, the choice may fall or stand again.

    Raises OutsideWindowError (SOP 9.1.09: within week two), FutureWorkError for a day that is over, and as `confirm`.
    """
    task = lock_task(s, task_id)
    own_parts(s, house, officer, task)
    refuse_closed(s, task)
    earliest, latest, _proposed = date_window(s, house, task)
    if not earliest <= on <= latest:
        raise OutsideWindowError(on, earliest, latest)
    if on < house.today(now):
        raise FutureWorkError(on, max(earliest, house.today(now)), latest)
    s.add(
        Record(
            task_id=task_id,
            key=CHOSEN,
            data={"on": on.isoformat()},
            done_on=house.today(now),
            recorded_at=now,
            officer_id=officer.id or 0,
            recorded_by_id=officer.id or 0,
            update_id=update_id,
        )
    )
    task.chosen_on = on
    task.due_at = house.office.at(on, AFTERNOON_DUE)
    task.due_kind = DueKind.DATE
    s.flush()
    plan_task(s, house, task, now)
    return task
