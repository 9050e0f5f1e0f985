"""Marks on children: needs special care (assessment), to be seen by the nurse (weigh-in)."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session

from sop_flows.actions.cohorts.joining import start_flagged
from sop_flows.actions.confirm import close_roll
from sop_flows.core.institution import House
from sop_flows.core.versions import declared, sop_of
from sop_flows.engine.withdraw import withdraw_task
from sop_flows.notifications.notices import notify
from sop_flows.notifications.planning import plan_task
from sop_flows.notifications.quiet_hours import speaking_time
from sop_flows.recording import entries
from sop_flows.staffing.permissions import answering, members_here
from sop_flows.staffing.task_rows import last_said
from storage.queries import flags as queries
from storage.tables import Child, ChildFlag, EntryState, FlagKind, Officer, RunState, TaskState

NURSE_NOTICE = "nurse_flags"  # notice: payload {"numbers": [...], "officer": id}


def set_flag(
    s: Session, house: House, officer: Officer, child: Child, kind: FlagKind, wanted: bool, now: datetime
) -> bool:
    """Set or clear a mark; returns whether anything changed. A cleared mark stays as evidence.

    An assessment mark starts the SOPs for flagged children and puts the child on their rolls; clearing it takes
    the child off the rolls where nothing has been recorded about it yet.
    """
    standing = queries.find_flag(s, child.id or 0, kind)
    if wanted == (standing is not None):
        return False
    if standing is not None:
        standing.cleared_at = now
        s.add(standing)
        s.flush()
        if kind == FlagKind.ASSESSMENT:
            _take_off(s, house, officer, child, now)
        return True
    s.add(ChildFlag(child_id=child.id or 0, kind=kind, set_at=now, set_by_id=officer.id or 0))
    s.flush()
    if kind == FlagKind.ASSESSMENT:
        start_flagged(s, house, child, now)
    return True


def is_flagged(s: Session, child_id: int, kind: FlagKind = FlagKind.ASSESSMENT) -> bool:
    """Whether the mark stands on the child."""
    return queries.find_flag(s, child_id, kind) is not None


def _take_off(s: Session, house: House, officer: Officer, child: Child, now: datetime) -> None:
    """The mark was a mistake: what it started and nobody has worked on is withdrawn."""
    for entry, task in queries.list_open_entries(s, child.id or 0):
        if declared(s, task)[1].per != entries.FLAGGED:
            continue
        entry.state = EntryState.WITHDRAWN
        entry.closed_at = now
        s.flush()
        entries.refresh_due(s, task)
        close_roll(s, house, officer, task, now, update_id=None)
        if task.state == TaskState.OPEN:
            plan_task(s, house, task, now)
    for run in queries.list_open_runs(s, child.id or 0):
        started_by_flag = any(start.flagged_in for start in sop_of(s, run).starts)
        tasks = queries.list_tasks(s, run.id or 0)
        if not started_by_flag or any(last_said(s, task) is not None for task in tasks):
            continue
        for task in tasks:
            if task.state in (TaskState.OPEN, TaskState.WAITING):
                withdraw_task(s, task, now, "undone")
        run.state = RunState.WITHDRAWN
        run.closed_at = now
        run.close_reason = "undone"
    s.flush()


def tell_nurse(
    s: Session, house: House, officer: Officer, cohort_id: int, numbers: Collection[int], now: datetime
) -> int:
    """Owe the nurse (or who answers for the role) a notice about these children; returns to how many it goes."""
    if not numbers:
        return 0
    to = {
        other.id: other
        for role in house.pack.unit.roles_that("looks_after_marked")
        for other in members_here(s, house, role, cohort_id) or answering(s, house, role, cohort_id)
    }
    told = [other for other in to.values() if other.id != officer.id]
    for other in told:
        payload = {"numbers": sorted(numbers), "officer": officer.id, "cohort": cohort_id}
        notify(s, other.id or 0, NURSE_NOTICE, payload, now, at=speaking_time(s, house, None, now))
    return len(told)
