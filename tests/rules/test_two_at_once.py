"""Two officers, or an officer and the clock, at the same moment: one after the other, and nobody's word is lost."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session

from sop_flows.actions import agenda
from sop_flows.actions.assign import take
from sop_flows.actions.confirm import confirm
from sop_flows.actions.undo import undo
from sop_flows.core.states import parts_of
from sop_flows.core.work import Work
from sop_flows.errors import AlreadyDoneError
from sop_flows.notifications.planning import working
from sop_flows.staffing.responsibility import find_task, lock_task, reassign, responsibility_of
from storage.engine import Store
from storage.queries.reminders import add_missing
from storage.tables import Officer, Reminder
from tests.support.clocks import wita
from tests.support.institution import Home

PATIENCE_S = 20.0  # a test that waits longer for the other side fails


@pytest.fixture
def pg_home(postgresql_store: Store, tmp_path: Path) -> Home:
    """The staffed institution on PostgreSQL: there two transactions can be in progress at once."""
    home = Home(postgresql_store, tmp_path)
    home.everyone()
    return home


def test_two_officers_finish_one_task(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-10-30 09.00")
    task = home.task("9.2.01", 2)
    start = threading.Barrier(2)

    def finish(officer: Officer) -> str:
        start.wait()
        try:
            with home.store.transaction() as s, working(s, home.house, home.now) as work:
                agenda.advance(work)
                confirm(work.by(officer), task.id or 0)
        except AlreadyDoneError as refused:
            return f"{refused.who} was first"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(finish, (home.budi, home.rahmat)))
    [(_kind, winner)] = home.said(task)
    assert sorted(answers) == sorted(["done", f"{winner} was first"])
    assert home.states("9.2.01") == {2: "done", 3: "open"}


def while_open(home: Home, first: Callable[[], object], second: Callable[[], object]) -> Future[object]:
    """Start `second` in another thread inside `first`'s open transaction; wait until it has to wait for it."""
    pool = ThreadPoolExecutor(1)
    first()
    running = pool.submit(second)
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and not running.done() and not somebody_waits(home):
        pass
    pool.shutdown(wait=False)
    return running


def somebody_waits(home: Home) -> bool:
    """Whether a transaction waits for another one's lock."""
    with home.store.engine.connect() as connection:
        return bool(connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one())


@pytest.mark.postgres
def test_what_was_done_at_midnight_is_not_missed(pg_home: Home) -> None:
    """Budi finishes the kitchen check of the 1st while the dispatcher opens that of the 2nd."""
    home = pg_home
    home.angkatan()
    home.it_is("2026-12-01 23.59")
    task = home.task("9.2.12", 5, 1)
    midnight = wita("2026-12-02 00.00")

    def clock() -> object:
        with home.store.transaction() as s, working(s, home.house, midnight) as work:
            return agenda.advance(work)

    with home.store.transaction() as s, working(s, home.house, home.now) as work:
        running = while_open(
            home,
            lambda: confirm(work.by(home.budi), task.id or 0),
            clock,
        )
        assert not running.done(), "the clock did not wait for Budi"
    assert running.result(PATIENCE_S) is True
    assert (home.fresh(task).state, home.fresh(task).close_reason) == ("done", None)
    assert home.task("9.2.12", 5, 2).state == "open"


@pytest.mark.postgres
def test_the_clock_in_two_processes_opens_everything_once(pg_home: Home) -> None:
    home = pg_home
    home.angkatan()
    home.it_is("2026-11-30 23.00")
    midnight = wita("2026-12-01 00.00")

    def clock() -> object:
        with home.store.transaction() as s, working(s, home.house, midnight) as work:
            return agenda.advance(work)

    with home.store.transaction() as s, working(s, home.house, midnight) as work:
        running = while_open(home, lambda: agenda.advance(work), clock)
        assert not running.done()
    assert running.result(PATIENCE_S) in (True, False)
    assert home.runs("9.2.04") == ["open"]
    assert [t.occurrence for t in home.tasks("9.2.12", 3)] == [1, 2, 3]
    assert len(home.tasks("9.2.04", 1)) == 1


@pytest.mark.postgres
def test_an_undo_and_the_clock_do_not_stop_each_other(pg_home: Home) -> None:
    """9.2.03 step 4 waits for the 29th; step 3, which opened it, is undone in the minute in which that day begins."""
    home = pg_home
    home.angkatan()
    home.it_is("2026-11-20 09.00")
    home.finish_until("9.2.03", 3, through=("9.2.01", "9.2.02", "9.2.03"))
    home.it_is("2026-11-28 23.55")
    third = home.task("9.2.03", 3)
    home.confirm(home.budi, third)

    def clock() -> object:
        with home.store.transaction() as s:
            return agenda.advance(Work(s, home.house, wita("2026-11-29 00.00")))

    with home.store.transaction() as s:
        running = while_open(
            home,
            lambda: lock_task(s, third.id or 0),
            clock,
        )
        undo(Work(s, home.house, wita("2026-11-29 00.00"), home.budi), third.id or 0)
    running.result(PATIENCE_S)
    assert home.states("9.2.03") == {1: "done", 2: "done", 3: "open"}


@pytest.mark.postgres
def test_a_part_that_a_colleague_finished_since_the_card_was_shown(pg_home: Home) -> None:
    """Sari and Sinta, both Peksos: Sinta's transaction has read the parts when Sari's commits."""
    home = pg_home
    sinta = home.officer("Sinta", "peksos")
    home.angkatan()
    home.it_is("2026-12-01 08.00")
    joint = home.finish_until("9.2.10", 3)
    with home.store.transaction() as s, working(s, home.house, home.now) as work:
        shown = parts_of(s, find_task(s, joint.id or 0))
        home.confirm(home.sari, joint)
        with pytest.raises(AlreadyDoneError) as refused:
            confirm(work.by(sinta), joint.id or 0)
        assert [str(part.state) for part in shown] == ["open", "done"]
    assert refused.value.who == "Sari"
    assert home.said(joint) == [("part_done", "Sari")]


@pytest.mark.postgres
def test_one_task_is_taken_once(pg_home: Home) -> None:
    home = pg_home
    citra = home.officer("Citra", "penyantunan")
    home.angkatan()
    home.it_is("2026-10-30 09.00")
    task = home.task("9.2.01", 2)
    with home.store.transaction() as s, working(s, home.house, home.now) as work:
        shown = parts_of(s, find_task(s, task.id or 0))
        home.take(citra, task)
        with pytest.raises(AlreadyDoneError) as refused:
            take(work.by(home.budi), task.id or 0)
        assert [part.assignee_id for part in shown] == [citra.id]
    assert (refused.value.state, refused.value.who) == ("taken", "Citra")
    assert home.in_charge(task) == ("Citra", "taken")


@pytest.mark.postgres
def test_who_comes_second_makes_no_morning_list(pg_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """At 07.30 all who tap find that the lists of tomorrow are lacking; with thousands of officers that takes seconds
    each."""
    home = pg_home
    half_past_seven = wita("2026-12-01 07.30")
    with home.store.transaction() as s:
        agenda.advance(Work(s, home.house, wita("2026-12-01 06.00")))
    made: list[int] = []

    def note(s: Session, rows: Sequence[Reminder]) -> None:
        made.append(len(rows))
        add_missing(s, rows)

    monkeypatch.setattr("sop_flows.notifications.digest_times.add_missing", note)

    def tap() -> object:
        with home.store.transaction() as s, working(s, home.house, half_past_seven) as work:
            return agenda.advance(work)

    with home.store.transaction() as s, working(s, home.house, half_past_seven) as work:
        running = while_open(home, lambda: agenda.advance(work), tap)
    running.result(PATIENCE_S)
    assert made[0] > 0
    assert sum(made[1:]) == 0


@pytest.mark.postgres
def test_a_nurse_who_joins_meanwhile_keeps_her_reminders(postgresql_store: Store, tmp_path: Path) -> None:
    """Somebody else's transaction knew the roles before she came, and plans the weigh-in after she was given it."""
    home = Home(postgresql_store, tmp_path)
    home.officer("Rahmat", head="penyantunan")
    home.angkatan()
    home.it_is("2026-12-02 09.00")
    weighing = home.tasks("9.2.15", 4)[-1]

    def joins() -> Officer:
        ani = home.officer("Ani", "perawat")
        with home.working() as work:
            for task in reassign(work, frozenset({"perawat"})):
                work.touch(task)
        return ani

    with home.store.transaction() as s, working(s, home.house, home.now) as work:
        task = find_task(s, weighing.id or 0)
        assert [o.name for o in responsibility_of(work, task, parts_of(s, task)[0]).holders] == ["Rahmat"]
        with ThreadPoolExecutor(1) as pool:
            ani = pool.submit(joins).result(PATIENCE_S)
        work.touch(task)
    assert home.owed(weighing, officer=ani) != []
