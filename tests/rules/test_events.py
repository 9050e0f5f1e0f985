"""The day of a run's event: the outing of SOP 9.2.07, the study visit of 9.1.07, by the calendar that comes with Pandu.

Arrival Tuesday 1 December 2026, departure Thursday 31: the window of the outing is Saturday 12 to Wednesday 16 December,
the proposal its Saturday. The parents' visit is proposed for Sunday the 13th, weigh-ins are on the 11th and the 21st.
"""

from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import select

from sop_flows.actions.cohorts.moving_dates import move_cohort
from sop_flows.actions.reschedule import choose_event, date_window, hold_left_out
from sop_flows.actions.start import start
from sop_flows.core.work import Work, declared
from sop_flows.declarations.loader import Pack
from sop_flows.engine.chain import add_run, open_run
from sop_flows.errors import DayTakenError, FutureWorkError, NotFoundError, NotYoursError, OutsideWindowError
from sop_flows.views.status import whole_status
from storage.tables import Cohort, Run, Task
from tests.support.clocks import wita
from tests.support.institution import Home
from tests.support.packs import real_pack

NUMBERS = ("9.2.07", "9.2.15", "9.1.07", "9.1.09", "9.1.11")
PROPOSED = date(2026, 12, 12)
TUESDAY = date(2026, 12, 15)


@pytest.fixture
def pack() -> Pack:
    """Events and weigh-ins of the calendar that comes with Pandu."""
    ours = real_pack()
    return Pack(ours.unit, {number: ours.sops[number] for number in NUMBERS}, ours.lines, ours.folder)


@pytest.fixture
def outing(home: Home) -> Task:
    """9.2.07 step 2, open since Monday 7 December; due Wednesday the 9th."""
    home.angkatan()
    home.it_is("2026-12-07 09.00")
    return home.task("9.2.07", 2)


def choose(home: Home, task: Task, on: date) -> Task:
    return home.tap(choose_event, home.budi, task.id, on)


def event_of(home: Home, sop: str = "9.2.07") -> date | None:
    return home.run(sop).event_on


def test_the_proposal_stands_and_one_tap_takes_it(home: Home, outing: Task) -> None:
    assert event_of(home) == PROPOSED
    with home.reading() as s:
        window = date_window(Work(s, home.house, home.now), outing)
    assert window == (date(2026, 12, 12), date(2026, 12, 16), PROPOSED)
    home.confirm(home.budi, outing)
    assert home.fresh(outing).chosen_on == PROPOSED
    assert home.due(home.task("9.2.07", 3)) == "2026-12-11 16.00"


def test_what_is_due_by_it_moves_along_with_another_day(home: Home, outing: Task) -> None:
    choose(home, outing, TUESDAY)
    assert event_of(home) == TUESDAY
    home.confirm(home.budi, outing)
    preparing = home.task("9.2.07", 3)
    assert home.due(preparing) == "2026-12-14 16.00"
    choose(
        home, preparing, date(2026, 12, 16)
    )  # it can be changed until its eve, by whoever has the next step
    assert home.due(preparing) == "2026-12-15 16.00"


def test_a_day_that_is_taken_or_outside_the_window_is_refused(home: Home, outing: Task) -> None:
    with pytest.raises(DayTakenError) as refused:
        choose(home, outing, date(2026, 12, 13))  # the parents' visit
    assert refused.value.free == (PROPOSED, date(2026, 12, 14), TUESDAY, date(2026, 12, 16))
    with pytest.raises(OutsideWindowError):
        choose(home, outing, date(2026, 12, 17))
    with pytest.raises(NotYoursError):
        home.tap(choose_event, home.sari, outing.id, TUESDAY)
    assert event_of(home) == PROPOSED


def test_no_visit_on_the_day_of_a_weigh_in(home: Home, outing: Task) -> None:
    visit = home.task("9.1.09", 1)
    for taken in (date(2026, 12, 11), PROPOSED):
        with pytest.raises(DayTakenError):
            home.tap(choose_event, home.dewi, visit.id, taken)
    home.tap(choose_event, home.dewi, visit.id, date(2026, 12, 14))
    assert event_of(home, "9.1.09") == date(2026, 12, 14)


def test_no_day_on_which_the_children_are_gone(home: Home) -> None:
    """A stay of ten days: week two ends after the departure."""
    home.angkatan(departure="2026-12-11")
    home.it_is("2026-12-02 09.00")
    visit = home.task("9.1.09", 1)
    for gone in (date(2026, 12, 11), date(2026, 12, 13)):
        with pytest.raises(OutsideWindowError):
            home.tap(choose_event, home.dewi, visit.id, gone)
    assert event_of(home, "9.1.09") in (date(2026, 12, 8), date(2026, 12, 9), date(2026, 12, 10))
    home.tap(choose_event, home.dewi, visit.id, date(2026, 12, 9))  # the 10th is for weighing


def test_status_reckons_by_the_day_that_was_chosen(home: Home, outing: Task) -> None:
    """In the evening of Friday the 11th what prepares the Saturday that is proposed should be done; by Tuesday it is early."""
    home.confirm(home.budi, outing)
    home.it_is("2026-12-11 17.00")

    def planned() -> int:
        with home.reading() as s:
            work = Work(s, home.house, home.now)
            progress = whole_status(work, s.exec(select(Cohort)).one(), home.house.pack.unit.roles).progress
            return 0 if progress is None else progress.planned

    by_saturday = planned()
    choose(home, home.task("9.2.07", 3), TUESDAY)
    assert planned() == by_saturday - 2


def test_it_is_not_changed_on_its_day_any_more(home: Home, outing: Task) -> None:
    home.it_is("2026-12-12 09.00")
    with pytest.raises(DayTakenError) as refused:
        choose(home, outing, TUESDAY)
    assert refused.value.free == ()


def test_a_day_that_is_over_is_refused(home: Home, outing: Task) -> None:
    choose(home, outing, TUESDAY)
    home.it_is("2026-12-14 09.00")
    with pytest.raises(FutureWorkError):
        choose(home, outing, PROPOSED)


def test_whoever_has_the_next_step_hears_of_it_on_the_eve_and_on_a_saturday_morning(
    home: Home, outing: Task
) -> None:
    home.confirm(home.budi, outing)
    home.confirm(home.budi, home.task("9.2.07", 3))
    checking = home.task("9.2.07", 4)
    assert [one for one in home.owed(checking) if one[1] != "handed"] == [
        ("2026-12-11 07.30", "event_eve", "Dewi"),
        ("2026-12-12 07.30", "event_day", "Dewi"),
    ]


def test_the_head_hears_that_nobody_chose_when_the_step_is_due(home: Home, outing: Task) -> None:
    heads = [(at, who) for at, rule, who in home.owed(outing) if rule == "not_chosen"]
    assert heads == [("2026-12-09 16.00", "Rahmat")]
    choose(home, outing, TUESDAY)
    assert not [one for one in home.owed(outing) if one[1] == "not_chosen"]


def test_a_stay_that_is_too_short_leaves_it_out_and_says_so(home: Home) -> None:
    home.angkatan(departure="2026-12-15")
    home.it_is("2026-12-14 09.00")
    run = home.run("9.1.07")
    assert (run.state, run.close_reason, run.event_on) == ("closed", "too_short", None)
    assert home.tasks("9.1.07", 2) == ()
    assert "left_out" in home.notices(home.kirana)


def test_what_was_left_out_can_be_held_all_the_same(home: Home) -> None:
    home.angkatan(departure="2026-12-17")
    home.it_is("2026-12-14 09.00")
    run = home.run("9.1.07")
    with pytest.raises(NotYoursError):
        home.tap(hold_left_out, home.sari, run.id)
    home.tap(hold_left_out, home.dewi, run.id)
    assert home.run("9.1.07").event_on == date(2026, 12, 15)  # on the 16th they are weighed before they leave
    assert home.task("9.1.07", 2).state == "open"
    with pytest.raises(NotFoundError):
        home.tap(hold_left_out, home.dewi, run.id)


def test_the_proposal_follows_the_dates_and_a_choice_outside_the_window_is_void(home: Home) -> None:
    cohort = home.angkatan()
    home.it_is("2026-12-07 09.00")
    outing = home.task("9.2.07", 2)
    choose(home, outing, TUESDAY)
    home.tap(move_cohort, home.tari, cohort.id, date(2026, 12, 6), date(2027, 1, 5), "ombak tinggi")
    assert event_of(home) == date(2026, 12, 19)  # the first Saturday of days 11 to 15
    assert home.fresh(outing).chosen_on is None


def test_a_longer_stay_takes_up_what_was_left_out(home: Home) -> None:
    cohort = home.angkatan(departure="2026-12-15")
    home.it_is("2026-12-14 09.00")
    home.tap(move_cohort, home.tari, cohort.id, date(2026, 12, 1), date(2026, 12, 31), "jalan putus")
    assert home.run("9.1.07").state == "open"
    assert event_of(home, "9.1.07") == date(2026, 12, 22)


def test_an_angkatan_keeps_the_calendar_it_was_opened_with(home: Home, pack: Pack) -> None:
    """What begins later begins by the former calendar too; an angkatan that is opened then has the new one."""
    former = {number: pack.former.get(number, sop) for number, sop in pack.sops.items()}
    home.house = replace(home.house, pack=Pack(pack.unit, former))
    old = home.angkatan("Angkatan II", arrival="2026-11-10")
    home.house = replace(home.house, pack=pack)
    new = home.angkatan("Angkatan III")
    home.it_is("2026-12-08 09.00")
    for cohort, has_event in ((old, False), (new, True)):
        child = home.child(1, cohort)
        run = home.tap(start, home.sari, home.sari, "9.1.11", child)
        assert (run.event_on is not None) is has_event
        task = home.task("9.1.11", 2, cohort=cohort)
        with home.reading() as s:
            assert (declared(s, task)[1].event is not None) is has_event


@pytest.fixture
def preparing(empty_home: Home) -> Home:
    """A house with the preparations, whose motivation day (9.2.02) lies two weeks before the arrival at the latest."""
    ours = real_pack()
    sops = {number: ours.sops[number] for number in ("9.2.01", "9.2.02", "9.2.03")}
    empty_home.house = replace(empty_home.house, pack=Pack(ours.unit, sops, ours.lines, ours.folder))
    empty_home.everyone()
    return empty_home


@pytest.mark.parametrize(
    ("opened", "on", "open_step"),
    [
        ("2026-11-10 09.00", date(2026, 11, 12), "waiting"),  # its window ends on the 17th
        ("2026-11-18 09.00", date(2026, 11, 4), "before_pandu"),
        ("2026-12-01 09.00", date(2026, 11, 4), "before_pandu"),  # never on the day of arrival
    ],
)
def test_a_window_that_is_over_is_asked_about_and_not_held_at_the_arrival(
    preparing: Home, opened: str, on: date, open_step: str
) -> None:
    preparing.now = wita(opened)
    preparing.angkatan()
    assert event_of(preparing, "9.2.02") == on
    assert preparing.states("9.2.02")[6] == open_step


def test_begun_late_it_is_held_before_the_arrival_or_not_at_all(preparing: Home) -> None:
    """Arrival Tuesday 1 December: the orientation of 9.2.01 ends when the motivation day should be over."""
    preparing.now = wita("2026-10-20 09.00")
    preparing.angkatan()
    for day, found in (("2026-11-23", date(2026, 11, 26)), ("2026-11-30", None)):
        with preparing.store.transaction() as s:
            work = Work(s, preparing.house, wita(f"{day} 09.00"))
            run = add_run(work, preparing.house.pack.sops["9.2.02"], s.exec(select(Cohort)).one(), work.now)
            open_run(work, run)
            assert run.event_on == found
            started = s.exec(select(Run).where(Run.sop == "9.2.03")).all()
            assert bool(started) is (found is None)  # what comes after it does not wait for what is not held
            s.rollback()
