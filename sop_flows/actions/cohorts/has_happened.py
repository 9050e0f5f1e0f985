"""Whether the children have come, or left: somebody confirmed something of that day."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from sop_flows.core.work import sop_of
from sop_flows.declarations.offset import Offset
from sop_flows.declarations.sop import Sop
from storage.tables import Cohort, EntryState, Run, RunState, Task, TaskEntry, TaskState


def done_of(s: Session, cohort: Cohort, anchor: str) -> Task | None:
    """A step of the day of arrival (or departure), or of later, that is done at least in part; None: not come yet."""
    runs = s.exec(
        select(Run).where(Run.cohort_id == cohort.id, Run.state != RunState.WITHDRAWN).order_by(col(Run.id))
    ).all()
    sops = {run.sop: sop_of(s, run) for run in runs}
    later = _from_that_day_on(sops.values(), anchor)
    begun = select(TaskEntry.id).where(TaskEntry.task_id == Task.id, TaskEntry.state == EntryState.DONE)
    tasks = s.exec(
        select(Task)
        .where(
            Task.cohort_id == cohort.id,
            (col(Task.state) == TaskState.DONE) | begun.exists(),
            Task.state != TaskState.WITHDRAWN,
        )
        .order_by(col(Task.id))
    ).all()
    for task in tasks:
        step = sops[task.sop].step(task.step)
        if task.sop in later or any(_is_then(offset, anchor) for offset in (step.due, step.opens)):
            return task
    return None


def _from_that_day_on(sops: Iterable[Sop], anchor: str) -> frozenset[str]:
    """SOPs that start on that day or after it, and those that follow them."""
    known = tuple(sops)
    found = {sop.number for sop in known if any(_is_then(start.at, anchor) for start in sop.starts)}
    while True:
        more = {
            sop.number
            for sop in known
            if sop.number not in found
            and any(start.after in found or start.flagged_in in found for start in sop.starts)
        }
        if not more:
            return frozenset(found)
        found |= more


def _is_then(offset: Offset | None, anchor: str) -> bool:
    """Whether the date lies on the day of the anchor or after it; after the departure is after the arrival too."""
    if offset is None:
        return False
    if anchor == "arrival" and offset.anchor == "departure":
        return True  # the last days of a stay are after its first
    return offset.anchor == anchor and offset.days >= 0 and offset.months >= 0
