"""What officers say about a task: done (their part of it), an obstacle, skipped with a reason."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlmodel import Session

from sop_flows.core.effects import Ripple
from sop_flows.core.institution import House
from sop_flows.core.parts import parts_of
from sop_flows.core.result import Outcome
from sop_flows.core.subjects import is_closed
from sop_flows.core.versions import declared
from sop_flows.engine.chain import close_task, reopen_task
from sop_flows.errors import (
    AlreadyDoneError,
    DecisionNeededError,
    FutureWorkError,
    NeedsFormError,
    NeedsReasonError,
    NotFoundError,
    NotYetError,
    NotYoursError,
)
from sop_flows.limits import BACKDATE_DAYS
from sop_flows.notifications.planning import plan_task
from sop_flows.recording import entries
from sop_flows.recording.forms import records
from sop_flows.staffing.permissions import may_act
from sop_flows.staffing.task_rows import last_said, lock_task, name_of, own_parts, refuse_closed
from storage.tables import Confirmation, ConfirmationKind, Officer, Run, Task, TaskPart, TaskState


def confirm(
    s: Session,
    house: House,
    officer: Officer,
    task_id: int,
    now: datetime,
    *,
    update_id: int | None,
    done_on: date | None = None,
    done_by: Officer | None = None,
    note: str | None = None,
    values: Mapping[str, object] | None = None,
) -> Outcome:
    """Selesai: the officer's own part of the task is done; with the last part, the task.

    Args:
        done_on: local date of the work; today when None (of a missed occurrence, its own). The next step's time counts from `now` all the same.
        done_by: the colleague of the same role who did it, when the officer records for somebody else.
        values: the answers of the step's form, recorded with the confirmation.

    Raises:
        NotFoundError, NotYetError, AlreadyDoneError (who and when), NotYoursError (who holds it),
        FutureWorkError: `done_on` is in the future or more than BACKDATE_DAYS ago.
        NeedsFormError: the step records something, and this is the first that is said about it.
    """
    task = lock_task(s, task_id)
    _sop, step = declared(s, task)
    mine = own_parts(s, house, officer, task)
    own_day = _own_day(house, task)
    if not _is_missed(task):
        refuse_closed(s, task)
    asks = records.needs_form(s, task, step)
    if asks and not records.is_filled(step, values or {}):
        raise NeedsFormError
    on = _work_date(house, done_on or own_day, now)
    _take_missed_back(s, house, task, now)
    refuse_closed(s, task)
    if step.decision is not None:
        raise DecisionNeededError  # proposed, agreed with or objected to: see actions.decisions
    part = mine[0]
    if part.state != TaskState.OPEN:
        raise AlreadyDoneError(part.state, name_of(s, part.done_by_id), part.done_at)
    if step.per is not None and not entries.is_finished(s, task):
        raise NotFoundError  # a roll is done child by child
    if (
        step.choose_date is not None
        and task.due_at is not None
        and house.today(now) < house.today(task.due_at)
    ):
        raise NotYetError(task.due_at)  # SOP 9.1.09 step 1: Selesai on the day of the visit
    doer = _doer(s, house, officer, done_by, task, part)
    if asks and values is not None:
        records.write(s, task, values, doer, officer, now, on, update_id)
    return close_part(s, house, task, part, doer, officer, now, on, update_id, note)


def close_roll(
    s: Session,
    house: House,
    officer: Officer,
    task: Task,
    now: datetime,
    *,
    update_id: int | None,
    done_on: date | None = None,
) -> Outcome | None:
    """No entry of the roll is open any more: it is done, in the name of who did the last child of it.

    None while it is not finished, and when every child of it has left: then it is empty, and nobody did it.
    A roll whose children come from this one (9.1.12 step 3) may have waited for more, and ends with it.
    """
    if task.state != TaskState.OPEN or not entries.is_finished(s, task):
        return None
    if entries.still_to_come(s, task, declared(s, task)[1]):
        return None
    outcome = None
    closer = entries.last_closer(s, task)
    if closer is None:
        close_task(s, house, task, TaskState.SKIPPED, now, Ripple(), reason="no_children")
    else:
        part = parts_of(s, task)[0]
        doer = s.get_one(Officer, closer)
        on = done_on or house.today(now)
        outcome = close_part(s, house, task, part, doer, officer, now, on, update_id, None)
    _close_followers(s, house, officer, task, now, update_id)
    return outcome


def _close_followers(
    s: Session, house: House, officer: Officer, task: Task, now: datetime, update_id: int | None
) -> None:
    sop, step = declared(s, task)
    run = s.get_one(Run, task.run_id)
    for following in sop.asked_steps:
        if following.entry_after == step.step:
            for roll in entries.rolls_of_run_step(s, run, following.step):
                close_roll(s, house, officer, roll, now, update_id=update_id)


def close_part(
    s: Session,
    house: House,
    task: Task,
    part: TaskPart,
    doer: Officer,
    recorder: Officer,
    now: datetime,
    on: date | None,
    update_id: int | None,
    note: str | None,
) -> Outcome:
    """Close one part in the name of `doer`; with the last one the task, and what follows opens.

    The caller has locked the task and judged that the part may be done. Times are aware UTC, `on` is local.
    """
    part.state = TaskState.DONE
    part.done_at = now
    part.done_on = on
    part.done_by_id = doer.id
    s.flush()
    parts = parts_of(s, task)
    missing = tuple(p.role for p in parts if p.state == TaskState.OPEN)
    confirmation = say(
        s,
        task,
        ConfirmationKind.PART_DONE if missing else ConfirmationKind.DONE,
        doer,
        recorder,
        now,
        role=part.role,
        done_on=on,
        note=note,
        update_id=update_id,
    )
    ripple = Ripple(confirmation)
    if missing:
        plan_task(s, house, task, now)
    else:
        close_task(s, house, task, TaskState.DONE, now, ripple, done_on=on, reason=_done_reason(task))
    s.flush()
    return Outcome(task, confirmation, parts, missing, tuple(ripple.tasks), tuple(ripple.runs))


def _done_reason(task: Task) -> str | None:
    return "before_pandu" if task.before_pandu else None


def say(
    s: Session,
    task: Task,
    kind: ConfirmationKind,
    doer: Officer,
    recorder: Officer,
    now: datetime,
    *,
    role: str | None = None,
    child_id: int | None = None,
    done_on: date | None = None,
    note: str | None = None,
    update_id: int | None = None,
    refers_to_id: int | None = None,
) -> Confirmation:
    """Write down what was said: one append-only row."""
    row = Confirmation(
        task_id=task.id or 0,
        role=role,
        child_id=child_id,
        kind=kind,
        officer_id=doer.id or 0,
        recorded_by_id=recorder.id or 0,
        done_on=done_on,
        recorded_at=now,
        note=note,
        update_id=update_id,
        refers_to_id=refers_to_id,
    )
    s.add(row)
    s.flush()
    return row


def confirm_before(
    s: Session,
    house: House,
    officer: Officer,
    task_id: int,
    done_on: date | None,
    now: datetime,
    *,
    update_id: int | None,
) -> tuple[Confirmation, ...]:
    """Done before Pandu was used: every part, on `done_on` if that is known. Whoever opens the angkatan may say it.

    Raises AlreadyDoneError when it was said already, NotFoundError for a task that is not of that list.
    """
    task = lock_task(s, task_id)
    if not task.before_pandu:
        raise NotFoundError
    refuse_closed(s, task)
    said = []
    for part in parts_of(s, task):
        if part.state == TaskState.OPEN:
            outcome = close_part(s, house, task, part, officer, officer, now, done_on, update_id, None)
            said.append(outcome.confirmation)
    _close_followers(s, house, officer, task, now, update_id)
    return tuple(said)


def obstacle(
    s: Session,
    house: House,
    officer: Officer,
    task_id: int,
    note: str,
    now: datetime,
    *,
    update_id: int | None,
) -> Outcome:
    """Hambatan: the task stays open and counts; the kasi sees it.

    Raises NeedsReasonError without words, and as `confirm`.
    """
    task = lock_task(s, task_id)
    part = own_parts(s, house, officer, task)[0]
    refuse_closed(s, task)
    if not note.strip():
        raise NeedsReasonError
    confirmation = say(
        s,
        task,
        ConfirmationKind.OBSTACLE,
        officer,
        officer,
        now,
        role=part.role,
        note=note.strip(),
        update_id=update_id,
    )
    return Outcome(task, confirmation, parts_of(s, task))


def skip(
    s: Session,
    house: House,
    officer: Officer,
    task_id: int,
    reason: str,
    now: datetime,
    *,
    update_id: int | None,
) -> Outcome:
    """Lewati: not done, with a reason; the next step opens all the same.

    Raises NeedsReasonError without words, DecisionNeededError at a decision, and as `confirm`.
    """
    task = lock_task(s, task_id)
    part = own_parts(s, house, officer, task)[0]
    refuse_closed(s, task)
    if declared(s, task)[1].decision is not None:
        raise DecisionNeededError  # without a decision nothing would follow
    if not reason.strip():
        raise NeedsReasonError
    confirmation = say(
        s,
        task,
        ConfirmationKind.SKIPPED,
        officer,
        officer,
        now,
        role=part.role,
        note=reason.strip(),
        update_id=update_id,
    )
    ripple = Ripple(confirmation)
    entries.withdraw_open(s, task, now)
    close_task(s, house, task, TaskState.SKIPPED, now, ripple, reason="reason")
    _close_followers(s, house, officer, task, now, update_id)
    return Outcome(task, confirmation, parts_of(s, task), (), tuple(ripple.tasks), tuple(ripple.runs))


def _own_day(house: House, task: Task) -> date | None:
    """The date of a missed occurrence: the day it was owed, at the latest its day on the grid."""
    if task.close_reason != "missed" or task.occurrence_on is None or task.due_at is None:
        return None
    return min(task.occurrence_on, house.today(task.due_at))


def _is_missed(task: Task) -> bool:
    return task.state == TaskState.SKIPPED and task.close_reason == "missed"


def _take_missed_back(s: Session, house: House, task: Task, now: datetime) -> None:
    """An occurrence that closed as "terlewat" can still be entered under its own date, until its angkatan is closed."""
    if _is_missed(task) and last_said(s, task) is None and not is_closed(s, task):
        reopen_task(s, house, task, now)


def reopen_missed(s: Session, house: House, officer: Officer, task_id: int, now: datetime) -> Task:
    """Make a missed roll enterable again, under its own date.

    Raises AlreadyDoneError when it was not missed, NotYoursError.
    """
    task = lock_task(s, task_id)
    own_parts(s, house, officer, task)
    _take_missed_back(s, house, task, now)
    refuse_closed(s, task)
    return task


def _doer(
    s: Session, house: House, officer: Officer, done_by: Officer | None, task: Task, part: TaskPart
) -> Officer:
    if done_by is None or done_by.id == officer.id:
        return officer
    if done_by.removed_at is not None or not may_act(s, house, done_by, task, part):
        raise NotYoursError((part.role,))
    return done_by


def _work_date(house: House, done_on: date | None, now: datetime) -> date:
    today = house.today(now)
    on = done_on or today
    earliest = today - timedelta(days=BACKDATE_DAYS)
    if not earliest <= on <= today:
        raise FutureWorkError(on, earliest, today)
    return on
