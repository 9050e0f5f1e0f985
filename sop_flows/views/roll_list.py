"""A roll as a list to be read: every child with what is recorded, what is missing, and the totals."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from sop_flows.core.work import Work, case_of, declared, sops_by_run
from sop_flows.declarations.form import Field
from sop_flows.declarations.sop import Sop, Step
from sop_flows.errors import NotFoundError
from sop_flows.recording.forms.answers import is_weighing
from sop_flows.recording.records import FORM
from sop_flows.recording.weigh_ins import measure
from sop_flows.staffing.children import own_schools
from sop_flows.staffing.responsibility import acting_roles, find_task, own_parts, responsibility_of
from sop_flows.staffing.roster import heads_of
from storage.queries import rolls as queries
from storage.queries.status import count_entries_by_task, list_parts
from storage.tables import Child, Cohort, EntryState, Officer, Task, TaskState


class Order(IntEnum):
    """By what a list is laid out. The numbers stand in buttons."""

    NUMBER = 0
    SCHOOL = 1
    VALUE = 2
    DORMITORY = 3
    MISSING = 4  # only those who have nothing yet
    GROUP = 5


@dataclass(frozen=True)
class ListedChild:
    """One child of the list.

    Attributes:
        values: the answers that stand, by the key of their field; empty without any.
        weight_g, change_g: at a weigh-in, grams; None without a weight, or without an earlier one.
        dormitory, group: where it sleeps, and its group; "" while that is not recorded.
    """

    child: Child
    school: str
    state: EntryState
    reason: str | None
    values: Mapping[str, Any]
    weight_g: int | None = None
    change_g: int | None = None
    dormitory: str = ""
    group: str = ""

    @property
    def is_missing(self) -> bool:
        """Whether it has neither a record nor a reason."""
        return self.state == EntryState.OPEN


@dataclass(frozen=True)
class Total:
    """One figure under the list. `room` is the number of places, where a dormitory has one."""

    value: str
    count: int
    room: int | None = None


@dataclass(frozen=True)
class RollList:
    """The roll with its children by number."""

    task: Task
    cohort: Cohort
    sop: Sop
    step: Step
    children: tuple[ListedChild, ...]

    @property
    def is_weighing(self) -> bool:
        """Whether weights are recorded."""
        return is_weighing(self.step.record)

    @property
    def counted_field(self) -> Field | None:
        """The first field whose answers are few and can be counted; None when there is none."""
        form = self.step.record
        kinds = ("choice", "choices", "yes")
        fields = form.fields if form is not None else ()
        return next((one for one in fields if one.kind in kinds or one.proposal == "groups"), None)

    @property
    def missing(self) -> tuple[ListedChild, ...]:
        """Who has nothing yet."""
        return tuple(one for one in self.children if one.is_missing)

    @property
    def orders(self) -> tuple[Order, ...]:
        """The layouts that tell something here."""
        found = [Order.NUMBER]
        if not self.children:
            return tuple(found)
        if len({one.school for one in self.children}) > 1:
            found.append(Order.SCHOOL)
        if self.counted_field is not None or any(one.change_g is not None for one in self.children):
            found.append(Order.VALUE)
        counted = None if self.counted_field is None else self.counted_field.proposal
        if counted != "dormitory" and any(one.dormitory for one in self.children):
            found.append(Order.DORMITORY)
        if counted != "groups" and any(one.group for one in self.children):
            found.append(Order.GROUP)
        if self.missing and len(self.missing) < len(self.children):
            found.append(Order.MISSING)
        return tuple(found)

    def laid_out(self, order: Order) -> tuple[tuple[str, tuple[ListedChild, ...]], ...]:
        """The children in groups, each with its heading; one group without a heading by number.

        By value a weigh-in has no groups: who lost most comes first, who has no weight last.
        """
        if order == Order.MISSING:
            return (("", self.missing),)
        if order == Order.VALUE and self.is_weighing:
            return (("", tuple(sorted(self.children, key=_by_change))),)
        heading = self._heading(order)
        if heading is None:
            return (("", self.children),)
        groups: dict[str, list[ListedChild]] = {}
        for one in self.children:
            for name in heading(one):
                groups.setdefault(name, []).append(one)
        place = {value: n for n, value in enumerate(self._known_values())}
        named = sorted(groups, key=lambda name: (not name, place.get(name, len(place)), name))
        return tuple((name, tuple(groups[name])) for name in named)

    def totals(self, rooms: Mapping[str, int]) -> tuple[Total, ...]:
        """How often each answer was given, in the order of the form; of a dormitory also how many places it has.

        Args:
            rooms: places by the name of a dormitory.
        """
        field = self.counted_field
        if field is None:
            return ()
        counted = Counter(value for one in self.children for value in _said(field, one) if value)
        is_dormitory = field.proposal == "dormitory"
        known = [*rooms] if is_dormitory else list(self._known_values())
        order = [*(value for value in known if value in counted or is_dormitory),
                 *sorted(value for value in counted if value not in known)]  # fmt: skip
        return tuple(
            Total(value, counted[value], rooms.get(value) if is_dormitory else None) for value in order
        )

    def _known_values(self) -> Sequence[str]:
        field = self.counted_field
        if field is None:
            return ()
        return ("True", "False") if field.kind == "yes" else field.choices

    def _heading(self, order: Order) -> Callable[[ListedChild], Sequence[str]] | None:
        field = self.counted_field
        if order == Order.SCHOOL:
            return lambda one: (one.school,)
        if order == Order.DORMITORY:
            return lambda one: (one.dormitory,)
        if order == Order.GROUP:
            return lambda one: (one.group,)
        if order == Order.VALUE and field is not None:
            return lambda one: _said(field, one) or ("",)
        return None


def roll_list(work: Work, officer: Officer, task_id: int) -> RollList:
    """The roll, for whoever answers for its step, the heads of those, and the Kepala; also when it is closed.

    Raises:
        NotFoundError: no such roll, or it was withdrawn. NotYoursError: another role's, with who holds it.
    """
    task = find_task(work.session, task_id)
    sop, step = declared(work.session, task)
    if not step.is_roll or task.cohort_id is None or task.state == TaskState.WITHDRAWN:
        raise NotFoundError
    if not may_read_list(work, officer, task, step):
        own_parts(work, officer, task)
    s, weighing = work.session, is_weighing(step.record)
    rows = [row for row in _rows_of(work, officer, task) if row.state != EntryState.WITHDRAWN]
    ids = [row.child_id for row in rows]
    children = {child.id: child for child in queries.list_children(s, ids)}
    values = {} if weighing else {row.child_id: row.data for row in queries.list_records(s, task_id, FORM)}
    weights = {one.child_id: one for one in measure(s, task_id, rows)} if weighing else {}
    rooms, groups = places_of(work, task.cohort_id)
    reasons = {entry.child_id: entry.reason for entry in queries.list_entries(s, task_id, ids)}
    listed = []
    for row in rows:
        weight = weights.get(row.child_id)
        said = values.get(row.child_id, {}) if row.state == EntryState.DONE else {}
        reason, room = reasons.get(row.child_id), rooms.get(row.child_id, "")
        listed.append(
            ListedChild(
                children[row.child_id], row.school, row.state, reason, said,
                weight_g=None if weight is None else weight.weight_g,
                change_g=None if weight is None else weight.change_g,
                dormitory=room,
                group=groups.get(row.child_id, ""),
            )
        )  # fmt: skip
    return RollList(task, s.get_one(Cohort, task.cohort_id), sop, step, tuple(listed))


def _rows_of(work: Work, officer: Officer, task: Task) -> tuple[queries.RollRow, ...]:
    """The entries of the roll; a guru's of the own school's children."""
    schools, rows = (
        own_schools(work, officer, task.cohort_id or 0),
        queries.list_rows(work.session, task.id or 0),
    )
    return tuple(row for row in rows if schools is None or row.school_id in schools)


def may_read_list(work: Work, officer: Officer, task: Task, step: Step) -> bool:
    """Whether the officer answers for the step, or is head of a role that does; never of a shelter case."""
    if case_of(work.session, task) is not None:
        return False
    return bool(acting_roles(work, officer, task)) or not heads_of(work, officer.id or 0).isdisjoint(
        step.executors
    )


def _said(field: Field, one: ListedChild) -> tuple[str, ...]:
    value = one.values.get(field.key)
    if value is None or value == "":
        return ()
    return tuple(str(part) for part in value) if isinstance(value, list) else (str(value),)


def _by_change(one: ListedChild) -> tuple[bool, bool, int, int]:
    return (one.weight_g is None, one.change_g is None, one.change_g or 0, one.child.number)


def places_of(work: Work, cohort_id: int) -> tuple[dict[int, str], dict[int, str]]:
    """Where each child of the angkatan sleeps, and its group, as the steps that give them out recorded it
    (SOP 9.2.06 steps 3 and 2)."""
    found: dict[str, dict[int, str]] = {"dormitory": {}, "groups": {}}
    for sop in work.pack.sops.values():
        for step in sop.asked_steps:
            for field in step.record.fields if step.per is not None and step.record is not None else ():
                if field.proposal not in found:
                    continue
                for row in queries.list_records_of_step(work.session, cohort_id, sop.number, step.step, FORM):
                    if row.child_id is not None and row.data.get(field.key):
                        found[field.proposal][row.child_id] = str(row.data[field.key])
    return found["dormitory"], found["groups"]


# --- which lists there are --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ListEntry:
    """One roll of an angkatan: how many children stand on it, and how many have something recorded or a reason."""

    task: Task
    step: Step
    done: int
    total: int


def lists_of(work: Work, officer: Officer, cohort: Cohort) -> tuple[ListEntry, ...]:
    """The rolls of the angkatan that have begun or are finished and that the officer may read; in their order of time."""
    sops, headed = sops_by_run(work.session, cohort.id or 0), heads_of(work, officer.id or 0)
    found: dict[int, tuple[Task, Step]] = {}
    for row in list_parts(work.session, cohort.id or 0):
        step = sops[row.task.run_id].step(row.task.step)
        if step.per is None or row.task.state == TaskState.MISSED:
            continue
        if not headed.isdisjoint(step.executors) or responsibility_of(work, row.task, row.part).permits(
            officer
        ):
            found[row.part.task_id] = row.task, step
    counts = count_entries_by_task(work.session, list(found))
    if own_schools(work, officer, cohort.id or 0) is not None:
        counts = {one: _count(_rows_of(work, officer, task)) for one, (task, _step) in found.items()}
    return tuple(ListEntry(*found[one], *counts[one]) for one in found if one in counts)


def _count(rows: Sequence[queries.RollRow]) -> tuple[int, int]:
    """How many have a record or a reason, and how many there are."""
    states = [row.state for row in rows if row.state != EntryState.WITHDRAWN]
    return sum(state != EntryState.OPEN for state in states), len(states)
