"""Two angkatan in the house at once; a school that withdraws; a guru who sees one angkatan only."""

from datetime import date

import pytest
from sqlmodel import select

from sop_flows.actions.assign import take_duty
from sop_flows.actions.cohorts import membership
from sop_flows.actions.cohorts.joining import withdraw_child
from sop_flows.core.work import Work
from sop_flows.errors import NotPermittedError, NotYoursError
from sop_flows.notifications.planning import working
from sop_flows.staffing.responsibility import candidates_for
from sop_flows.views.task_views import task_line, upcoming
from storage.tables import Cohort, Membership
from tests.support.institution import Home, pack_with

LESSON = """
number: "9.1.01"
title: Pelajaran
program: petirahan
phase: bimbingan
subject: cohort
clock: kalender
starts: [{at: arrival}]
steps:
  - {step: 1, activity: Mengajar, prompt: Ajar anak., short: Ajar anak, executors: [guru], kind: do}
  - {step: 2, activity: Memantau, prompt: Pantau., short: Pantau, executors: [bimbingan], kind: do}
"""


@pytest.fixture
def third(home: Home) -> Cohort:
    """Angkatan III, 1 to 31 December, five children."""
    return home.angkatan("Angkatan III", children=5)


@pytest.fixture
def fourth(home: Home, third: Cohort) -> Cohort:
    """Angkatan IV, 15 December to 14 January, two children; both are open."""
    return home.angkatan("Angkatan IV", arrival="2026-12-15", children=2)


def test_each_has_tasks_of_its_own(home: Home, third: Cohort, fourth: Cohort) -> None:
    home.it_is("2026-12-15 08.00")
    assert home.task("9.2.12", 3, 15, cohort=third).state == "open"
    assert home.task("9.2.12", 3, 1, cohort=fourth).state == "open"
    assert home.states("9.2.04", fourth) == {1: "open"}


def test_what_is_done_for_one_is_not_done_for_the_other(home: Home, third: Cohort, fourth: Cohort) -> None:
    home.it_is("2026-12-15 08.00")
    home.confirm(home.budi, home.task("9.2.04", 1, cohort=fourth))
    assert home.states("9.2.04", fourth) == {1: "done", 2: "open"}
    assert home.states("9.2.04", third) == {1: "open"}


def test_each_roll_has_its_own_children(home: Home, third: Cohort, fourth: Cohort) -> None:
    home.it_is("2026-12-25 08.00")
    assert list(home.entries(home.task("9.2.15", 4, 2, cohort=third))) == [1, 2, 3, 4, 5]
    assert list(home.entries(home.task("9.2.15", 4, 1, cohort=fourth))) == [1, 2]


def test_the_daily_cards_of_both_stand_in_the_list(home: Home, third: Cohort, fourth: Cohort) -> None:
    home.it_is("2026-12-15 08.00")
    assert home.mine(home.budi).count(("9.2.12", 3)) == 2


def test_duty_is_for_one_of_them(home: Home, third: Cohort, fourth: Cohort) -> None:
    citra = home.officer("Citra", "penyantunan")
    home.it_is("2026-12-15 08.00")
    home.tap(take_duty, citra, third.id)
    assert home.in_charge(home.task("9.2.12", 3, 15, cohort=third)) == ("Citra", "duty")
    assert home.in_charge(home.task("9.2.12", 3, 1, cohort=fourth)) == (None, None)


def test_a_child_who_leaves_leaves_its_own_angkatan(home: Home, third: Cohort, fourth: Cohort) -> None:
    home.it_is("2026-12-25 08.00")
    with home.store.transaction() as s, working(s, home.house, home.now) as work:
        child = home.child(1, fourth)
        withdraw_child(work.by(home.budi), child)
    assert home.entries(home.task("9.2.15", 4, 1, cohort=fourth)) == {1: "withdrawn", 2: "open"}
    assert home.entries(home.task("9.2.15", 4, 2, cohort=third))[1] == "open"


def test_a_child_flagged_in_one_is_on_no_list_of_the_other(home: Home, third: Cohort, fourth: Cohort) -> None:
    home.it_is("2026-12-15 08.00")
    with home.store.transaction() as s, working(s, home.house, home.now) as work:
        from sop_flows.actions.cohorts.flags import set_flag
        from storage.tables import FlagKind

        set_flag(work, home.sari, home.child(1, fourth), FlagKind.ASSESSMENT, True)
    assert home.task("9.1.08", 2).cohort_id == fourth.id
    assert home.tasks("9.1.08", 2, third) == ()


def test_the_next_angkatan_is_ahead_in_the_coming_week(home: Home, third: Cohort, fourth: Cohort) -> None:
    home.it_is("2026-12-20 08.00")
    with home.reading() as s:
        lines = upcoming(Work(s, home.house, home.now), home.budi)
        assert [
            (line.task.step, line.cohort and line.cohort.name) for line in lines if line.task.sop == "9.2.15"
        ] == [
            (4, "Angkatan III"),
            (4, "Angkatan IV"),
        ]


# --- a school withdraws --------------------------------------------------------------------------------------


def test_a_school_that_withdraws_takes_all_its_children(home: Home) -> None:
    home.angkatan(children=5, schools=("SDN Rekaan 1", "SDN Rekaan 2"))  # 1, 3, 5 and 2, 4
    home.it_is("2026-12-11 08.00")
    roll = home.task("9.2.15", 4, 1)
    home.record(home.budi, roll, 1, 2, 3, 5)
    home.flag(home.sari, 4)
    gone = home.tap(membership.withdraw_school, home.tari, home.school("SDN Rekaan 2").id, date(2026, 12, 11))
    assert sorted(child.number for child in gone) == [2, 4]
    assert home.entries(roll) == {1: "done", 2: "done", 3: "done", 4: "withdrawn", 5: "done"}
    assert home.fresh(roll).state == "done"
    assert (home.run("9.1.08").state, home.run("9.1.08").close_reason) == ("closed", "left")
    with home.reading() as s:
        left = {m.child_id: str(m.reason) for m in s.exec(select(Membership)) if m.until_on is not None}
    assert left == {home.child(2).id: "sekolah mundur", home.child(4).id: "sekolah mundur"}
    home.it_is("2026-12-21 08.00")
    assert list(home.entries(home.task("9.2.15", 4, 2))) == [1, 3, 5]


def test_only_who_opens_angkatan_may_say_so(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-12-02 08.00")
    with pytest.raises(NotPermittedError):
        home.tap(membership.withdraw_school, home.budi, home.school("SDN Rekaan 1").id, date(2026, 12, 2))


def test_every_school_withdrew_and_the_rolls_are_empty(home: Home) -> None:
    home.angkatan(children=2)
    home.it_is("2026-12-02 08.00")
    home.tap(membership.withdraw_school, home.tari, home.school("SDN Rekaan 1").id, date(2026, 12, 2))
    home.it_is("2026-12-11 08.00")
    weigh_in = home.task("9.2.15", 4, 1)
    assert (weigh_in.state, weigh_in.close_reason) == ("skipped", "no_children")


# --- guru ------------------------------------------------------------------------------------------------


def test_a_guru_is_one_for_the_own_angkatan_only(empty_home: Home) -> None:
    home = Home(empty_home.store, empty_home.house.cabinet.folder, pack_with(LESSON))
    home.everyone()
    third, fourth = home.angkatan("Angkatan III"), home.angkatan("Angkatan IV", arrival="2026-12-15")
    gita, hadi = home.officer("Gita", guru_of=third), home.officer("Hadi", guru_of=fourth)
    home.it_is("2026-12-15 08.00")
    mine, other = home.task("9.1.01", 1, cohort=third), home.task("9.1.01", 1, cohort=fourth)
    assert home.in_charge(mine) == ("Gita", "sole")
    assert home.in_charge(other) == ("Hadi", "sole")
    assert home.mine(gita) == [("9.1.01", 1)]
    with pytest.raises(NotYoursError):
        home.confirm(gita, other)
    home.confirm(gita, mine)
    assert home.mine(gita) == []
    with home.reading() as s:
        assert [o.name for o in candidates_for(Work(s, home.house, home.now), "guru", third.id or 0)] == [
            "Gita"
        ]
        assert task_line(Work(s, home.house, home.now), other, gita).mine == ()
        del hadi


def test_without_a_guru_the_lessons_are_left_to_bimbingans_kasi(empty_home: Home) -> None:
    home = Home(empty_home.store, empty_home.house.cabinet.folder, pack_with(LESSON))
    home.everyone()
    lestari = home.officer("Lestari", head="bimbingan")
    home.officer("Gita", guru_of=home.angkatan("Angkatan IV", arrival="2027-02-01"))
    third = home.angkatan("Angkatan III")
    home.it_is("2026-12-01 08.00")
    lesson = home.task("9.1.01", 1, cohort=third)
    assert home.in_charge(lesson) == (None, None)
    assert home.mine(lestari) == [("9.1.01", 1)]
    assert home.mine(home.dewi) == []
    home.confirm(lestari, lesson)
