"""How one step leads to the next: runs open, steps open, steps close, runs end and start others."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlmodel import Session, col, select

from sop_flows import reminders
from sop_flows.calendar.due import Due, due_for
from sop_flows.calendar.recurrence import Occurrence, occurrences
from sop_flows.calendar.relative import resolve
from sop_flows.declarations.sop import Sop
from sop_flows.declarations.step import Step
from sop_flows.house import House
from sop_flows.limits import MAX_OPENINGS, MAX_TASKS_AHEAD
from sop_flows.parts import parts_of
from sop_flows.people.assignment import assign, assign_sole
from sop_flows.rolls import entries
from sop_flows.versions import declared, sop_of, version_id
from storage.tables import (
    AssignedHow,
    Child,
    Cohort,
    Confirmation,
    ConfirmationEffect,
    DueKind,
    Officer,
    Run,
    RunState,
    Task,
    TaskPart,
    TaskState,
)

CLOSED = (TaskState.DONE, TaskState.SKIPPED)
DAY_BEGINS = time(0, 0)  # what is owed on a day stands in /tugas from midnight on


class EndlessChainError(Exception):
    """One event opened more than MAX_OPENINGS steps: a declaration loops."""


@dataclass
class Ripple:
    """What one event sets in motion. `cause` is the confirmation behind it, None for the passing of time."""

    cause: Confirmation | None = None
    tasks: list[Task] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)

    def opened_task(self, s: Session, task: Task) -> None:
        """Note a task that opened, so that an undo can take it back."""
        self.tasks.append(task)
        if len(self.tasks) > MAX_OPENINGS:
            raise EndlessChainError(f"{task.sop} step {task.step}")
        if self.cause is not None:
            s.add(ConfirmationEffect(confirmation_id=self.cause.id or 0, task_id=task.id))

    def opened_run(self, s: Session, run: Run) -> None:
        """Note a run that started."""
        self.runs.append(run)
        if self.cause is not None:
            s.add(ConfirmationEffect(confirmation_id=self.cause.id or 0, run_id=run.id))


def day_begins(house: House, on: date) -> datetime:
    """Local midnight of the day, as aware UTC."""
    return house.office.at(on, DAY_BEGINS)


# --- runs ---------------------------------------------------------------------------------------------------


def add_run(s: Session, sop: Sop, cohort: Cohort, child: Child | None, opens_at: datetime) -> Run:
    """A waiting run of the SOP for the cohort, or for one child. `nth` counts runs for the same subject."""
    assert cohort.id is not None
    subject = f"cohort:{cohort.id}" if child is None else f"child:{child.id}"
    before = s.exec(select(Run.nth).where(Run.sop == sop.number, Run.subject == subject)).all()
    run = Run(
        sop=sop.number,
        sop_version_id=version_id(s, sop),
        cohort_id=cohort.id,
        child_id=None if child is None else child.id,
        subject=subject,
        nth=max(before, default=0) + 1,
        state=RunState.WAITING,
        opens_at=opens_at,
    )
    s.add(run)
    s.flush()
    return run


def live_run(s: Session, sop: str, subject: str) -> Run | None:
    """The latest run of the SOP for the subject that was not withdrawn."""
    return s.exec(
        select(Run)
        .where(Run.sop == sop, Run.subject == subject, Run.state != RunState.WITHDRAWN)
        .order_by(col(Run.nth).desc())
    ).first()


def open_run(s: Session, house: House, run: Run, at: datetime, ripple: Ripple) -> None:
    """Open the run: its recurring and `beside` steps, and the first step of its chain."""
    sop = sop_of(s, run)
    run.state = RunState.OPEN
    run.opened_at = at
    s.flush()
    ripple.opened_run(s, run)
    for step in sop.asked_steps:
        if step.every is not None:
            plan_occurrences(s, house, run, sop, step, at)
        elif step.beside:
            open_step(s, house, run, sop, step, at, ripple)
    if sop.chained_steps:
        open_step(s, house, run, sop, sop.chained_steps[0], at, ripple)
    end_run_if_done(s, house, run, sop, at, ripple)


def end_run_if_done(s: Session, house: House, run: Run, sop: Sop, now: datetime, ripple: Ripple) -> None:
    """Close the run when every asked step is closed and every grid is over; then start what comes after it."""
    if run.state != RunState.OPEN:
        return
    tasks = s.exec(select(Task).where(Task.run_id == run.id, Task.state != TaskState.WITHDRAWN)).all()
    if any(task.state not in CLOSED for task in tasks):
        return
    have = {(task.step, task.occurrence) for task in tasks}
    for step in sop.asked_steps:
        owed = [o.number for o in grid(s, run, step)] if step.every is not None else [0]
        if any((step.step, number) not in have for number in owed):
            return
    run.state = RunState.CLOSED
    run.closed_at = now
    run.close_reason = "done"
    s.flush()
    _start_after(s, house, run, None, now, ripple)


def _start_after(s: Session, house: House, run: Run, step: int | None, now: datetime, ripple: Ripple) -> None:
    """Start the SOPs that wait for this run (or, with `step`, for this step of it)."""
    if run.child_id is not None:
        return
    for sop in house.pack.sops.values():
        for start in sop.starts:
            follows = start.after == run.sop and start.after_step == step and sop.subject == "cohort"
            if follows and live_run(s, sop.number, run.subject) is None:
                cohort = s.get_one(Cohort, run.cohort_id)
                open_run(s, house, add_run(s, sop, cohort, None, now), now, ripple)


# --- steps --------------------------------------------------------------------------------------------------


def open_step(
    s: Session, house: House, run: Run, sop: Sop, step: Step, now: datetime, ripple: Ripple
) -> Task | None:
    """Open a step of the chain, or let it wait for a date of its own. None when it is there already."""
    cohort = s.get_one(Cohort, run.cohort_id)
    found = s.exec(
        select(Task).where(
            Task.run_id == run.id,
            Task.step == step.step,
            Task.occurrence == 0,
            Task.state != TaskState.WITHDRAWN,
        )
    ).one_or_none()
    if found is not None:
        return None
    opens_at = now
    if step.opens is not None:
        opens_at = day_begins(house, resolve(step.opens, cohort.arrival_on, cohort.departure_on))
    task = Task(
        run_id=run.id or 0,
        cohort_id=run.cohort_id,
        child_id=run.child_id,
        sop=sop.number,
        step=step.step,
        state=TaskState.WAITING,
        opens_at=max(opens_at, now),
    )
    _set_due(
        task, due_for(step, sop, max(opens_at, now), cohort.arrival_on, cohort.departure_on, house.office)
    )
    _add(s, house, task, step, now)
    if opens_at <= now:
        activate(s, house, task, now, ripple)
    else:
        ripple.opened_task(s, task)
        reminders.plan_task(s, house, task, now)
    return task


def _add(s: Session, house: House, task: Task, step: Step, now: datetime) -> None:
    s.add(task)
    s.flush()
    for position, role in enumerate(step.executors):
        part = TaskPart(task_id=task.id or 0, position=position, role=role, state=TaskState.WAITING)
        assign_sole(s, house, task, part, now)
        s.add(part)
    s.flush()


def activate(s: Session, house: House, task: Task, at: datetime, ripple: Ripple) -> None:
    """A waiting task is owed from now on: its parts open, its roll is called, its reminders are planned."""
    _sop, step = declared(s, task)
    task.state = TaskState.OPEN
    task.opened_at = at
    parts = parts_of(s, task)
    for part in parts:
        part.state = TaskState.OPEN
        assign_sole(s, house, task, part, at)
    s.flush()
    ripple.opened_task(s, task)
    if step.per is not None:
        entries.call_roll(s, house, task, step, at)
        if entries.is_finished(s, task) and not entries.still_to_come(s, task, step):
            close_task(s, house, task, TaskState.SKIPPED, at, ripple, reason="no_children")
            return
    reminders.plan_task(s, house, task, at)
    reminders.tell_handed(s, house, task, parts, ripple.cause, at)


def close_task(
    s: Session,
    house: House,
    task: Task,
    state: TaskState,
    now: datetime,
    ripple: Ripple,
    *,
    done_on: date | None = None,
    reason: str | None = None,
) -> None:
    """Close a task as done or skipped, drop its reminders, and open what follows."""
    task.state = state
    task.closed_at = now
    task.done_on = done_on
    task.close_reason = reason
    for part in parts_of(s, task):
        if part.state in (TaskState.OPEN, TaskState.WAITING):
            part.state = state if state != TaskState.DONE else part.state
    s.flush()
    reminders.drop_for_task(s, task)
    if reason == "missed":  # can still be entered under its own date; nothing waits for it
        return
    run = s.get_one(Run, task.run_id)
    sop, step = declared(s, task)
    following = None if step.opens_by_itself else sop.next_asked_after(step)
    if following is not None and run.state == RunState.OPEN:
        open_step(s, house, run, sop, following, now, ripple)
    _start_after(s, house, run, step.step, now, ripple)
    end_run_if_done(s, house, run, sop, now, ripple)


def reopen_task(s: Session, house: House, task: Task, now: datetime) -> None:
    """A closed task is owed again (undone, or a child joined its roll); so is its run."""
    if task.close_reason == "missed":
        task.ends_at = None  # whoever enters it now has the time to do so
    task.state = TaskState.OPEN
    task.closed_at = None
    task.done_on = None
    task.close_reason = None
    run = s.get_one(Run, task.run_id)
    if run.state == RunState.CLOSED:
        run.state = RunState.OPEN
        run.closed_at = None
        run.close_reason = None
    for part in parts_of(s, task):
        if part.state in CLOSED:
            part.state = TaskState.OPEN
            part.done_at = part.done_on = part.done_by_id = None
    s.flush()
    reminders.plan_task(s, house, task, now)


def withdraw_task(s: Session, task: Task, now: datetime, reason: str) -> None:
    """No longer owed; kept as evidence."""
    task.state = TaskState.WITHDRAWN
    task.closed_at = now
    task.close_reason = reason
    for part in parts_of(s, task):
        if part.state in (TaskState.OPEN, TaskState.WAITING):
            part.state = TaskState.WITHDRAWN
    entries.withdraw_open(s, task, now)
    s.flush()
    reminders.drop_for_task(s, task)


def _set_due(task: Task, due: Due) -> None:
    task.due_at = due.at
    task.due_kind = DueKind(due.kind)


# --- occurrences --------------------------------------------------------------------------------------------


def grid(s: Session, run: Run, step: Step) -> tuple[Occurrence, ...]:
    """The occurrences of a recurring step in the run's stay."""
    if step.every is None:
        return ()
    cohort = s.get_one(Cohort, run.cohort_id)
    return occurrences(step.every, cohort.arrival_on, cohort.departure_on)


def plan_occurrences(s: Session, house: House, run: Run, sop: Sop, step: Step, at: datetime) -> None:
    """Make the next occurrences as waiting tasks: at most MAX_TASKS_AHEAD of them exist before their day."""
    tasks = s.exec(
        select(Task).where(Task.run_id == run.id, Task.step == step.step, Task.state != TaskState.WITHDRAWN)
    ).all()
    have = {task.occurrence for task in tasks}
    ahead = sum(1 for task in tasks if task.state == TaskState.WAITING)
    for one in grid(s, run, step):
        if ahead >= MAX_TASKS_AHEAD:
            return
        if one.number not in have:
            add_occurrence(s, house, run, sop, step, one, at)
            ahead += 1


def add_occurrence(
    s: Session, house: House, run: Run, sop: Sop, step: Step, one: Occurrence, at: datetime
) -> Task:
    """A waiting task for one occurrence, with its reminders from `at` on planned."""
    assert step.every is not None
    opens_at = day_begins(house, one.opens_on)
    cohort = s.get_one(Cohort, run.cohort_id)
    last_day = resolve(step.every.until, cohort.arrival_on, cohort.departure_on)
    task = Task(
        run_id=run.id or 0,
        cohort_id=run.cohort_id,
        child_id=run.child_id,
        sop=sop.number,
        step=step.step,
        occurrence=one.number,
        occurrence_on=one.on,
        card=step.every.card,
        state=TaskState.WAITING,
        opens_at=opens_at,
        ends_at=day_begins(house, last_day + timedelta(days=1)),
        due_at=house.office.at(one.due_on, one.due_time),
        due_kind=DueKind.DATE,
    )
    _add(s, house, task, step, at)
    reminders.plan_task(s, house, task, at)
    return task


def activate_occurrence(s: Session, house: House, task: Task, at: datetime, ripple: Ripple) -> None:
    """The day of an occurrence has come: the former one closes as missed, the next ones are planned."""
    former = s.exec(
        select(Task).where(
            Task.run_id == task.run_id,
            Task.step == task.step,
            Task.state == TaskState.OPEN,
            col(Task.before_pandu).is_(False),
            Task.occurrence < task.occurrence,
        )
    ).all()
    for old in former:
        _keep_duty(s, old, task, at)
        close_task(s, house, old, TaskState.SKIPPED, at, ripple, reason="missed")
    if not former and task.card is not None:
        last = s.exec(
            select(Task).where(
                Task.run_id == task.run_id, Task.step == task.step, Task.occurrence == task.occurrence - 1
            )
        ).first()
        if last is not None:
            _keep_duty(s, last, task, at)
    activate(s, house, task, at, ripple)
    run = s.get_one(Run, task.run_id)
    sop, step = declared(s, task)
    plan_occurrences(s, house, run, sop, step, at)


def _keep_duty(s: Session, former: Task, task: Task, now: datetime) -> None:
    """Whoever said "Saya piket" stays in charge of the daily tasks until the next person says so."""
    # Of the whole card: a step that was done before the duty was taken is the same person's tomorrow.
    of_day = s.exec(
        select(TaskPart)
        .join(Task, col(Task.id) == col(TaskPart.task_id))
        .where(
            Task.run_id == former.run_id,
            Task.card == former.card,
            Task.occurrence_on == former.occurrence_on,
            TaskPart.assigned_how == AssignedHow.DUTY,
        )
        .order_by(col(TaskPart.assigned_at), col(TaskPart.id))
    ).all()
    duty = {part.role: part for part in of_day}
    for part in parts_of(s, task):
        if part.assigned_how in (AssignedHow.NAMED, AssignedHow.TAKEN):
            continue  # this day was given to somebody
        old = duty.get(part.role)
        officer = s.get(Officer, old.assignee_id) if old is not None and old.assignee_id is not None else None
        if officer is not None and officer.removed_at is None:
            assign(part, officer, AssignedHow.DUTY, now)
