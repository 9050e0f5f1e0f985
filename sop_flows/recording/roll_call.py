"""A roll as it stands: which children are on it, who is still to come, who is next."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session

from sop_flows.core.work import Work, declared
from sop_flows.declarations.form import Field
from sop_flows.declarations.sop import Sop, Step
from sop_flows.errors import NotFoundError, NotPermittedError, NotYoursError
from sop_flows.recording.forms.answers import is_weighing
from sop_flows.recording.proposals import dormitories_for
from sop_flows.recording.records import may_read_all
from sop_flows.staffing.children import own_schools
from sop_flows.staffing.responsibility import (
    find_task,
    lock_task,
    may_see,
    own_day_of,
    own_parts,
    refuse_closed,
)
from sop_flows.staffing.roster import enrolled, roles_of
from storage.queries import rolls as queries
from storage.queries.rolls import RollRow
from storage.tables import EntryState, Officer, Task, TaskState

OFFICERS_OFFERED = 9  # names on buttons


@dataclass(frozen=True)
class Roll:
    """One roll task with its entries by number, as the officer sees it; withdrawn entries are left out.

    Attributes:
        today: the local date; whoever was put off today is not asked again before tomorrow.
        work_on: the local date under which records are entered: today, or an occurrence's own when it was missed.
        others_open: how many children of other schools, whom the officer does not see, are not recorded yet.
    """

    task: Task
    sop: Sop
    step: Step
    rows: tuple[RollRow, ...]
    today: date
    put_off_today: frozenset[int]
    work_on: date
    others_open: int = 0

    @property
    def task_id(self) -> int:
        """The id of the task."""
        return self.task.id or 0

    @property
    def is_weighing(self) -> bool:
        """Whether weights are recorded."""
        return is_weighing(self.step.record)

    @property
    def was_missed(self) -> bool:
        """Whether the next occurrence overtook it; it is entered under its own date."""
        return self.task.state == TaskState.MISSED

    @property
    def open_rows(self) -> tuple[RollRow, ...]:
        """Children who have neither a record nor a reason yet."""
        return tuple(row for row in self.rows if row.state == EntryState.OPEN)

    @property
    def closed_count(self) -> int:
        """How many children are done or excused."""
        return len(self.rows) - len(self.open_rows)

    @property
    def askable(self) -> tuple[RollRow, ...]:
        """Open children who were not put off today."""
        return tuple(row for row in self.open_rows if row.child_id not in self.put_off_today)

    def next_row(self, after: int = 0) -> RollRow | None:
        """The next child to ask for: the first open number above `after`, else the first open one."""
        rows = self.askable
        return next((row for row in rows if row.number > after), rows[0] if rows else None)

    def row_of(self, child_id: int) -> RollRow:
        """The row of a child. Raises NotFoundError when it is not on the roll (any more)."""
        for row in self.rows:
            if row.child_id == child_id:
                return row
        raise NotFoundError

    def row_numbered(self, number: int) -> RollRow | None:
        """The row with this number, None when no child on the roll has it."""
        return next((row for row in self.rows if row.number == number), None)

    def with_rows(self, changed: Iterable[RollRow]) -> "Roll":
        """The roll with these rows in place of the former ones."""
        fresh = {row.child_id: row for row in changed}
        rows = tuple(fresh.get(row.child_id, row) for row in self.rows)
        return replace(self, rows=rows)

    def choices_of(self, work: Work, field: Field, sex: str) -> tuple[str, ...]:
        """What can be chosen for a child."""
        return choices_for(work, self.step, field, sex)


def choices_for(work: Work, step: Step, field: Field, sex: str | None) -> tuple[str, ...]:
    """What can be chosen: the field's choices, the dormitories (of that sex), the officers of the step's roles.

    Of many officers none is offered: the name is typed.
    """
    if field.kind == "officer":
        roles = set(step.executors)
        found = [one.name for one in enrolled(work) if roles & roles_of(work, one.id or 0)]
        return tuple(found) if len(found) <= OFFICERS_OFFERED else ()
    if field.proposal == "dormitory" and not field.choices:
        houses = work.unit.dormitories
        return tuple(one.name for one in houses) if sex is None else dormitories_for(sex, houses)
    return field.choices


def find_roll(work: Work, officer: Officer, task_id: int) -> Roll:
    """The roll, to be shown to an officer who may work on it.

    Raises:
        NotFoundError: no such roll. NotYoursError: another role's, with who holds it.
    """
    return _roll(work, officer, find_task(work.session, task_id))


def seen_roll(work: Work, officer: Officer, task_id: int) -> Roll:
    """The roll, for whoever may read what it records: to look at what came of it. Raises NotFoundError,
    NotPermittedError, NotYoursError."""
    task = find_task(work.session, task_id)
    if not may_see(work, officer, task.cohort_id or 0):
        raise NotPermittedError("own cohort")
    if not may_read_all(work, officer, task):
        raise NotYoursError(declared(work.session, task)[1].executors)
    return told_roll(work, task)


def told_roll(work: Work, task: Task) -> Roll:
    """The roll as it is told to others: whoever is told was chosen by a rule. Raises NotFoundError."""
    return _roll(work, None, task)


def lock_roll(work: Work, officer: Officer, task_id: int) -> Roll:
    """The roll, to be changed: two officers on one list come one after the other.

    Raises:
        NotFoundError, NotYoursError as `find_roll`; NotYetError: it waits for its day.
    """
    roll = _roll(work, officer, lock_task(work.session, task_id))
    if roll.task.state == TaskState.WAITING:
        refuse_closed(work.session, roll.task)
    if roll.task.state == TaskState.WITHDRAWN:
        raise NotFoundError
    return roll


def refuse_finished(s: Session, roll: Roll) -> None:
    """Raises AlreadyDoneError (who and when) when the roll takes no new entries. A missed one still does."""
    if not roll.was_missed:
        refuse_closed(s, roll.task)


def _roll(work: Work, officer: Officer | None, task: Task) -> Roll:
    sop, step = declared(work.session, task)
    if not step.is_roll:
        raise NotFoundError
    if officer is not None:
        own_parts(work, officer, task)
    rows = tuple(
        row for row in queries.list_rows(work.session, task.id or 0) if row.state != EntryState.WITHDRAWN
    )
    others: tuple[RollRow, ...] = ()
    schools = None if officer is None else own_schools(work, officer, task.cohort_id or 0)
    if schools is not None:
        others = tuple(row for row in rows if row.school_id not in schools)
        rows = tuple(row for row in rows if row.school_id in schools)
    others_open = sum(row.state == EntryState.OPEN for row in others)
    today = work.today
    put_off = frozenset(
        row.child_id
        for row in rows
        if row.put_off_at is not None and work.institution.today(row.put_off_at) == today
    )
    work_on = own_day_of(work.institution, task) or today
    return Roll(task, sop, step, rows, today, put_off, work_on, others_open)
