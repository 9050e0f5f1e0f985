"""What officers say about a task: done (their part of it), an obstacle, skipped with a reason."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sop_flows.core.effects import Effects
from sop_flows.core.institution import Institution
from sop_flows.core.parts import parts_of
from sop_flows.core.result import Result
from sop_flows.core.subjects import is_closed
from sop_flows.core.versions import declared
from sop_flows.core.work import Work
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
from sop_flows.recording import entries
from sop_flows.recording.forms import records
from sop_flows.staffing.responsibility import responsibility_of
from sop_flows.staffing.task_rows import last_said, lock_task, name_of, own_parts, refuse_closed
from storage.tables import Confirmation, ConfirmationKind, Officer, Run, Task, TaskPart, TaskState


def confirm(
    work: Work,
    task_id: int,
    *,
    done_on: date | None = None,
    done_by: Officer | None = None,
    note: str | None = None,
    values: Mapping[str, object] | None = None,
) -> Result:
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
    task = lock_task(work.session, task_id)
    _sop, step = declared(work.session, task)
    mine = own_parts(work, work.officer, task)
    own_day = _own_day(work.institution, task)
    if not _is_missed(task):
        refuse_closed(work.session, task)
    asks = records.needs_form(work.session, task, step)
    if asks and not records.is_filled(step, values or {}):
        raise NeedsFormError
    on = _work_date(work.institution, done_on or own_day, work.now)
    _take_missed_back(work, task)
    refuse_closed(work.session, task)
    if step.decision is not None:
        raise DecisionNeededError  # proposed, agreed with or objected to: see actions.decisions
    part = mine[0]
    if part.state != TaskState.OPEN:
        raise AlreadyDoneError(part.state, name_of(work.session, part.done_by_id), part.done_at)
    if step.per is not None and not entries.is_finished(work.session, task):
        raise NotFoundError  # a roll is done child by child
    if (
        step.choose_date is not None
        and task.due_at is not None
        and work.today < work.institution.today(task.due_at)
    ):
        raise NotYetError(task.due_at)  # SOP 9.1.09 step 1: Selesai on the day of the visit
    doer = _doer(work, work.officer, done_by, task, part)
    if asks and values is not None:
        records.write(work, task, values, doer, work.officer, on)
    return close_part(work, task, part, doer, work.officer, on, note)


def close_roll(work: Work, task: Task, *, done_on: date | None = None) -> Result | None:
    """No entry of the roll is open any more: it is done, in the name of who did the last child of it.

    None while it is not finished, and when every child of it has left: then it is empty, and nobody did it.
    A roll whose children come from this one (9.1.12 step 3) may have waited for more, and ends with it.
    """
    if task.state != TaskState.OPEN or not entries.is_finished(work.session, task):
        return None
    if entries.still_to_come(work.session, task, declared(work.session, task)[1]):
        return None
    outcome = None
    closer = entries.last_closer(work.session, task)
    if closer is None:
        close_task(work, task, TaskState.SKIPPED, Effects(), reason="no_children")
    else:
        part = parts_of(work.session, task)[0]
        doer = work.session.get_one(Officer, closer)
        on = done_on or work.today
        outcome = close_part(work, task, part, doer, work.officer, on, None)
    _close_followers(work, task)
    return outcome


def _close_followers(work: Work, task: Task) -> None:
    sop, step = declared(work.session, task)
    run = work.session.get_one(Run, task.run_id)
    for following in sop.asked_steps:
        if following.entry_after == step.step:
            for roll in entries.rolls_of_run_step(work.session, run, following.step):
                close_roll(work, roll)


def close_part(
    work: Work,
    task: Task,
    part: TaskPart,
    doer: Officer,
    recorder: Officer,
    on: date | None,
    note: str | None,
) -> Result:
    """Close one part in the name of `doer`; with the last one the task, and what follows opens.

    The caller has locked the task and judged that the part may be done. Times are aware UTC, `on` is local.
    """
    part.state = TaskState.DONE
    part.done_at = work.now
    part.done_on = on
    part.done_by_id = doer.id
    work.session.flush()
    parts = parts_of(work.session, task)
    missing = tuple(p.role for p in parts if p.state == TaskState.OPEN)
    confirmation = say(
        work,
        task,
        ConfirmationKind.PART_DONE if missing else ConfirmationKind.DONE,
        doer,
        recorder,
        role=part.role,
        done_on=on,
        note=note,
    )
    effects = Effects(confirmation)
    if missing:
        work.touch(task)
    else:
        close_task(work, task, TaskState.DONE, effects, done_on=on, reason=_done_reason(task))
    work.session.flush()
    return Result(task, confirmation, parts, missing, tuple(effects.tasks), tuple(effects.runs))


def _done_reason(task: Task) -> str | None:
    return "before_pandu" if task.before_pandu else None


def say(
    work: Work,
    task: Task,
    kind: ConfirmationKind,
    doer: Officer,
    recorder: Officer,
    *,
    role: str | None = None,
    child_id: int | None = None,
    done_on: date | None = None,
    note: str | None = None,
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
        recorded_at=work.now,
        note=note,
        update_id=work.update_id,
        refers_to_id=refers_to_id,
    )
    work.session.add(row)
    work.session.flush()
    return row


def confirm_before(work: Work, task_id: int, done_on: date | None) -> tuple[Confirmation, ...]:
    """Done before Pandu was used: every part, on `done_on` if that is known. Whoever opens the angkatan may say it.

    Raises AlreadyDoneError when it was said already, NotFoundError for a task that is not of that list.
    """
    task = lock_task(work.session, task_id)
    if not task.before_pandu:
        raise NotFoundError
    refuse_closed(work.session, task)
    said = []
    for part in parts_of(work.session, task):
        if part.state == TaskState.OPEN:
            outcome = close_part(work, task, part, work.officer, work.officer, done_on, None)
            said.append(outcome.confirmation)
    _close_followers(work, task)
    return tuple(said)


def obstacle(work: Work, task_id: int, note: str) -> Result:
    """Hambatan: the task stays open and counts; the kasi sees it.

    Raises NeedsReasonError without words, and as `confirm`.
    """
    task = lock_task(work.session, task_id)
    part = own_parts(work, work.officer, task)[0]
    refuse_closed(work.session, task)
    if not note.strip():
        raise NeedsReasonError
    confirmation = say(
        work, task, ConfirmationKind.OBSTACLE, work.officer, work.officer, role=part.role, note=note.strip()
    )
    return Result(task, confirmation, parts_of(work.session, task))


def skip(work: Work, task_id: int, reason: str) -> Result:
    """Lewati: not done, with a reason; the next step opens all the same.

    Raises NeedsReasonError without words, DecisionNeededError at a decision, and as `confirm`.
    """
    task = lock_task(work.session, task_id)
    part = own_parts(work, work.officer, task)[0]
    refuse_closed(work.session, task)
    if declared(work.session, task)[1].decision is not None:
        raise DecisionNeededError  # without a decision nothing would follow
    if not reason.strip():
        raise NeedsReasonError
    confirmation = say(
        work, task, ConfirmationKind.SKIPPED, work.officer, work.officer, role=part.role, note=reason.strip()
    )
    effects = Effects(confirmation)
    entries.withdraw_open(work, task)
    close_task(work, task, TaskState.SKIPPED, effects, reason="reason")
    _close_followers(work, task)
    return Result(
        task, confirmation, parts_of(work.session, task), (), tuple(effects.tasks), tuple(effects.runs)
    )


def _own_day(institution: Institution, task: Task) -> date | None:
    """The date of a missed occurrence: the day it was owed, at the latest its day on the grid."""
    if task.close_reason != "missed" or task.occurrence_on is None or task.due_at is None:
        return None
    return min(task.occurrence_on, institution.today(task.due_at))


def _is_missed(task: Task) -> bool:
    return task.state == TaskState.SKIPPED and task.close_reason == "missed"


def _take_missed_back(work: Work, task: Task) -> None:
    """An occurrence that closed as "terlewat" can still be entered under its own date, until its angkatan is closed."""
    if _is_missed(task) and last_said(work.session, task) is None and not is_closed(work.session, task):
        reopen_task(work, task)


def reopen_missed(work: Work, officer: Officer, task_id: int) -> Task:
    """Make a missed roll enterable again, under its own date.

    Raises AlreadyDoneError when it was not missed, NotYoursError.
    """
    task = lock_task(work.session, task_id)
    own_parts(work, officer, task)
    _take_missed_back(work, task)
    refuse_closed(work.session, task)
    return task


def _doer(work: Work, officer: Officer, done_by: Officer | None, task: Task, part: TaskPart) -> Officer:
    if done_by is None or done_by.id == officer.id:
        return officer
    if not responsibility_of(work, task, part).permits(done_by):
        raise NotYoursError((part.role,))
    return done_by


def _work_date(institution: Institution, done_on: date | None, now: datetime) -> date:
    today = institution.today(now)
    on = done_on or today
    earliest = today - timedelta(days=BACKDATE_DAYS)
    if not earliest <= on <= today:
        raise FutureWorkError(on, earliest, today)
    return on
