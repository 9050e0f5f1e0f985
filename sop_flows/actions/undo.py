"""Urungkan: take back what was just said, while nothing has been built on it."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from sop_flows.actions import decisions
from sop_flows.actions.confirm import say
from sop_flows.core.institution import House
from sop_flows.core.parts import parts_of
from sop_flows.core.result import Outcome
from sop_flows.core.subjects import case_of, is_closed
from sop_flows.core.versions import declared
from sop_flows.engine.chain import reopen_task
from sop_flows.engine.services import reopen_ended, reopen_monthly
from sop_flows.engine.withdraw import withdraw_task
from sop_flows.errors import NotFoundError, NotYoursError, UndoRefusedError, UndoTooLateError
from sop_flows.limits import UNDO_MINUTES
from sop_flows.notifications.planning import owe_again, plan_task
from sop_flows.notifications.turn_notices import tell_no_longer
from sop_flows.recording import entries
from sop_flows.staffing.task_rows import SAID_DONE, last_said, lock_task, name_of
from storage.tables import (
    Confirmation,
    ConfirmationEffect,
    ConfirmationKind,
    EntryState,
    Officer,
    Run,
    RunState,
    Task,
    TaskEntry,
    TaskState,
)


def undo(
    s: Session, house: House, officer: Officer, task_id: int, now: datetime, *, update_id: int | None
) -> Outcome:
    """Undo the last done, part done or skipped of the task.

    Raises:
        NotFoundError: nothing to undo.
        NotYoursError: somebody else said it.
        UndoTooLateError: more than UNDO_MINUTES ago, or its angkatan or case was closed since.
        UndoRefusedError: a later step is confirmed, by whom.
    """
    task = lock_task(s, task_id)
    said = last_said(s, task)
    if said is None:
        raise NotFoundError
    if officer.id not in (said.officer_id, said.recorded_by_id):
        raise NotYoursError((said.role or "",), (name_of(s, said.recorded_by_id) or "",))
    if now - said.recorded_at > timedelta(minutes=UNDO_MINUTES) or is_closed(s, task):
        raise UndoTooLateError
    tasks, runs = _opened_by(s, said)
    _refuse_when_built_on(s, task, tasks)
    row = say(
        s,
        task,
        ConfirmationKind.UNDONE,
        officer,
        officer,
        now,
        role=said.role,
        update_id=update_id,
        refers_to_id=said.id,
    )
    for opened in tasks:
        tell_no_longer(s, house, opened, officer, now)
        withdraw_task(s, opened, now, "undone")
    for run in runs:
        run.state = RunState.WITHDRAWN
        run.closed_at = now
        run.close_reason = "undone"
    case = case_of(s, task)
    if case is not None:
        at = said.recorded_at
        for again in (*reopen_ended(s, case, at), *reopen_monthly(s, case, at)):
            owe_again(s, again, at)
            plan_task(s, house, again, now)
    _reopen(s, house, task, said, now)
    decisions.after_undo(s, task)
    return Outcome(task, row, parts_of(s, task))


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


def _reopen(s: Session, house: House, task: Task, said: Confirmation, now: datetime) -> None:
    if task.state == TaskState.OPEN:  # a joint step with parties still missing
        for part in parts_of(s, task):
            if part.role == said.role:
                part.state = TaskState.OPEN
                part.done_at = part.done_on = part.done_by_id = None
        s.flush()
        plan_task(s, house, task, now)
        return
    others = [part for part in parts_of(s, task) if part.role != said.role and part.state == TaskState.DONE]
    kept = [(part, part.done_at, part.done_on, part.done_by_id) for part in others]
    if said.kind == ConfirmationKind.SKIPPED:
        present = {child.id for child in entries.present_children(s, task.within)}
        for entry in s.exec(
            select(TaskEntry).where(
                TaskEntry.task_id == task.id,
                TaskEntry.state == EntryState.WITHDRAWN,
                TaskEntry.closed_at == task.closed_at,
            )
        ):
            if entry.child_id in present:  # not who left since
                entry.state = EntryState.OPEN
                entry.closed_at = None
        entries.refresh_due(s, task)
    if task.closed_at is not None:
        owe_again(s, task, task.closed_at)
    reopen_task(s, house, task, now)
    for part, done_at, done_on, done_by_id in kept:
        part.state = TaskState.DONE
        part.done_at, part.done_on, part.done_by_id = done_at, done_on, done_by_id
    s.flush()
