"""The daily card (SOP 9.2.12 steps 3-6): its ticks, "Semua terlaksana", and the change of duty."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session

from sop_flows.actions.confirm import confirm
from sop_flows.actions.undo import undo
from sop_flows.core.result import Result
from sop_flows.core.states import parts_of
from sop_flows.core.work import Work, declared
from sop_flows.declarations.sop import Sop, Step
from sop_flows.engine.shifts import is_on_duty
from sop_flows.errors import AlreadyDoneError, NotFoundError, NotYetError, UndoTooLateError
from sop_flows.limits import UNDO_MINUTES
from sop_flows.recording import records
from sop_flows.staffing.responsibility import find_task, last_said, lock_task, name_of, own_parts
from sop_flows.views.task_views import Obstacle
from storage.queries import daily as queries
from storage.queries.rolls import list_records
from storage.tables import (
    CLOSED,
    SAYABLE,
    AssignedHow,
    Cohort,
    ConfirmationKind,
    Officer,
    Record,
    Task,
    TaskState,
)

HANDED_OVER = timedelta(days=1)  # how far back notes and postponed children are shown to the next on duty


@dataclass(frozen=True)
class Tick:
    """One part of a daily step, such as a meal. `who` and `at` are None while it is not ticked."""

    word: str
    who: str | None
    at: datetime | None


@dataclass(frozen=True)
class DailyStep:
    """One step of the day; `who` and `at` are of its confirmation."""

    task: Task
    step: Step
    ticks: tuple[Tick, ...]
    who: str | None
    at: datetime | None

    @property
    def is_open(self) -> bool:
        """Still to be done; a missed one can be entered under its own date."""
        return self.task.state in (*SAYABLE, TaskState.MISSED)


@dataclass(frozen=True)
class Daily:
    """One daily card: a day of one run."""

    sop: Sop
    cohort: Cohort
    on: date
    steps: tuple[DailyStep, ...]
    on_duty: str | None  # name of who said "Saya piket"


@dataclass(frozen=True)
class Handover:
    """What the next on duty has to know. Children by number only."""

    unfinished: tuple[tuple[Task, Step], ...]
    ill: tuple[int, ...]
    notes: tuple[tuple[Step, Obstacle], ...]


def daily_of(work: Work, task: Task) -> Daily:
    """The card that a task of a daily card belongs to.

    Raises:
        NotFoundError: the task is on no card.
    """
    if task.card is None or task.occurrence_on is None:
        raise NotFoundError
    sop, _step = declared(work.session, task)
    rows = queries.list_of_day(work.session, task.run_id, task.card, task.occurrence_on)
    return Daily(
        sop=sop,
        cohort=work.session.get_one(Cohort, task.cohort_id),
        on=task.occurrence_on,
        steps=tuple(_step_of(work.session, sop, row) for row in rows),
        on_duty=_on_duty(work, rows),
    )


def _step_of(s: Session, sop: Sop, task: Task) -> DailyStep:
    step = sop.step(task.step)
    said = last_said(s, task) if task.state in CLOSED else None
    return DailyStep(
        task=task,
        step=step,
        ticks=tuple(_tick_of(s, task, word) for word in step.ticks),
        who=None if said is None else name_of(s, said.officer_id),
        at=None if said is None else said.recorded_at,
    )


def _tick_of(s: Session, task: Task, word: str) -> Tick:
    ticked = _standing(s, task, word)
    if ticked is None:
        return Tick(word, None, None)
    return Tick(word, name_of(s, ticked.officer_id), ticked.recorded_at)


def _standing(s: Session, task: Task, word: str) -> Record | None:
    """The row that says it is ticked, unless it was taken back."""
    rows = [row for row in list_records(s, task.id or 0, word) if row.data.get("done")]
    return rows[-1] if rows else None


def _on_duty(work: Work, tasks: tuple[Task, ...]) -> str | None:
    for task in tasks:
        for part in parts_of(work.session, task):
            if part.assigned_how == AssignedHow.SOLE or is_on_duty(work.institution, part, work.now):
                return name_of(work.session, part.assignee_id)
    return None


def tick(work: Work, task_id: int, word: str) -> Result | None:
    """Tick one part of a daily step; with the last one the step is confirmed, and its outcome returned.

    Raises:
        NotFoundError: the step has no such tick.
        AlreadyDoneError: ticked already, by whom and when.
        NotYetError: its time has not come (`tick_times` of the unit).
        NotYoursError: as `confirm`.
    """
    task = lock_task(work.session, task_id)
    _sop, step = declared(work.session, task)
    own_parts(work, work.officer, task)
    if word not in step.ticks:
        raise NotFoundError
    ticks = _step_of(work.session, _sop, task).ticks
    there = next(one for one in ticks if one.word == word)
    if there.at is not None and len([one for one in ticks if one.at is None]) > 0:
        raise AlreadyDoneError("done", there.who, there.at)
    if there.at is None:
        if (early := _too_early(work, task, word)) is not None:
            raise NotYetError(early)
        _write_tick(work, task, word)
    if all(one.at is not None or one.word == word for one in ticks):
        return confirm(work, task_id, done_on=_day_of(work, task))
    return None


def complete(work: Work, task_id: int) -> tuple[Result, ...]:
    """Semua terlaksana: every step of the day's card that is not done gets its own confirmation; what is ticked later
    in the day stays open until its time.

    Raises:
        AlreadyDoneError: nothing is left, by whom and when the last one was done.
        NotYetError: the time of nothing that is left has come.
        NotYoursError: as `confirm`.
    """
    task = find_task(work.session, task_id)
    card = daily_of(work, task)
    left = [one for one in card.steps if one.is_open]
    if not left:
        last = max(
            (one for one in card.steps if one.at is not None),
            key=lambda one: one.at or work.now,
            default=None,
        )
        raise AlreadyDoneError("done", last.who if last else None, last.at if last else task.closed_at)
    outcomes, early, ticked = [], [], False
    for one in left:
        locked = lock_task(work.session, one.task.id or 0)
        own_parts(work, work.officer, locked)
        waits = [at for each in one.ticks if (at := _waits(work, locked, each)) is not None]
        for each in one.ticks:
            if each.at is None and _waits(work, locked, each) is None:
                _write_tick(work, locked, each.word)
                ticked = True
        early += waits
        if not waits:
            outcomes.append(confirm(work, locked.id or 0, done_on=_day_of(work, locked)))
    if early and not outcomes and not ticked:
        raise NotYetError(min(early))
    return tuple(outcomes)


def _waits(work: Work, task: Task, one: Tick) -> datetime | None:
    """Until when a tick that is not made yet waits."""
    return None if one.at is not None else _too_early(work, task, one.word)


def _too_early(work: Work, task: Task, word: str) -> datetime | None:
    """When the time of the tick comes, if it has not come yet; None when it can be made."""
    if task.occurrence_on is None:
        return None
    times = work.unit.tick_times
    found = times.get(work.office.tick_word(task.occurrence_on, word)) or times.get(word)
    if found is None:
        return None
    at = work.office.at(task.occurrence_on, found.time)
    return at if at > work.now else None


def last_tap_at(work: Work, card: Daily, officer: Officer) -> datetime | None:
    """When the officer last ticked or confirmed something on the card, while it can still be taken back."""
    times = []
    for one in card.steps:
        said = last_said(work.session, one.task)
        rows = [_standing(work.session, one.task, word) for word in one.step.ticks]
        if said is not None and said.kind != ConfirmationKind.SKIPPED and said.recorded_by_id == officer.id:
            times.append(said.recorded_at)
        times += [row.recorded_at for row in rows if row is not None and row.recorded_by_id == officer.id]
    return max((at for at in times if work.now - at <= timedelta(minutes=UNDO_MINUTES)), default=None)


def undo_last_tap(work: Work, task_id: int) -> None:
    """Urungkan on the daily card: everything that the officer's last tap on it recorded.

    Raises:
        UndoTooLateError: nothing of the last UNDO_MINUTES is the officer's.
    """
    task = lock_task(work.session, task_id)
    card = daily_of(work, task)
    at = last_tap_at(work, card, work.officer)
    if at is None:
        raise UndoTooLateError("nothing")
    for one in card.steps:
        said = last_said(work.session, one.task)
        if said is not None and said.recorded_at == at and said.recorded_by_id == work.officer.id:
            undo(work, one.task.id or 0)
        for word in one.step.ticks:
            row = _standing(work.session, one.task, word)
            if row is not None and row.recorded_at == at and row.recorded_by_id == work.officer.id:
                _write_tick(work, one.task, word, takes_back=row)


def handover(work: Work, cohort_id: int, roles: tuple[str, ...]) -> Handover:
    """What is not finished, who is ill, and what was noted since yesterday, for whoever takes the duty."""
    rows = (
        *queries.list_cards_open(work.session, cohort_id),
        *(
            t
            for t in queries.list_open_of_roles(work.session, cohort_id, roles)
            if t.due_at is not None and t.due_at < work.now
        ),
    )
    notes = queries.list_obstacles_since(work.session, cohort_id, roles, work.now - HANDED_OVER)
    return Handover(
        unfinished=tuple((row, declared(work.session, row)[1]) for row in rows),
        ill=queries.list_ill_numbers(work.session, cohort_id, work.now - HANDED_OVER),
        notes=tuple(
            (
                declared(work.session, work.session.get_one(Task, row.task_id))[1],
                Obstacle(row.note or "", name_of(work.session, row.officer_id) or "", row.recorded_at),
            )
            for row in notes
        ),
    )


def _day_of(work: Work, task: Task) -> date:
    """The day the work belongs to: its own day, today at the latest."""
    return min(task.occurrence_on or work.today, work.today)


def _write_tick(work: Work, task: Task, word: str, takes_back: Record | None = None) -> None:
    on = _day_of(work, task)
    records.note(work, task.id or 0, word, {"done": takes_back is None}, on, takes_back)
