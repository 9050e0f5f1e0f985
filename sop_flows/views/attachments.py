"""What was sent with the steps: pictures, files, voices and places, for whoever may read what they recorded; the portrait
of a child, for whoever may see the child."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from sop_flows.core.work import Work, case_of, declared
from sop_flows.errors import NotFoundError, NotPermittedError, NotYoursError
from sop_flows.recording.records import FORM, may_read_of
from sop_flows.staffing.children import sees_child, visible_child
from sop_flows.staffing.responsibility import find_task, log_read
from storage.queries.step_records import find_newest, list_standing
from storage.tables import Officer, Record, StoredFile, Task, TaskState

Kind = Literal["picture", "file", "voice", "place"]


@dataclass(frozen=True)
class Attachment:
    """One thing that can be opened.

    Attributes:
        file: what lies in the cabinet; None of a place.
        record, field: the record that says the place, and at which position of its form.
        latitude, longitude: degrees.
    """

    task: Task
    kind: Kind
    by_id: int
    at: datetime
    file: StoredFile | None = None
    record: Record | None = None
    field: int = 0
    latitude: float = 0.0
    longitude: float = 0.0


def of_task(work: Work, officer: Officer, task: Task) -> tuple[Attachment, ...]:
    """Those of a step, the newest first."""
    return _of(work, officer, [task])


_OF_RUN = (
    select(Task)
    .where(Task.run_id == bindparam("run"), Task.state != TaskState.WITHDRAWN)
    .order_by(col(Task.id))
)


def of_run(work: Work, officer: Officer, task: Task) -> tuple[Attachment, ...]:
    """Those of all steps of the run that the task belongs to, as far as the officer may read them."""
    return _of(work, officer, work.session.exec(_OF_RUN, params={"run": task.run_id}).all())


_FILED_AT = select(StoredFile.task_id).where(StoredFile.child_id == bindparam("child"))
_RECORDED_AT = select(Record.task_id).where(Record.child_id == bindparam("child"), Record.key == FORM)
_TASKS = select(Task).where(col(Task.id).in_(bindparam("tasks", expanding=True))).order_by(col(Task.id))


def of_child(work: Work, officer: Officer, child_id: int) -> tuple[Attachment, ...]:
    """Those about a child, as far as the officer may read them."""
    s = work.session
    ids = {one for one in s.exec(_FILED_AT, params={"child": child_id}) if one}
    ids |= set(s.exec(_RECORDED_AT, params={"child": child_id}))
    tasks = s.exec(_TASKS, params={"tasks": sorted(ids)}).all() if ids else ()
    return _of(work, officer, tasks, child_id)


def open_file(work: Work, officer: Officer, task_id: int, file_id: int) -> StoredFile:
    """The file of the task, for whoever may read it; the look is logged.

    Raises NotFoundError: there is none; NotYoursError: another section's.
    """
    task, found = find_task(work.session, task_id), work.session.get(StoredFile, file_id)
    if found is None or found.task_id != task_id:
        raise NotFoundError
    _refuse(work, officer, task, found.child_id, (found.officer_id,))
    _log(work, task, f"file {file_id}", found.child_id)
    return found


_PORTRAIT = (
    select(StoredFile)
    .where(StoredFile.child_id == bindparam("child"), col(StoredFile.task_id).is_(None))
    .order_by(col(StoredFile.id).desc())
)


def portrait_of(s: Session, child_id: int) -> StoredFile | None:
    """The portrait of a child, if there is one."""
    return s.exec(_PORTRAIT, params={"child": child_id}).first()


def open_portrait(work: Work, officer: Officer, child_id: int) -> StoredFile | None:
    """The portrait, for whoever may see the child; the look is logged. None while there is none.

    Raises NotFoundError, NotPermittedError, CohortShutError.
    """
    visible_child(work, officer, child_id)
    found = portrait_of(work.session, child_id)
    if found is not None:
        log_read(work, "portrait", child_id=child_id)
    return found


def open_place(work: Work, officer: Officer, task_id: int, record_id: int, field: int) -> Attachment:
    """The place that the record says, or what has replaced it since; as `open_file`."""
    task, record = find_task(work.session, task_id), work.session.get(Record, record_id)
    if record is None or record.task_id != task_id or record.key != FORM:
        raise NotFoundError
    record = find_newest(work.session, record)
    _refuse(work, officer, task, record.child_id, (record.officer_id, record.recorded_by_id))
    found = next((one for one in places_of(work, task, record) if one.field == field), None)
    if found is None:
        raise NotFoundError
    _log(work, task, f"place {task.sop}/{task.step}", record.child_id)
    return found


_FILES = select(StoredFile).where(col(StoredFile.task_id).in_(bindparam("tasks", expanding=True)))


def _of(
    work: Work, officer: Officer, tasks: Collection[Task], child_id: int | None = None
) -> tuple[Attachment, ...]:
    by_id = {task.id or 0: task for task in tasks}
    if not by_id:
        return ()
    found = [
        Attachment(by_id[one.task_id or 0], _kind(one.mime), one.officer_id, one.stored_at, file=one)
        for one in work.session.exec(_FILES, params={"tasks": list(by_id)})
    ]
    with_place = [
        number
        for number, task in by_id.items()
        if (form := declared(work.session, task)[1].record) and any(f.kind == "location" for f in form.fields)
    ]
    for record in list_standing(work.session, with_place, FORM):
        found += places_of(work, by_id[record.task_id], record)
    readable: dict[tuple[int, bool], bool] = {}

    def may_read(one: Attachment) -> bool:
        key = one.task.id or 0, one.by_id == officer.id
        if key not in readable:
            readable[key] = may_read_of(work, officer, one.task, (one.by_id,))
        return readable[key]

    mine = (
        one
        for one in found
        if child_id in (None, _child_of(one)) and may_read(one) and sees_child(work, officer, _child_of(one))
    )
    return tuple(sorted(mine, key=_when, reverse=True))


def _when(one: Attachment) -> tuple[datetime, bool, int]:
    """Its time; of one moment the last one stored comes last."""
    row = one.file or one.record
    return one.at, one.file is None, (row.id or 0) if row is not None else 0


def _child_of(one: Attachment) -> int | None:
    return one.file.child_id if one.file is not None else one.record.child_id if one.record else None


def places_of(work: Work, task: Task, record: Record) -> Iterable[Attachment]:
    """The places that a record of the task says."""
    form = declared(work.session, task)[1].record
    for place, field in enumerate(form.fields if form is not None else ()):
        said = record.data.get(field.key)
        if field.kind == "location" and isinstance(said, dict):
            yield Attachment(
                task, "place", record.officer_id, record.recorded_at, record=record, field=place,
                latitude=float(said["latitude"]), longitude=float(said["longitude"]),
            )  # fmt: skip


def _kind(mime: str) -> Kind:
    return "picture" if mime.startswith("image/") else "voice" if mime.startswith("audio/") else "file"


def _refuse(work: Work, officer: Officer, task: Task, child_id: int | None, wrote: Collection[int]) -> None:
    if not sees_child(work, officer, child_id):
        raise NotPermittedError("own school")
    if may_read_of(work, officer, task, wrote):
        return
    if task.case_id is not None:
        raise NotFoundError
    raise NotYoursError(declared(work.session, task)[1].executors)


def _log(work: Work, task: Task, screen: str, child_id: int | None) -> None:
    case = case_of(work.session, task)
    of_child = None if case is not None else child_id or task.child_id
    log_read(work, screen, child_id=of_child, case_id=None if case is None else case.id)
