"""What starts depend on: what was decided in a run, the proposal that stands, or what the Kepala settled (SOP 9.1.33
step 5); what is so of the child of a case.

A word stands while the part of the role that said it is done: an undone one leaves its record as evidence.
"""

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from sop_flows.core.states import parts_of
from sop_flows.core.work import Work, sop_of
from sop_flows.declarations.decision import Decision
from sop_flows.declarations.sop import ChildFact, Step
from storage.tables import Case, Record, Run, Task, TaskState

FORM = "form"  # key of the record that a step's form makes: of the proposal
SETTLED = "settled"  # key of the record of who decided after an objection


_OF_STEP = select(Task).where(
    Task.run_id == bindparam("run"), Task.step == bindparam("step"), Task.state != TaskState.WITHDRAWN
)


def outcome_of(s: Session, run: Run) -> str | None:
    """The word that the decision step of this run ended with; None without a decision."""
    step = sop_of(s, run).decision_step
    if step is None or step.decision is None:
        return None
    task = s.exec(_OF_STEP, params={"run": run.id, "step": step.step}).first()
    if task is None:
        return None
    return settled(s, task, step.decision) or proposed(s, task, step.decision)


def proposed(s: Session, task: Task, decision: Decision) -> str | None:
    """The proposal that stands on this decision step; None before there is one."""
    return _standing(s, task, decision.proposes, FORM, decision.field)


def reason(s: Session, task: Task, step: Step) -> str | None:
    """Why it was proposed; None without a reason."""
    if step.decision is None or step.reason is None:
        return None
    return _standing(s, task, step.decision.proposes, FORM, step.reason.key)


def settled(s: Session, task: Task, decision: Decision) -> str | None:
    """What the head decided after an objection; None while the head has not."""
    return _standing(s, task, decision.settles, SETTLED, decision.field)


_LAST_RECORD = (
    select(Record)
    .where(Record.task_id == bindparam("task"), Record.key == bindparam("key"))
    .order_by(col(Record.id).desc())
)


def _standing(s: Session, task: Task, role: str, key: str, field: str) -> str | None:
    if not any(part.role == role and part.state == TaskState.DONE for part in parts_of(s, task)):
        return None
    row = s.exec(_LAST_RECORD, params={"task": task.id, "key": key}).first()
    word = None if row is None else row.data.get(field)
    return word if isinstance(word, str) else None


def child_is(work: Work, case: Case, fact: ChildFact) -> bool:
    """Whether this is so of the child, as far as anybody said. Who is not born yet, or too young for it, misses no school;
    a child of unknown age may."""
    if fact == "in_house":
        return case.in_house
    school_age = 0 if work.unit.case is None else work.unit.case.school_age
    old_enough = not case.unborn and (case.age_years is None or case.age_years >= school_age)
    return case.at_school is False and old_enough
