"""The entries of a roll with what a card needs of each child, and the records made on it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from storage.queries.step_records import stands
from storage.tables import Child, EntryState, Record, Run, School, Task, TaskEntry

LATEST_RUNS = 20  # of all angkatan: a running number goes on from these


@dataclass(frozen=True)
class RollRow:
    """One child on a roll. No name: that is decrypted only for the child whose card is shown."""

    entry_id: int
    child_id: int
    number: int
    sex: str
    school: str
    state: EntryState
    due_at: datetime
    put_off_at: datetime | None
    closed_at: datetime | None
    closed_by_id: int | None
    born_on: str | None = None  # ISO
    school_id: int = 0


_ROWS = (
    select(  # type: ignore[call-overload, misc]  # typed for four columns only
        TaskEntry.id,
        TaskEntry.child_id,
        Child.number,
        Child.sex,
        School.name,
        TaskEntry.state,
        TaskEntry.due_at,
        TaskEntry.put_off_at,
        TaskEntry.closed_at,
        TaskEntry.closed_by_id,
        Child.born_on,
        Child.school_id,
    )
    .join(Child, col(Child.id) == col(TaskEntry.child_id))
    .join(School, col(School.id) == col(Child.school_id))
    .where(TaskEntry.task_id == bindparam("task"))
    .order_by(col(Child.number))
)


def list_rows(s: Session, task_id: int) -> tuple[RollRow, ...]:
    """Every entry of the roll, by the child's number; withdrawn ones too."""
    return tuple(RollRow(*row) for row in s.exec(_ROWS, params={"task": task_id}))


_ENTRY = select(TaskEntry).where(
    TaskEntry.task_id == bindparam("task"), TaskEntry.child_id == bindparam("child")
)


def get_entry(s: Session, task_id: int, child_id: int) -> TaskEntry | None:
    """The entry of one child, or None when it does not stand on the roll."""
    return s.exec(_ENTRY, params={"task": task_id, "child": child_id}).one_or_none()


_ENTRIES = select(TaskEntry).where(
    TaskEntry.task_id == bindparam("task"),
    col(TaskEntry.child_id).in_(bindparam("children", expanding=True)),
)


def list_entries(s: Session, task_id: int, child_ids: Collection[int]) -> tuple[TaskEntry, ...]:
    """The entries of these children."""
    return tuple(s.exec(_ENTRIES, params={"task": task_id, "children": list(child_ids)}))


_CHILDREN = (
    select(Child).where(col(Child.id).in_(bindparam("children", expanding=True))).order_by(col(Child.number))
)


def list_children(s: Session, child_ids: Collection[int]) -> tuple[Child, ...]:
    """These children, by number."""
    return tuple(s.exec(_CHILDREN, params={"children": list(child_ids)}))


_CHILD = select(Child).where(Child.cohort_id == bindparam("cohort"), Child.number == bindparam("number"))


def find_child(s: Session, cohort_id: int, number: int) -> Child | None:
    """The child with this number in the cohort."""
    return s.exec(_CHILD, params={"cohort": cohort_id, "number": number}).one_or_none()


_RECORDS = (
    select(Record)
    .where(Record.task_id == bindparam("task"), Record.key == bindparam("key"), stands(Record))
    .order_by(col(Record.id))
)


def list_records(s: Session, task_id: int, key: str) -> tuple[Record, ...]:
    """The records of a task under `key` that stand: those no later row replaces. By id."""
    return tuple(s.exec(_RECORDS, params={"task": task_id, "key": key}))


_RECORD = (
    select(Record)
    .where(
        Record.task_id == bindparam("task"),
        Record.child_id == bindparam("child"),
        Record.key == bindparam("key"),
        stands(Record),
    )
    .order_by(col(Record.id).desc())
)


def find_record(s: Session, task_id: int, child_id: int, key: str) -> Record | None:
    """The record of one child that stands."""
    return s.exec(_RECORD, params={"task": task_id, "child": child_id, "key": key}).first()


def list_values(s: Session, sop: str, step: int, key: str, field: str) -> tuple[object, ...]:
    """What the latest rolls of this step, in any angkatan, recorded in one field; replaced rows included."""
    latest = (
        select(Task.id)
        .join(Run, col(Run.id) == col(Task.run_id))
        .where(Run.sop == sop, Task.step == step)
        .order_by(col(Run.id).desc())
        .limit(LATEST_RUNS)
    )
    rows = s.exec(select(Record.data).where(col(Record.task_id).in_(latest), Record.key == key))
    return tuple(data.get(field) for data in rows)


_RECORDS_OF_STEP = (
    select(Record)
    .join(Task, col(Task.id) == col(Record.task_id))
    .where(
        Task.cohort_id == bindparam("cohort"),
        Task.sop == bindparam("sop"),
        Task.step == bindparam("step"),
        Record.key == bindparam("key"),
        stands(Record),
    )
    .order_by(col(Record.id))
)


def list_records_of_step(s: Session, cohort_id: int, sop: str, step: int, key: str) -> tuple[Record, ...]:
    """The records of every roll of this step in the angkatan that stand; by id."""
    step_of = {"cohort": cohort_id, "sop": sop, "step": step}
    return tuple(s.exec(_RECORDS_OF_STEP, params={**step_of, "key": key}))
