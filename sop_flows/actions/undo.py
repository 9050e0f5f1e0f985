"""Urungkan: take back what was just said, while nothing has been built on it."""

from datetime import timedelta

from sqlmodel import Session, col, select

from sop_flows.actions import decisions
from sop_flows.actions.confirm import say
from sop_flows.core.parts import parts_of
from sop_flows.core.result import Result
from sop_flows.core.subjects import case_of, is_closed
from sop_flows.core.versions import declared
from sop_flows.core.work import Work
from sop_flows.engine.chain import reopen_task
from sop_flows.engine.services import reopen_ended, reopen_monthly
from sop_flows.engine.withdraw import withdraw_task
from sop_flows.errors import NotFoundError, NotYoursError, UndoRefusedError, UndoTooLateError
from sop_flows.limits import UNDO_MINUTES
from sop_flows.notifications.planning import owe_again
from sop_flows.notifications.turn_notices import tell_no_longer
from sop_flows.recording import entries
from sop_flows.staffing.task_rows import SAID_DONE, last_said, lock_task, name_of
from storage.tables import (
    Confirmation,
    ConfirmationEffect,
    ConfirmationKind,
    EntryState,
    Run,
    RunState,
    Task,
    TaskEntry,
    TaskState,
)


def undo(work: Work, task_id: int) -> Result:
    """Undo the last done, part done or skipped of the task.

    Raises:
        NotFoundError: nothing to undo.
        NotYoursError: somebody else said it.
        UndoTooLateError: more than UNDO_MINUTES ago, or its angkatan or case was closed since.
        UndoRefusedError: a later step is confirmed, by whom.
    """
    task = lock_task(work.session, task_id)
    said = last_said(work.session, task)
    if said is None:
        raise NotFoundError
    if work.officer.id not in (said.officer_id, said.recorded_by_id):
        raise NotYoursError((said.role or "",), (name_of(work.session, said.recorded_by_id) or "",))
    if work.now - said.recorded_at > timedelta(minutes=UNDO_MINUTES) or is_closed(work.session, task):
        raise UndoTooLateError
    tasks, runs = _opened_by(work.session, said)
    _refuse_when_built_on(work.session, task, tasks)
    row = say(
        work, task, ConfirmationKind.UNDONE, work.officer, work.officer, role=said.role, refers_to_id=said.id
    )
    for opened in tasks:
        tell_no_longer(work, opened, work.officer)
        withdraw_task(work, opened, "undone")
    for run in runs:
        run.state = RunState.WITHDRAWN
        run.closed_at = work.now
        run.close_reason = "undone"
    case = case_of(work.session, task)
    if case is not None:
        at = said.recorded_at
        for again in (*reopen_ended(work.session, case, at), *reopen_monthly(work.session, case, at)):
            owe_again(work.session, again, at)
            work.touch(again)
    _reopen(work, task, said)
    decisions.after_undo(work.session, task)
    return Result(task, row, parts_of(work.session, task))


def _opened_by(s: Session, said: Confirmation) -> tuple[list[Task], list[Run]]:
    effects = s.exec(select(ConfirmationEffect).where(ConfirmationEffect.confirmation_id == said.id)).all()
    runs = [s.get_one(Run, effect.run_id) for effect in effects if effect.run_id is not None]
    tasks = {e.task_id: s.get_one(Task, e.task_id) for e in effects if e.task_id is not None}
    for run in runs:  # with what its opening planned ahead
        for task in s.exec(select(Task).where(Task.run_id == run.id)):
            tasks[task.id or 0] = task
    return [task for task in tasks.values() if task.state != TaskState.WITHDRAWN], runs


def _refuse_when_built_on(s: Session, task: Task, opened: list[Task]) -> None:
    for later in opened:
        said = last_said(s, later)
        if said is not None:
            raise UndoRefusedError(name_of(s, said.recorded_by_id) or "", later.step)
        entry = s.exec(
            select(TaskEntry).where(
                TaskEntry.task_id == later.id,
                col(TaskEntry.state).in_((EntryState.DONE, EntryState.EXCUSED)),
            )
        ).first()
        if entry is not None:
            raise UndoRefusedError(name_of(s, entry.closed_by_id) or "", later.step)
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
        .order_by(col(Confirmation.id).desc())
    ).all()
    if task.occurrence or not rows:
        return
    sop, step = declared(s, task)
    if step.opens_by_itself:
        return
    chained = {one.step for one in sop.chained_steps}
    for later, said in rows:
        if later.step in chained:
            raise UndoRefusedError(name_of(s, said.recorded_by_id) or "", later.step)


def _reopen(work: Work, task: Task, said: Confirmation) -> None:
    if task.state == TaskState.OPEN:  # a joint step with parties still missing
        for part in parts_of(work.session, task):
            if part.role == said.role:
                part.state = TaskState.OPEN
                part.done_at = part.done_on = part.done_by_id = None
        work.session.flush()
        work.touch(task)
        return
    others = [
        part
        for part in parts_of(work.session, task)
        if part.role != said.role and part.state == TaskState.DONE
    ]
    kept = [(part, part.done_at, part.done_on, part.done_by_id) for part in others]
    if said.kind == ConfirmationKind.SKIPPED:
        present = {child.id for child in entries.present_children(work.session, task.within)}
        for entry in work.session.exec(
            select(TaskEntry).where(
                TaskEntry.task_id == task.id,
                TaskEntry.state == EntryState.WITHDRAWN,
                TaskEntry.closed_at == task.closed_at,
            )
        ):
            if entry.child_id in present:  # not who left since
                entry.state = EntryState.OPEN
                entry.closed_at = None
        entries.refresh_due(work.session, task)
    if task.closed_at is not None:
        owe_again(work.session, task, task.closed_at)
    reopen_task(work, task)
    for part, done_at, done_on, done_by_id in kept:
        part.state = TaskState.DONE
        part.done_at, part.done_on, part.done_by_id = done_at, done_on, done_by_id
    work.session.flush()
