"""A child as its page shows it: where it belongs, how it grows, what is owed and what happened to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import bindparam
from sqlmodel import col, select

from sop_flows.core.work import Work, day_begins, sops_by_run
from sop_flows.declarations.sop import Sop, Step
from sop_flows.recording.entries import FLAGGED
from sop_flows.recording.growth import BmiForAge, bmi_for_age, height_in
from sop_flows.recording.records import FORM, may_read_of
from sop_flows.views.attachments import portrait_of
from storage.queries import step_records
from storage.queries.children import ChildRow
from storage.tables import (
    ChildFlag,
    EntryState,
    FlagKind,
    Incident,
    LeaveReason,
    Membership,
    Officer,
    Task,
    TaskEntry,
    TaskState,
    Weight,
)

What = Literal["came", "left", "weighed", "done", "skipped", "marked", "unmarked", "incident", "closed"]
PLACES = ("groups", "dormitory")  # proposals of the fields that say where a child belongs


@dataclass(frozen=True)
class ChildStep:
    """One step about the child alone: an entry of a roll, or a step of an SOP of its own.

    Attributes:
        at: when it is due; once it is done, when it was closed.
        is_late: due before now and open.
    """

    task: Task
    step: Step
    at: datetime
    is_open: bool
    is_late: bool
    is_visit: bool


@dataclass(frozen=True)
class ChildPage:
    """Attributes:
    group, dormitory: "" while they are not recorded.
    weights: those that the officer may read, the oldest first.
    height_cm: the last one recorded; None without one, and for whoever may not read it.
    growth: by the last weight and height; None without one, or outside 5 to 19 years.
    open: steps about the child that are owed, the one due first first.
    visits: of visits to flagged children, done or owed.
    has_portrait: whether there is a photo of the child.
    """

    group: str
    dormitory: str
    weights: tuple[Weight, ...]
    height_cm: float | None
    growth: BmiForAge | None
    open: tuple[ChildStep, ...]
    visits: tuple[ChildStep, ...]
    has_portrait: bool


def child_page(work: Work, officer: Officer, row: ChildRow) -> ChildPage:
    """The page of a child that the officer may see; of records, those that are of the officer's need."""
    child_id = row.child.id or 0
    sops = sops_by_run(work.session, row.child.cohort_id)
    may_read = _reader(work, officer)
    places, height = dict.fromkeys(PLACES, ""), None
    for record, task in step_records.list_of_child(work.session, child_id, (FORM,)):
        form = sops[task.run_id].step(task.step).record
        for field in form.fields if form is not None else ():
            if field.proposal in places and record.data.get(field.key):
                places[field.proposal] = str(record.data[field.key])
        said = height_in(record.data)
        if said is not None and may_read(task):
            height = said
    weighed = step_records.list_weights_of_child(work.session, child_id)
    mine = (weight for weight, task in weighed if may_read(task))
    weights = sorted(mine, key=lambda one: (one.weighed_on, one.id or 0))
    growth = None
    if weights and height is not None and row.child.born_on is not None:
        born, last = date.fromisoformat(row.child.born_on), weights[-1]
        growth = bmi_for_age(row.child.sex, born, last.weighed_on, last.weight_g, height)
    steps = _steps(work, row, sops)
    return ChildPage(
        places["groups"],
        places["dormitory"],
        tuple(weights),
        height,
        growth,
        tuple(one for one in steps if one.is_open),
        tuple(one for one in steps if one.is_visit),
        portrait_of(work.session, child_id) is not None,
    )


def _reader(work: Work, officer: Officer) -> Callable[[Task], bool]:
    """`may_read_of`, asked once for each step: it is the same for all tasks of one in an angkatan."""
    known: dict[tuple[str, int], bool] = {}

    def may_read(task: Task) -> bool:
        key = task.sop, task.step
        if key not in known:
            known[key] = may_read_of(work, officer, task, ())
        return known[key]

    return may_read


_OWED_OR_DONE = (
    select(TaskEntry, Task)
    .join(Task, col(Task.id) == col(TaskEntry.task_id))
    .where(
        TaskEntry.child_id == bindparam("child"),
        col(TaskEntry.state).in_((EntryState.OPEN, EntryState.DONE)),
        Task.state != TaskState.WITHDRAWN,
    )
)
_OF_ITS_OWN = select(Task).where(
    Task.cohort_id == bindparam("cohort"),
    Task.child_id == bindparam("child"),
    Task.state == TaskState.OPEN,
)


def _steps(work: Work, row: ChildRow, sops: Mapping[int, Sop]) -> list[ChildStep]:
    """What of the child alone is open, and every visit."""
    s, child_id, cohort_id = work.session, row.child.id or 0, row.child.cohort_id
    found = []
    for entry, task in s.exec(_OWED_OR_DONE, params={"child": child_id}):
        step = sops[task.run_id].step(task.step)
        is_open = entry.state == EntryState.OPEN and task.state == TaskState.OPEN
        is_visit = _is_visit(step) and (is_open or entry.state == EntryState.DONE)
        if is_open or is_visit:
            at = entry.closed_at if entry.closed_at is not None and not is_open else entry.due_at
            found.append(_step(work, task, step, at, is_open=is_open, is_visit=is_visit))
    for task in s.exec(_OF_ITS_OWN, params={"cohort": cohort_id, "child": child_id}):
        if task.due_at is not None:
            step = sops[task.run_id].step(task.step)
            found.append(_step(work, task, step, task.due_at, is_open=True, is_visit=False))
    return sorted(found, key=lambda one: (one.at, one.task.id or 0))


def _step(work: Work, task: Task, step: Step, at: datetime, *, is_open: bool, is_visit: bool) -> ChildStep:
    return ChildStep(task, step, at, is_open, is_open and at < work.now, is_visit)


def _is_visit(step: Step) -> bool:
    return step.per == FLAGGED and step.record is not None and step.record.style == "asked"


# --- what happened ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Happening:
    """One line of a child's timeline.

    Attributes:
        what: "came", "left", "weighed", "done", "skipped", "marked", "unmarked", "incident", "closed" (an incident).
        step: of what was done or skipped. weight_g: of what was weighed, grams.
        words: the reason or report; "" where the officer may not read it.
    """

    at: datetime
    what: What
    officer_id: int | None = None
    task: Task | None = None
    step: Step | None = None
    weight_g: int | None = None
    flag: FlagKind | None = None
    left: LeaveReason | None = None
    words: str = ""
    incident: Incident | None = None


_MEMBERSHIPS = select(Membership).where(Membership.child_id == bindparam("child"))
_CLOSED = (
    select(TaskEntry, Task)
    .join(Task, col(Task.id) == col(TaskEntry.task_id))
    .where(
        TaskEntry.child_id == bindparam("child"),
        col(TaskEntry.state).in_((EntryState.DONE, EntryState.EXCUSED)),
    )
)
_FLAGS = select(ChildFlag).where(ChildFlag.child_id == bindparam("child"))
_INCIDENTS = select(Incident).where(Incident.child_id == bindparam("child"))


def child_timeline(work: Work, officer: Officer, row: ChildRow) -> tuple[Happening, ...]:
    """What happened to a child that the officer may see, the newest first. Of records it says the step alone."""
    s, child_id = work.session, row.child.id or 0
    of_child = {"child": child_id}
    found: list[Happening] = []
    for held in s.exec(_MEMBERSHIPS, params=of_child):
        found.append(Happening(day_begins(work.institution, held.from_on), "came"))
        if held.until_on is not None and held.reason is not None:
            gone = day_begins(work.institution, held.until_on)
            found.append(Happening(gone, "left", held.ended_by_id, left=held.reason))
    closed = s.exec(_CLOSED, params=of_child)
    sops, may_read = sops_by_run(s, row.child.cohort_id), _reader(work, officer)
    weights = {
        task.id: weight for weight, task in step_records.list_weights_of_child(s, child_id) if may_read(task)
    }
    for entry, task in closed:
        step = sops[task.run_id].step(task.step)
        at = entry.closed_at or entry.due_at
        if entry.state == EntryState.EXCUSED:
            why = entry.reason if may_read(task) else None
            found.append(Happening(at, "skipped", entry.closed_by_id, task, step, words=why or ""))
        elif task.id in weights:
            weight_g = weights[task.id].weight_g
            found.append(Happening(at, "weighed", entry.closed_by_id, task, step, weight_g))
        else:
            found.append(Happening(at, "done", entry.closed_by_id, task, step))
    for flag in s.exec(_FLAGS, params=of_child):
        found.append(Happening(flag.set_at, "marked", flag.set_by_id, flag=flag.kind))
        if flag.cleared_at is not None:
            found.append(Happening(flag.cleared_at, "unmarked", flag=flag.kind))
    for one in s.exec(_INCIDENTS, params=of_child):
        found.append(Happening(one.reported_at, "incident", one.reported_by_id, incident=one))
        if one.closed_at is not None:
            closed_words = one.result or ""
            found.append(
                Happening(one.closed_at, "closed", one.closed_by_id, words=closed_words, incident=one)
            )
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))
