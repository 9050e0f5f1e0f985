"""Moving due dates: Jadwalkan ulang (with a reason, the kasi sees it) and choosing the day of the parents' visit."""

from datetime import date, datetime, timedelta

from sqlmodel import select

from sop_flows.actions.confirm import say
from sop_flows.actions.snooze import end_snoozes_after
from sop_flows.calendar.chosen_date import proposed_visit_on, window
from sop_flows.calendar.dates import due_for
from sop_flows.calendar.moments import AFTERNOON_DUE
from sop_flows.core.notices import Rescheduled
from sop_flows.core.result import Result
from sop_flows.core.states import parts_of
from sop_flows.core.work import Work, anchors_of, declared
from sop_flows.engine.chain import grid
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
from sop_flows.recording import entries, records
from sop_flows.staffing.responsibility import lock_task, name_of, own_parts, refuse_closed
from storage.tables import (
    Confirmation,
    ConfirmationKind,
    DueKind,
    EntryState,
    Run,
    Task,
    TaskEntry,
    TaskPart,
)

CHOSEN = "chosen"  # key of the record that says who chose which date (SOP 9.1.09 step 1)


def reschedule(work: Work, task_id: int, due_on: date, reason: str) -> Result:
    """Move the due date to 16.00 of `due_on`; the kasi is told why. On a roll, the open entries move too.

    Raises NeedsReasonError, as `check_new_day` and as `confirm`.
    """
    task = lock_task(work.session, task_id)
    _sop, step = declared(work.session, task)
    if step.choose_date is not None:
        if not reason.strip():
            raise NeedsReasonError
        choose_date(work, task_id, due_on)
        part = own_parts(work, work.officer, task)[0]
        return _say_moved(work, task, part, None, due_on, reason)
    part = own_parts(work, work.officer, task)[0]
    refuse_closed(work.session, task)
    due_at = _new_due(work, task, due_on, reason)
    for entry in work.session.exec(
        select(TaskEntry).where(TaskEntry.task_id == task.id, TaskEntry.state == EntryState.OPEN)
    ):
        entry.due_at = due_at
    task.due_at = due_at
    task.due_kind = DueKind.MOVED
    return _say_moved(work, task, part, None, due_on, reason)


def reschedule_entry(work: Work, task_id: int, child_id: int, due_on: date, reason: str) -> Result:
    """Move one child's entry (a home visit) to 16.00 of `due_on`; the kasi is told why."""
    task = lock_task(work.session, task_id)
    part = own_parts(work, work.officer, task)[0]
    refuse_closed(work.session, task)
    entry = work.session.exec(
        select(TaskEntry).where(TaskEntry.task_id == task_id, TaskEntry.child_id == child_id)
    ).one_or_none()
    if entry is None:
        raise NotFoundError
    if entry.state != EntryState.OPEN:
        raise AlreadyDoneError(entry.state, name_of(work.session, entry.closed_by_id), entry.closed_at)
    entry.due_at = _new_due(work, task, due_on, reason)
    work.session.flush()
    entries.refresh_due(work.session, task)
    return _say_moved(work, task, part, child_id, due_on, reason)


def _new_due(work: Work, task: Task, due_on: date, reason: str) -> datetime:
    check_new_day(work, task, due_on)
    if not reason.strip():
        raise NeedsReasonError
    return work.office.at(due_on, AFTERNOON_DUE)


def check_new_day(work: Work, task: Task, due_on: date) -> None:
    """Raises FutureWorkError (a day that is over, or too far ahead) or MoveTooFarError unless the step can be due
    then."""
    today = work.today
    earliest = today if work.office.at(today, AFTERNOON_DUE) > work.now else today + timedelta(days=1)
    latest = today + timedelta(days=BACKDATE_DAYS)
    next_on, movable_until = _movable_until(work, task)
    if next_on is None and movable_until is not None and movable_until < earliest:
        movable_until = None  # the children have left: what is still to be done is done after that
    if movable_until is not None and movable_until < min(due_on, latest + timedelta(days=1)):
        raise MoveTooFarError(due_on, earliest, movable_until, next_on)
    if not earliest <= due_on <= latest:
        raise FutureWorkError(due_on, earliest, min(latest, movable_until or latest))


def _movable_until(work: Work, task: Task) -> tuple[date | None, date | None]:
    """The next occurrence, which closes this one, and the last day that an officer may set; None: there is none.

    An occurrence ends before the next begins, other steps with the stay; what is due after the departure by itself
    may be done at any time after it.
    """
    sop, step = declared(work.session, task)
    if task.occurrence_on is not None:
        coming = grid(work, work.session.get_one(Run, task.run_id), step)
        following = next((one for one in coming if one.on > task.occurrence_on), None)
        if following is not None:
            return following.on, following.opens_on - timedelta(days=1)
    anchors = anchors_of(work, task)
    if anchors.departure is None or step.choose_date is not None:
        return None, None
    if task.occurrence_on is not None:
        return None, anchors.departure
    began_at = task.opened_at or task.opens_at
    due = None if began_at is None else due_for(step, sop, began_at, anchors, work.office)
    is_after = due is not None and work.institution.today(due.at) > anchors.departure
    return None, None if is_after else anchors.departure


def _say_moved(
    work: Work, task: Task, part: TaskPart, child_id: int | None, due_on: date, reason: str
) -> Result:
    row: Confirmation = say(
        work,
        task,
        ConfirmationKind.RESCHEDULED,
        work.officer,
        work.officer,
        role=part.role,
        child_id=child_id,
        note=reason.strip(),
    )
    moved = Rescheduled(officer=work.officer.id or 0, due_on=due_on, reason=reason.strip(), child=child_id)
    notify_heads(work, task, part.role, moved, work.officer.id)
    due_at = work.office.at(due_on, AFTERNOON_DUE)
    end_snoozes_after(work.session, task, due_at, child_id)
    work.touch(task)
    return Result(task, row, parts_of(work.session, task))


def date_window(work: Work, task: Task) -> tuple[date, date, date]:
    """Earliest, latest and proposed date of a step whose date is chosen (SOP 9.1.09 step 1).

    Raises NotFoundError for a step without such a choice.
    """
    _sop, step = declared(work.session, task)
    if step.choose_date is None:
        raise NotFoundError
    arrival_on = anchors_of(work, task).day("arrival")
    earliest, latest = window(step.choose_date, arrival_on)
    return earliest, latest, proposed_visit_on(step.choose_date, arrival_on)


def choose_date(work: Work, task_id: int, on: date) -> Task:
    """Choose the day: it becomes the step's due date and confirms nothing. May be changed until it is over.

    Who chose which day is kept as a record: when the dates of the stay move, the choice may fall or stand again.

    Raises OutsideWindowError (SOP 9.1.09: within week two), FutureWorkError for a day that is over, and as `confirm`.
    """
    task = lock_task(work.session, task_id)
    own_parts(work, work.officer, task)
    refuse_closed(work.session, task)
    earliest, latest, _proposed = date_window(work, task)
    if not earliest <= on <= latest:
        raise OutsideWindowError(on, earliest, latest)
    if on < work.today:
        raise FutureWorkError(on, max(earliest, work.today), latest)
    records.note(work, task_id, CHOSEN, {"on": on.isoformat()})
    task.chosen_on = on
    task.due_at = work.office.at(on, AFTERNOON_DUE)
    task.due_kind = DueKind.DATE
    work.session.flush()
    work.touch(task)
    return task
