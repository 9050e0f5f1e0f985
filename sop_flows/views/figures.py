"""The figures of a stay that a head asks for first: the last weigh-in, and the visits to flagged children."""

from collections.abc import Collection
from dataclasses import dataclass

from sop_flows.core.work import Work
from sop_flows.declarations.sop import Step
from sop_flows.recording.entries import FLAGGED
from sop_flows.recording.forms.answers import is_weighing
from sop_flows.recording.weigh_ins import Measured, losers, measure
from storage.queries.rolls import list_rows
from storage.queries.status import PartRow, count_entries
from storage.tables import EntryState, Task


@dataclass(frozen=True)
class WeighInFigures:
    """The newest weigh-in at which somebody was weighed.

    Attributes:
        weighed, expected: children.
        lost: those who lost weight, the largest loss first.
    """

    task: Task
    step: Step
    weighed: int
    expected: int
    lost: tuple[Measured, ...]


@dataclass(frozen=True)
class VisitFigures:
    """Visits to flagged children, each with a report of its own (SOP 9.1.12 step 3)."""

    step: Step
    done: int
    owed: int


@dataclass(frozen=True)
class Figures:
    """What a head reads at a glance; None: there is no such thing yet."""

    weigh_in: WeighInFigures | None
    visits: VisitFigures | None


def figures_of(work: Work, steps: Collection[tuple[PartRow, Step]]) -> Figures:
    """The figures of an angkatan. `steps` are the parts of its tasks that are owed or closed, with their steps."""
    by_task = {row.part.task_id: (row.task, step) for row, step in steps}
    return Figures(_newest_weigh_in(work, by_task.values()), _visits(work, by_task.values()))


def _newest_weigh_in(work: Work, steps: Collection[tuple[Task, Step]]) -> WeighInFigures | None:
    weigh_ins = [(task, step) for task, step in steps if is_weighing(step.record)]
    for task, step in sorted(weigh_ins, key=lambda one: one[0].due_at or work.now, reverse=True):
        rows = [row for row in list_rows(work.session, task.id or 0) if row.state != EntryState.WITHDRAWN]
        if not any(row.state == EntryState.DONE for row in rows):
            continue
        measured = measure(work.session, task.id or 0, rows)
        return WeighInFigures(task, step, len(measured), len(rows), losers(measured))
    return None


def _visits(work: Work, steps: Collection[tuple[Task, Step]]) -> VisitFigures | None:
    visits = [
        (task, step)
        for task, step in steps
        if step.per == FLAGGED and step.record is not None and step.record.style == "asked"
    ]
    counted = count_entries(work.session, [task.id or 0 for task, _step in visits])
    done, still = counted.get(EntryState.DONE, 0), counted.get(EntryState.OPEN, 0)
    return VisitFigures(visits[0][1], done, done + still) if done + still else None
