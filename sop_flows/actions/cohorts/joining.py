"""Children who come onto rolls later, and children who leave them."""

from sqlmodel import Session, col, select

from sop_flows.actions.confirm import close_roll
from sop_flows.core.effects import Effects
from sop_flows.core.parts import parts_of
from sop_flows.core.versions import declared, sop_of
from sop_flows.core.work import Work
from sop_flows.engine.chain import (
    CLOSED,
    add_run,
    end_run_if_done,
    live_run,
    open_run,
    open_step,
    reopen_task,
)
from sop_flows.engine.withdraw import withdraw_task
from sop_flows.recording import entries
from sop_flows.staffing.assignment import assign_sole
from storage.tables import (
    Child,
    Confirmation,
    EntryState,
    Run,
    RunState,
    Task,
    TaskEntry,
    TaskState,
)

OPEN_OR_CLOSED = (TaskState.OPEN, TaskState.DONE, TaskState.SKIPPED)


def _rolls(s: Session, cohort_id: int) -> tuple[Task, ...]:
    """The rolls of a cohort that were called already, or were over before Pandu; missed ones left out."""
    found = s.exec(
        select(Task)
        .where(
            Task.cohort_id == cohort_id,
            col(Task.state).in_(OPEN_OR_CLOSED),
            col(Task.close_reason).is_distinct_from("missed"),
        )
        .order_by(col(Task.id))
    ).all()
    return tuple(task for task in found if declared(s, task)[1].per is not None)


def _join(work: Work, task: Task, child_ids: list[int]) -> None:
    added = entries.add_entries(work, task, child_ids)
    if not added:
        return
    if task.before_pandu:  # over for the others, but this child is owed: an ordinary roll from now on
        task.before_pandu = False
        task.opened_at = work.now
        for part in parts_of(work.session, task):
            assign_sole(work, task, part)
    if task.state != TaskState.OPEN:
        reopen_task(work, task)
        entries.refresh_due(work.session, task)
    work.touch(task)


def _of_its_school(s: Session, task: Task, child_ids: list[int]) -> list[int]:
    if task.school_id is None:
        return child_ids
    return [one for one in child_ids if s.get_one(Child, one).school_id == task.school_id]


def join_children(work: Work, cohort_id: int, child_ids: list[int]) -> None:
    """Children added to the roster join the open rolls of all children; a closed roll is not asked again."""
    for task in _rolls(work.session, cohort_id):
        step = declared(work.session, task)[1]
        empty = task.close_reason == "no_children"
        if step.per == "child" and not task.before_pandu and (task.state == TaskState.OPEN or empty):
            _join(work, task, _of_its_school(work.session, task, child_ids))


def start_flagged(work: Work, child: Child, confirmation: Confirmation | None = None) -> tuple[Run, ...]:
    """A child was flagged: start the SOPs for flagged children and put the child on their rolls.

    A roll that was closed is reopened: a child flagged later joins it.
    """
    effects = Effects(confirmation)
    for sop in work.pack.sops.values():
        for_flagged = sop.subject == "child" and any(start.flagged_in for start in sop.starts)
        if for_flagged and live_run(work.session, sop.number, f"child:{child.id}") is None:
            open_run(work, add_run(work.session, sop, child, work.now), work.now, effects)
    for task in _rolls(work.session, child.cohort_id):
        _join_flagged(work, task, child)
    return tuple(effects.runs)


def _join_flagged(work: Work, task: Task, child: Child) -> None:
    """Put a flagged child on a roll of flagged children, where its turn has come."""
    step = declared(work.session, task)[1]
    if step.per != entries.FLAGGED or task.school_id not in (None, child.school_id):
        return
    if step.entry_after is not None and not entries.is_done_in(
        work.session, task.run_id, step.entry_after, child.id or 0
    ):
        return
    _join(work, task, [child.id or 0])


def entry_done(work: Work, task: Task, child_id: int) -> None:
    """A child's entry has its record: its entry in the step that follows by child opens (SOP 9.1.12 step 3)."""
    run = work.session.get_one(Run, task.run_id)
    sop = sop_of(work.session, run)
    for step in sop.asked_steps:
        if step.entry_after != task.step:
            continue
        found = entries.rolls_of_run_step(work.session, run, step.step)
        if found:
            _join(work, found[0], [child_id])
        else:
            open_step(work, run, sop, step, Effects())


def withdraw_child(work: Work, child: Child) -> None:
    """The child left: nothing is asked or reminded about it any more."""
    for run in work.session.exec(
        select(Run).where(Run.child_id == child.id, col(Run.state).in_((RunState.OPEN, RunState.WAITING)))
    ).all():
        for task in work.session.exec(
            select(Task).where(
                Task.run_id == run.id, col(Task.state).in_((TaskState.OPEN, TaskState.WAITING))
            )
        ).all():
            withdraw_task(work, task, "left")
        run.state = RunState.CLOSED
        run.closed_at = work.now
        run.close_reason = "left"
    rows = work.session.exec(
        select(TaskEntry, Task)
        .join(Task, col(Task.id) == col(TaskEntry.task_id))
        .where(TaskEntry.child_id == child.id, TaskEntry.state == EntryState.OPEN)
        .order_by(col(Task.id))
    ).all()
    for entry, task in rows:
        entry.state = EntryState.WITHDRAWN
        entry.closed_at = work.now
        work.session.flush()
        entries.refresh_due(work.session, task)
        if task.state == TaskState.OPEN:
            close_roll(work, task)
        if task.state == TaskState.OPEN:
            work.touch(task)


def reinstate_child(work: Work, child: Child) -> None:
    """The child belongs again (a leave entered by mistake, or a recovery): it stands on the open rolls again, and
    its own runs go on where they stopped. What an officer skipped stays skipped."""
    for run in work.session.exec(
        select(Run).where(Run.child_id == child.id, Run.close_reason == "left")
    ).all():
        run.state = RunState.OPEN
        run.opened_at = run.opened_at or work.now
        run.closed_at = None
        run.close_reason = None
        sop = sop_of(work.session, run)
        closed = work.session.exec(
            select(Task.step).where(Task.run_id == run.id, col(Task.state).in_(CLOSED))
        ).all()
        first = next((step for step in sop.chained_steps if step.step not in closed), None)
        if first is None:
            end_run_if_done(work, run, sop, Effects())
        else:
            open_step(work, run, sop, first, Effects())
    join_children(work, child.cohort_id, [child.id or 0])
    if child.id in entries.flagged_ids(work.session, child.cohort_id):
        for task in _rolls(work.session, child.cohort_id):
            if task.close_reason != "reason":
                _join_flagged(work, task, child)
