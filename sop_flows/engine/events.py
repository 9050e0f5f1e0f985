"""The day of a run's event: proposed when the run opens, and anew when the dates of the stay move."""

from datetime import date, timedelta

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
from sop_flows.core.work import Work, anchors_of, cohort_anchors, sops_of
from sop_flows.declarations.sop import Sop
from sop_flows.staffing.responsibility import accountable_for
from storage.tables import LIVE, Cohort, Record, Run, RunState, Task, TaskState

TOO_SHORT = "too_short"  # why a run is closed: no day of the stay is left for its event
CHOSEN = "chosen"  # key of the record that says who chose which day (SOP 9.1.09 step 1)


def propose_event(work: Work, run: Run, sop: Sop) -> bool:
    """Give the run that opens the proposed day of its event. False: the stay is too short for it."""
    if choice_of(sop) is None:
        return True
    anchors, taken = anchors_of(work, run), taken_days(work, run)
    needed = _needed_days(work, run, sop, taken)
    run.event_on = proposed_day(sop, run.opened_at or work.now, anchors, work.office, taken, needed)
    work.session.flush()
    return run.event_on is not None


def propose_late(work: Work, run: Run, sop: Sop) -> None:
    """A run that is found begun: its event is on the day that was proposed when it opened. Where that is over, what stands
    for a day ahead stands, or it is proposed as of now; where no day is left, it was when the pack says, at the latest
    on the last day of the stay."""
    anchors, taken = anchors_of(work, run), taken_days(work, run)
    needed = _needed_days(work, run, sop, taken)
    proposed = proposed_day(sop, run.opened_at or work.now, anchors, work.office, taken, needed)
    if proposed is None or proposed < work.today:
        stands = run.event_on is not None and run.event_on >= work.today
        on = proposed_day(sop, work.now, anchors, work.office, taken | {work.today}, needed)
        if stands and run.event_on in free_days(work, run, sop):
            proposed = run.event_on
        elif on is not None and on > work.today and _is_within(sop, on, anchors):
            proposed = on
    run.event_on = proposed or anchors.departure
    work.session.flush()


def _is_within(sop: Sop, on: date, anchors: Anchors) -> bool:
    choice = choice_of(sop)
    if choice is None:
        return False
    first, last = window(choice, anchors)
    return first <= on <= last


def free_days(work: Work, run: Run, sop: Sop) -> tuple[date, ...]:
    """The days on which the event of the run can be, earliest first."""
    opened_at, anchors, taken = run.opened_at or work.now, anchors_of(work, run), taken_days(work, run)
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


def _needed_days(work: Work, run: Run, sop: Sop, taken: frozenset[date]) -> frozenset[date]:
    """The days that are the only ones left for other events of the angkatan whose run has not begun."""
    if run.cohort_id is None:
        return frozenset()
    cohort = work.session.get_one(Cohort, run.cohort_id)
    begun = work.session.exec(
        select(Run.sop).where(
            Run.cohort_id == run.cohort_id, col(Run.state).in_((RunState.OPEN, RunState.CLOSED))
        )
    )
    anchors = cohort_anchors(work.institution, cohort)
    return needed_days(
        days_of_events(sops_of(work, cohort), anchors, work.office), taken, {sop.number, *begun}
    )


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


def renew_event(work: Work, run: Run, sop: Sop) -> Task | None:
    """The dates of the stay moved: a choice stands as long as it lies in its window, a proposal is made anew, and what
    has been stays. Returns the task whose choice is void."""
    choice, step = choice_of(sop), sop.choosing_step
    task = None if step is None else choosing_task(work.session, run, step.step)
    if choice is None or step is None or task is None:
        return None
    has_been = run.event_on is not None and run.event_on < work.today
    if has_been or (step.choose_date is not None and task.state == TaskState.DONE):
        return None
    anchors = anchors_of(work, run)
    first, last = window(choice, anchors)
    was = task.chosen_on
    if was is None:
        chosen = last_choice(work.session, task)
        if chosen is not None and first <= chosen[1] <= last and chosen[1] >= work.today:
            task.chosen_on = chosen[1]
    elif not first <= was <= last and (first <= last or was not in {work.today, *free_days(work, run, sop)}):
        task.chosen_on = None  # where the window is empty, it was chosen among what is left of the stay
    latest = None if anchors.departure is None else anchors.departure - timedelta(days=1)
    kept = run.event_on if latest is None or run.event_on is None else min(run.event_on, latest)
    if task.chosen_on is not None:
        run.event_on = task.chosen_on
    else:
        if free_days(work, run, sop):
            propose_late(work, run, sop)
        else:
            run.event_on = kept
    work.session.flush()
    return task if was is not None and task.chosen_on is None else None


def choosing_task(s: Session, run: Run, step: int) -> Task | None:
    """The task of the run at which the day is chosen; None while it is not there."""
    return s.exec(
        select(Task).where(
            Task.run_id == run.id,
            Task.step == step,
            Task.occurrence == 0,
            Task.state != TaskState.WITHDRAWN,
        )
    ).one_or_none()


def live_tasks(s: Session, run: Run) -> tuple[Task, ...]:
    """The tasks of the run that do not recur and that somebody still has to do."""
    return tuple(
        s.exec(select(Task).where(Task.run_id == run.id, Task.occurrence == 0, col(Task.state).in_(LIVE)))
    )


def last_choice(s: Session, task: Task) -> tuple[int, date] | None:
    """Who chose the date of the task last, and which."""
    row = s.exec(
        select(Record)
        .where(Record.task_id == task.id, Record.key == CHOSEN)
        .order_by(col(Record.id).desc())
        .limit(1)
    ).first()
    return None if row is None else (row.officer_id, date.fromisoformat(str(row.data["on"])))
