"""Where an angkatan stands: done, open and late per section, counted over the parts of its tasks.

What done, open, late and on time mean is said in `core/states.py`, once for every screen and report.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sop_flows.core.states import days_late, is_done, is_late, is_on_time, is_open, is_target
from sop_flows.core.work import Work, is_past, sops_and_events, sops_by_run
from sop_flows.declarations.sop import Sop, Step
from sop_flows.staffing.responsibility import name_of, responsibility_of
from sop_flows.staffing.roster import deputy_name, is_head_for, roles_of
from sop_flows.views.figures import Figures, figures_of
from sop_flows.views.progress import Progress, progress_of
from storage.queries import cohorts
from storage.queries.status import PartRow, list_parts
from storage.tables import Cohort, Officer, TaskState

SopsByRun = Mapping[int, Sop]


@dataclass(frozen=True)
class Counts:
    """Parts of tasks. `open` includes `late` and `past_target`; nothing of before Pandu is in here.

    Attributes:
        late: past the SOP's standard time, a date of its own, or a date an officer set.
        past_target: past our target only; never escalated, kept apart in every figure.
        missed: occurrences that closed because the next one came.
        skipped: closed with a reason.
        on_time: of the done ones.
    """

    done: int = 0
    open: int = 0
    late: int = 0
    past_target: int = 0
    missed: int = 0
    skipped: int = 0
    on_time: int = 0


@dataclass(frozen=True)
class SectionStatus:
    """One role's counts."""

    role: str
    counts: Counts


@dataclass(frozen=True)
class StatusLine:
    """One part of a task in a list. `officer` is the PJ, or who did it; None when nobody took it. `deputy`: who deputises
    while the PJ is on leave, "" for nobody; None while the PJ is here."""

    task_id: int
    sop: str
    step: int
    short: str
    role: str
    officer: str | None
    officer_id: int | None
    days_late: int
    is_late: bool
    is_target: bool
    deputy: str | None = None


@dataclass(frozen=True)
class CohortStatus:
    """One angkatan as a head, or one officer, sees it.

    Attributes:
        day: local days since arrival; negative before it ("H-5" is -5).
        stay_days: day of departure.
        before_open, before_done: steps of before anybody could be asked, still to be marked and marked.
        in_use: Pandu was in use when some of them were due.
        has_begun: something has opened for anybody; told with progress and figures.
        due_today, done_today: parts that are due today, and how many of them are closed.
        progress, figures: plan beside done, and what a head asks for first; None but in `whole_status`.
    """

    cohort: Cohort
    day: int
    stay_days: int
    children: int
    children_total: int
    sections: tuple[SectionStatus, ...]
    total: Counts
    late: tuple[StatusLine, ...]
    open: tuple[StatusLine, ...]
    before_open: int
    before_done: int
    in_use: bool
    due_today: int
    done_today: int
    has_begun: bool = False
    progress: Progress | None = None
    figures: Figures | None = None

    @property
    def overdue(self) -> tuple[StatusLine, ...]:
        """What is late: past the document's time, or a date."""
        return tuple(line for line in self.late if not line.is_target)

    def of_officer(self, officer_id: int | None) -> tuple[StatusLine, ...]:
        """The open lines of one officer, or (None) of nobody, late first."""
        return tuple(line for line in self.open if line.officer_id == officer_id)


def cohort_status(work: Work, cohort: Cohort, roles: Iterable[str] | None = None) -> CohortStatus:
    """The status of a cohort for these roles; all when None. Without progress and figures."""
    wanted = frozenset(work.unit.roles if roles is None else roles)
    rows = [row for row in list_parts(work.session, cohort.id or 0) if row.part.role in wanted]
    return _status(work, cohort, rows, sops_by_run(work.session, cohort.id or 0))


def whole_status(work: Work, cohort: Cohort, roles: Iterable[str]) -> CohortStatus:
    """The status of a cohort for these roles, with its progress and figures: what a head looks at first."""
    wanted = frozenset(roles)
    rows = list_parts(work.session, cohort.id or 0)
    sops, events = sops_and_events(work.session, cohort.id or 0)
    found = _status(work, cohort, [row for row in rows if row.part.role in wanted], sops)
    return replace(
        found,
        has_begun=bool(rows),
        progress=progress_of(work, cohort, rows, sops, events, wanted),
        figures=figures_of(work, [(row, _step(row, sops)) for row in rows]),
    )


def own_status(work: Work, cohort: Cohort, officer: Officer) -> CohortStatus:
    """The officer's own: done by the officer, or open and the officer's own responsibility."""

    def is_own(row: PartRow) -> bool:
        if row.part.state == TaskState.DONE:
            return row.part.done_by_id == officer.id
        return responsibility_of(work, row.task, row.part).is_own(officer)

    rows = [row for row in list_parts(work.session, cohort.id or 0) if is_own(row)]
    return _status(work, cohort, rows, sops_by_run(work.session, cohort.id or 0))


def section_lines(work: Work, cohort: Cohort, role: str, *, done: bool = False) -> tuple[StatusLine, ...]:
    """The parts of one section: the open ones, late first; or the done ones, newest first."""
    rows = [
        row
        for row in list_parts(work.session, cohort.id or 0)
        if row.part.role == role and not row.task.is_before_pandu
    ]
    sops = sops_by_run(work.session, cohort.id or 0)
    if done:
        closed = [row for row in rows if row.part.state == TaskState.DONE]
        closed.sort(key=lambda row: (row.task.closed_at or work.now, row.part.task_id), reverse=True)
        return tuple(_line(work, row, sops) for row in closed)
    return _open_lines(work, rows, sops)


def _open_lines(work: Work, rows: Iterable[PartRow], sops: SopsByRun) -> tuple[StatusLine, ...]:
    still = [row for row in rows if is_open(row.task, row.part)]
    still.sort(
        key=lambda row: (not is_late(row.task, work.now), row.task.due_at or work.now, row.part.task_id)
    )
    return tuple(_line(work, row, sops) for row in still)


def may_see(work: Work, officer: Officer, role: str) -> bool:
    """Whether the officer may look at this section: its head, or of it."""
    return is_head_for(work, officer, role) or role in roles_of(work, officer.id or 0)


def _status(work: Work, cohort: Cohort, rows: Sequence[PartRow], sops: SopsByRun) -> CohortStatus:
    since = [row for row in rows if not row.task.is_before_pandu]
    before = [row for row in rows if row.task.is_before_pandu]
    count = cohorts.count_children(work.session, cohort.id or 0)
    by_role = [(role, [row for row in since if row.part.role == role]) for role in work.unit.roles]
    still = _open_lines(work, since, sops)
    late = [line for line in still if line.is_late]
    today = [
        row
        for row in since
        if row.task.due_at is not None and work.institution.today(row.task.due_at) == work.today
    ]
    return CohortStatus(
        cohort=cohort,
        day=(work.today - cohort.arrival_on).days,
        stay_days=(cohort.departure_on - cohort.arrival_on).days,
        children=count.present,
        children_total=count.total,
        sections=tuple(
            SectionStatus(role, _counts(work, of_role, sops)) for role, of_role in by_role if of_role
        ),
        total=_counts(work, since, sops),
        late=tuple(sorted(late, key=lambda line: (line.is_target, -line.days_late, line.task_id))),
        open=still,
        before_open=sum(row.part.state == TaskState.OPEN for row in before),
        before_done=sum(row.part.state == TaskState.DONE for row in before),
        in_use=any(is_past(work, row.task) for row in before),
        due_today=len(today),
        done_today=sum(row.part.state == TaskState.DONE for row in today),
    )


def _counts(work: Work, rows: list[PartRow], sops: SopsByRun) -> Counts:
    past = [row for row in rows if is_open(row.task, row.part) and is_late(row.task, work.now)]
    targets = sum(is_target(row.task, _step(row, sops)) for row in past)
    skipped = [row for row in rows if row.part.state == TaskState.SKIPPED]
    empty = sum(row.task.close_reason == "no_children" for row in skipped)
    return Counts(
        done=sum(is_done(row.part) for row in rows),
        open=sum(is_open(row.task, row.part) for row in rows),
        late=len(past) - targets,
        past_target=targets,
        missed=sum(row.part.state == TaskState.MISSED for row in rows),
        skipped=len(skipped) - empty,
        on_time=sum(is_on_time(work.institution, row.task, _step(row, sops), row.part) for row in rows),
    )


def _step(row: PartRow, sops: SopsByRun) -> Step:
    return sops[row.task.run_id].step(row.task.step)


def _line(work: Work, row: PartRow, sops: SopsByRun) -> StatusLine:
    task, part = row.task, row.part
    past = is_open(task, part) and is_late(task, work.now)
    days = days_late(work, task) if past else 0
    holder = part.done_by_id if part.state == TaskState.DONE else part.assignee_id
    return StatusLine(
        task_id=part.task_id,
        sop=task.sop,
        step=task.step,
        short=_step(row, sops).short,
        role=part.role,
        officer=name_of(work.session, holder),
        officer_id=holder,
        days_late=days,
        is_late=past,
        is_target=past and is_target(task, _step(row, sops)),
        deputy=deputy_name(work, row.part.assignee_id) if is_open(task, part) else None,
    )
