"""What the form of a step itself recorded: one row for each time it was saved. A correction is a further row."""

from collections.abc import Mapping
from datetime import date

from sqlmodel import Session

from sop_flows.core.parts import parts_of
from sop_flows.core.subjects import case_of
from sop_flows.core.versions import declared
from sop_flows.core.work import Work
from sop_flows.declarations.form import Form
from sop_flows.declarations.step import Step
from sop_flows.errors import AlreadyDoneError, NotFoundError, NotPermittedError
from sop_flows.recording.forms.answers import is_complete
from sop_flows.staffing.permissions import heads_of
from sop_flows.staffing.responsibility import acting_roles
from sop_flows.staffing.task_rows import lock_task, name_of, own_parts
from sop_flows.staffing.visibility import knows
from storage.queries import step_records as queries
from storage.tables import Officer, Record, Task, TaskState, Weight

FORM = "form"  # key of the record a form makes


def form_of(task: Task, step: Step) -> Form | None:
    """The form that "Selesai" asks at this task; None at a roll, a decision, and where nothing is recorded.

    A monthly note is asked every month on the monthly card, not when the service ends (SOP 9.1.29 step 4).
    """
    if step.per is not None or step.decision is not None:
        return None
    if step.running and step.every is not None and not task.occurrence:
        return None
    return step.record


def needs_form(s: Session, task: Task, step: Step) -> bool:
    """Whether the next "Selesai" has to bring the form: of a joint step, the first part's."""
    return form_of(task, step) is not None and all(part.state != TaskState.DONE for part in parts_of(s, task))


def is_filled(step: Step, values: Mapping[str, object]) -> bool:
    """Whether every question of the step's form has an answer."""
    return step.record is not None and is_complete(step.record, values)


def write(
    work: Work, task: Task, values: Mapping[str, object], doer: Officer, recorder: Officer, on: date
) -> Record:
    """Add the record. What an undone "Selesai" left is evidence, and is replaced by name."""
    former = queries.find_standing(work.session, task.id or 0, FORM)
    row = Record(
        task_id=task.id or 0,
        child_id=task.child_id,
        key=FORM,
        data=dict(values),
        done_on=on,
        recorded_at=work.now,
        officer_id=doer.id or 0,
        recorded_by_id=recorder.id or 0,
        update_id=work.update_id,
        replaces_id=None if former is None else former.id,
    )
    work.session.add(row)
    work.session.flush()
    return row


def note(
    work: Work,
    task_id: int,
    key: str,
    data: Mapping[str, object],
    on: date | None = None,
    replaces: Record | None = None,
) -> None:
    """Add a record of another kind than a form's, by the officer who acts; `on` today."""
    work.session.add(
        Record(
            task_id=task_id,
            key=key,
            data=dict(data),
            done_on=on or work.today,
            recorded_at=work.now,
            officer_id=work.officer.id or 0,
            recorded_by_id=work.officer.id or 0,
            update_id=work.update_id,
            replaces_id=None if replaces is None else replaces.id,
        )
    )
    work.session.flush()


def correct(work: Work, task_id: int, values: Mapping[str, object], corrects: int) -> Record:
    """Koreksi: a further row that names the one it replaces; the confirmation stays as it is.

    Args:
        corrects: the id of the record that the officer looked at.

    Raises:
        NotFoundError: nothing is recorded, or an answer is missing. NotYoursError.
        AlreadyDoneError: a colleague corrected it meanwhile: who and when.
        NotPermittedError: of a case, and the officer may not read it any more.
    """
    task = lock_task(work.session, task_id)
    _sop, step = declared(work.session, task)
    own_parts(work, work.officer, task)
    standing = recorded(work.session, task)
    if standing is None or not is_filled(step, values):
        raise NotFoundError
    if not may_read(work, work.officer, task, standing):
        raise NotPermittedError("case")
    if standing.id != corrects:
        raise AlreadyDoneError(
            "corrected", name_of(work.session, standing.recorded_by_id), standing.recorded_at
        )
    doer = work.session.get_one(Officer, standing.officer_id)
    return write(work, task, values, doer, work.officer, standing.done_on)


def may_read(work: Work, officer: Officer, task: Task, record: Record | Weight) -> bool:
    """Whether the officer may read it: the sections of the step and their heads.

    Of a case only who knows the child, who wrote it, and the executors while the step is open.
    """
    case = case_of(work.session, task)
    mine = bool(acting_roles(work, officer, task))
    if case is not None:
        wrote = officer.id in (record.officer_id, record.recorded_by_id)
        return wrote or knows(work, officer, case) or (mine and task.state == TaskState.OPEN)
    step = declared(work.session, task)[1]
    return mine or bool(heads_of(work, officer.id or 0) & set(step.executors))


def recorded(s: Session, task: Task) -> Record | None:
    """What stands recorded about the step; None before it (or its first part) was done, and after an undo."""
    if form_of(task, declared(s, task)[1]) is None:
        return None
    if task.state != TaskState.DONE and all(part.state != TaskState.DONE for part in parts_of(s, task)):
        return None
    return queries.find_standing(s, task.id or 0, FORM)


def former_values(s: Session, task: Task) -> dict[str, object]:
    """The answers of an undone "Selesai": they are offered again. Empty without one."""
    row = queries.find_standing(s, task.id or 0, FORM)
    return {} if row is None else dict(row.data)
