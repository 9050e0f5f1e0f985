"""Where an angkatan stands: done, open and late per section, counted over the parts of its tasks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from sop_flows.core.versions import sop_of
from sop_flows.core.work import Work
from sop_flows.declarations.step import Step
from sop_flows.staffing.permissions import is_head_for, roles_of
from sop_flows.staffing.responsibility import responsibility_of
from sop_flows.staffing.task_rows import name_of
from storage.queries import cohorts
from storage.queries.status import PartRow, list_parts
from storage.tables import Cohort, DueKind, Officer, Run, Task, TaskState


@dataclass(frozen=True)
class Counts:
    """Parts of tasks. `open` includes `late` and `past_target`; nothing of before Pandu is in here.

    Attributes:
        late: past the SOP's standard time, a date of its own, or a date an officer set.
        past_target: past our target only; never escalated, kept apart in every figure.
        missed: occurrences that closed because the next one came.
        skipped: closed with a reason.
    """

    done: int = 0
    open: int = 0
    late: int = 0
    past_target: int = 0
    missed: int = 0
    skipped: int = 0


@dataclass(frozen=True)
class SectionStatus:
    """One role's counts."""

    role: str
    counts: Counts


@dataclass(frozen=True)
class StatusLine:
    """One part of a task in a list. `officer` is the PJ, or who did it; None when nobody took it."""

    task_id: int
    sop: str
    step: int
    short: str
    role: str
    officer: str | None
    days_late: int
    is_late: bool
    is_target: bool


@dataclass(frozen=True)
class CohortStatus:
    """One angkatan as a head, or one officer, sees it.

    Attributes:
        day: local days since arrival; negative before it ("H-5" is -5).
        stay_days: day of departure.
        before_open, before_done: steps of before Pandu was used, still to be marked and marked.
    """

    cohort: Cohort
    day: int
    stay_days: int
    children: int
    children_total: int
    sections: tuple[SectionStatus, ...]
    total: Counts
    late: tuple[StatusLine, ...]
    before_open: int
    before_done: int


def cohort_status(work: Work, cohort: Cohort, roles: Iterable[str] | None = None) -> CohortStatus:
    """The status of a cohort for these roles; all when None."""
    wanted = frozenset(work.unit.roles if roles is None else roles)
    return _status(work, cohort, lambda row: row.role in wanted)


def own_status(work: Work, cohort: Cohort, officer: Officer) -> CohortStatus:
    """The officer's own: done by the officer, or open and the officer's own responsibility."""

    def is_own(row: PartRow) -> bool:
        if row.part_state == TaskState.DONE:
            return row.done_by_id == officer.id
        return responsibility_of(work, row.task, row.part).is_own(officer)

    return _status(work, cohort, is_own)


def section_lines(work: Work, cohort: Cohort, role: str, *, done: bool = False) -> tuple[StatusLine, ...]:
    """The parts of one section: the open ones, late first; or the done ones, newest first."""
    rows = [
        row for row in list_parts(work.session, cohort.id or 0) if row.role == role and not row.before_pandu
    ]
    if done:
        closed = [row for row in rows if row.part_state == TaskState.DONE]
        closed.sort(key=lambda row: (row.closed_at or work.now, row.task_id), reverse=True)
        return tuple(_line(work, row) for row in closed)
    still = [row for row in rows if _is_open(row)]
    still.sort(key=lambda row: (not _is_past(row, work.now), row.due_at or work.now, row.task_id))
    return tuple(_line(work, row) for row in still)


def may_see(work: Work, officer: Officer, role: str) -> bool:
    """Whether the officer may look at this section: its head, or of it."""
    return is_head_for(work, officer, role) or role in roles_of(work, officer.id or 0)


def _status(work: Work, cohort: Cohort, wanted: Callable[[PartRow], bool]) -> CohortStatus:
    rows = [row for row in list_parts(work.session, cohort.id or 0) if wanted(row)]
    since = [row for row in rows if not row.before_pandu]
    before = [row for row in rows if row.before_pandu]
    count = cohorts.count_children(work.session, cohort.id or 0)
    by_role = [(role, [row for row in since if row.role == role]) for role in work.unit.roles]
    late = [row for row in since if _is_open(row) and _is_past(row, work.now)]
    lines = [_line(work, row) for row in late]
    return CohortStatus(
        cohort=cohort,
        day=(work.today - cohort.arrival_on).days,
        stay_days=(cohort.departure_on - cohort.arrival_on).days,
        children=count.present,
        children_total=count.total,
        sections=tuple(SectionStatus(role, _counts(work, of_role)) for role, of_role in by_role if of_role),
        total=_counts(work, since),
        late=tuple(sorted(lines, key=lambda line: (line.is_target, -line.days_late, line.task_id))),
        before_open=sum(row.part_state == TaskState.OPEN for row in before),
        before_done=sum(row.part_state == TaskState.DONE for row in before),
    )


def _counts(work: Work, rows: list[PartRow]) -> Counts:
    past = [row for row in rows if _is_open(row) and _is_past(row, work.now)]
    targets = sum(_is_target(work.session, row) for row in past)
    skipped = [row for row in rows if row.part_state == TaskState.SKIPPED]
    empty = sum(row.close_reason == "no_children" for row in skipped)
    return Counts(
        done=sum(row.part_state == TaskState.DONE for row in rows),
        open=sum(_is_open(row) for row in rows),
        late=len(past) - targets,
        past_target=targets,
        missed=sum(row.part_state == TaskState.MISSED for row in rows),
        skipped=len(skipped) - empty,
    )


def _is_open(row: PartRow) -> bool:
    return row.task_state == TaskState.OPEN and row.part_state == TaskState.OPEN


def _is_past(row: PartRow, now: datetime) -> bool:
    return row.due_at is not None and row.due_at < now


def _is_target(s: Session, row: PartRow) -> bool:
    """Whether the time that is over is our target only. A date an officer set counts as what it stands for."""
    if row.due_kind == DueKind.MOVED:
        return is_target_step(_step(s, row))
    return row.due_kind == DueKind.TARGET


def is_target(task: Task, step: Step) -> bool:
    """Whether the time that is over is our target only; a date an officer set counts as what it stands for."""
    if task.due_kind == DueKind.MOVED:
        return is_target_step(step)
    return task.due_kind == DueKind.TARGET


def is_target_step(step: Step) -> bool:
    """Whether neither the document nor a date of its own says when the step is due."""
    return step.standard is None and step.due is None and step.every is None and step.choose_date is None


def _step(s: Session, row: PartRow) -> Step:
    return sop_of(s, s.get_one(Run, row.run_id)).step(row.step)


def _line(work: Work, row: PartRow) -> StatusLine:
    past = _is_open(row) and _is_past(row, work.now)
    days = 0 if not past or row.due_at is None else (work.today - work.institution.today(row.due_at)).days
    holder = row.done_by_id if row.part_state == TaskState.DONE else row.assignee_id
    return StatusLine(
        task_id=row.task_id,
        sop=row.sop,
        step=row.step,
        short=_step(work.session, row).short,
        role=row.role,
        officer=name_of(work.session, holder),
        days_late=days,
        is_late=past,
        is_target=past and _is_target(work.session, row),
    )
