"""Tasks, their parts and entries."""

from datetime import timedelta
from typing import Any

from sqlmodel import Session

from storage.tables import DueKind, EntryState, Run, Task, TaskEntry, TaskPart, TaskState
from tests.support.builders.cohorts import build_child
from tests.support.builders.rows import SOME_TIME, add, id_of
from tests.support.builders.runs import build_run


def build_task(s: Session, **fields: Any) -> Task:
    """An open task (9.2.15 step 2) without parts."""
    run = s.get_one(Run, fields["run_id"]) if "run_id" in fields else build_run(s)
    return add(
        s, Task, fields,
        run_id=id_of(run), cohort_id=run.cohort_id, case_id=run.case_id, child_id=run.child_id, sop=run.sop, step=2,
        state=TaskState.OPEN, opened_at=SOME_TIME, due_at=SOME_TIME + timedelta(days=1), due_kind=DueKind.TARGET,
    )  # fmt: skip


def build_task_part(s: Session, **fields: Any) -> TaskPart:
    """The open part of Penyantunan, nobody in charge."""
    if "task_id" not in fields:
        fields["task_id"] = id_of(build_task(s))
    return add(s, TaskPart, fields, position=0, role="penyantunan", state=TaskState.OPEN)


def build_task_entry(s: Session, **fields: Any) -> TaskEntry:
    """A child still to be done on a roll."""
    task = s.get_one(Task, fields["task_id"]) if "task_id" in fields else build_task(s)
    if "child_id" not in fields:
        fields["child_id"] = id_of(build_child(s, cohort_id=task.cohort_id))
    return add(
        s, TaskEntry, fields,
        task_id=id_of(task), state=EntryState.OPEN, opened_at=SOME_TIME, due_at=SOME_TIME + timedelta(days=1),
    )  # fmt: skip
