"""Records of the form of a step itself: the one that stands, and those it replaced."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, bindparam
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from storage.tables import Record, Task, Weight


def stands(table: type[Record] | type[Weight]) -> ColumnElement[bool]:
    """Of a record or a weight: no later row replaces it.

    Not by a join with the later row: `replaces_id` is empty nearly everywhere, so that SQLite, once it has counted, takes
    the join for a huge one and reads the whole table in the order of its ids.
    """
    newer = aliased(table)
    return ~select(newer.id).where(col(newer.replaces_id) == col(table.id)).exists()


_STANDING = (
    select(Record)
    .where(Record.task_id == bindparam("task"), Record.key == bindparam("key"), stands(Record))
    .order_by(col(Record.id).desc())
)


def find_standing(s: Session, task_id: int, key: str) -> Record | None:
    """The newest record of the task that no later row replaces."""
    return s.exec(_STANDING, params={"task": task_id, "key": key}).first()


_REPLACING = select(Record).where(Record.replaces_id == bindparam("record"))


def find_newest(s: Session, record: Record) -> Record:
    """What stands in the place of this record now; the record itself while nothing replaced it."""
    newer = s.exec(_REPLACING, params={"record": record.id}).one_or_none()
    while newer is not None:
        record = newer
        newer = s.exec(_REPLACING, params={"record": record.id}).one_or_none()
    return record


def list_replaced(s: Session, record: Record) -> tuple[Record, ...]:
    """What this record replaced, newest first."""
    rows = {
        row.id: row
        for row in s.exec(select(Record).where(Record.task_id == record.task_id, Record.key == record.key))
    }
    found = []
    former = rows.get(record.replaces_id)
    while former is not None:
        found.append(former)
        former = rows.get(former.replaces_id)
    return tuple(found)


_OF_CHILD = (
    select(Record, Task)
    .join(Task, col(Task.id) == col(Record.task_id))
    .where(
        Record.child_id == bindparam("child"),
        col(Record.key).in_(bindparam("keys", expanding=True)),
        stands(Record),
    )
    .order_by(col(Record.id))
)


def list_of_child(s: Session, child_id: int, keys: Collection[str]) -> tuple[tuple[Record, Task], ...]:
    """What stands recorded about a child, in the order in which it was written."""
    rows = s.exec(_OF_CHILD, params={"child": child_id, "keys": list(keys)})
    return tuple((record, task) for record, task in rows)


_WEIGHTS_OF_CHILD = (
    select(Weight, Task)
    .join(Task, col(Task.id) == col(Weight.task_id))
    .where(Weight.child_id == bindparam("child"), stands(Weight))
    .order_by(col(Weight.id))
)


def list_weights_of_child(s: Session, child_id: int) -> tuple[tuple[Weight, Task], ...]:
    """What the child weighed, as it stands, with the weigh-in."""
    rows = s.exec(_WEIGHTS_OF_CHILD, params={"child": child_id})
    return tuple((weight, task) for weight, task in rows)


_STANDING_OF_TASKS = (
    select(Record)
    .where(
        col(Record.task_id).in_(bindparam("tasks", expanding=True)),
        Record.key == bindparam("key"),
        stands(Record),
    )
    .order_by(col(Record.id))
)


def list_standing(s: Session, task_ids: Collection[int], key: str) -> tuple[Record, ...]:
    """The records of these tasks that no later row replaces, in the order in which they were written."""
    if not task_ids:
        return ()
    return tuple(s.exec(_STANDING_OF_TASKS, params={"tasks": list(task_ids), "key": key}))
