"""After the departure an angkatan ends by itself; follow-up goes on; who answers for it hears so once."""

from datetime import date
from pathlib import Path

import pytest
from sqlmodel import select

from sop_flows.actions.cohorts.cohort_end import close_cohort, list_left, list_not_done, skip_left
from sop_flows.declarations.loader import Pack
from sop_flows.errors import AlreadyDoneError, NeedsReasonError, UndoTooLateError
from storage.engine import Store
from storage.tables import Cohort, LeaveReason, Membership, Task, TaskState
from tests.support.institution import Home, pack_with
from tests.support.packs import our_pack, real_pack


@pytest.fixture
def small(store: Store, tmp_path: Path) -> Home:
    """Only food, the parents' visit, follow-up and evaluation."""
    found = our_pack()
    sops = {number: found.sops[number] for number in ("9.2.12", "9.1.18", "9.1.19")}
    home = Home(store, tmp_path, Pack(found.unit, sops))
    home.everyone()
    return home


def finish_all(home: Home) -> None:
    for _round in range(20):
        with home.reading() as s:
            found = s.exec(select(Task).where(Task.state == TaskState.OPEN)).all()
        if not found:
            return
        for task in found:
            if home.fresh(task).state == TaskState.OPEN:
                home.finish(task)


def memberships(home: Home) -> set[tuple[date | None, LeaveReason | None]]:
    with home.reading() as s:
        return {(row.until_on, row.reason) for row in s.exec(select(Membership))}


def is_closed(home: Home) -> bool:
    with home.reading() as s:
        return s.exec(select(Cohort)).one().closed_at is not None


def test_children_belong_until_the_departure_and_the_angkatan_until_its_last_run(small: Home) -> None:
    small.angkatan()
    small.it_is("2026-12-01 09.00")
    finish_all(small)
    small.it_is("2026-12-31 09.00")
    finish_all(small)
    assert memberships(small) == {(None, None)}
    small.it_is("2027-01-01 09.00")
    assert memberships(small) == {(date(2026, 12, 31), LeaveReason.ENDED)}
    assert not is_closed(small)
    small.it_is("2027-01-04 09.00")  # evaluation: departure + 1, after the New Year's weekend
    assert small.states("9.1.19") == {2: "open"}
    finish_all(small)
    assert not is_closed(small)
    small.it_is("2027-02-01 09.00")  # follow-up: departure + 30, a Saturday, moved to Monday
    assert small.states("9.1.18") == {2: "open"}
    finish_all(small)
    small.it_is("2027-02-07 23.00")
    assert not is_closed(small)  # the last step can still be undone, and the head still sees the figures
    small.it_is("2027-02-08 00.10")
    assert is_closed(small)
    for officer in (small.tari, small.rahmat):
        assert small.notices(officer).count("cohort_closed") == 1
    assert "cohort_closed" not in small.notices(small.budi)
    (row,) = [r for r in small.rows(None, small.tari) if r.rule == "cohort_closed"]
    assert (row.payload or {})["present"] == 3
    small.it_is("2027-02-09 09.00")
    assert small.notices(small.tari).count("cohort_closed") == 1


@pytest.fixture
def real(store: Store, tmp_path: Path) -> Home:
    """The calendar that comes with Pandu: food, lessons, an outing, the way home."""
    found = real_pack()
    sops = {number: found.sops[number] for number in ("9.2.07", "9.2.12", "9.1.01", "9.1.17", "9.1.19")}
    home = Home(store, tmp_path, Pack(found.unit, sops, found.lines, found.folder))
    home.everyone()
    return home


def test_what_needs_the_children_is_over_with_the_stay(real: Home) -> None:
    """Nobody recorded anything: the morning after the departure each head has one list, and nobody is nagged."""
    cohort = real.angkatan()
    real.it_is("2027-01-01 09.00")
    assert real.states("9.2.07")[2] == "missed"
    assert real.states("9.1.01")[2] == "missed"
    assert real.runs("9.2.07") == ["closed"]
    assert real.states("9.1.17")[3] == "open"  # the way home was, whatever was noted before it
    assert real.notices(real.rahmat).count("stay_over") == 1
    listed = [(task.sop, task.step) for task in real.call(list_not_done, real.rahmat, cohort.id)]
    assert listed == [("9.1.17", 2), ("9.2.07", 2), ("9.2.12", 1)]
    assert [(task.sop, task.step) for task in real.call(list_not_done, real.dewi, cohort.id)] == []
    assert len(real.call(list_not_done, real.kirana, cohort.id)) == 4
    assert real.call(list_not_done, real.budi, cohort.id) == ()
    assert [place for place in real.mine(real.budi) if place[0] in ("9.2.07", "9.2.12")] == []
    real.it_is("2027-01-03 09.00")
    assert real.notices(real.rahmat).count("stay_over") == 1


def test_what_was_done_all_the_same_can_still_be_entered(real: Home) -> None:
    real.angkatan()
    real.it_is("2027-01-01 09.00")
    real.confirm(real.budi, real.task("9.2.12", 1))
    assert real.states("9.2.12")[1] == "done"
    real.it_is("2027-01-01 09.10")
    assert real.states("9.2.12")[2] == "missed"  # what opened by it is over, too


def test_what_can_still_be_done_is_asked_once_and_answered_in_bulk(real: Home) -> None:
    """The way home (9.1.17) is due on the departure: it can be recorded afterwards."""
    cohort = real.angkatan()
    real.it_is("2026-12-30 09.00")
    for officer in (real.sari, real.rahmat, real.budi):
        for task in real.tasks("9.1.17", 2):
            if real.fresh(task).state == TaskState.OPEN and ("9.1.17", 2) in real.mine(officer):
                real.confirm(officer, task)
    real.it_is("2027-01-01 09.00")
    (left,) = real.tasks("9.1.17", 3)
    assert left.state == TaskState.OPEN
    asked = next(
        one for one in (real.rahmat, real.budi, real.sari, real.dewi) if ("9.1.17", 3) in real.mine(one)
    )
    assert real.notices(asked).count("stay_left") == 1
    assert [(task.sop, task.step) for task in real.call(list_left, asked, cohort.id)] == [("9.1.17", 3)]
    with pytest.raises(NeedsReasonError):
        real.tap(skip_left, asked, cohort.id, "  ")
    real.tap(skip_left, asked, cohort.id, "dijemput sekolah")
    assert real.fresh(left).state == TaskState.SKIPPED
    real.it_is("2027-01-03 09.00")
    assert real.notices(asked).count("stay_left") == 1


def test_what_is_late_and_can_still_be_done_keeps_it_open(real: Home) -> None:
    real.angkatan()
    real.it_is("2026-12-30 09.00")
    real.confirm(real.sari if ("9.1.17", 2) in real.mine(real.sari) else real.budi, real.task("9.1.17", 2))
    real.it_is("2027-03-01 09.00")
    assert real.states("9.1.17")[3] == "open"
    assert memberships(real) == {(None, None)}
    assert not is_closed(real)


def test_what_was_missed_is_not_entered_any_more_once_the_angkatan_is_closed(small: Home) -> None:
    cohort = small.angkatan(arrival="2026-12-01", departure="2026-12-11")
    small.it_is("2026-12-14 09.00")
    missed = small.tasks("9.2.12", 3)[0]
    small.call(close_cohort, small.tari, cohort.id)
    with pytest.raises(AlreadyDoneError):
        small.confirm(small.budi, missed)
    assert small.fresh(missed).state == "missed"
    assert set(small.runs("9.2.12")) == {"closed"}


def test_nothing_is_undone_once_the_angkatan_is_closed(small: Home) -> None:
    cohort = small.angkatan(arrival="2026-12-01", departure="2026-12-11")
    small.it_is("2026-12-14 09.00")
    missed = small.tasks("9.2.12", 3)[0]
    small.confirm(small.budi, missed)
    small.call(close_cohort, small.tari, cohort.id)
    with pytest.raises(UndoTooLateError):
        small.undo(small.budi, missed)
    assert set(small.runs("9.2.12")) == {"closed"}


CALL = """
number: "9.1.18"
title: Bimbingan lanjut
program: petirahan
phase: akhir
subject: cohort
clock: kalender
starts: [{at: departure + 5 hari}]
steps:
  - {step: 1, activity: Menghubungi, prompt: Hubungi., short: Hubungi keluarga, executors: [bimbingan], kind: do, per: child}
"""


def test_a_list_after_the_departure_is_of_the_members_of_that_day(store: Store, tmp_path: Path) -> None:
    home = Home(store, tmp_path, pack_with(CALL))
    home.everyone()
    home.angkatan(children=4)
    home.it_is("2026-12-10 09.00")
    home.leaves(home.sari, 2)
    home.it_is("2027-01-05 09.00")
    call = home.task("9.1.18", 1)
    assert home.entries(call) == {1: "open", 3: "open", 4: "open"}
    home.record(home.dewi, call, 1, 3)
    home.record(home.dewi, call, 4)
    home.undo(home.dewi, call)
    assert home.fresh(call).state == "open"
