"""A SOP with one run per school of an angkatan."""

from datetime import date
from pathlib import Path

import pytest

from sop_flows.actions.cohorts import cohorts, membership
from sop_flows.actions.cohorts.roster import RosterRow
from sop_flows.core.work import Work
from sop_flows.notifications.planning import working
from storage.engine import Store
from tests.support.institution import Home, pack_with

VISIT = """
number: "7.1"
title: Kunjungan sekolah
program: petirahan
phase: pra-pelayanan
subject: school
clock: kalender
starts:
  - at: arrival - 3 hari
steps:
  - {step: 1, activity: "", short: Mulai, executors: [bimbingan], kind: start}
  - {step: 2, activity: "Kunjungi", prompt: Kunjungi sekolahnya., short: Kunjungi, executors: [bimbingan], kind: do, target: arrival}
  - {step: 3, activity: "Data", prompt: Data anaknya., short: Data anak, executors: [bimbingan], kind: do, per: child, target: arrival}
"""
REPORT = """
number: "7.2"
title: Laporan
program: petirahan
phase: pra-pelayanan
subject: cohort
clock: kalender
starts:
  - after: "7.1"
steps:
  - {step: 1, activity: "Lapor", prompt: Laporkan semua sekolah., short: Lapor, executors: [bimbingan], kind: start+, target: arrival}
"""
SCHOOLS = ("SDN Rekaan 1", "SDN Rekaan 2")


@pytest.fixture
def home(store: Store, tmp_path: Path) -> Home:
    """The institution with the two SOPs above, an angkatan of two schools with two children each."""
    home = Home(store, tmp_path, pack_with(VISIT, REPORT))
    home.everyone()
    home.angkatan(children=4, schools=SCHOOLS)
    home.it_is("2026-11-28 08.00")
    return home


def test_each_school_has_its_run(home: Home) -> None:
    assert home.runs("7.1") == ["open", "open"]
    assert [task.school_id for task in home.tasks("7.1", 2)] == [home.school(name).id for name in SCHOOLS]


def test_its_roll_has_its_own_children(home: Home) -> None:
    first, second = home.tasks("7.1", 2)
    home.confirm(home.dewi, second)
    roll = home.roll(home.dewi, home.task("7.1", 3))
    assert [row.number for row in roll.rows] == [2, 4]
    assert home.fresh(first).state == "open"


def finish(home: Home, nth: int) -> None:
    home.confirm(home.dewi, home.tasks("7.1", 2)[nth])
    home.record(home.dewi, next(t for t in home.tasks("7.1", 3) if t.state == "open"))


def test_what_comes_after_waits_for_all_schools(home: Home) -> None:
    finish(home, 0)
    assert home.runs("7.2") == []
    finish(home, 1)
    assert home.runs("7.2") == ["open"]


def test_a_school_that_withdraws_is_asked_nothing_more(home: Home) -> None:
    school = home.school("SDN Rekaan 2")
    home.call(_withdraw, home, school.id)
    assert [(task.school_id, task.state) for task in home.tasks("7.1", 2)] == [
        (home.school("SDN Rekaan 1").id, "open")
    ]


def _withdraw(work: Work, home, school_id):  # type: ignore[no-untyped-def]  # as `Institution.call` calls it
    membership.withdraw_school(
        Work(work.session, work.institution, work.now, home.tari), school_id, date(2026, 11, 28)
    )


def test_a_school_that_joins_later_is_visited_too(home: Home) -> None:
    rows = [RosterRow(row=5, name="Anak Rekaan 5", sex="L", school="SDN Rekaan 3")]
    with home.store.transaction() as s, working(s, home.house, home.now) as work:
        found = home.tasks("7.1", 2)[0]
        cohorts.add_children(work, home.tari, found.cohort_id or 0, rows)
    assert home.runs("7.1") == ["open"] * 3
