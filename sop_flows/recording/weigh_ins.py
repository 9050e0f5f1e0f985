"""Weigh-ins: which one is on, what each child weighed before, and what came of it (SOP 9.2.06 step 4, 9.2.15 step 4)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from sop_flows.calendar.dates import age_on
from sop_flows.core.work import Work, day_begins
from sop_flows.declarations.sop import Sop
from sop_flows.declarations.unit import WeightLimits
from sop_flows.recording.forms.answers import is_weighing
from sop_flows.recording.roll_call import Roll
from sop_flows.staffing.responsibility import acting_roles, own_parts
from storage.queries import rolls as roll_queries
from storage.queries.cohorts import list_open
from storage.queries.rolls import RollRow
from storage.queries.weights import WeightRow, list_done_weigh_ins, list_weigh_ins, list_weights
from storage.tables import SAYABLE, Cohort, EntryState, Officer, Task, TaskState

ABSENT = "tidak hadir"  # the reason that one tap gives at a weigh-in


@dataclass(frozen=True)
class Measured:
    """One child at a weigh-in. Grams; `change_g` is None without an earlier weight."""

    child_id: int
    number: int
    weight_g: int
    before_g: int | None

    @property
    def change_g(self) -> int | None:
        """Grams gained (or lost, negative) since the weight before."""
        return None if self.before_g is None else self.weight_g - self.before_g


@dataclass(frozen=True)
class WeighInSummary:
    """What came of a weigh-in.

    Attributes:
        measured: children with a weight, by number.
        absent: numbers of children excused as "tidak hadir".
        excused: numbers excused for another reason.
        put_off: numbers still to be weighed.
    """

    measured: tuple[Measured, ...]
    absent: tuple[int, ...]
    excused: tuple[int, ...]
    put_off: tuple[int, ...]

    @property
    def average_change_g(self) -> int | None:
        """Mean change in grams of the children who have an earlier weight; None when nobody has."""
        changes = [one.change_g for one in self.measured if one.change_g is not None]
        return round(sum(changes) / len(changes)) if changes else None

    @property
    def lost(self) -> tuple[Measured, ...]:
        """Who lost weight, the largest loss first."""
        return losers(self.measured)


def weighing_places(sops: Mapping[str, Sop]) -> tuple[tuple[str, int], ...]:
    """SOP number and step of every weigh-in of the pack."""
    return tuple(
        (sop.number, step.step)
        for sop in sops.values()
        for step in sop.asked_steps
        if is_weighing(step.record)
    )


def weigh_ins_for(work: Work, officer: Officer) -> tuple[Task, ...]:
    """The weigh-ins this officer may work on: open, waiting and missed ones, by their time.

    Raises NotYoursError when there are some, and none is for this officer.
    """
    tasks = list_weigh_ins(work.session, weighing_places(work.pack.sops))
    mine = tuple(task for task in tasks if acting_roles(work, officer, task))
    if tasks and not mine:
        own_parts(work, officer, tasks[0])
    return mine


@dataclass(frozen=True)
class WeighInChoice:
    """What /timbang offers: open ones; every missed one, the oldest first; the next to come."""

    now: tuple[Task, ...]
    missed: tuple[Task, ...]
    next: Task | None


def choose(tasks: Collection[Task]) -> WeighInChoice:
    """Sort weigh-ins, given by their time, into what can be done now, what can still be entered, what comes."""
    waiting = [task for task in tasks if task.state == TaskState.WAITING]
    return WeighInChoice(
        now=tuple(task for task in tasks if task.state == TaskState.OPEN),
        missed=tuple(task for task in tasks if task.state == TaskState.MISSED),
        next=waiting[0] if waiting else None,
    )


def finished_today(work: Work, officer: Officer) -> tuple[Task, ...]:
    """The weigh-ins of this officer that were finished today: to look at, and to put right."""
    since = day_begins(work.institution, work.today)
    tasks = list_done_weigh_ins(work.session, weighing_places(work.pack.sops), since)
    return tuple(task for task in tasks if acting_roles(work, officer, task))


@dataclass(frozen=True)
class HeldUp:
    """The weighing on arrival of children who are here, before its step has opened.

    Attributes:
        cohort: whose weighing it is.
        waits_for: the open step that has to be done first; None when that is not open either.
    """

    cohort: Cohort
    waits_for: Task | None


def held_up(work: Work) -> tuple[HeldUp, ...]:
    """Weighings on arrival that have not opened because steps before them are not done."""
    today = work.today
    found = []
    for cohort in list_open(work.session):
        if not cohort.arrival_on <= today <= cohort.departure_on:
            continue
        for number, step in weighing_places(work.pack.sops):
            sop = work.pack.sops[number]
            if sop.step(step).every is not None or _tasks_of(work.session, cohort, number, step):
                continue
            found.append(HeldUp(cohort, _first_open(work, cohort, number, frozenset())))
    return tuple(found)


def _first_open(work: Work, cohort: Cohort, number: str, seen: frozenset[str]) -> Task | None:
    """The first open step of the SOP, else of the one that it starts after."""
    for task in _tasks_of(work.session, cohort, number):
        if task.state in SAYABLE:
            return task
    sop = work.pack.sops.get(number)
    for start in sop.starts if sop is not None else ():
        if start.after is not None and start.after not in seen:
            before = _first_open(work, cohort, start.after, seen | {number})
            if before is not None:
                return before
    return None


_TASKS_OF_SOP = (
    select(Task)
    .where(
        Task.cohort_id == bindparam("cohort"),
        Task.sop == bindparam("sop"),
        Task.state != TaskState.WITHDRAWN,
    )
    .order_by(col(Task.step), col(Task.id))
)
_TASKS_OF_STEP = _TASKS_OF_SOP.where(Task.step == bindparam("step"))


def _tasks_of(s: Session, cohort: Cohort, number: str, step: int | None = None) -> tuple[Task, ...]:
    """What the cohort has of a SOP, or of one step of it, by step; nothing that was taken back."""
    query = _TASKS_OF_SOP if step is None else _TASKS_OF_STEP
    return tuple(s.exec(query, params={"cohort": cohort.id, "sop": number, "step": step}))


def last_weights(
    s: Session, roll: Roll, child_ids: Collection[int], on: date | None = None
) -> dict[int, WeightRow]:
    """What each child weighed before this weigh-in, by child id; children without an earlier weight are left out."""
    day = on or roll.work_on
    return {
        row.child_id: row
        for row in list_weights(s, child_ids)
        if row.task_id != roll.task_id and row.weighed_on <= day
    }


def limits_of(roll: Roll, row: RollRow, last: WeightRow | None, limits: WeightLimits) -> WeightLimits:
    """What a child's weight is compared with: a first one with what its age allows on the day of the weigh-in.

    Args:
        last: what it weighed last, from `last_weights`.
    """
    if last is not None or row.born_on is None:
        return limits
    return limits.at_age(age_on(date.fromisoformat(row.born_on), roll.work_on))


def weights_here(s: Session, roll: Roll, child_ids: Collection[int]) -> dict[int, WeightRow]:
    """What was recorded at this weigh-in, by child id."""
    return {row.child_id: row for row in list_weights(s, child_ids) if row.task_id == roll.task_id}


def measure(s: Session, task_id: int, rows: Collection[RollRow]) -> tuple[Measured, ...]:
    """Who of these children was weighed at this weigh-in, each with the weight before it."""
    everything = list_weights(s, [row.child_id for row in rows])
    here = {row.child_id: row for row in everything if row.task_id == task_id}
    before: dict[int, int] = {}
    for row in everything:
        mine = here.get(row.child_id)
        if mine is not None and row.task_id != task_id and row.weighed_on <= mine.weighed_on:
            before[row.child_id] = row.weight_g
    return tuple(
        Measured(row.child_id, row.number, here[row.child_id].weight_g, before.get(row.child_id))
        for row in rows
        if row.child_id in here
    )


def losers(measured: Collection[Measured]) -> tuple[Measured, ...]:
    """Who lost weight, the largest loss first."""
    lost = [one for one in measured if one.change_g is not None and one.change_g < 0]
    return tuple(sorted(lost, key=lambda one: (one.change_g or 0, one.number)))


def summarise(s: Session, roll: Roll) -> WeighInSummary:
    """What came of the weigh-in so far."""
    measured = measure(s, roll.task_id, roll.rows)
    here = {one.child_id for one in measured}
    excused = [row for row in roll.rows if row.state == EntryState.EXCUSED and row.child_id not in here]
    reasons = {
        entry.child_id: entry.reason
        for entry in roll_queries.list_entries(s, roll.task_id, [row.child_id for row in excused])
    }
    return WeighInSummary(
        measured=measured,
        absent=tuple(row.number for row in excused if reasons.get(row.child_id) == ABSENT),
        excused=tuple(row.number for row in excused if reasons.get(row.child_id) != ABSENT),
        put_off=tuple(row.number for row in roll.open_rows),
    )


@dataclass(frozen=True)
class Average:
    """The mean weight of one weigh-in."""

    weighed_on: date
    average_g: int
    children: int


def averages(s: Session, roll: Roll) -> tuple[Average, ...]:
    """Mean weight at each weigh-in up to this one, oldest first, of the children who were weighed at this one."""
    here = weights_here(s, roll, [row.child_id for row in roll.rows])
    by_task: dict[int, list[WeightRow]] = {}
    for row in list_weights(s, list(here)):
        by_task.setdefault(row.task_id, []).append(row)
    found = []
    for rows in by_task.values():
        day = max(row.weighed_on for row in rows)
        found.append(Average(day, round(sum(row.weight_g for row in rows) / len(rows)), len(rows)))
    last = max((row.weighed_on for row in here.values()), default=roll.work_on)
    return tuple(sorted((one for one in found if one.weighed_on <= last), key=lambda one: one.weighed_on))
