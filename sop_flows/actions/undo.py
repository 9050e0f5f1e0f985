"""Urungkan: take back what was just said, while nothing has been built on it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from sqlmodel import Session, col, select

from sop_flows.actions import reports
from sop_flows.actions.confirm import say
from sop_flows.core.notices import Following, following, read_notice
from sop_flows.core.result import Result
from sop_flows.core.states import Row, changes_of, live_parts, move, parts_of, row_of, take_back
from sop_flows.core.work import Work, declared, is_closed
from sop_flows.engine.chain import go_on
from sop_flows.engine.withdraw import withdraw_task
from sop_flows.errors import (
    NotFoundError,
    RuleError,
    UndoNotYoursError,
    UndoRefusedError,
    UndoTooLateError,
)
from sop_flows.limits import UNDO_MINUTES
from sop_flows.notifications.dropping import drop
from sop_flows.notifications.notices import notify_changed
from sop_flows.notifications.planning import tell_no_longer
from sop_flows.recording import entries
from sop_flows.staffing.responsibility import SAID_DONE, last_said, lock_task, name_of, who_worked_on
from storage.queries.cohorts import belongs_or_stayed
from storage.tables import (
    UNFINISHED,
    Change,
    Confirmation,
    ConfirmationKind,
    DroppedWhy,
    JournalEntry,
    Membership,
    Reminder,
    ReminderState,
    Run,
    RunState,
    Task,
    TaskEntry,
    TaskPart,
    TaskState,
)


def undo(work: Work, task_id: int) -> Result:
    """Undo the last done, part done or skipped of the task.

    Raises:
        NotFoundError: nothing was said of it.
        UndoNotYoursError: somebody else said it.
        UndoTooLateError: more than UNDO_MINUTES ago, taken back already, or its angkatan or case was closed since.
        UndoRefusedError: a later step is confirmed, by whom.
    """
    task = lock_task(work.session, task_id)
    said = last_said(work.session, task)
    if said is None:
        raise _undone_already(work.session, task)
    if work.officer.id not in (said.officer_id, said.recorded_by_id):
        raise UndoNotYoursError(name_of(work.session, said.recorded_by_id) or "")
    if work.now - said.recorded_at > timedelta(minutes=UNDO_MINUTES):
        raise UndoTooLateError
    if is_closed(work, task):
        raise UndoTooLateError("closed")
    changes = changes_of(work.session, said)
    if not changes:  # said before the journal was kept, and too much had followed from it
        raise UndoTooLateError("followed")
    opened = _opened_by(work.session, changes)
    _refuse_when_built_on(work.session, task, opened)
    row = say(
        work, task, ConfirmationKind.UNDONE, work.officer, work.officer, role=said.role, refers_to_id=said.id
    )
    _tell_back(work, task, said)
    for one in opened:
        tell_no_longer(work, one, work.officer)
        withdraw_task(work, one, "undone")
    task.incomplete_at = None
    again = {task.id: task}
    # Reminders after the tasks that they are about.
    for entry in sorted(changes, key=lambda one: one.of_table == Reminder.__tablename__):
        changed = row_of(work.session, entry)
        if entry.old is None and isinstance(changed, Run):
            move(work, changed, RunState.WITHDRAWN, closed_at=work.now, close_reason="undone")
        elif entry.old is None and isinstance(changed, TaskPart):
            move(work, changed, TaskState.WITHDRAWN)
        elif _is_wanted(work.session, changed, task) and take_back(work.session, entry):
            again |= {one.id: one for one in _owed_again(work.session, changed)}
    for part in live_parts(parts_of(work.session, task)) if task.state == TaskState.MISSED else ():
        move(work, part, TaskState.MISSED)  # its day has passed meanwhile
    for one in again.values():
        if one.state in UNFINISHED:
            entries.refresh_due(work.session, one)
            go_on(work, one)
    return Result(task, row, parts_of(work.session, task))


def _tell_back(work: Work, task: Task, said: Confirmation) -> None:
    """What others were told because of it is so no longer: not said any more, or changed where it stands."""
    step = declared(work.session, task)[1]
    if task.case_id is None and step.decision is None and step.reports_to is None:
        return
    reports.take_back(work, said)
    since = select(Reminder).where(Reminder.task_id == task.id, Reminder.created_at >= said.recorded_at)
    for row in work.session.exec(since.where(col(Reminder.rule).in_(following()))).all():
        notice = read_notice(row)
        if row.state == ReminderState.PENDING:
            drop(row, DroppedWhy.WITHDRAWN)
        elif row.state == ReminderState.SENT and isinstance(notice, Following):
            notify_changed(work, row, replace(notice, officer=work.officer.id or 0, back=True), task)


def _undone_already(s: Session, task: Task) -> RuleError:
    """Nothing of the task stands: it was taken back, by whom, or nobody has said anything."""
    last = s.exec(
        select(Confirmation).where(Confirmation.task_id == task.id).order_by(col(Confirmation.id).desc())
    ).first()
    if last is None or last.kind != ConfirmationKind.UNDONE:
        return NotFoundError()
    return UndoTooLateError("undone", name_of(s, last.recorded_by_id) or "")


def _opened_by(s: Session, changes: Iterable[JournalEntry]) -> list[Task]:
    """The tasks that opened, with whatever the opening of a run, or of what goes on, planned ahead; without what was
    withdrawn since."""
    opened = [row_of(s, entry) for entry in changes if entry.change == Change.OPENED]
    tasks = {row.id or 0: row for row in opened if isinstance(row, Task)}
    if runs := [row.id for row in opened if isinstance(row, Run)]:
        tasks |= {task.id or 0: task for task in s.exec(select(Task).where(col(Task.run_id).in_(runs)))}
    for row in [one for one in tasks.values() if declared(s, one)[1].asked_meanwhile]:
        questions = select(Task).where(Task.run_id == row.run_id, Task.step == row.step, Task.occurrence > 0)
        tasks |= {task.id or 0: task for task in s.exec(questions)}
    return [task for _number, task in sorted(tasks.items()) if task.state != TaskState.WITHDRAWN]


def _owed_again(s: Session, row: Row | None) -> tuple[Task, ...]:
    """The task that is as it was, or has a child on its roll again."""
    if isinstance(row, TaskEntry):
        return (s.get_one(Task, row.task_id),)
    return (row,) if isinstance(row, Task) else ()


def _is_wanted(s: Session, row: Row | None, undone: Task) -> bool:
    """Whether the row can be as it was: not the entry of a child who left since, or on a roll that is over for the
    others, nor a reminder owed anew."""
    if isinstance(row, TaskEntry):
        if row.task_id != undone.id and s.get_one(Task, row.task_id).state not in UNFINISHED:
            return False
        membership = select(Membership.id).where(Membership.child_id == row.child_id)
        return s.exec(membership.where(belongs_or_stayed())).first() is not None
    if isinstance(row, Reminder):
        if s.get_one(Task, row.task_id).state not in UNFINISHED:
            return False
        owed = select(Reminder.id).where(Reminder.key == row.key, Reminder.state == ReminderState.PENDING)
        return s.exec(owed).first() is None
    return True


def _refuse_when_built_on(s: Session, task: Task, opened: list[Task]) -> None:
    if built := who_worked_on(s, opened):
        raise UndoRefusedError(*built[:2], built[2] if built[2] != task.sop else "")
    rows = s.exec(
        select(Task, Confirmation)
        .join(Confirmation, col(Confirmation.task_id) == col(Task.id))
        .where(
            Task.run_id == task.run_id,
            Task.step > task.step,
            Task.occurrence == task.occurrence,
            Task.state == TaskState.DONE,
            col(Confirmation.kind).in_(SAID_DONE),
        )
    ).all()
    if task.occurrence or not rows:
        return
    sop, step = declared(s, task)
    if step.opens_by_itself:
        return
    chained = {one.step for one in sop.chained_steps}
    for later, said in sorted(rows, key=lambda row: row[1].id or 0, reverse=True):
        if later.step in chained:
            raise UndoRefusedError(name_of(s, said.recorded_by_id) or "", later.step)
