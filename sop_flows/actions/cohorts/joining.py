"""Children who come onto rolls later, and children who leave them."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from sop_flows.actions.confirm import close_roll
from sop_flows.core.states import change, move, parts_of, reopen
from sop_flows.core.work import Work, declared, sop_of, sops_of
from sop_flows.engine.chain import (
    add_run,
    end_run_if_done,
    live_run,
    open_run,
    open_step,
    reopen_task,
)
from sop_flows.engine.withdraw import withdraw_open_tasks
from sop_flows.recording import entries
from sop_flows.staffing.responsibility import assign_sole
from storage.tables import (
    CLOSED,
    LIVE_RUNS,
    SAYABLE,
    Child,
    Cohort,
    EntryState,
    LeaveReason,
    Membership,
    Run,
    RunState,
    Task,
    TaskEntry,
    TaskState,
)


def _rolls(s: Session, cohort_id: int) -> tuple[Task, ...]:
    """The rolls of a cohort that were called already, or were over before Pandu; missed ones left out."""
    found = s.exec(
        select(Task)
        .where(
            Task.cohort_id == cohort_id,
            col(Task.state).in_((*SAYABLE, TaskState.DONE, TaskState.SKIPPED)),
        )
        .order_by(col(Task.id))
    ).all()
    return tuple(task for task in found if declared(s, task)[1].is_roll)


def _join(work: Work, task: Task, child_ids: list[int]) -> None:
    added = entries.add_entries(work, task, child_ids)
    if not added:
        return
    # Over for the others, or empty, but this child is owed: an ordinary roll from now on.
    if task.is_before_pandu or task.close_reason == "no_children":
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
        if step.per == "child" and not task.is_before_pandu and (task.state == TaskState.OPEN or empty):
            _join(work, task, _of_its_school(work.session, task, child_ids))


def start_flagged(work: Work, child: Child) -> tuple[Run, ...]:
    """A child was flagged: start the SOPs for flagged children and put the child on their rolls.

    A roll that was closed is reopened: a child flagged later joins it.
    """
    work = work.because(None)
    for sop in sops_of(work, child).values():
        for_flagged = sop.subject == "child" and any(start.flagged_in for start in sop.starts)
        if for_flagged and live_run(work.session, sop.number, f"child:{child.id}") is None:
            open_run(work, add_run(work, sop, child, work.now))
    for task in _rolls(work.session, child.cohort_id):
        _join_flagged(work, task, child)
    return tuple(work.opened.runs)


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
            open_step(work, run, sop, step)


def leave_rolls_of_school(work: Work, child: Child) -> None:
    """The child is of another school than was written: it leaves the open rolls of the runs of the former one."""
    rows = work.session.exec(
        select(TaskEntry, Task)
        .join(Task, col(Task.id) == col(TaskEntry.task_id))
        .where(
            TaskEntry.child_id == child.id,
            TaskEntry.state == EntryState.OPEN,
            Task.school_id == child.school_id,
        )
        .order_by(col(Task.id))
    ).all()
    _leave_rolls(work, rows)


def withdraw_child(work: Work, child: Child) -> None:
    """The child left: nothing is asked or reminded about it any more."""
    for run in work.session.exec(
        select(Run).where(Run.child_id == child.id, col(Run.state).in_(LIVE_RUNS))
    ).all():
        withdraw_open_tasks(work, run, "left")
        move(work, run, RunState.CLOSED, closed_at=work.now, close_reason="left")
    rows = work.session.exec(
        select(TaskEntry, Task)
        .join(Task, col(Task.id) == col(TaskEntry.task_id))
        .where(TaskEntry.child_id == child.id, TaskEntry.state == EntryState.OPEN)
        .order_by(col(Task.id))
    ).all()
    _leave_rolls(work, rows)


def _leave_rolls(work: Work, rows: Iterable[tuple[TaskEntry, Task]]) -> None:
    for entry, task in rows:
        move(work, entry, EntryState.WITHDRAWN, closed_at=work.now)
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
        reopen(work, run, RunState.OPEN, opened_at=run.opened_at or work.now)
        sop = sop_of(work.session, run)
        closed = work.session.exec(
            select(Task.step).where(Task.run_id == run.id, col(Task.state).in_(CLOSED))
        ).all()
        first = next((step for step in sop.chained_steps if step.step not in closed), None)
        if first is None:
            end_run_if_done(work, run, sop)
        else:
            open_step(work, run, sop, first)
    join_children(work, child.cohort_id, [child.id or 0])
    if child.id in entries.flagged_ids(work.session, child.cohort_id):
        for task in _rolls(work.session, child.cohort_id):
            if task.close_reason != "reason":
                _join_flagged(work, task, child)


def belong_again(work: Work, child: Child, membership: Membership) -> None:
    """The membership goes on as if it had not ended: said by mistake, or a reserve that is called up."""
    cohort = work.session.get_one(Cohort, child.cohort_id)
    from_on = max(membership.from_on, cohort.arrival_on)
    if membership.reason == LeaveReason.RESERVE:
        from_on = max(from_on, work.today)
    change(work, membership, from_on=from_on, until_on=None, reason=None, ended_by_id=None)
    work.session.flush()
    reinstate_child(work, child)
