"""What is still to come without a row of its own: morning lists, heads who hear of it, openings."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sop_flows.core.states import parts_of
from sop_flows.core.work import Institution, Work, day_begins, declared, sop_of
from sop_flows.engine.chain import grid, list_occurrences, unplanned, waiting_task
from sop_flows.notifications.escalation.expected import escalations_of
from sop_flows.notifications.escalation.taken_on import rests_until
from sop_flows.staffing.own_morning import morning_of
from sop_flows.staffing.responsibility import responsibility_of
from sop_flows.staffing.working_days import works_on
from sop_flows.timeline.moment import Moment
from storage.tables import LIVE, Officer, Run, RunState, Task, TaskState

MORNINGS = 60  # looked through for one on which the officer works


def lists_to_come(work: Work, tasks: Iterable[Task]) -> Iterable[Moment]:
    """For each who is to do it, the next morning list that carries the task unless it is done by then."""
    seen: set[tuple[object, ...]] = set()
    for task in tasks:
        if not _is_owed(task) or task.running or task.due_at is None:
            continue
        card = (task.run_id, task.card, task.occurrence_on)
        if task.card is not None and card in seen:
            continue
        seen.add(card)
        by_calendar = declared(work.session, task)[0].clock == "kalender"
        for part in parts_of(work.session, task):
            if part.state not in LIVE:
                continue
            for officer in responsibility_of(work, task, part).holders:
                from_at = max(work.now, _morning_before(work.institution, officer, task.due_at))
                at = _next_list(work, officer, from_at, every_day=by_calendar)
                if at is not None:
                    yield Moment(at, "list", task, (officer,))


def heads_to_hear(work: Work, tasks: Iterable[Task]) -> Iterable[Moment]:
    """When heads hear of it if nobody does it. What goes to them at once (emergencies) has a reminder of its own."""
    for task in tasks:
        if not _is_owed(task) or task.due_at is None:
            continue
        by_calendar = declared(work.session, task)[0].clock == "kalender"
        for part in parts_of(work.session, task):
            if part.state not in LIVE:
                continue
            for one in escalations_of(work, task, part):
                if one.at_once:
                    continue
                for officer in one.officers:
                    rests = rests_until(work, officer, task, part, by_calendar=by_calendar)
                    # A list of that very moment tells it already.
                    from_at = max(work.now, one.at - timedelta(microseconds=1), rests or work.now)
                    at = _next_list(work, officer, from_at, every_day=False)
                    if at is not None:
                        yield Moment(at, "head", task, (officer,), level=one.level)


def openings(work: Work, tasks: Iterable[Task]) -> Iterable[Moment]:
    """Steps that wait for their day."""
    for task in tasks:
        if task.state == TaskState.WAITING and task.opens_at is not None and task.opens_at > work.now:
            yield Moment(task.opens_at, "opens", task)


def starts(work: Work, runs: Iterable[Run]) -> Iterable[Moment]:
    """SOPs that wait for their day, and occurrences that are too far away to be tasks (but not of every day)."""
    for run in runs:
        sop = sop_of(work.session, run)
        if run.state == RunState.WAITING and run.opens_at is not None:
            yield Moment(run.opens_at, "starts", run=run)
        if run.state != RunState.OPEN:
            continue
        for step in sop.steps:
            if step.every is None or step.every.days is None or step.every.days == 1:
                continue
            for one in unplanned(list_occurrences(work.session, run, step), grid(work, run, step)):
                at = day_begins(work.institution, one.opens_on)
                if at > work.now:
                    task = waiting_task(run, sop, step, at)
                    task.occurrence, task.occurrence_on = one.number, one.on
                    yield Moment(at, "opens", task)


def _is_owed(task: Task) -> bool:
    return task.state in LIVE


def _morning_before(institution: Institution, officer: Officer, due_at: datetime) -> datetime:
    """Just before the officer's morning of the day on which it is due."""
    return morning_of(institution, institution.today(due_at), officer) - timedelta(microseconds=1)


def _next_list(work: Work, officer: Officer, after: datetime, *, every_day: bool) -> datetime | None:
    """The officer's next morning after `after` on a day on which the list carries it."""
    first = work.institution.today(after)
    for days in range(MORNINGS):
        on = first + timedelta(days=days)
        at = morning_of(work.institution, on, officer)
        if at > after and (every_day or works_on(work, officer, on)):
            return at
    return None
