"""What was decided in a run: the proposal that stands, or what the Kepala settled (SOP 9.1.33 step 5)."""

from sqlmodel import Session, col, select

from sop_flows.versions import sop_of
from storage.tables import Record, Run, Task, TaskState

FORM = "form"  # key of the record that a step's form makes
SETTLED = "settled"  # key of the record of who decided after an objection


def outcome_of(s: Session, run: Run) -> str | None:
    """The word that the decision step of this run ended with; None without a decision."""
    for step in sop_of(s, run).asked_steps:
        if step.decision is None:
            continue
        task = s.exec(
            select(Task).where(
                Task.run_id == run.id, Task.step == step.step, Task.state != TaskState.WITHDRAWN
            )
        ).first()
        return None if task is None else decided(s, task, step.decision.field)
    return None


def decided(s: Session, task: Task, field: str) -> str | None:
    """What stands on this decision step now: settled by the head, else proposed; None before anything is."""
    rows = s.exec(
        select(Record)
        .where(Record.task_id == task.id, col(Record.key).in_((FORM, SETTLED)))
        .order_by(col(Record.id))
    ).all()
    settled = [row for row in rows if row.key == SETTLED]
    proposed = [row for row in rows if row.key == FORM]
    last = (settled or proposed)[-1:]
    word = last[0].data.get(field) if last else None
    return word if isinstance(word, str) else None
