"""[Sama untuk semua]: what was recorded at a step of one SOP, for the same step of those that are written as the same one.

The five kinds of guidance (SOP 9.1.02 to 9.1.06) often have one schedule, the same people and one method.
"""

from sqlmodel import col, select

from sop_flows.actions.attachments import attach_kept
from sop_flows.core.work import Work, declared
from sop_flows.declarations.form import KEPT, Form
from sop_flows.recording import records
from sop_flows.staffing.responsibility import acting_roles, lock_task, own_parts
from storage.tables import Record, StoredFile, Task, TaskState


def lacking_alike(work: Work, task: Task) -> tuple[Task, ...]:
    """The same step of the other SOPs, done in this angkatan, of which nothing is recorded yet and the officer may."""
    if records.recorded(work.session, task) is None:
        return ()
    return tuple(
        other
        for other in _alike(work, task)
        if other.incomplete_at is not None
        and records.recorded(work.session, other) is None
        and acting_roles(work, work.officer, other)
    )


def recorded_alike(work: Work, task: Task) -> Task | None:
    """One of the other SOPs whose same step has its record already; None: none has."""
    found = _alike(work, task)
    return next((other for other in found if records.recorded(work.session, other) is not None), None)


def record_alike(work: Work, task_id: int) -> tuple[Task, ...]:
    """Record the same at all that lack it; returns them. Raises NotFoundError, NotYoursError."""
    task = lock_task(work.session, task_id)
    own_parts(work, work.officer, task)
    standing, form = records.recorded(work.session, task), declared(work.session, task)[1].record
    if standing is None or form is None:
        return ()
    others = lacking_alike(work, task)
    for other in others:
        records.correct(work, other.id or 0, _copied(work, form, standing, other), 0)
    return others


def _alike(work: Work, task: Task) -> tuple[Task, ...]:
    sop = declared(work.session, task)[0]
    first = sop.same_steps_as or sop.number
    family = [one.number for one in work.pack.sops.values() if (one.same_steps_as or one.number) == first]
    if task.cohort_id is None or len(family) < 2:
        return ()
    return tuple(
        work.session.exec(
            select(Task)
            .where(
                Task.cohort_id == task.cohort_id,
                Task.step == task.step,
                Task.state == TaskState.DONE,
                Task.sop != task.sop,
                col(Task.sop).in_(family),
            )
            .order_by(col(Task.sop))
        )
    )


def _copied(work: Work, form: Form, record: Record, to: Task) -> dict[str, object]:
    """The answers; a file belongs to one step, and gets a row for the other."""
    values = dict(record.data)
    for field in form.fields:
        ids = values.get(field.key)
        if field.kind in KEPT and isinstance(ids, list):
            files = [one for number in ids if (one := work.session.get(StoredFile, number)) is not None]
            values[field.key] = [
                attach_kept(
                    work, work.officer, to.id or 0, one.content_key, one.mime, one.size_bytes, one.name
                ).id
                for one in files
            ]
    return values
