"""What officers say about a task: done (their part of it), an obstacle, skipped with a reason."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from sop_flows.actions import reports
from sop_flows.core.notices import EmergencyObstacle
from sop_flows.core.result import Result
from sop_flows.core.states import move, parts_of
from sop_flows.core.work import Work, declared, is_closed
from sop_flows.declarations.sop import Step
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
from sop_flows.notifications.notices import notify_heads
from sop_flows.recording import entries, origins, records
from sop_flows.staffing.responsibility import (
    last_said,
    lock_task,
    name_of,
    own_day_of,
    own_parts,
    refuse_closed,
    responsibility_of,
)
from storage.tables import SAYABLE, Confirmation, ConfirmationKind, Officer, Run, Task, TaskPart, TaskState


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
        done_on: local date of the work; the day on which it is said when None (of a missed occurrence, its own). The next step's time counts from `now` all the same.
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
    own_day = own_day_of(work.institution, task)
    if task.state != TaskState.MISSED:
        refuse_closed(work.session, task)
    asks = records.needs_form(work.session, task, step)
    if step.per is not None and step.is_by_origin and origins.unrecorded(work.session, task, step):
        raise NeedsFormError
    if asks and not records.is_filled(step, values or {}):
        raise NeedsFormError
    if task.case_id is not None and values:
        records.refuse_too_old(work, step, values)
        _refuse_ahead(work, step, values)
    on = _work_date(done_on or own_day, work.today)
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
    if step.event is not None and task.chosen_on is None:  # what was proposed is what was chosen
        task.chosen_on = work.session.get_one(Run, task.run_id).event_on
    if asks and values is not None:
        records.write(work, task, values, doer, work.officer, on)
    return close_part(work, task, part, doer, work.officer, on, note)


def close_roll(work: Work, task: Task, *, done_on: date | None = None) -> Result | None:
    """No entry of the roll is open any more: it is done, in the name of who did the last child of it.

    None while it is not finished, and when every child of it has left: then it is empty, and nobody did it.
    A roll whose children come from this one (9.1.12 step 3) may have waited for more, and ends with it.
    """
    if task.state not in SAYABLE or not entries.is_finished(work.session, task):
        return None
    if entries.still_to_come(work.session, task, declared(work.session, task)[1]):
        return None
    outcome = None
    closer = entries.last_closer(work.session, task)
    if closer is None:
        close_task(work, task, TaskState.SKIPPED, reason="no_children")
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
    needless: Collection[TaskPart] = (),
) -> Result:
    """Close one part in the name of `doer`; with the last one the task, and what follows opens.

    The caller has locked the task and judged that the part may be done. Times are aware UTC, `on` is local. Parts
    that are `needless` now need not be done any more.
    """
    done = {part.id, *(other.id for other in needless)}
    parts = parts_of(work.session, task)
    missing = tuple(p.role for p in parts if p.state == TaskState.OPEN and p.id not in done)
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
    caused = work.because(confirmation)
    move(caused, part, TaskState.DONE, done_at=work.now, done_on=on, done_by_id=doer.id)
    for other in needless:
        move(caused, other, TaskState.WITHDRAWN)
    work.session.flush()
    if missing:
        work.touch(task)
    else:
        close_task(caused, task, TaskState.DONE, done_on=on)
    if declared(work.session, task)[1].reports_to is not None:
        reports.hand_in(work, task, part.role, confirmation)
    work.session.flush()
    opened = caused.opened
    return Result(task, confirmation, parts, missing, tuple(opened.tasks), tuple(opened.runs))


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
    if not task.is_before_pandu:
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
    if declared(work.session, task)[0].emergency:  # the others are told in the morning
        notify_heads(work, task, part.role, EmergencyObstacle(officer=work.officer.id or 0), work.officer.id)
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
    caused = work.because(confirmation)
    entries.withdraw_open(caused, task)
    close_task(caused, task, TaskState.SKIPPED, reason="reason")
    _close_followers(work, task)
    opened = caused.opened
    return Result(
        task, confirmation, parts_of(work.session, task), (), tuple(opened.tasks), tuple(opened.runs)
    )


def _take_missed_back(work: Work, task: Task) -> None:
    """An occurrence that closed as "terlewat" can still be entered under its own date, until its angkatan is closed."""
    missed = task.state == TaskState.MISSED and last_said(work.session, task) is None
    if missed and not is_closed(work, task):
        # Whoever enters it now has the time to do so.
        reopen_task(
            work, task, TaskState.BEFORE_PANDU if task.is_before_pandu else TaskState.OPEN, ends_at=None
        )


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


def _refuse_ahead(work: Work, step: Step, values: Mapping[str, object]) -> None:
    """Raises FutureWorkError: the day on which a child left is entered when it has come (SOP 9.1.35 step 2)."""
    form = step.record
    for field in form.fields if form is not None and form.effect == "handed_over" else ():
        said = values.get(field.key)
        if field.kind == "date" and isinstance(said, str) and date.fromisoformat(said) > work.today:
            raise FutureWorkError(date.fromisoformat(said), work.today, work.today)


def _work_date(done_on: date | None, today: date) -> date:
    on = done_on or today
    earliest = today - timedelta(days=BACKDATE_DAYS)
    if not earliest <= on <= today:
        raise FutureWorkError(on, earliest, today)
    return on
