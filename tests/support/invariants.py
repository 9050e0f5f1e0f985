"""What holds in the database whatever officers do: read by SQL from the rows, not from the rules."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from sop_flows.core.states import parts_of
from sop_flows.core.work import Work, declared, sop_of
from sop_flows.staffing.responsibility import responsibility_of
from sop_flows.staffing.roster import enrolled
from sop_flows.views.status import cohort_status
from sop_flows.views.task_views import tasks_at_hand
from storage.tables import (
    Cohort,
    Confirmation,
    ConfirmationKind,
    EntryState,
    LeaveReason,
    Membership,
    Reminder,
    ReminderKind,
    ReminderState,
    Run,
    RunState,
    Task,
    TaskEntry,
    TaskPart,
    TaskState,
)

LIVE = (TaskState.OPEN, TaskState.WAITING)
UNFINISHED = (*LIVE, TaskState.BEFORE_PANDU)  # what should have been done before Pandu can still be said


def broken(work: Work) -> Iterator[str]:
    """Everything that does not hold, a sentence each."""
    s = work.session
    tasks = s.exec(select(Task).order_by(col(Task.id))).all()
    runs = {run.id: run for run in s.exec(select(Run))}
    entries: dict[int, list[TaskEntry]] = {}
    for entry in s.exec(select(TaskEntry)):
        entries.setdefault(entry.task_id, []).append(entry)
    said: dict[int, list[Confirmation]] = {}
    for row in s.exec(select(Confirmation).order_by(col(Confirmation.id))):
        said.setdefault(row.task_id, []).append(row)
    yield from _unique(tasks, runs)
    for task in tasks:
        yield from _parts(work, task)
        yield from _done(task, said.get(task.id or 0, []))
        yield from _roll(s, task, entries.get(task.id or 0, []), said.get(task.id or 0, []))
    yield from _runs(s, tasks, runs)
    yield from _reminders(s, tasks)
    yield from _who_left(s, tasks, entries)
    yield from _lists(work, tasks)
    yield from _counts(work, tasks, said)


def _name(task: Task) -> str:
    return f"task {task.id} ({task.sop}/{task.step}/{task.occurrence}, {task.state})"


def _unique(tasks: Sequence[Task], runs: dict[int | None, Run]) -> Iterator[str]:
    live = Counter((t.run_id, t.step, t.occurrence) for t in tasks if t.state != TaskState.WITHDRAWN)
    yield from (f"{key} is there {count} times" for key, count in live.items() if count > 1)
    alive = Counter(
        (run.sop, run.subject) for run in runs.values() if run.state in (RunState.OPEN, RunState.WAITING)
    )
    yield from (f"{count} runs of {key}" for key, count in alive.items() if count > 1)


def _parts(work: Work, task: Task) -> Iterator[str]:
    s = work.session
    parts = parts_of(s, task)
    if not parts:
        yield f"{_name(task)} is nobody's"
    if task.state == TaskState.DONE and any(part.state != TaskState.DONE for part in parts):
        yield f"{_name(task)} is done and a part of it is not"
    if task.state not in UNFINISHED and any(part.state in LIVE for part in parts):
        yield f"{_name(task)} is closed and a part of it is owed"
    if task.state == TaskState.OPEN and all(part.state == TaskState.DONE for part in parts):
        yield f"{_name(task)} is open and every part of it is done"
    for part in parts:
        if part.state in LIVE and not responsibility_of(work, task, part).holders:
            yield f"{_name(task)}: nobody is reminded of the part of {part.role}"


def _lists(work: Work, tasks: Sequence[Task]) -> Iterator[str]:
    """Of each officer the list is what it is when every part is judged."""
    parts = list(work.session.exec(select(TaskPart).where(col(TaskPart.state).in_(LIVE))))
    owed = {task.id: task for task in tasks if task.state in LIVE and not task.running}
    for officer in enrolled(work):
        for state in LIVE:
            listed = {task.id for task in tasks_at_hand(work, officer, state)}
            judged = {
                task.id
                for part in parts
                if (task := owed.get(part.task_id)) is not None
                and part.state == task.state == state
                and responsibility_of(work, task, part).is_at_hand(officer)
            }
            if listed != judged:
                yield f"the list of {officer.name} differs in the tasks {sorted(one or 0 for one in listed ^ judged)}"


def _done(task: Task, said: list[Confirmation]) -> Iterator[str]:
    undone = {row.refers_to_id for row in said if row.kind == ConfirmationKind.UNDONE}
    standing = {row.kind for row in said if row.id not in undone}
    if task.state == TaskState.DONE and ConfirmationKind.DONE not in standing:
        yield f"{_name(task)} is done and nobody said so"
    by_officer = task.state == TaskState.SKIPPED and task.close_reason == "reason"
    if by_officer and ConfirmationKind.SKIPPED not in standing:
        yield f"{_name(task)} is skipped and nobody said so"


def _roll(s: Session, task: Task, entries: list[TaskEntry], said: list[Confirmation]) -> Iterator[str]:
    sop, step = declared(s, task)
    if not step.is_roll or task.state != TaskState.OPEN:
        return
    dues = [entry.due_at for entry in entries if entry.state == EntryState.OPEN]
    if dues and task.due_at != min(dues):
        yield f"{_name(task)} is due {task.due_at}, its first child {min(dues)}"
    waits = (
        step.entry_after is not None
        and s.exec(
            select(Task.id).where(
                Task.run_id == task.run_id, Task.step == step.entry_after, Task.state == TaskState.OPEN
            )
        ).first()
    )
    waits = waits or (step.record is not None and step.record.effect == "selection")
    taken_back = any(row.kind == ConfirmationKind.UNDONE for row in said)
    if not dues and not waits and not taken_back:
        yield f"{_name(task)} of {sop.number} is open and no child of it is"


def _runs(s: Session, tasks: Sequence[Task], runs: dict[int | None, Run]) -> Iterator[str]:
    live: dict[int, list[Task]] = {}
    for task in tasks:
        if task.state in UNFINISHED:
            live.setdefault(task.run_id, []).append(task)
    for run in runs.values():
        owed = live.get(run.id or 0, [])
        if run.state != RunState.OPEN and owed:
            yield f"run {run.id} of {run.sop} is {run.state} and {_name(owed[0])} is owed"
        if run.state == RunState.OPEN and not owed:
            yield f"run {run.id} of {run.sop} is open and nothing of it is owed"
        sop = sop_of(s, run)
        chained = {step.step for step in sop.chained_steps if step.entry_after is None}
        # A roll that was closed opens again when a child comes (back); what came after it goes on.
        followed = {step.entry_after for step in sop.asked_steps}
        followed |= {step.step for step in sop.asked_steps if step.is_roll}
        open_steps = [
            task.step
            for task in owed
            if task.state == TaskState.OPEN
            and task.step in chained - followed
            and not task.occurrence  # the monthly question about a step that runs
        ]
        if len(open_steps) > 1:
            yield f"run {run.id} of {run.sop}: steps {open_steps} are open at once"


def _reminders(s: Session, tasks: Sequence[Task]) -> Iterator[str]:
    closed = {task.id: task for task in tasks if task.state not in LIVE}
    pending = s.exec(
        select(Reminder).where(
            Reminder.state == ReminderState.PENDING,
            col(Reminder.kind).not_in((ReminderKind.NOTICE, ReminderKind.DIGEST)),
        )
    )
    for row in pending:
        if row.task_id in closed:
            yield f"reminder {row.id} ({row.rule}) of {_name(closed[row.task_id])} is pending"


def _who_left(s: Session, tasks: Sequence[Task], entries: dict[int, list[TaskEntry]]) -> Iterator[str]:
    present = set(s.exec(select(Membership.child_id).where(col(Membership.until_on).is_(None))))
    stayed = set(s.exec(select(Membership.child_id).where(Membership.reason == LeaveReason.ENDED)))
    live = {task.id for task in tasks if task.state in UNFINISHED}
    for task_id, of_task in entries.items():
        # Of a stay that is over what was missed stays as it was: it is counted, and not owed.
        there = present if task_id in live else present | stayed
        for entry in of_task:
            if entry.state == EntryState.OPEN and entry.child_id not in there:
                yield f"child {entry.child_id} left and is owed on task {entry.task_id}"
    for task in tasks:
        if task.child_id is not None and task.state in UNFINISHED and task.child_id not in present:
            yield f"child {task.child_id} left and {_name(task)} is owed"


def confirmations(s: Session) -> dict[int, tuple[object, ...]]:
    """Every confirmation as it is, by id: what was said before must be there, unchanged, afterwards."""
    return {
        row.id or 0: (
            row.task_id, row.role, row.child_id, row.kind, row.officer_id, row.recorded_by_id, row.done_on,
            row.recorded_at, row.note, row.refers_to_id,
        )
        for row in s.exec(select(Confirmation))
    }  # fmt: skip


def due_times(s: Session) -> dict[int, datetime | None]:
    """When each task is due."""
    return {task.id or 0: task.due_at for task in s.exec(select(Task))}


def open_children(s: Session, task: Task) -> list[int]:
    """The children of a roll that are not done, by id."""
    query = select(TaskEntry.child_id).where(TaskEntry.task_id == task.id, TaskEntry.state == EntryState.OPEN)
    return sorted(s.exec(query))


def _counts(work: Work, tasks: Sequence[Task], said: dict[int, list[Confirmation]]) -> Iterator[str]:
    """What /status counts, counted again from what was said: slow, and by other means."""
    for cohort in work.session.exec(select(Cohort)):
        mine = [
            task
            for task in tasks
            if task.cohort_id == cohort.id
            and not task.is_before_pandu
            and task.state not in (TaskState.WITHDRAWN, TaskState.WAITING)
        ]
        done, still, late = set[tuple[int, str]](), set[tuple[int, str]](), set[tuple[int, str]]()
        for task in mine:
            rows = said.get(task.id or 0, [])
            undone = {row.refers_to_id for row in rows if row.kind == ConfirmationKind.UNDONE}
            stands = {
                row.role
                for row in rows
                if row.id not in undone and row.kind in (ConfirmationKind.DONE, ConfirmationKind.PART_DONE)
            }
            is_roll = declared(work.session, task)[1].per is not None
            for part in parts_of(work.session, task):
                which = task.id or 0, part.role
                is_said = part.role in stands if not is_roll else task.state == TaskState.DONE
                if task.state in (TaskState.DONE, TaskState.OPEN) and is_said:
                    done.add(which)
                elif task.state == TaskState.OPEN:
                    still.add(which)
                    if task.due_at is not None and task.due_at < work.now:
                        late.add(which)
        found = cohort_status(work, cohort)
        counted = found.total.done, found.total.open, found.total.late + found.total.past_target
        again = len(done), len(still), len(late)
        if counted != again:
            yield f"/status counts {counted}, what was said {again}"
        if {(line.task_id, line.role) for line in found.late} != late:
            yield "other steps are late than those that nobody did in time"
