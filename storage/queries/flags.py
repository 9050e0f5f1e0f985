"""Marks on children that stand, and what a mark has started."""

from collections.abc import Collection

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from storage.tables import (
    LIVE_RUNS,
    ChildFlag,
    EntryState,
    FlagKind,
    Run,
    Task,
    TaskEntry,
    TaskState,
)

_FLAG = select(ChildFlag).where(
    ChildFlag.child_id == bindparam("child"),
    ChildFlag.kind == bindparam("kind"),
    col(ChildFlag.cleared_at).is_(None),
)


def find_flag(s: Session, child_id: int, kind: FlagKind) -> ChildFlag | None:
    """The mark of this kind that stands on the child."""
    return s.exec(_FLAG, params={"child": child_id, "kind": kind}).one_or_none()


_FLAGGED = select(ChildFlag.child_id).where(
    col(ChildFlag.child_id).in_(bindparam("children", expanding=True)),
    ChildFlag.kind == bindparam("kind"),
    col(ChildFlag.cleared_at).is_(None),
)


def list_flagged(s: Session, child_ids: Collection[int], kind: FlagKind) -> frozenset[int]:
    """Which of these children bear the mark."""
    return frozenset(s.exec(_FLAGGED, params={"children": list(child_ids), "kind": kind}))


def list_open_entries(s: Session, child_id: int) -> tuple[tuple[TaskEntry, Task], ...]:
    """The child's open entries on open rolls."""
    rows = s.exec(
        select(TaskEntry, Task)
        .join(Task, col(Task.id) == col(TaskEntry.task_id))
        .where(
            TaskEntry.child_id == child_id,
            TaskEntry.state == EntryState.OPEN,
            Task.state == TaskState.OPEN,
        )
        .order_by(col(Task.id))
    )
    return tuple((entry, task) for entry, task in rows)


def list_open_runs(s: Session, child_id: int) -> tuple[Run, ...]:
    """The child's own runs that are open or wait."""
    return tuple(s.exec(select(Run).where(Run.child_id == child_id, col(Run.state).in_(LIVE_RUNS))))


def list_tasks(s: Session, run_id: int) -> tuple[Task, ...]:
    """All tasks of a run."""
    return tuple(s.exec(select(Task).where(Task.run_id == run_id).order_by(col(Task.id))))
