"""Who stands on a roll that follows another one child by child (SOP 9.1.12: step 3 after step 2)."""

from dataclasses import dataclass

from sqlmodel import Session

from sop_flows.recording import entries
from sop_flows.recording.roll_call import Roll
from storage.queries import rolls as queries
from storage.queries.rolls import RollRow
from storage.tables import SAYABLE, EntryState, Run, Task


@dataclass(frozen=True)
class Waiting:
    """Children whose entry here opens when the roll before has their data.

    Attributes:
        task_id: the roll before; None when there is none, or it is closed.
        rows: the children still to be done there.
    """

    task_id: int | None
    rows: tuple[RollRow, ...]


def waiting_for(s: Session, roll: Roll) -> Waiting:
    """Who is still missing on the roll because the one before is not done for them."""
    if roll.step.entry_after is None:
        return Waiting(None, ())
    run = s.get_one(Run, roll.task.run_id)
    for task in entries.rolls_of_run_step(s, run, roll.step.entry_after):
        if task.state in SAYABLE:
            rows = queries.list_rows(s, task.id or 0)
            return Waiting(task.id, tuple(row for row in rows if row.state == EntryState.OPEN))
    return Waiting(None, ())


def answers_before(s: Session, roll: Roll, child_id: int) -> dict[str, object]:
    """What the roll before recorded about the child (the parents' data for a home visit)."""
    if roll.step.entry_after is None:
        return {}
    run = s.get_one(Run, roll.task.run_id)
    for task in entries.rolls_of_run_step(s, run, roll.step.entry_after):
        record = queries.find_record(s, task.id or 0, child_id, "form")
        if record is not None:
            return dict(record.data)
    return {}


def follower_of(s: Session, roll: Roll) -> Task | None:
    """The open roll whose children come from this one."""
    run = s.get_one(Run, roll.task.run_id)
    for step in roll.sop.asked_steps:
        if step.entry_after == roll.task.step:
            for task in entries.rolls_of_run_step(s, run, step.step):
                if task.state in SAYABLE:
                    return task
    return None
