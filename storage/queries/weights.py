"""Weights: what was measured at a weigh-in, and what a child weighed before it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, tuple_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.queries.step_records import stands
from storage.tables import LIVE, Cohort, Run, Task, TaskState, Weight


@dataclass(frozen=True)
class WeightRow:
    """A weight that stands (no later row corrects it)."""

    id: int
    task_id: int
    child_id: int
    weight_g: int
    weighed_on: date
    officer_id: int


_WEIGHTS = (
    select(  # type: ignore[call-overload]  # typed for four columns only
        Weight.id, Weight.task_id, Weight.child_id, Weight.weight_g, Weight.weighed_on, Weight.officer_id
    )
    .where(col(Weight.child_id).in_(bindparam("children", expanding=True)), stands(Weight))
    .order_by(col(Weight.weighed_on), col(Weight.id))
)


def list_weights(s: Session, child_ids: Collection[int]) -> tuple[WeightRow, ...]:
    """All weights of these children that stand, oldest first."""
    return tuple(WeightRow(*row) for row in s.exec(_WEIGHTS, params={"children": list(child_ids)}))


_WEIGHT = select(Weight).where(
    Weight.task_id == bindparam("task"), Weight.child_id == bindparam("child"), stands(Weight)
)


def find_weight(s: Session, task_id: int, child_id: int) -> Weight | None:
    """The weight of one child at one weigh-in that stands."""
    return s.exec(_WEIGHT, params={"task": task_id, "child": child_id}).first()


def list_weigh_ins(s: Session, places: Collection[tuple[str, int]]) -> tuple[Task, ...]:
    """Weigh-in tasks (`places` are SOP and step) that are open, waiting, or were missed; by their time.

    Those of closed cohorts are left out: with the years they would be many.
    """
    owed = _of_open_cohorts(places).where(col(Task.state).in_((*LIVE, TaskState.MISSED)))
    return tuple(s.exec(owed.order_by(col(Task.due_at), col(Task.id))))


def list_done_weigh_ins(s: Session, places: Collection[tuple[str, int]], since: datetime) -> tuple[Task, ...]:
    """Weigh-in tasks of open cohorts that were finished at `since` or later; the first finished first."""
    done = _of_open_cohorts(places).where(Task.state == TaskState.DONE, col(Task.closed_at) >= since)
    return tuple(s.exec(done.order_by(col(Task.closed_at), col(Task.id))))


def _of_open_cohorts(places: Collection[tuple[str, int]]) -> SelectOfScalar[Task]:
    """Tasks of these steps in cohorts that are not closed, without those of before Pandu.

    By their runs: SQLite would look through all tasks for them.
    """
    open_now = select(Cohort.id).where(col(Cohort.closed_at).is_(None))
    runs = select(Run.id).where(
        col(Run.cohort_id).in_(open_now), col(Run.sop).in_({sop for sop, _step in places})
    )
    return select(Task).where(
        col(Task.run_id).in_(runs),
        tuple_(col(Task.sop), col(Task.step)).in_(sorted(places)),
        col(Task.close_reason).is_distinct_from(TaskState.BEFORE_PANDU),
    )
