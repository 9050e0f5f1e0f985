"""Papers: which ones an officer may make, and the facts that stand on one, from what was confirmed and recorded."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlmodel import col, select

from sop_flows.core.work import Work, at_hand, case_of, declared
from sop_flows.declarations.papers import Paper
from sop_flows.declarations.sop import Sop, Step
from sop_flows.errors import NotFoundError
from sop_flows.recording.growth import BmiForAge, bmi_for_age, height_in
from sop_flows.recording.origins import origins_of
from sop_flows.recording.records import FORM, may_read_of, readable
from sop_flows.staffing.children import of_own_schools
from sop_flows.staffing.responsibility import (
    acting_roles,
    knows,
    last_said,
    may_see,
    name_of,
    own_parts,
)
from sop_flows.staffing.roster import has_duty, heads_of, roles_of
from sop_flows.views.roll_list import places_of
from storage.queries import children as children_queries
from storage.queries import rolls as roll_queries
from storage.queries.children import ChildRow
from storage.queries.step_records import find_standing, list_standing
from storage.queries.weights import list_weights
from storage.tables import (
    NOT_MEMBERS,
    Case,
    Child,
    Cohort,
    EntryState,
    LeaveReason,
    Officer,
    Record,
    Task,
    TaskState,
)

NUMBER = "number"  # in the data of the record that numbers a paper
SHOWN = (TaskState.OPEN, TaskState.DONE)


@dataclass(frozen=True)
class PaperPart:
    """What one step says.

    Attributes:
        on, by: when and by whom it was done; None and "" while it is not.
        values: the answers by key. of: whom it is about, where the step has several tasks ("No. 017").
        totals: of a roll, how often each answer was given; done, total: how many children have one.
    """

    sop: Sop
    step: Step
    on: date | None = None
    by: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    totals: Sequence[tuple[str, int]] = ()
    done: int = 0
    total: int = 0


@dataclass(frozen=True)
class PaperChild:
    """A child on a paper. `said`: answers with the step that asks them; weights: day and grams, the oldest first."""

    child: Child
    school: str
    kabupaten: str = ""
    dormitory: str = ""
    group: str = ""
    state: EntryState | None = None
    reason: str = ""
    on: date | None = None
    by: str = ""
    said: Sequence[tuple[Step, Mapping[str, Any]]] = ()
    weights: Sequence[tuple[date, int]] = ()
    height_cm: float | None = None
    growth: BmiForAge | None = None


@dataclass(frozen=True)
class PaperSheet:
    """One copy: of a school, Kab/Kota, child or dormitory, or of all.

    Attributes:
        key: of its number, "" for all. name: as people read it. tag: how buttons name it.
    """

    key: str
    name: str
    tag: int = 0
    number: str = ""
    part: PaperPart | None = None
    children: tuple[PaperChild, ...] = ()


@dataclass(frozen=True)
class PaperFacts:
    """All that stands on a paper."""

    name: str
    paper: Paper
    task: Task | None
    sop: Sop
    step: Step
    part: PaperPart
    sheets: tuple[PaperSheet, ...]
    also: Mapping[str, Sequence[PaperPart]]
    cohort: Cohort | None = None
    case: Case | None = None
    keeper: str = ""
    weigh_days: tuple[date, ...] = ()
    schools: Sequence[tuple[str, str, int, int]] = ()
    """name, Kab/Kota, boys, girls"""

    def is_draft(self, sheet: PaperSheet) -> bool:
        """Whether the copy still lacks its number; of a list, whether its step is not done."""
        return not sheet.number if self.paper.numbered else self.part.on is None


@dataclass(frozen=True)
class PaperLine:
    """A paper of an angkatan or case in a list; `task` is the newest of its steps that has begun."""

    name: str
    paper: Paper
    task: Task

    @property
    def is_ready(self) -> bool:
        """Whether its step is done."""
        return self.task.state == TaskState.DONE


# --- who may make it --------------------------------------------------------------------------------------------


def may_make(work: Work, officer: Officer, task: Task) -> bool:
    """Whether the officer may make the papers of this step: of a case who knows the child; else who does the step,
    the heads of those, and the head of the house."""
    case = case_of(work.session, task)
    if case is not None:
        return knows(work, officer, case)
    if not may_see(work, officer, task.cohort_id or 0):
        return False
    step = declared(work.session, task)[1]
    return bool(acting_roles(work, officer, task)) or not heads_of(work, officer.id or 0).isdisjoint(
        step.executors
    )


def papers_of_task(work: Work, officer: Officer, task: Task) -> tuple[str, ...]:
    """The names of the papers of this step that the officer may make, once it has begun."""
    names = work.pack.papers_at.get((task.sop, task.step), ())
    return names if names and task.state in SHOWN and may_make(work, officer, task) else ()


def paper_lines(
    work: Work, officer: Officer, *, cohort: int | None = None, case: int | None = None
) -> tuple[PaperLine, ...]:
    """The papers of an angkatan, or of a case, that the officer may make: in the order of the pack."""
    places = work.pack.papers_at
    about = Task.cohort_id == cohort if case is None else Task.case_id == case
    tasks = work.session.exec(
        select(Task).where(
            about, col(Task.sop).in_({sop for sop, _step in places}), col(Task.state).in_(SHOWN)
        )
    ).all()
    kept = at_hand(work.session, tasks)  # noqa: F841  # while somebody holds it
    found: dict[tuple[str, int | None], PaperLine] = {}
    for task in sorted(tasks, key=_newest_last):
        for name in places.get((task.sop, task.step), ()):
            if may_make(work, officer, task):
                found[name, task.child_id] = PaperLine(name, work.pack.papers.papers[name], task)
    order = list(work.pack.papers.papers)
    return tuple(sorted(found.values(), key=lambda one: (order.index(one.name), one.task.id or 0)))


def _newest_last(task: Task) -> tuple[bool, date, int]:
    return task.state == TaskState.DONE, task.done_on or date.min, task.id or 0


def monthly_papers(work: Work, officer: Officer) -> tuple[str, ...]:
    """The names of the papers of a month's figures that the officer may make."""
    roles = roles_of(work, officer.id or 0) | heads_of(work, officer.id or 0)
    is_top = has_duty(work.institution, roles, "answers_for_all")
    return tuple(
        name
        for name, paper in work.pack.papers.papers.items()
        if paper.monthly_for and (is_top or not roles.isdisjoint(paper.monthly_for))
    )


# --- its facts --------------------------------------------------------------------------------------------------


def paper_facts(work: Work, officer: Officer, task: Task, name: str) -> PaperFacts:
    """The facts of a paper.

    Raises:
        NotFoundError: there is no such paper of this step, or it is of a case that the officer does not know.
        NotYoursError: another role's, with who holds the step.
    """
    if name not in work.pack.papers_at.get((task.sop, task.step), ()) or task.state == TaskState.WITHDRAWN:
        raise NotFoundError
    if not may_make(work, officer, task):
        own_parts(work, officer, task)
        raise NotFoundError
    return _Gathering(work, officer, task, name).facts()


class _Gathering:
    def __init__(self, work: Work, officer: Officer, task: Task, name: str) -> None:
        self.work, self.officer, self.task, self.name = work, officer, task, name
        self.paper = work.pack.papers.papers[name]
        self.sop, self.step = declared(work.session, task)
        self._steps: dict[int, tuple[Sop, Step]] = {}
        self._officers: dict[int, str] = {}

    def _declared(self, task: Task) -> tuple[Sop, Step]:
        if task.id not in self._steps:
            self._steps[task.id or 0] = declared(self.work.session, task)
        return self._steps[task.id or 0]

    def _name(self, officer_id: int | None) -> str:
        if officer_id is not None and officer_id not in self._officers:
            self._officers[officer_id] = name_of(self.work.session, officer_id) or ""
        return self._officers.get(officer_id or 0, "")

    def facts(self) -> PaperFacts:
        s, task = self.work.session, self.task
        case = case_of(s, task)
        tasks = self._tasks()
        children = () if case is not None else self._children(tasks)
        days = {day for one in children for day, _grams in one.weights}
        return PaperFacts(
            self.name,
            self.paper,
            task,
            self.sop,
            self.step,
            self._part(task),
            self._sheets(children),
            {place: [self._part(one) for one in found] for place, found in tasks.items()},
            cohort=None if case is not None else s.get_one(Cohort, task.cohort_id),
            case=case,
            keeper="" if case is None else self._name(case.peksos_id),
            weigh_days=tuple(sorted(days)),
            schools=_schools(children),
        )

    def _tasks(self) -> dict[str, list[Task]]:
        """The begun tasks of the other steps, by place; of a run for one child only that child's."""
        wanted = dict.fromkeys(self.paper.also)
        if not wanted:
            return {}
        about = (
            Task.case_id == self.task.case_id
            if self.task.case_id is not None
            else Task.cohort_id == self.task.cohort_id
        )
        numbers = {place.partition("/")[0] for place in wanted}
        rows = self.work.session.exec(
            select(Task)
            .where(about, col(Task.sop).in_(numbers), col(Task.state).in_(SHOWN))
            .order_by(col(Task.id))
        ).all()
        kept = at_hand(self.work.session, rows)  # noqa: F841  # while somebody holds it
        found: dict[str, list[Task]] = {place: [] for place in wanted}
        for row in rows:
            place = f"{row.sop}/{row.step}"
            of_other = row.child_id is not None and row.child_id != self.task.child_id
            if place in found and not of_other:
                found[place].append(row)
        return found

    def _part(self, task: Task) -> PaperPart:
        s = self.work.session
        sop, step = self._declared(task)
        said = last_said(s, task) if task.state == TaskState.DONE else None
        on, by = (None, "") if said is None else (said.done_on or task.done_on, self._name(said.officer_id))
        own = task is self.task or task.case_id is not None
        if not own and not may_read_of(self.work, self.officer, task, ()):
            return PaperPart(sop, step, on, by)
        if step.is_roll:
            return _rolled(self.work, task, sop, step, on, by)
        record = find_standing(s, task.id or 0, FORM)
        return PaperPart(sop, step, on, by, {} if record is None else dict(record.data))

    # --- children

    def _children(self, tasks: Mapping[str, Sequence[Task]]) -> tuple[PaperChild, ...]:
        s, cohort_id = self.work.session, self.task.cohort_id or 0
        listed = of_own_schools(
            self.work,
            self.officer,
            children_queries.list_children(s, [cohort_id], child_id=self.task.child_id),
        )
        entries = {}
        if self.step.is_roll:
            ids = [row.child.id or 0 for row in listed]
            entries = {one.child_id: one for one in roll_queries.list_entries(s, self.task.id or 0, ids)}
            listed = tuple(
                row
                for row in listed
                if (entry := entries.get(row.child.id or 0)) is not None
                and entry.state != EntryState.WITHDRAWN
            )
        else:
            day = self.task.done_on or self.work.today
            listed = tuple(row for row in listed if self.task.child_id is not None or belonged(row, day))
        rolls = [self.task, *(one for found in tasks.values() for one in found)]
        said, heights, wrote = self._answers([one for one in rolls if self._declared(one)[1].is_roll])
        weights = self._weights([row.child.id or 0 for row in listed], rolls)
        rooms, groups = places_of(self.work, cohort_id)
        found = []
        for row in listed:
            child_id = row.child.id or 0
            entry, record = entries.get(child_id), wrote.get(child_id)
            one = PaperChild(
                row.child,
                row.school.name,
                row.school.kabupaten or "",
                rooms.get(child_id, ""),
                groups.get(child_id, ""),
                None if entry is None else entry.state,
                "" if entry is None else entry.reason or "",
                None if record is None else record.done_on,
                "" if record is None else self._name(record.officer_id),
                tuple(said.get(child_id, ())),
                weights.get(child_id, ()),
                heights.get(child_id),
                _growth(row.child, weights.get(child_id, ()), heights.get(child_id)),
            )
            found.append(one)
        return tuple(found)

    def _answers(
        self, rolls: Sequence[Task]
    ) -> tuple[dict[int, list[tuple[Step, Mapping[str, Any]]]], dict[int, float], dict[int, Record]]:
        """What these rolls recorded of each child; its last height; what was written at the step of the paper."""
        s = self.work.session
        said: dict[int, list[tuple[Step, Mapping[str, Any]]]] = {}
        heights: dict[int, float] = {}
        wrote: dict[int, Record] = {}
        allowed: dict[int, Any] = {}
        by_id = {one.id or 0: one for one in rolls}
        for record in list_standing(s, list(by_id), FORM):
            if record.child_id is None:
                continue
            task = by_id[record.task_id]
            if record.task_id not in allowed:
                allowed[record.task_id] = (
                    None if task is self.task else readable(self.work, self.officer, task, record)
                )
            keys = allowed[record.task_id]
            values = {key: one for key, one in record.data.items() if keys is None or key in keys}
            said.setdefault(record.child_id, []).append((self._declared(task)[1], values))
            height = height_in(values)
            if height is not None:
                heights[record.child_id] = height
            if task is self.task:
                wrote[record.child_id] = record
        return said, heights, wrote

    def _weights(self, ids: Collection[int], tasks: Sequence[Task]) -> dict[int, list[tuple[date, int]]]:
        s = self.work.session
        weighs = [
            one
            for one in tasks
            if self._declared(one)[1].weighs
            and (one is self.task or may_read_of(self.work, self.officer, one, ()))
        ]
        if not weighs:
            return {}
        found: dict[int, list[tuple[date, int]]] = {}
        for row in list_weights(s, ids):
            found.setdefault(row.child_id, []).append((row.weighed_on, row.weight_g))
        return found

    # --- copies

    def _sheets(self, children: tuple[PaperChild, ...]) -> tuple[PaperSheet, ...]:
        found = self._unnumbered(children)
        numbered = []
        for one in found:
            numbered.append(PaperSheet(one.key, one.name, one.tag, self._number(one), one.part, one.children))
        return tuple(numbered)

    def _number(self, sheet: PaperSheet) -> str:
        record = find_standing(self.work.session, self.task.id or 0, number_key(self.name, sheet.key))
        if record is not None:
            return str(record.data.get(NUMBER) or "")
        values = self._part(self.task).values if sheet.part is None else sheet.part.values
        if self.paper.number_from is None:
            return ""
        return str(values.get(self.paper.number_from) or "")

    def _unnumbered(self, children: tuple[PaperChild, ...]) -> list[PaperSheet]:
        each = self.paper.each
        if each is None:
            return [PaperSheet("", "", 0, children=children)]
        if each == "child":
            return [
                PaperSheet(
                    f"child:{one.child.id}",
                    f"{one.child.number:03d}",
                    one.child.id or 0,
                    part=PaperPart(self.sop, self.step, one.on, one.by, _own(one, self.step)),
                    children=(one,),
                )
                for one in children
                if one.state == EntryState.DONE
            ]
        if each == "dormitory":
            names = [one.name for one in self.work.unit.dormitories]
            known = {one.dormitory for one in children if one.dormitory}
            return [
                PaperSheet(
                    f"dormitory:{name}",
                    name,
                    place,
                    children=tuple(c for c in children if c.dormitory == name),
                )
                for place, name in enumerate([*names, *sorted(known - set(names))], start=1)
                if name in known
            ]
        return self._origins(children)

    def _origins(self, children: tuple[PaperChild, ...]) -> list[PaperSheet]:
        if self.step.per == self.paper.each:
            found = []
            for origin in origins_of(self.work.session, self.task, self.step):
                record = origin.record
                by = "" if record is None else self._name(record.officer_id)
                part = PaperPart(
                    self.sop,
                    self.step,
                    None if record is None else record.done_on,
                    by,
                    {} if record is None else dict(record.data),
                )
                its = tuple(one for one in children if one.child.school_id in origin.school_ids)
                found.append(PaperSheet(origin.key, origin.name, origin.number, part=part, children=its))
            return found
        schools = dict.fromkeys((one.child.school_id, one.school) for one in children)
        return [
            PaperSheet(
                f"school:{school_id}",
                name,
                school_id,
                children=tuple(c for c in children if c.child.school_id == school_id),
            )
            for school_id, name in schools
        ]


def belonged(row: ChildRow, day: date) -> bool:
    """Whether a child stands on what is written of that day: it belonged then; of a day after the departure, whether it
    was in the house at all."""
    held = row.membership
    if held.reason in (*NOT_MEMBERS, LeaveReason.CANCELLED):
        return False
    if held.until_on is None or held.reason == LeaveReason.ENDED:
        return True
    return held.until_on >= (day if day <= row.cohort.departure_on else row.cohort.arrival_on)


def number_key(name: str, sheet: str) -> str:
    """The key of the record that numbers a copy of a paper."""
    return f"paper:{name}:{sheet}"


def _own(one: PaperChild, step: Step) -> Mapping[str, Any]:
    return next((values for of, values in one.said if of is step), {})


def _rolled(work: Work, task: Task, sop: Sop, step: Step, on: date | None, by: str) -> PaperPart:
    """What a roll says in figures: how many children have an answer, and how often each was given."""
    rows = [
        row for row in roll_queries.list_rows(work.session, task.id or 0) if row.state != EntryState.WITHDRAWN
    ]
    counted: Counter[str] = Counter()
    asked = next(
        (
            one
            for one in (step.record.fields if step.record is not None else ())
            if one.kind in ("choice", "yes")
        ),
        None,
    )
    if asked is not None:
        for record in roll_queries.list_records(work.session, task.id or 0, FORM):
            value = record.data.get(asked.key)
            if value not in (None, ""):
                counted[str(value)] += 1
    known = [*(asked.choices if asked is not None else ()), *sorted(counted)]
    totals = [(value, counted[value]) for value in dict.fromkeys(known) if counted[value]]
    done = sum(row.state == EntryState.DONE for row in rows)
    return PaperPart(sop, step, on, by, totals=totals, done=done, total=len(rows))


def _schools(children: Sequence[PaperChild]) -> tuple[tuple[str, str, int, int], ...]:
    counts: dict[tuple[str, str], Counter[str]] = {}
    for one in children:
        counts.setdefault((one.school, one.kabupaten), Counter())[one.child.sex] += 1
    return tuple((*key, count["L"], count["P"]) for key, count in counts.items())


def _growth(child: Child, weights: Sequence[tuple[date, int]], height_cm: float | None) -> BmiForAge | None:
    if not weights or height_cm is None or child.born_on is None:
        return None
    on, grams = weights[-1]
    return bmi_for_age(child.sex, date.fromisoformat(child.born_on), on, grams, height_cm)
