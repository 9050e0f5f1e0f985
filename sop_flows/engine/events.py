"""The day of a run's event: proposed when the run opens, and anew when the dates of the stay move."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from sop_flows.calendar.dates import Anchors
from sop_flows.calendar.events import (
    choice_of,
    days_of_events,
    needed_days,
    possible_days,
    proposed_day,
    weigh_in_days,
    window,
)
from sop_flows.core.notices import LeftOut
from sop_flows.core.states import move, reopen
from sop_flows.core.work import Work, anchors_of, cohort_anchors, sop_of, sops_of
from sop_flows.declarations.sop import Sop
from sop_flows.staffing.responsibility import accountable_for
from storage.tables import LIVE, Cohort, Record, Run, RunState, Task, TaskState

TOO_SHORT = "too_short"  # why a run is closed: no day of the stay is left for its event
CHOSEN = "chosen"  # key of the record that says who chose which day (SOP 9.1.09 step 1)


def propose_event(work: Work, run: Run, sop: Sop) -> bool:
    """Give the run that opens the proposed day of its event. False: the stay is too short for it."""
    if choice_of(sop) is None:
        return True
    beside = _days_beside(work, run, sop)
    anchors = anchors_of(work, run)
    run.event_on = proposed_day(
        sop, run.opened_at or work.now, anchors, work.office, beside.taken, beside.needed
    )
    work.session.flush()
    return run.event_on is not None


def propose_late(work: Work, run: Run, sop: Sop) -> None:
    """A run that is found begun: its event is on the day that was proposed when it opened. Where that is over, what stands
    for a day ahead stands, or it is proposed as of now; where no day is left, it was when the pack says, at the latest
    on the last day of the stay."""
    anchors, beside = anchors_of(work, run), _days_beside(work, run, sop)
    taken, needed = beside.taken, beside.needed
    proposed = proposed_day(sop, run.opened_at or work.now, anchors, work.office, taken, needed)
    if proposed is None or proposed < work.today:
        stands = run.event_on is not None and run.event_on >= work.today
        on = proposed_day(sop, work.now, anchors, work.office, taken | {work.today}, needed)
        if stands and run.event_on in _free_days(work, run, sop, taken):
            proposed = run.event_on
        elif on is not None and on > work.today and _is_within(sop, on, anchors):
            proposed = on
    run.event_on = proposed or anchors.departure
    work.session.flush()


@dataclass(frozen=True)
class _Beside:
    """What an angkatan has beside the event of a run: days that are taken, and the only days of other events."""

    taken: frozenset[date]
    needed: frozenset[date]


def _days_beside(work: Work, run: Run, sop: Sop) -> _Beside:
    """What the proposal of a run leaves alone: weigh-ins, days that somebody has chosen or that are over, and what was
    proposed to runs that opened before it. A run that opened later comes after it each time, so that proposing anew with
    nothing changed proposes the same."""
    if run.cohort_id is None:
        return _Beside(frozenset(), frozenset())
    s, place = work.session, (run.opened_at or work.now, run.id or 0)
    weigh_ins = weigh_in_days(work.pack.sops, anchors_of(work, run))
    chosen = set(
        s.exec(select(Task.run_id).where(Task.cohort_id == run.cohort_id, col(Task.chosen_on).is_not(None)))
    )
    earlier, later = set[date](), set[date]()
    settled = {sop.number}
    others = select(Run).where(
        Run.cohort_id == run.cohort_id,
        Run.sop != run.sop,
        col(Run.state).in_((RunState.OPEN, RunState.CLOSED)),
    )
    for other in s.exec(others):
        is_left_out = other.close_reason == TOO_SHORT
        if not is_left_out and other.opened_at is not None and (other.opened_at, other.id or 0) < place:
            settled.add(other.sop)
            if other.event_on is not None:
                earlier.add(other.event_on)
        elif other.event_on is not None and (other.event_on < work.today or other.id in chosen):
            later.add(other.event_on)
    cohort = s.get_one(Cohort, run.cohort_id)
    days = days_of_events(sops_of(work, cohort), cohort_anchors(work.institution, cohort), work.office)
    return _Beside(weigh_ins.union(earlier, later), needed_days(days, weigh_ins | earlier, settled))


def _is_within(sop: Sop, on: date, anchors: Anchors) -> bool:
    choice = choice_of(sop)
    if choice is None:
        return False
    first, last = window(choice, anchors)
    return first <= on <= last


def free_days(work: Work, run: Run, sop: Sop) -> tuple[date, ...]:
    """The days on which the event of the run can be, earliest first."""
    return _free_days(work, run, sop, taken_days(work, run))


def _free_days(work: Work, run: Run, sop: Sop, taken: frozenset[date]) -> tuple[date, ...]:
    opened_at, anchors = run.opened_at or work.now, anchors_of(work, run)
    days = possible_days(sop, opened_at, anchors, work.office, taken)
    if days or run.state != RunState.OPEN or anchors.departure is None:
        return days
    # It is held all the same ("Jadwalkan juga"): on any day that is left of the stay.
    left = (anchors.departure - work.today).days
    ahead = (work.today + timedelta(days=number) for number in range(1, left))
    return tuple(on for on in ahead if on not in taken)


def taken_days(work: Work, run: Run) -> frozenset[date]:
    """The days on which the angkatan of the run has another event, or a weigh-in."""
    if run.cohort_id is None:
        return frozenset()
    others = work.session.exec(
        select(col(Run.event_on)).where(
            Run.cohort_id == run.cohort_id,
            Run.sop != run.sop,
            Run.state != RunState.WITHDRAWN,
            col(Run.event_on).is_not(None),
        )
    )
    weigh_ins = weigh_in_days(work.pack.sops, anchors_of(work, run))
    return weigh_ins.union(on for on in others if on is not None)


def leave_out(work: Work, run: Run, sop: Sop) -> None:
    """The stay is too short for the event of the run: it closes as it opens, and who answers for it hears so."""
    run.event_on = None
    move(work, run, RunState.CLOSED, closed_at=work.now, close_reason=TOO_SHORT)
    work.session.flush()
    if run.cohort_id is None or sop.choosing_step is None:
        return
    cohort = work.session.get_one(Cohort, run.cohort_id)
    days = (cohort.departure_on - cohort.arrival_on).days
    for officer in accountable_for(work, sop.choosing_step.executors[0], run.cohort_id):
        work.notify(officer.id or 0, LeftOut(run=run.id or 0, sop=sop.number, cohort=cohort.name, days=days))


def revive(work: Work, run: Run, sop: Sop) -> bool:
    """What was left out is held all the same: the run opens with a day of what is left of the stay, as its pack
    proposes or the middle one. False: no day is left."""
    reopen(work, run, RunState.OPEN, opened_at=work.now)
    days = free_days(work, run, sop)
    if not days:
        return False
    choice = choice_of(sop)
    weekday = choice.propose_weekday if choice is not None else None
    later = days[len(days) // 2 :]
    run.event_on = next((on for on in later if on.weekday() == weekday), later[0])
    work.session.flush()
    return True


def renew_events(work: Work, runs: Iterable[Run]) -> list[Task]:
    """The dates of the stay moved: a choice stands as long as it lies in its window, a proposal is made anew, and what
    has been stays. Returns the tasks whose choice is void."""
    found = [
        (run, sop, task)
        for run in sorted(runs, key=lambda run: (run.opened_at or work.now, run.id or 0))
        if run.state == RunState.OPEN and (task := _renewable(work, run, sop := sop_of(work.session, run)))
    ]
    void = [task for run, sop, task in found if _renew_choice(work, run, sop, task)]
    for run, sop, task in found:
        _renew_day(work, run, sop, task)
    return void


def _renewable(work: Work, run: Run, sop: Sop) -> Task | None:
    """The task at which the day of the run is chosen, while that can still be another one."""
    step = sop.choosing_step
    task = None if step is None else choosing_task(work.session, run, step.step)
    has_been = run.event_on is not None and run.event_on < work.today
    if step is None or task is None or has_been:
        return None
    return None if step.choose_date is not None and task.state == TaskState.DONE else task


def _renew_choice(work: Work, run: Run, sop: Sop, task: Task) -> bool:
    """Let the day that somebody chose stand, fall, or stand again; returns whether it fell."""
    choice, was = choice_of(sop), task.chosen_on
    if choice is None:
        return False
    first, last = window(choice, anchors_of(work, run))
    if was is None:
        chosen = last_choice(work.session, task)
        if chosen is not None and first <= chosen[1] <= last and chosen[1] >= work.today:
            task.chosen_on = chosen[1]
    elif not first <= was <= last and (
        first <= last
        or was not in {work.today, *_free_days(work, run, sop, _days_beside(work, run, sop).taken)}
    ):
        task.chosen_on = None  # where the window is empty, it was chosen among what is left of the stay
    if task.chosen_on is not None:
        run.event_on = task.chosen_on
    work.session.flush()
    return was is not None and task.chosen_on is None


def _renew_day(work: Work, run: Run, sop: Sop, task: Task) -> None:
    """Propose the day of a run anew that nobody has chosen; where the stay has none any more, it stands as far as it can."""
    if task.chosen_on is not None:
        return
    departure = anchors_of(work, run).departure
    latest = None if departure is None else departure - timedelta(days=1)
    kept = run.event_on if latest is None or run.event_on is None else min(run.event_on, latest)
    if _free_days(work, run, sop, _days_beside(work, run, sop).taken):
        propose_late(work, run, sop)
    else:
        run.event_on = kept
    work.session.flush()


def can_be_held(work: Work, run: Run, sop: Sop, opens_at: datetime) -> bool:
    """Whether an event that was left out has a day of its own if its run opens then, and it is not over."""
    days = possible_days(sop, opens_at, anchors_of(work, run), work.office, taken_days(work, run))
    return bool(days) and days[-1] > work.today


_OF_RUN = select(Task).where(Task.run_id == bindparam("run"), Task.occurrence == 0)
_CHOOSING = _OF_RUN.where(Task.step == bindparam("step"), Task.state != TaskState.WITHDRAWN)


def choosing_task(s: Session, run: Run, step: int) -> Task | None:
    """The task of the run at which the day is chosen; None while it is not there."""
    return s.exec(_CHOOSING, params={"run": run.id, "step": step}).one_or_none()


_LIVE_TASKS = _OF_RUN.where(col(Task.state).in_(LIVE))


def live_tasks(s: Session, run: Run) -> tuple[Task, ...]:
    """The tasks of the run that do not recur and that somebody still has to do."""
    return tuple(s.exec(_LIVE_TASKS, params={"run": run.id}))


_LAST_CHOICE = (
    select(Record)
    .where(Record.task_id == bindparam("task"), Record.key == CHOSEN)
    .order_by(col(Record.id).desc())
    .limit(1)
)


def last_choice(s: Session, task: Task) -> tuple[int, date] | None:
    """Who chose the date of the task last, and which."""
    row = s.exec(_LAST_CHOICE, params={"task": task.id}).first()
    return None if row is None else (row.officer_id, date.fromisoformat(str(row.data["on"])))
