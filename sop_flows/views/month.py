"""The figures of a month: who was here, how long, what was done; of cases numbers alone, and none below three."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func
from sqlmodel import col, select

from sop_flows.calendar.dates import age_on
from sop_flows.core.work import Work, day_begins, sops_by_run
from sop_flows.recording.entries import FLAGGED
from storage.queries.children import list_children, list_memberships
from storage.queries.weights import list_weights
from storage.tables import (
    NOT_MEMBERS,
    Case,
    Cohort,
    EntryState,
    Incident,
    IncidentKind,
    LeaveReason,
    Task,
    TaskEntry,
    TaskState,
)

LEAST = 3  # of cases no smaller number is told: it could be one child that somebody knows


@dataclass(frozen=True)
class MonthFigures:
    """Attributes:
    first, last: the days it is about; of the running month until today.
    schools: name, angkatan, boys, girls. ages: whole years on the first day here (None: not known), with how many.
    days: of care, one for each child and day here.
    weighings: weights that stand. lost: children whose last weight of the month is below the one before it.
    cases: opened, closed, open at the end; a number below LEAST is None, and none is 0.
    """

    first: date
    last: date
    cohorts: tuple[str, ...]
    schools: Sequence[tuple[str, str, int, int]]
    ages: Sequence[tuple[int | None, int]]
    days: int
    left_early: int
    weighings: int
    lost: int
    visits: int
    incidents: int
    open_incidents: int
    cases: Mapping[str, int | None] | None

    @property
    def children(self) -> int:
        """How many were here."""
        return sum(boys + girls for _school, _cohort, boys, girls in self.schools)


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of its month."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def month_figures(work: Work, day: date) -> MonthFigures:
    """The figures of the month in which `day` lies. The caller has checked who may read them."""
    s = work.session
    first, last = month_of(day)
    last = min(last, work.today)
    cohorts = s.exec(
        select(Cohort)
        .where(Cohort.arrival_on <= last, Cohort.departure_on >= first)
        .order_by(col(Cohort.arrival_on), col(Cohort.id))
    ).all()
    ids = [one.id or 0 for one in cohorts]
    schools: dict[tuple[str, str], Counter[str]] = {}
    ages: Counter[int | None] = Counter()
    here: list[int] = []
    days = left = 0
    stays = list_memberships(s, ids)
    for row in list_children(s, ids) if ids else ():
        spent = [
            (begin, end)
            for one in stays.get(row.child.id or 0, ())
            if one.reason not in (*NOT_MEMBERS, LeaveReason.CANCELLED)  # they never came
            for begin in (max(first, row.cohort.arrival_on, one.from_on),)
            for end in (min(last, row.cohort.departure_on, one.until_on or last),)
            if begin <= end
        ]
        if not spent:
            continue
        held, begin = row.membership, spent[0][0]
        # who left and came back on one day was here on it once
        days += len({day.toordinal() + n for day, end in spent for n in range((end - day).days + 1)})
        here.append(row.child.id or 0)
        schools.setdefault((row.school.name, row.cohort.name), Counter())[row.child.sex] += 1
        born = row.child.born_on
        ages[None if born is None else age_on(date.fromisoformat(born), begin)] += 1
        left += (
            held.until_on is not None
            and first <= held.until_on <= last
            and held.until_on < row.cohort.departure_on
        )
    weighings, lost = _weighed(work, here, first, last)
    incidents, still = _incidents(work, here, first, last)
    return MonthFigures(
        first,
        last,
        tuple(one.name for one in cohorts),
        [(*key, count["L"], count["P"]) for key, count in schools.items()],
        sorted(ages.items(), key=lambda one: (one[0] is None, one[0] or 0)),
        days,
        left,
        weighings,
        lost,
        _visits(work, ids, first, last),
        incidents,
        still,
        _cases(work, first, last),
    )


def _weighed(work: Work, children: Sequence[int], first: date, last: date) -> tuple[int, int]:
    by_child: dict[int, list[tuple[date, int]]] = {}
    for row in list_weights(work.session, children) if children else ():
        if row.weighed_on <= last:
            by_child.setdefault(row.child_id, []).append((row.weighed_on, row.weight_g))
    count = sum(on >= first for rows in by_child.values() for on, _grams in rows)
    lost = sum(
        len(rows) > 1 and rows[-1][0] >= first and rows[-1][1] < rows[-2][1] for rows in by_child.values()
    )
    return count, lost


def _visits(work: Work, cohorts: Sequence[int], first: date, last: date) -> int:
    """Visits to flagged children that were closed with a report."""
    begin, end = day_begins(work.institution, first), day_begins(work.institution, last + timedelta(days=1))
    places = {
        (number, step.step)
        for cohort in cohorts
        for sop in sops_by_run(work.session, cohort).values()
        for number in (sop.number,)
        for step in sop.asked_steps
        if step.per == FLAGGED and step.record is not None and step.record.style == "asked"
    }
    rows = work.session.exec(
        select(Task.sop, Task.step)
        .join(TaskEntry, col(TaskEntry.task_id) == col(Task.id))
        .where(
            col(Task.cohort_id).in_(list(cohorts)),
            Task.state != TaskState.WITHDRAWN,
            TaskEntry.state == EntryState.DONE,
            col(TaskEntry.closed_at) >= begin,
            col(TaskEntry.closed_at) < end,
            col(Task.sop).in_({number for number, _step in places}),
        )
    )
    return sum(tuple(row) in places for row in rows)


def _incidents(work: Work, children: Sequence[int], first: date, last: date) -> tuple[int, int]:
    """How many were reported, and how many of those nobody has answered."""
    begin, end = day_begins(work.institution, first), day_begins(work.institution, last + timedelta(days=1))
    rows = work.session.exec(
        select(Incident.closed_at).where(
            col(Incident.child_id).in_(list(children)),
            Incident.kind == IncidentKind.REPORTED,
            col(Incident.reported_at) >= begin,
            col(Incident.reported_at) < end,
        )
    ).all()
    return len(rows), sum(one is None for one in rows)


def _cases(work: Work, first: date, last: date) -> dict[str, int | None] | None:
    if work.unit.case is None:
        return None
    begin, end = day_begins(work.institution, first), day_begins(work.institution, last + timedelta(days=1))
    opened, closed = col(Case.opened_at), col(Case.closed_at)
    counts = {
        "opened": (opened >= begin, opened < end),
        "closed": (closed >= begin, closed < end),
        "open": (opened < end, (closed.is_(None)) | (closed >= end)),
    }
    found: dict[str, int | None] = {}
    for name, wanted in counts.items():
        count = work.session.exec(select(func.count()).select_from(Case).where(*wanted)).one()
        found[name] = count if count == 0 or count >= LEAST else None
    return found
