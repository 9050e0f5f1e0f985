"""The board of an angkatan: its SOPs against the days, plan beside done, weigh-ins, visits, who has what late."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from sop_flows.core.states import is_late, is_open, is_target
from sop_flows.core.work import Work, sops_and_events
from sop_flows.declarations.sop import Sop
from sop_flows.recording.forms.answers import is_weighing
from sop_flows.recording.weigh_ins import losers, measure
from sop_flows.staffing.responsibility import may_see
from sop_flows.staffing.roster import heads_of
from sop_flows.views.progress import plan_of
from sop_flows.views.status import CohortStatus, whole_status
from storage.queries.cohorts import list_open as open_cohorts
from storage.queries.rolls import list_rows
from storage.queries.status import PartRow, list_parts
from storage.tables import Cohort, EntryState, Officer, Task, TaskState

BEFORE, AFTER = 7, 5  # days shown beside the stay
AFTERWARDS = timedelta(days=7)  # so long after the departure the board is still sent

State = Literal["done", "late", "running", "waiting"]


@dataclass(frozen=True)
class SopBar:
    """One SOP: its days by the plan, counted from the arrival; how many of its parts that have opened are closed."""

    number: str
    title: str
    first: int
    last: int
    done: int
    total: int
    state: State


@dataclass(frozen=True)
class BoardWeighing:
    """One weigh-in: its day from the arrival, children weighed, expected, and how many lost weight."""

    day: int
    done: int
    total: int
    lost: int


@dataclass(frozen=True)
class Board:
    """Attributes:
    status: as on /status. phases: name and the bars of its SOPs.
    late: officer (None: nobody yet) or role, with how many are late, the most first.
    """

    status: CohortStatus
    phases: Sequence[tuple[str, Sequence[SopBar]]]
    weighings: Sequence[BoardWeighing]
    late: Sequence[tuple[str | None, str, int]]


def board_cohorts(work: Work, officer: Officer) -> tuple[Cohort, ...]:
    """The angkatan whose board a head is sent: those that are in the house, or left within a week."""
    if not heads_of(work, officer.id or 0):
        return ()
    return tuple(
        one
        for one in open_cohorts(work.session)
        if one.arrival_on <= work.today <= one.departure_on + AFTERWARDS
        and may_see(work, officer, one.id or 0)
    )


def is_sent_today(work: Work, officer: Officer) -> bool:
    """Whether the officer is a head with a board, and it is Monday."""
    return work.today.weekday() == 0 and bool(board_cohorts(work, officer))


def board_of(work: Work, officer: Officer, cohort: Cohort) -> Board:
    """The board for the sections that the officer heads."""
    roles = heads_of(work, officer.id or 0)
    status = whole_status(work, cohort, roles)
    rows = list_parts(work.session, cohort.id or 0)
    sops, events = sops_and_events(work.session, cohort.id or 0)
    mine = [row for row in rows if row.part.role in roles]
    late = Counter((line.officer, line.role) for line in status.overdue)
    return Board(
        status,
        _phases(work, cohort, mine, sops, events, roles),
        _weighings(work, cohort, rows, sops),
        [(officer_name, role, count) for (officer_name, role), count in late.most_common()],
    )


def _phases(
    work: Work,
    cohort: Cohort,
    rows: Sequence[PartRow],
    sops: Mapping[int, Sop],
    events: Mapping[str, date],
    roles: Iterable[str],
) -> list[tuple[str, list[SopBar]]]:
    wanted = set(roles)
    days: dict[str, list[int]] = {}
    declared = {sop.number: sop for sop in sops.values()}
    for one in plan_of(work, cohort, sops, events):
        sop = declared.get(one.sop) or work.pack.sops[one.sop]
        declared.setdefault(one.sop, sop)
        if wanted.isdisjoint(sop.step(one.step).executors):
            continue
        begin = (work.institution.today(one.opens_at) - cohort.arrival_on).days
        end = (work.institution.today(one.due_at) - cohort.arrival_on).days
        days.setdefault(one.sop, []).extend((begin, end))
    by_sop: dict[str, list[PartRow]] = {}
    for row in rows:
        if not row.task.is_before_pandu:
            by_sop.setdefault(row.task.sop, []).append(row)
    found: dict[str, list[SopBar]] = {}
    for number, its in days.items():
        sop = declared[number]
        if max(its) < -BEFORE and number not in by_sop:
            continue  # it was before Pandu, or before the days that are shown
        found.setdefault(sop.phase, []).append(_bar(work, sop, min(its), max(its), by_sop.get(number, [])))
    programs = work.unit.phases.values()
    order = dict.fromkeys(phase for phases in programs for phase in phases) or sorted(found)
    numbers = list(work.pack.sops)
    return [
        (
            phase,
            sorted(
                found[phase],
                key=lambda one: (one.first, numbers.index(one.number) if one.number in numbers else 0),
            ),
        )
        for phase in order
        if phase in found
    ]


def _bar(work: Work, sop: Sop, first: int, last: int, rows: Sequence[PartRow]) -> SopBar:
    still = [row for row in rows if is_open(row.task, row.part)]
    late = any(
        is_late(row.task, work.now) and not is_target(row.task, sop.step(row.task.step)) for row in still
    )
    state: State = "late" if late else "running" if still else "done" if rows else "waiting"
    return SopBar(sop.number, sop.title, first, last, len(rows) - len(still), len(rows), state)


def _weighings(
    work: Work, cohort: Cohort, rows: Sequence[PartRow], sops: Mapping[int, Sop]
) -> list[BoardWeighing]:
    tasks: dict[int, Task] = {
        row.part.task_id: row.task
        for row in rows
        if is_weighing(sops[row.task.run_id].step(row.task.step).record)
        and row.task.state != TaskState.SKIPPED
    }
    found = []
    for task_id, task in sorted(tasks.items(), key=lambda one: one[1].due_at or work.now):
        listed = [row for row in list_rows(work.session, task_id) if row.state != EntryState.WITHDRAWN]
        measured = measure(work.session, task_id, listed)
        on = task.occurrence_on or work.institution.today(task.due_at or work.now)
        found.append(
            BoardWeighing((on - cohort.arrival_on).days, len(measured), len(listed), len(losers(measured)))
        )
    return found
