"""What is said of each school or Kab/Kota at a step that is recorded so: one, or all as the list of children says."""

from sop_flows.actions.confirm import confirm
from sop_flows.core.result import Result
from sop_flows.core.work import Work, declared
from sop_flows.declarations.sop import Step
from sop_flows.errors import AlreadyDoneError, NotFoundError
from sop_flows.recording import origins, records
from sop_flows.recording.forms.answers import Values, is_complete
from sop_flows.recording.origins import Origin
from sop_flows.staffing.responsibility import lock_task, name_of, own_parts, refuse_closed
from storage.tables import SAYABLE, Task, TaskState


def record(
    work: Work, task_id: int, number: int, values: Values, *, replaces: int | None = None
) -> Result | None:
    """Keep the answers of one school or Kab/Kota; with the last one the step is done, and the result is returned.

    Args:
        number: of the origin, as its buttons name it.
        replaces: the record that the officer looked at, None when there was none.

    Raises:
        NotFoundError, NotYoursError, NotYetError; AlreadyDoneError: a colleague was first.
    """
    task, step = _open(work, task_id)
    origin = next((one for one in origins.origins_of(work.session, task, step) if one.number == number), None)
    if origin is None or step.record is None or not is_complete(step.record, values):
        raise NotFoundError
    if origin.record is None:
        refuse_closed(work.session, task)
    elif origin.record.id != replaces:
        who = name_of(work.session, origin.record.recorded_by_id)
        raise AlreadyDoneError("recorded", who, origin.record.recorded_at)
    origins.record_origin(work, task, origin, values, work.officer, work.today)
    if task.state not in SAYABLE:
        records.note_incomplete(work, task)
        return None
    if origins.unrecorded(work.session, task, step):
        return None
    return confirm(work, task_id)


def record_as_listed(work: Work, task_id: int) -> Result:
    """[Sesuai daftar]: of all that have no record yet what the list of children says, and the step is done.

    Raises NotFoundError where the list does not answer every question, and as `record`.
    """
    task, step = _open(work, task_id)
    refuse_closed(work.session, task)
    for origin in origins.unrecorded(work.session, task, step):
        if not is_listed(step, origin):
            raise NotFoundError
        assert step.record is not None
        origins.record_origin(work, task, origin, origin.proposed(step.record), work.officer, work.today)
    return confirm(work, task_id)


def is_listed(step: Step, origin: Origin) -> bool:
    """Whether the list of children answers every question that needs an answer."""
    assert step.record is not None
    proposed = origin.proposed(step.record)
    return bool(proposed) and is_complete(step.record, proposed)


def _open(work: Work, task_id: int) -> tuple[Task, Step]:
    task = lock_task(work.session, task_id)
    _sop, step = declared(work.session, task)
    if not step.is_by_origin:
        raise NotFoundError
    own_parts(work, work.officer, task)
    if task.state in (TaskState.WAITING, TaskState.WITHDRAWN, TaskState.SKIPPED):
        refuse_closed(work.session, task)
    return task, step
