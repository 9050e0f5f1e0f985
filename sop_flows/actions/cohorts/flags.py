"""The mark "needs special care" of the assessment (SOP 9.2.09 step 4), and what it starts."""

from sqlmodel import Session

from sop_flows.actions.cohorts.joining import start_flagged
from sop_flows.actions.confirm import close_roll
from sop_flows.core.states import move
from sop_flows.core.work import Work, declared, sop_of
from sop_flows.engine.withdraw import withdraw_open_tasks
from sop_flows.recording import entries
from sop_flows.staffing.responsibility import last_said
from storage.queries import flags as queries
from storage.tables import Child, ChildFlag, EntryState, FlagKind, Officer, RunState, TaskState


def set_flag(work: Work, officer: Officer, child: Child, kind: FlagKind, wanted: bool) -> bool:
    """Set or clear a mark; returns whether anything changed. A cleared mark stays as evidence.

    An assessment mark starts the SOPs for flagged children and puts the child on their rolls; clearing it takes
    the child off the rolls where nothing has been recorded about it yet.
    """
    standing = queries.find_flag(work.session, child.id or 0, kind)
    if wanted == (standing is not None):
        return False
    if standing is not None:
        standing.cleared_at = work.now
        work.session.add(standing)
        work.session.flush()
        if kind == FlagKind.ASSESSMENT:
            _take_off(work, officer, child)
        return True
    work.session.add(ChildFlag(child_id=child.id or 0, kind=kind, set_at=work.now, set_by_id=officer.id or 0))
    work.session.flush()
    if kind == FlagKind.ASSESSMENT:
        start_flagged(work, child)
    return True


def is_flagged(s: Session, child_id: int, kind: FlagKind = FlagKind.ASSESSMENT) -> bool:
    """Whether the mark stands on the child."""
    return queries.find_flag(s, child_id, kind) is not None


def _take_off(work: Work, officer: Officer, child: Child) -> None:
    """The mark was a mistake: what it started and nobody has worked on is withdrawn."""
    for entry, task in queries.list_open_entries(work.session, child.id or 0):
        if declared(work.session, task)[1].per != entries.FLAGGED:
            continue
        move(work, entry, EntryState.WITHDRAWN, closed_at=work.now)
        work.session.flush()
        entries.refresh_due(work.session, task)
        close_roll(work.by(officer), task)
        if task.state == TaskState.OPEN:
            work.touch(task)
    for run in queries.list_open_runs(work.session, child.id or 0):
        started_by_flag = any(start.flagged_in for start in sop_of(work.session, run).starts)
        tasks = queries.list_tasks(work.session, run.id or 0)
        if not started_by_flag or any(last_said(work.session, task) is not None for task in tasks):
            continue
        withdraw_open_tasks(work, run, "undone")
        move(work, run, RunState.WITHDRAWN, closed_at=work.now, close_reason="undone")
    work.session.flush()
