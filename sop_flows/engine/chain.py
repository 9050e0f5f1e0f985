"""How one step leads to the next: runs open, steps open, steps close, runs end and start others."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from sop_flows.calendar.dates import (
    Occurrence,
    asked_about,
    begins_on,
    due_for,
    occurrence_due,
    occurrences,
    opened_after,
    opened_with_run,
    opens_on,
    recurs,
    resolve,
    started_after,
)
from sop_flows.core.states import change, live_parts, made, move, parts_of, reopen
from sop_flows.core.work import (
    Subject,
    Work,
    anchors_of,
    day_begins,
    declared,
    sop_of,
    sops_of,
    subject_ids,
    subjects_after,
    version_id,
)
from sop_flows.declarations.sop import Sop, Start, Step
from sop_flows.engine import services
from sop_flows.engine.events import leave_out, propose_event, revive
from sop_flows.engine.outcome import FORM, child_is, outcome_of
from sop_flows.engine.shifts import keep_duty
from sop_flows.engine.withdraw import withdraw_task
from sop_flows.limits import MAX_OPENINGS, MAX_TASKS_AHEAD
from sop_flows.notifications.planning import drop_for_task, tell_begun, tell_handed
from sop_flows.recording import entries
from sop_flows.recording.records import note_incomplete
from sop_flows.staffing.responsibility import assign_sole
from storage.queries.step_records import find_standing
from storage.tables import (
    CLOSED,
    UNFINISHED,
    Case,
    DueKind,
    Run,
    RunState,
    Task,
    TaskPart,
    TaskState,
)

# --- rows of new tasks ------------------------------------------------------------------------------------------


def waiting_task(run: Run, sop: Sop, step: Step, opens_at: datetime) -> Task:
    """A task of the run that opens at `opens_at` (aware, UTC); not in the database yet."""
    return Task(
        run_id=run.id or 0,
        cohort_id=run.cohort_id,
        case_id=run.case_id,
        child_id=run.child_id,
        school_id=run.school_id,
        sop=sop.number,
        step=step.step,
        running=step.running,
        state=TaskState.WAITING,
        opens_at=opens_at,
    )


def add_task(work: Work, task: Task, step: Step) -> None:
    """Add the task and its waiting parts, each with its PJ where the role has one member only."""
    work.session.add(task)
    work.session.flush()
    for position, role in enumerate(step.executors):
        part = TaskPart(task_id=task.id or 0, position=position, role=role, state=TaskState.WAITING)
        assign_sole(work, task, part)
        work.session.add(part)
    work.session.flush()


# --- recurring steps --------------------------------------------------------------------------------------------


UNTIL_CLOSED = "closed"  # `until: closed`: as long as the services of the case run


_OF_STEP = (
    Task.run_id == bindparam("run"),
    Task.step == bindparam("step"),
    Task.state != TaskState.WITHDRAWN,
)
_OPENED_AT = select(Task.opened_at).where(*_OF_STEP, Task.occurrence == 0)


def grid(work: Work, run: Run, step: Step) -> tuple[Occurrence, ...]:
    """The occurrences of a recurring step in the run's stay; of what goes on and is asked about meanwhile, from the day on
    which it opened."""
    if step.every is not None and step.every.days is not None:
        return occurrences(step.every, anchors_of(work, run))
    if not step.asked_meanwhile:
        return ()
    opened_at = work.session.exec(_OPENED_AT, params={"run": run.id, "step": step.step}).first()
    if opened_at is None:
        return ()
    return asked_about(step, sop_of(work.session, run), opened_at, work.office)


def plan_occurrences(work: Work, run: Run, sop: Sop, step: Step) -> None:
    """Make the next occurrences as waiting tasks: at most MAX_TASKS_AHEAD of them exist before their day."""
    tasks = list_occurrences(work.session, run, step)
    ahead = sum(1 for task in tasks if task.state == TaskState.WAITING)
    for one in unplanned(tasks, grid(work, run, step)):
        if ahead >= MAX_TASKS_AHEAD:
            return
        if step.first_due is not None and one.due_on < work.today:
            continue  # of before anybody asked: the case took another calendar since
        add_occurrence(work, run, sop, step, one)
        ahead += 1


_OCCURRENCES = (
    select(Task).where(*_OF_STEP, Task.occurrence > 0).order_by(col(Task.occurrence_on), col(Task.occurrence))
)


def list_occurrences(s: Session, run: Run, step: Step) -> tuple[Task, ...]:
    """The occurrences of the step that were not withdrawn, by their days."""
    return tuple(s.exec(_OCCURRENCES, params={"run": run.id, "step": step.step}))


def numbers_of(tasks: Iterable[Task], owed: Iterable[Occurrence]) -> dict[date, int]:
    """The number of each day, from 1: of the days on the grid, and of those beside it on which something was done."""
    days = {one.on for one in owed} | {task.occurrence_on for task in tasks if task.occurrence_on is not None}
    return {on: number for number, on in enumerate(sorted(days), start=1)}


def unplanned(tasks: Iterable[Task], owed: Iterable[Occurrence]) -> tuple[Occurrence, ...]:
    """The occurrences for whose day there is no task yet, with their numbers.

    Matched by day, for a grid may have moved under what was done.
    """
    there, all_owed = tuple(tasks), tuple(owed)
    days = {task.occurrence_on for task in there}
    numbers = numbers_of(there, all_owed)
    return tuple(replace(one, number=numbers[one.on]) for one in all_owed if one.on not in days)


def add_occurrence(work: Work, run: Run, sop: Sop, step: Step, one: Occurrence) -> Task:
    """A waiting task for one occurrence, with its reminders from now on planned."""
    opens_at = day_begins(work.institution, one.opens_on)
    task = waiting_task(run, sop, step, max(opens_at, work.now) if step.first_due is not None else opens_at)
    task.running = False  # the question about what goes on is asked like any other
    task.occurrence = one.number
    task.occurrence_on = one.on
    set_times(work, task, step, one)
    add_task(work, task, step)
    work.touch(task)
    return task


def set_times(work: Work, task: Task, step: Step, one: Occurrence) -> None:
    """When the occurrence is due, and when it is too late for it."""
    task.due_at = occurrence_due(step, one, work.office)
    task.due_kind = DueKind.DATE
    if (
        step.every is not None and step.every.until != UNTIL_CLOSED
    ):  # the monthly card ends with the services of the case
        task.card = step.every.card
        task.ends_at = ends_at(work, task, step)


def ends_at(work: Work, task: Task, step: Step) -> datetime | None:
    """When it is too late for an occurrence: the end of the stay; None where the services of a case end it."""
    if step.every is None or step.every.until == UNTIL_CLOSED:
        return None
    return day_begins(work.institution, resolve(step.every.until, anchors_of(work, task)) + timedelta(days=1))


# --- from one step to the next ----------------------------------------------------------------------------------


class EndlessChainError(Exception):
    """One event opened more than MAX_OPENINGS steps: a declaration loops."""


# --- runs ---------------------------------------------------------------------------------------------------


_NTHS = select(Run.nth).where(Run.sop == bindparam("sop"), Run.subject == bindparam("subject"))


def add_run(work: Work, sop: Sop, about: Subject | Run, opens_at: datetime) -> Run:
    """A waiting run of the SOP for an angkatan, a school, a child, a case, or whatever another run is about.

    `nth` counts the runs for the same subject.
    """
    s, ids = work.session, subject_ids(about)
    before = s.exec(_NTHS, params={"sop": sop.number, "subject": ids.subject}).all()
    run = Run(
        sop=sop.number,
        sop_version_id=version_id(s, sop),
        cohort_id=ids.cohort_id,
        school_id=ids.school_id,
        child_id=ids.child_id,
        case_id=ids.case_id,
        subject=ids.subject,
        nth=max(before, default=0) + 1,
        state=RunState.WAITING,
        opens_at=opens_at,
    )
    s.add(run)
    s.flush()
    made(work, run)
    return run


_LIVE_RUN = (
    select(Run)
    .where(Run.sop == bindparam("sop"), Run.subject == bindparam("subject"), Run.state != RunState.WITHDRAWN)
    .order_by(col(Run.nth).desc())
)


def live_run(s: Session, sop: str, subject: str) -> Run | None:
    """The latest run of the SOP for the subject that was not withdrawn."""
    return s.exec(_LIVE_RUN, params={"sop": sop, "subject": subject}).first()


def open_run(work: Work, run: Run) -> None:
    """Open the run: its recurring and `beside` steps, and the first step of its chain."""
    sop = sop_of(work.session, run)
    move(work, run, RunState.OPEN, opened_at=work.now)
    work.session.flush()
    if not propose_event(work, run, sop):
        leave_out(work, run, sop)
        _start_after(work, run, None)  # what comes after it does not wait for what is not held
        return
    _begin(work, run, sop)


def hold_all_the_same(work: Work, run: Run) -> bool:
    """A run that a short stay left out opens after all; False: no day of the stay is left for its event."""
    sop = sop_of(work.session, run)
    if not revive(work, run, sop):
        return False
    _begin(work, run, sop)
    return True


def _begin(work: Work, run: Run, sop: Sop) -> None:
    work.opened.runs.append(run)
    if run.case_id is not None and sop.hands_over:
        services.tell_services_end(work, run, soon=True)
    for step in opened_with_run(sop):
        if recurs(step):
            plan_occurrences(work, run, sop, step)
        else:
            open_step(work, run, sop, step)
    end_run_if_done(work, run, sop)


_OF_RUN = select(Task).where(Task.run_id == bindparam("run"), Task.state != TaskState.WITHDRAWN)


def end_run_if_done(work: Work, run: Run, sop: Sop) -> None:
    """Close the run when every asked step is closed and every grid is over; then start what comes after it."""
    if run.state != RunState.OPEN:
        return
    tasks = work.session.exec(_OF_RUN, params={"run": run.id}).all()
    if any(task.state not in CLOSED and not _asks_meanwhile(work.session, task) for task in tasks):
        return
    if any(
        _asks_meanwhile(work.session, task) and task.state not in CLOSED for task in tasks
    ) and _others_run(work.session, run, sop):
        return
    for step in sop.asked_steps:
        of_step = [task for task in tasks if task.step == step.step]
        if step.every is None or step.running:  # monthly questions end with what they ask about
            if not any(task.occurrence == 0 for task in of_step):
                return
        elif unplanned(of_step, grid(work, run, step)):
            return
    move(work, run, RunState.CLOSED, closed_at=work.now, close_reason="done")
    for task in tasks:
        if task.state not in CLOSED:
            withdraw_task(work, task, services.ENDED)
    work.session.flush()
    if sop.ends_services:
        services.end_services(work, run)
    _start_after(work, run, None)
    if sop.closes_subject:
        services.close_when_finished(work, run)


def _asks_meanwhile(s: Session, task: Task) -> bool:
    """Whether the task asks about what goes on, and ends with it."""
    return task.occurrence > 0 and declared(s, task)[1].asked_meanwhile


def _others_run(s: Session, run: Run, sop: Sop) -> bool:
    """Whether other services of the case still run whose monthly card is this run's."""
    roles = {
        role
        for step in sop.asked_steps
        if step.running and step.every is not None and step.first_due is None
        for role in step.executors
    }
    return any(services.running_tasks(s, run.case_id or 0, role) for role in roles)


def _start_after(work: Work, run: Run, step: int | None) -> None:
    """Start the SOPs that wait for this run (or, with `step`, for this step of it)."""
    if run.child_id is not None:
        return
    sops: Mapping[str, Sop] = work.pack.sops
    if any(True for _ in started_after(work.pack.former, run.sop, step)) or any(
        True for _ in started_after(sops, run.sop, step)
    ):
        sops = sops_of(work, run)
    for sop, start in started_after(sops, run.sop, step):
        if start.when and outcome_of(work.session, run) not in start.when:
            continue
        if start.child is not None and not child_is(
            work, work.session.get_one(Case, run.case_id), start.child
        ):
            continue
        for about in subjects_after(work.session, run, sop):
            _start_one(work, about, sop, start)


def _start_one(work: Work, about: Subject, sop: Sop, start: Start) -> None:
    standing = live_run(work.session, sop.number, subject_ids(about).subject)
    repeats = bool(start.when) and standing is not None and standing.state == RunState.CLOSED
    on = begins_on(sop, start, work.today, work.office)
    if on is None:
        if standing is None or repeats:
            open_run(work, add_run(work, sop, about, work.now))
        elif standing.state == RunState.WAITING and start.when:
            open_run(work, standing)  # it waited for a date; the decision is earlier
        return
    opens_at = day_begins(work.institution, on)
    if standing is None or repeats:
        work.opened.runs.append(add_run(work, sop, about, opens_at))
    elif standing.state == RunState.WAITING and standing.opens_at is not None:
        change(work, standing, opens_at=min(standing.opens_at, opens_at))


# --- steps --------------------------------------------------------------------------------------------------


_IN_CHAIN = select(Task).where(*_OF_STEP, Task.occurrence == 0)


def open_step(work: Work, run: Run, sop: Sop, step: Step) -> Task | None:
    """Open a step of the chain, or let it wait for a date of its own. None when it is there already."""
    anchors = anchors_of(work, run)
    found = work.session.exec(_IN_CHAIN, params={"run": run.id, "step": step.step}).one_or_none()
    if found is not None:
        return None
    on = opens_on(step, anchors)
    opens_at = work.now if on is None else day_begins(work.institution, on)
    task = waiting_task(run, sop, step, max(opens_at, work.now))
    due = due_for(step, sop, max(opens_at, work.now), anchors, work.office)
    task.due_at, task.due_kind = due.at, DueKind(due.kind)
    add_task(work, task, step)
    if opens_at <= work.now:
        activate(work, task)
    else:
        _opened(work, task)
        work.touch(task)
    return task


def _opened(work: Work, task: Task) -> None:
    """Note a task that opened. Raises EndlessChainError."""
    work.opened.tasks.append(task)
    if len(work.opened.tasks) > MAX_OPENINGS:
        raise EndlessChainError(f"{task.sop} step {task.step}")
    made(work, task)


def activate(work: Work, task: Task) -> None:
    """A waiting task is owed from now on: its parts open, its roll is called, its reminders are planned."""
    sop, step = declared(work.session, task)
    move(work, task, TaskState.OPEN, opened_at=work.now)
    parts = parts_of(work.session, task)
    for part in parts:
        move(work, part, TaskState.OPEN)
        assign_sole(work, task, part)
    work.session.flush()
    _opened(work, task)
    if step.per is not None and step.is_roll:
        entries.call_roll(work, task, step)
        if entries.is_finished(work.session, task) and not entries.still_to_come(work.session, task, step):
            close_task(work, task, TaskState.SKIPPED, reason="no_children")
            return
    if step.asked_meanwhile and not task.occurrence:
        plan_occurrences(work, work.session.get_one(Run, task.run_id), sop, step)
    work.touch(task)
    tell_handed(work, task, parts, work.cause)
    if (
        work.cause is None
        and task.case_id is not None
        and work.session.get_one(Run, task.run_id).started_by_id is None
    ):
        tell_begun(work, task, parts)


def close_task(
    work: Work,
    task: Task,
    state: TaskState,
    *,
    done_on: date | None = None,
    reason: str | None = None,
) -> None:
    """Close a task as done, skipped or missed, drop its reminders, and open what follows."""
    if task.state == TaskState.BEFORE_PANDU:
        reason = reason or TaskState.BEFORE_PANDU.value
    move(work, task, state, closed_at=work.now, done_on=done_on, close_reason=reason)
    for part in live_parts(parts_of(work.session, task)) if state != TaskState.DONE else ():
        move(work, part, state)
    work.session.flush()
    drop_for_task(work, task)
    if state == TaskState.MISSED:  # can still be entered under its own date; nothing waits for it
        return
    run = work.session.get_one(Run, task.run_id)
    sop, step = declared(work.session, task)
    if step.record is not None and (step.record.is_after or step.is_by_origin) and reason is None:
        note_incomplete(work, task)
    if step.first_due is not None and not task.occurrence:
        for question in list_occurrences(work.session, run, step):
            if question.state in UNFINISHED:
                withdraw_task(work, question, services.ENDED)
    if step.record is not None and step.record.effect is not None:
        _hand_child_over(work, run, task, step)
    if _asks_meanwhile(work.session, task):  # what it asks about goes on
        end_run_if_done(work, run, sop)
        return
    following = opened_after(sop, step)
    is_free = (
        not sop.gated or following is None or _is_free(work.session, run, sop.gated.get(following.step, ()))
    )
    if following is not None and is_free and run.state == RunState.OPEN:
        open_step(work, run, sop, following)
    _start_after(work, run, step.step)
    end_run_if_done(work, run, sop)
    if task.running:  # a monthly card that had this service as its last line is over
        for other in services.live_runs(work.session, run.case_id or 0, but=run.id):
            end_run_if_done(work, other, sop_of(work.session, other))


_GATES = select(Task.step, Task.state).where(
    Task.run_id == bindparam("run"),
    Task.occurrence == 0,
    col(Task.step).in_(bindparam("steps", expanding=True)),
    Task.state != TaskState.WITHDRAWN,
)


def _is_free(s: Session, run: Run, gates: Collection[int]) -> bool:
    """Whether all these steps of the run are closed."""
    rows = s.exec(_GATES, params={"run": run.id, "steps": list(gates)}).all()
    return {step for step, state in rows if state in CLOSED} >= set(gates)


def _hand_child_over(work: Work, run: Run, task: Task, step: Step) -> None:
    """The child of a case has left for its family or another institution (SOP 9.1.35 step 2): what runs for months ends
    on that day, and later dates of the run count from it."""
    form = step.record
    if form is None or form.effect != "handed_over" or run.case_id is None:
        return
    row = find_standing(work.session, task.id or 0, FORM) if task.state == TaskState.DONE else None
    said = None if row is None else row.data.get(next(one.key for one in form.fields if one.kind == "date"))
    change(work, run, event_on=date.fromisoformat(str(said)) if said else task.done_on or work.today)
    if task.state == TaskState.DONE:
        services.end_services(work, run)
        change(work, work.session.get_one(Case, run.case_id), in_house=False)


def reopen_task(work: Work, task: Task, state: TaskState = TaskState.OPEN, **values: object) -> None:
    """A closed task is owed again (undone, or a child joined its roll); so is its run."""
    reopen(work, task, state, **values)
    for part in parts_of(work.session, task):
        if part.state in CLOSED:
            reopen(work, part, TaskState.OPEN)
    go_on(work, task)


def go_on(work: Work, task: Task) -> None:
    """The task is owed again, so its run is not over, and its reminders are planned anew."""
    run = work.session.get_one(Run, task.run_id)
    if run.state == RunState.CLOSED:
        reopen(work, run, RunState.OPEN)
    work.session.flush()
    work.touch(task)


# --- occurrences ----


_FORMER = select(Task).where(
    Task.run_id == bindparam("run"),
    Task.step == bindparam("step"),
    Task.state == TaskState.OPEN,
    Task.occurrence < bindparam("number"),
    Task.occurrence > 0,
)
_LAST = select(Task).where(
    Task.run_id == bindparam("run"), Task.step == bindparam("step"), Task.occurrence == bindparam("number")
)


def activate_occurrence(work: Work, task: Task) -> None:
    """The day of an occurrence has come: the former one closes as missed, the next ones are planned."""
    its = {"run": task.run_id, "step": task.step}
    former = work.session.exec(_FORMER, params={**its, "number": task.occurrence}).all()
    for old in former:
        keep_duty(work, old, task)
        close_task(work, old, TaskState.MISSED)
    if not former and task.card is not None:
        last = work.session.exec(_LAST, params={**its, "number": task.occurrence - 1}).first()
        if last is not None:
            keep_duty(work, last, task)
    activate(work, task)
    run = work.session.get_one(Run, task.run_id)
    sop, step = declared(work.session, task)
    plan_occurrences(work, run, sop, step)
