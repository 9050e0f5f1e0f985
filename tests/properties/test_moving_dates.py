"""Whatever the dates do between whatever is confirmed: what is done stays, the rest is as the rules say it."""

from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from sop_flows.actions.cohorts.moving_dates import move_cohort
from sop_flows.actions.replanning.replan import replan_cohort
from sop_flows.actions.replanning.worked_on import is_task_worked_on
from sop_flows.core.work import Work, declared
from sop_flows.declarations.loader import Pack
from sop_flows.engine.chain import grid
from sop_flows.errors import RuleError
from sop_flows.notifications.planning import PLANNED, plan_task, working
from storage.tables import Cohort, Reminder, ReminderState, Run, RunState, Task, TaskState
from storage.types import Keyring
from tests.support.database import SECRET, Databases
from tests.support.engines import open_store
from tests.support.institution import Home
from tests.support.packs import real_pack

ARRIVAL, DEPARTURE = date(2026, 12, 1), date(2026, 12, 31)
# Letters before the arrival, the arrival, daily and ten-daily work, the chosen days of visit, motivation, outing, study
# visit and recreation, lessons, the farewell, what comes after.
SOPS = (
    *("9.2.01", "9.2.02", "9.2.03", "9.2.07", "9.2.12", "9.2.15"),
    *("9.1.02", "9.1.07", "9.1.09", "9.1.13", "9.1.16", "9.1.18"),
)
LIVE = (TaskState.OPEN, TaskState.WAITING)
Plan = dict[tuple[str, int, date | None], tuple[str, datetime | None, datetime | None]]


class _TakenBack(Exception):
    """Ends a transaction that only looked what would be."""


days = st.integers(0, 12)
acts = st.one_of(
    st.tuples(st.just("confirm"), st.integers(0, 9)),
    st.tuples(st.just("move"), st.integers(-15, 15), st.integers(-12, 12)),
)


def some_sops() -> Pack:
    """A few of our SOPs; no fixture, for Hypothesis would write it out whole."""
    found = real_pack()
    return Pack(found.unit, {number: found.sops[number] for number in SOPS})


@pytest.mark.slow
@given(steps=st.lists(st.tuples(days, acts), min_size=3, max_size=7))
@example(steps=[(5, ("move", -1, -8)), (2, ("move", -14, -2)), (12, ("move", -15, 3))])
@example(
    steps=[
        *[(11, ("confirm", 2)), (10, ("move", -10, 10)), (4, ("move", 12, -9)), (0, ("confirm", 6))],
        (10, ("move", 13, -11)),
    ]
)
# An example is a few seconds: it lives whole stays. So no shrinking either; the steps that failed are short enough.
@settings(
    max_examples=5,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_moves_between_confirmations(
    sqlite_databases: Databases, steps: list[tuple[int, tuple[Any, ...]]]
) -> None:
    url = sqlite_databases.migrated()

    store = open_store(url, Keyring([SECRET]))
    try:
        with TemporaryDirectory() as folder:
            home = Home(store, Path(folder), some_sops())
            home.everyone()
            cohort = home.angkatan(children=2)
            for later, act in steps:
                home.later(minutes=later * 24 * 60)
                if act[0] == "confirm":
                    _confirm(home, act[1])
                else:
                    _move(home, cohort, act[1], act[2])
                _holds(home, cohort)
    finally:
        store.close()
        sqlite_databases.drop(url)


def _confirm(home: Home, which: int) -> None:
    with home.reading() as s:
        found = s.exec(select(Task).where(Task.state == TaskState.OPEN).order_by(col(Task.id))).all()
    if found:
        try:
            home.finish(found[which % len(found)])
        except RuleError:
            return  # its day has not come


def _move(home: Home, cohort: Cohort, shift: int, longer: int) -> None:
    with home.reading() as s:
        was = s.get_one(Cohort, cohort.id)
    before, done = _plan(home), _done(home)
    arrival = was.arrival_on + timedelta(days=shift)
    departure = was.departure_on + timedelta(days=shift + longer)
    try:
        home.tap(move_cohort, home.tari, cohort.id, arrival, departure, "rekaan")
    except RuleError:
        return
    assert done.items() <= _done(home).items()
    _holds(home, cohort)
    _nothing_became_late(home, before)
    moved = _plan(home)
    try:
        home.tap(move_cohort, home.tari, cohort.id, was.arrival_on, was.departure_on, "rekaan")
    except RuleError:
        return
    _same_plan(home, before)
    assert done.items() <= _done(home).items()
    home.tap(move_cohort, home.tari, cohort.id, arrival, departure, "rekaan")
    _same_plan(home, moved)


def _done(home: Home) -> dict[int | None, tuple[str, date | None, datetime | None]]:
    """What is done, or closed with a reason."""
    with home.reading() as s:
        rows = s.exec(
            select(Task).where(
                col(Task.state).in_((TaskState.DONE, TaskState.SKIPPED)),
                col(Task.close_reason).is_distinct_from("no_children"),
            )
        )
        return {task.id: (str(task.state), task.done_on, task.due_at) for task in rows}


def _plan(home: Home) -> Plan:
    """What is not done: opening of what waits, due."""
    with home.reading() as s:
        tasks = s.exec(select(Task).where(col(Task.state).in_(LIVE))).all()
        plan: Plan = {
            (t.sop, t.step, t.occurrence_on): (
                t.state.value, t.opens_at if t.state == TaskState.WAITING else None, t.due_at,
            )
            for t in tasks
        }  # fmt: skip
        for run in s.exec(select(Run).where(Run.state == RunState.WAITING)):
            plan[run.sop, -1, None] = ("run", run.opens_at, None)
        return plan


def _same_plan(home: Home, before: Plan) -> None:
    """There and back: the same but for what was late, or would be today. Who was given time again keeps it."""
    now = _plan(home)
    today = home.house.today(home.now)
    late = {
        key for plan in (before, now) for key, (_state, _opens, due) in plan.items()
        if due is not None and home.house.today(due) <= today
    }  # fmt: skip
    assert {k: v for k, v in now.items() if k not in late} == {
        k: v for k, v in before.items() if k not in late
    }


def _nothing_became_late(home: Home, before: Plan) -> None:
    for (sop, step, on), (state, _opens, due) in _plan(home).items():
        if due is not None and due < home.now and state == "open" and on is None:
            was = before.get((sop, step, on), ("", None, None))[2]
            assert was is not None, f"{sop}/{step}"
            assert was < home.now, f"{sop}/{step}"


def _holds(home: Home, cohort: Cohort) -> None:
    with home.reading() as s:
        tasks = s.exec(select(Task).where(Task.state != TaskState.WITHDRAWN)).all()
        _occurrences_hold(s, home, [task for task in tasks if task.occurrence])
        _reminders_hold(s, home)
    before = _everything(home)
    try:
        with home.store.transaction() as s, working(s, home.house, home.now) as work:
            replan_cohort(work, s.get_one(Cohort, cohort.id))
            again = _rows(s)
            _planned_from_scratch(s, home)
            raise _TakenBack
    except _TakenBack:
        assert again == before, "planned anew with nothing changed"


def _occurrences_hold(s: Session, home: Home, tasks: list[Task]) -> None:
    seen: set[tuple[int, int, date | None]] = set()
    by_day = sorted(tasks, key=lambda task: (task.run_id, task.step, str(task.occurrence_on)))
    assert by_day == sorted(tasks, key=lambda task: (task.run_id, task.step, task.occurrence)), "numbers"
    for task in tasks:
        key = (task.run_id, task.step, task.occurrence_on)
        assert key not in seen, f"two of one day: {task.sop}/{task.step} {task.occurrence_on}"
        seen.add(key)
        if task.state == TaskState.DONE or is_task_worked_on(s, task):
            continue
        owed = {
            one.on
            for one in grid(Work(s, home.house, home.now), s.get_one(Run, task.run_id), declared(s, task)[1])
        }
        assert task.occurrence_on in owed, f"outside the grid: {task.sop}/{task.step} {task.occurrence_on}"


def _reminders_hold(s: Session, home: Home) -> None:
    """None about what is not owed."""
    for row in s.exec(select(Reminder).where(Reminder.state == ReminderState.PENDING)):
        if row.kind in PLANNED:
            assert s.get_one(Task, row.task_id).state in LIVE


def _planned_from_scratch(s: Session, home: Home) -> None:
    """The reminders that are still to come are those that would be planned if there were none."""
    query = select(Reminder).where(
        Reminder.state == ReminderState.PENDING,
        col(Reminder.kind).in_(PLANNED),
        Reminder.due_at >= home.now,
    )
    have = sorted(row.key for row in s.exec(query))
    for row in s.exec(query).all():
        s.delete(row)
    s.flush()
    for task in s.exec(select(Task).where(col(Task.state).in_(LIVE))).all():
        plan_task(Work(s, home.house, home.now), task)
    assert sorted(row.key for row in s.exec(query)) == have


def _everything(home: Home) -> list[tuple[Any, ...]]:
    with home.reading() as s:
        return _rows(s)


def _rows(s: Session) -> list[tuple[Any, ...]]:
    tasks = s.exec(select(Task).order_by(col(Task.id)))
    runs = s.exec(select(Run).order_by(col(Run.id)))
    return [
        *((t.id, t.state, t.opens_at, t.opened_at, t.ends_at, t.due_at, t.chosen_on) for t in tasks),
        *((r.id, r.state, r.opens_at, r.opened_at) for r in runs),
    ]
