"""Moving due dates: Jadwalkan ulang (with a reason, the kasi sees it) and choosing the day of the parents' visit."""

from datetime import date, datetime, timedelta

from sqlmodel import col, select

from sop_flows.actions.confirm import say
from sop_flows.actions.replanning.task_times import replan_task
from sop_flows.actions.snooze import end_snoozes_after
from sop_flows.actions.start import starters
from sop_flows.calendar.dates import due_for, visit_day
from sop_flows.calendar.events import choice_of, window
from sop_flows.calendar.moments import AFTERNOON_DUE
from sop_flows.core.notices import Rescheduled, find_notices
from sop_flows.core.result import Result
from sop_flows.core.states import parts_of
from sop_flows.core.work import Work, anchors_of, declared, lock_subject, sop_of
from sop_flows.declarations.sop import Sop
from sop_flows.engine.chain import grid, hold_all_the_same
from sop_flows.engine.events import CHOSEN, TOO_SHORT, choosing_task, free_days, live_tasks
from sop_flows.errors import (
    AlreadyDoneError,
    DayTakenError,
    FutureWorkError,
    MoveTooFarError,
    NeedsReasonError,
    NotFoundError,
    NotYoursError,
    OutsideWindowError,
)
from sop_flows.limits import BACKDATE_DAYS
from sop_flows.notifications.dropping import drop
from sop_flows.notifications.notices import notify_heads
from sop_flows.recording import entries, records
from sop_flows.staffing.responsibility import lock_task, name_of, own_parts, refuse_closed
from sop_flows.staffing.roster import heads_of, roles_of
from sop_flows.views.task_views import first_due_on
from storage.tables import (
    Cohort,
    Confirmation,
    ConfirmationKind,
    DroppedWhy,
    DueKind,
    EntryState,
    Reminder,
    ReminderState,
    Run,
    Task,
    TaskEntry,
    TaskPart,
    TaskState,
)


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
    times = _forget_former(work, task, child_id)
    first_on = first_due_on(work, task) if times > 1 else None
    moved = Rescheduled(
        officer=work.officer.id or 0, due_on=due_on, reason=reason.strip(), child=child_id, times=times,
        first_on=first_on,
    )  # fmt: skip
    notify_heads(work, task, part.role, moved, work.officer.id)
    due_at = work.office.at(due_on, AFTERNOON_DUE)
    end_snoozes_after(work.session, task, due_at, child_id)
    work.touch(task)
    return Result(task, row, parts_of(work.session, task))


def _forget_former(work: Work, task: Task, child_id: int | None) -> int:
    """How often it was moved by now. Of several moves the last is told: what was to be said of a former one is not."""
    moves = work.session.exec(
        select(Confirmation.id).where(
            Confirmation.task_id == task.id,
            Confirmation.kind == ConfirmationKind.RESCHEDULED,
            col(Confirmation.child_id).is_not_distinct_from(child_id),
        )
    ).all()
    if len(moves) > 1:
        unsaid = (Reminder.task_id == task.id, Reminder.state == ReminderState.PENDING)
        for row, notice in find_notices(work.session, Rescheduled, *unsaid):
            if notice.child == child_id:
                drop(row, DroppedWhy.RENEWED)
    return len(moves)


def date_window(work: Work, task: Task) -> tuple[date, date, date]:
    """Earliest, latest and proposed date of a step whose date is chosen (SOP 9.1.09 step 1), or of the event of its run;
    the proposed one is what stands now, chosen or not.

    Raises NotFoundError for a step without such a choice.
    """
    sop, step = declared(work.session, task)
    run, choice = work.session.get_one(Run, task.run_id), choice_of(sop)
    anchors = anchors_of(work, task)
    if choice is None:
        raise NotFoundError
    earliest, latest = window(choice, anchors)
    if step.choose_date is not None:
        return earliest, latest, visit_day(step.choose_date, anchors)
    if run.event_on is None:
        raise NotFoundError
    free = free_days(work, run, sop)
    if free and not earliest <= free[0] <= latest:  # held all the same in a stay that is too short
        earliest, latest = free[0], free[-1]
    return min(earliest, run.event_on), max(latest, run.event_on), run.event_on


def choose_date(work: Work, task_id: int, on: date) -> Task:
    """Choose the day: it becomes the step's due date and confirms nothing. May be changed until it is over.

    Who chose which day is kept as a record: when the dates of the stay move, the choice may fall or stand again.

    Raises OutsideWindowError (SOP 9.1.09: within week two), FutureWorkError for a day that is over, and as `confirm`.
    """
    task = lock_task(work.session, task_id)
    own_parts(work, work.officer, task)
    refuse_closed(work.session, task)
    sop, run = declared(work.session, task)[0], work.session.get_one(Run, task.run_id)
    check_event_day(work, task, sop, run, on)
    records.note(work, task_id, CHOSEN, {"on": on.isoformat()})
    task.chosen_on = run.event_on = on
    task.due_at = work.office.at(on, AFTERNOON_DUE)
    task.due_kind = DueKind.DATE
    work.session.flush()
    work.touch(task)
    return task


def choose_event(work: Work, task_id: int, on: date) -> Task:
    """Choose or change the day of the event of the task's run, until its eve; what is due by it moves along.

    Raises as `choose_date`; DayTakenError without another day: it is today, or over.
    """
    task = lock_task(work.session, task_id)
    sop, step = declared(work.session, task)
    if step.choose_date is not None:
        return choose_date(work, task_id, on)
    check_chooser(work, task)
    run, chooser = work.session.get_one(Run, task.run_id), sop.choosing_step
    choosing = None if chooser is None else choosing_task(work.session, run, chooser.step)
    if choosing is None or run.event_on is None:
        raise NotFoundError
    if run.event_on <= work.today:
        raise DayTakenError(run.event_on, ())
    check_event_day(work, task, sop, run, on)
    records.note(work, choosing.id or 0, CHOSEN, {"on": on.isoformat()})
    choosing.chosen_on = run.event_on = on
    work.session.flush()
    for other in live_tasks(work.session, run):
        replan_task(work, other)
        work.touch(other)
    return task


def check_chooser(work: Work, task: Task) -> None:
    """Raises NotYoursError, AlreadyDoneError unless the officer may choose a day by this task: one whose day it is
    while it is open, of an event also while the task waits for it."""
    own_parts(work, work.officer, task)
    waits = task.state == TaskState.WAITING and declared(work.session, task)[1].choose_date is None
    if not waits:
        refuse_closed(work.session, task)


def hold_left_out(work: Work, run_id: int) -> Run:
    """Hold an event that a short stay has left out all the same; whose step comes first is told as of any.

    Raises NotFoundError: it was not left out, or is held already. NotYoursError: others do it.
    DayTakenError: no day is left.
    """
    run = work.session.get(Run, run_id)
    if run is None or run.cohort_id is None:
        raise NotFoundError
    lock_subject(work.session, run)
    work.session.refresh(run)
    cohort = work.session.get_one(Cohort, run.cohort_id)
    if run.close_reason != TOO_SHORT or cohort.closed_at is not None:
        raise NotFoundError
    officer_id = work.officer.id or 0
    may = starters(sop_of(work.session, run))
    if not may & (roles_of(work, officer_id, run.cohort_id) | heads_of(work, officer_id)):
        raise NotYoursError(tuple(sorted(may)))
    if not hold_all_the_same(work, run):
        raise DayTakenError(work.today, ())
    return run


def check_event_day(work: Work, task: Task, sop: Sop, run: Run, on: date) -> None:
    """Raises OutsideWindowError, FutureWorkError (a day that is over) or DayTakenError unless it can be then."""
    earliest, latest, _proposed = date_window(work, task)
    if not earliest <= on <= latest:
        raise OutsideWindowError(on, earliest, latest)
    if on < work.today:
        raise FutureWorkError(on, max(earliest, work.today), latest)
    free = free_days(work, run, sop)
    if on not in free and on != run.event_on:
        raise DayTakenError(on, tuple(day for day in free if day >= work.today))
