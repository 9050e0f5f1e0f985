"""What should have been done before anybody could be asked: shown once as a list, confirmed in bulk, never late.

What was due before Pandu was used is said by who opens angkatan, and by the heads. What was due since, before this
angkatan was opened or took another calendar, is past its time: whoever has the step says whether it was done.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, or_, select

from sop_flows.actions.confirm import confirm_before
from sop_flows.actions.undo import undo
from sop_flows.calendar.dates import due_for
from sop_flows.core.notices import BeforePandu, StepsPast
from sop_flows.core.states import parts_of
from sop_flows.core.work import Work, anchors_of, declared, is_past
from sop_flows.declarations.sop import Sop, Step
from sop_flows.engine.chain import activate, close_task
from sop_flows.errors import FutureWorkError, NotFoundError, NotPermittedError
from sop_flows.staffing.responsibility import acting_parts, last_said, responsibility_of
from sop_flows.staffing.roster import admins, heads_of, holding, may_open
from storage.queries import cohorts
from storage.tables import Cohort, Confirmation, ConfirmationKind, DueKind, Officer, Task, TaskState

LONGEST_AGO_DAYS = 120  # how far back a known date may lie: preparations begin a month before the arrival


@dataclass(frozen=True)
class BeforeLine:
    """One step of the list with its tasks: more than one when it recurs."""

    step: Step
    tasks: tuple[Task, ...]


@dataclass(frozen=True)
class BeforeGroup:
    """The steps of one SOP that wait to be confirmed."""

    sop: Sop
    lines: tuple[BeforeLine, ...]

    @property
    def tasks(self) -> tuple[Task, ...]:
        """All tasks of the group."""
        return tuple(task for line in self.lines for task in line.tasks)


def may_speak(work: Work, officer: Officer) -> bool:
    """Whether the officer may say what was done before: who opens angkatan, and the heads."""
    assert officer.id is not None
    return may_open(work, officer) or bool(heads_of(work, officer.id))


def is_asked(work: Work, officer: Officer, task: Task) -> bool:
    """Whether the officer is the one who says if it was done."""
    return bool(acting_parts(work, officer, task)) if is_past(work, task) else may_speak(work, officer)


def ask_sections(work: Work, cohort: Cohort) -> None:
    """Whoever has steps that are past their time is asked once whether they were done."""
    count: Counter[int] = Counter()
    for group in list_groups(work, cohort.id or 0):
        for task in group.tasks:
            if is_past(work, task):
                parts = parts_of(work.session, task)
                count.update(
                    {o.id or 0 for part in parts for o in responsibility_of(work, task, part).holders}
                )
    for officer_id, steps in count.items():
        if officer_id != work.actor_id:
            work.notify(officer_id, StepsPast(past_cohort=cohort.id or 0, cohort=cohort.name, count=steps))


def list_groups(work: Work, cohort_id: int, officer: Officer | None = None) -> tuple[BeforeGroup, ...]:
    """What is still to be confirmed (by the officer), per SOP in the order of the document."""
    found = work.session.exec(
        select(Task)
        .where(Task.cohort_id == cohort_id, Task.state == TaskState.BEFORE_PANDU)
        .order_by(col(Task.step), col(Task.occurrence), col(Task.id))
    ).all()
    by_sop: dict[str, list[Task]] = {}
    for task in found:
        if officer is not None and not is_asked(work, officer, task):
            continue
        by_sop.setdefault(task.sop, []).append(task)
    order = list(work.pack.sops)
    groups = []
    for number in sorted(by_sop, key=lambda n: order.index(n) if n in order else len(order)):
        by_step: dict[int, list[Task]] = {}
        for task in by_sop[number]:
            by_step.setdefault(task.step, []).append(task)
        sop = declared(work.session, by_sop[number][0])[0]
        groups.append(BeforeGroup(sop, tuple(BeforeLine(sop.step(n), tuple(t)) for n, t in by_step.items())))
    return tuple(groups)


def confirm_all(
    work: Work, cohort_id: int, done_on: date | None, *, sop: str | None = None, step: int | None = None
) -> int:
    """Everything on the list (of one SOP, of one step) was done before Pandu was used; returns how many tasks.

    Args:
        done_on: local date of the work, None when it is not known.

    Raises:
        NotPermittedError: others say it. NotFoundError.
        FutureWorkError: `done_on` is after today or too long ago.
    """
    if cohorts.lock(work.session, cohort_id) is None:
        raise NotFoundError
    check_day(done_on, work.today)
    count = 0
    for task in _chosen(work, cohort_id, sop, step):
        if task.state == TaskState.BEFORE_PANDU:
            confirm_before(work, task.id or 0, done_on)
            count += 1
    return count


def check_day(done_on: date | None, today: date) -> None:
    """Raises FutureWorkError: `done_on` is after today or too long ago. None, not known, is right."""
    if done_on is not None and not 0 <= (today - done_on).days <= LONGEST_AGO_DAYS:
        raise FutureWorkError(done_on, today.fromordinal(today.toordinal() - LONGEST_AGO_DAYS), today)


def count_open(work: Work, cohort_id: int, sop: str | None, step: int | None) -> int:
    """How many tasks of the list (of one SOP, of one step) are still to be confirmed."""
    return len(_chosen(work, cohort_id, sop, step))


def undo_confirmed(work: Work, cohort_id: int, said_in: int) -> int:
    """Take back what one tap of the officer confirmed: it is on the list again. Returns how many tasks.

    Args:
        said_in: the update of that tap.

    Raises:
        NotFoundError: nothing was said in it, or it is taken back already.
        UndoTooLateError, UndoRefusedError: as for one step.
    """
    if cohorts.lock(work.session, cohort_id) is None:
        raise NotFoundError
    rows = work.session.exec(
        select(Confirmation)
        .join(Task, col(Task.id) == col(Confirmation.task_id))
        .where(
            Task.cohort_id == cohort_id,
            or_(Task.state == TaskState.BEFORE_PANDU, Task.close_reason == TaskState.BEFORE_PANDU),
            Confirmation.update_id == said_in,
            Confirmation.officer_id == work.officer.id,
            col(Confirmation.kind).in_((ConfirmationKind.DONE, ConfirmationKind.PART_DONE)),
        )
        .order_by(col(Confirmation.id).desc())
    ).all()
    undone: set[int] = set()
    for row in rows:  # the last first: a later step stands on the one before it
        last = last_said(work.session, work.session.get_one(Task, row.task_id))
        if last is not None and last.id == row.id:
            undo(work, row.task_id)
            undone.add(row.task_id)
    if not undone:
        raise NotFoundError
    return len(undone)


def not_done(work: Work, cohort_id: int, sop: str, step: int) -> tuple[Task, ...]:
    """The step was not done: it becomes an ordinary open task that is due from now on, so nobody is late.

    Of a recurring step only the latest occurrence can still be done; the others close as missed.

    Raises NotPermittedError, NotFoundError (nothing of that step is on the list).
    """
    cohort = cohorts.lock(work.session, cohort_id)
    chosen = _chosen(work, cohort_id, sop, step)
    if cohort is None or not chosen:
        raise NotFoundError
    for task in chosen:
        if _is_passed(work, task):
            close_task(work, task, TaskState.MISSED)
        else:
            _open_anew(work, cohort, task)
    work.session.flush()
    return chosen


def tell_openers(work: Work, cohort: Cohort, count: int) -> None:
    """An angkatan was opened from the command line: those who can confirm its list have to know of it."""
    if not count:
        return
    to = {o.id: o for o in (*admins(work), *holding(work, "opens_cohorts", cohort.id or 0))}
    for officer_id in to:
        work.notify(officer_id or 0, BeforePandu(cohort=cohort.name, count=count))


def _chosen(work: Work, cohort_id: int, sop: str | None, step: int | None) -> tuple[Task, ...]:
    """Those that the officer may say. Raises NotPermittedError: there are some, and others say them."""
    groups = list_groups(work, cohort_id, work.officer)
    if not groups and not may_speak(work, work.officer) and list_groups(work, cohort_id):
        raise NotPermittedError("opens_cohorts")
    return tuple(
        task
        for group in groups
        if sop is None or group.sop.number == sop
        for task in group.tasks
        if step is None or task.step == step
    )


def _is_passed(work: Work, task: Task) -> bool:
    """Whether a later occurrence of the step has begun."""
    if not task.occurrence:
        return False
    later = work.session.exec(
        select(Task.id).where(
            Task.run_id == task.run_id,
            Task.step == task.step,
            Task.occurrence > task.occurrence,
            col(Task.opens_at) <= work.now,
        )
    ).first()
    return later is not None


def _open_anew(work: Work, cohort: Cohort, task: Task) -> None:
    sop, step = declared(work.session, task)
    due = due_for(step, sop, work.now, anchors_of(work, task), work.office)
    task.due_at, task.due_kind = due.at, DueKind(due.kind)
    activate(work, task)
