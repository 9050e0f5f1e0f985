"""Steps that come again: weigh-ins on days 10, 20 and the evening before departure, the kitchen every day.

The angkatan stays from Tuesday 1 to Thursday 31 December 2026.
"""

from datetime import date

import pytest

from sop_flows.actions import daily
from sop_flows.actions.confirm import reopen_missed
from sop_flows.actions.reschedule import reschedule
from sop_flows.errors import AlreadyDoneError, MoveTooFarError, NotYetError, NotYoursError
from storage.tables import Task
from tests.support.institution import Home, local


@pytest.fixture
def stay(home: Home) -> Home:
    """The angkatan is open; it is the morning of its arrival."""
    home.angkatan()
    home.it_is("2026-12-01 06.00")
    return home


def grid(home: Home, sop: str, step: int) -> list[tuple[int, str, str | None, str | None]]:
    """Number, state, opening and due of every occurrence there is."""
    return [(t.occurrence, str(t.state), local(t.opens_at), local(t.due_at)) for t in home.tasks(sop, step)]


def test_the_next_two_weigh_ins_are_known_from_the_arrival_on(stay: Home) -> None:
    assert grid(stay, "9.2.15", 4) == [
        (1, "waiting", "2026-12-11 00.00", "2026-12-11 16.00"),
        (2, "waiting", "2026-12-21 00.00", "2026-12-21 16.00"),
    ]


def test_the_third_is_the_evening_before_departure(stay: Home) -> None:
    """Day 30 is the day of departure: it belongs to the farewell."""
    stay.it_is("2026-12-11 00.00")
    assert grid(stay, "9.2.15", 4) == [
        (1, "open", "2026-12-11 00.00", "2026-12-11 16.00"),
        (2, "waiting", "2026-12-21 00.00", "2026-12-21 16.00"),
        (3, "waiting", "2026-12-30 00.00", "2026-12-30 18.00"),
    ]
    assert stay.task("9.2.15", 4, 3).occurrence_on == date(2026, 12, 31)


def test_it_opens_by_its_grid_whatever_the_steps_around_it(stay: Home) -> None:
    stay.it_is("2026-12-11 08.00")
    assert stay.states("9.2.15") == {2: "open"}  # the medicine list was never made
    assert stay.task("9.2.15", 4, 1).state == "open"


def test_it_cannot_be_done_before_its_day(stay: Home) -> None:
    with pytest.raises(NotYetError) as refused:
        stay.record(stay.budi, stay.task("9.2.15", 4, 1), 1)
    assert local(refused.value.opens_at) == "2026-12-11 00.00"


def test_a_late_one_does_not_move_the_next(stay: Home) -> None:
    stay.it_is("2026-12-14 09.00")
    stay.record(stay.budi, stay.task("9.2.15", 4, 1))
    assert stay.task("9.2.15", 4, 1).state == "done"
    assert stay.due(stay.task("9.2.15", 4, 2)) == "2026-12-21 16.00"


def test_when_the_next_opens_the_former_is_missed(stay: Home) -> None:
    stay.it_is("2026-12-20 23.59")
    assert stay.task("9.2.15", 4, 1).state == "open"
    stay.it_is("2026-12-21 00.00")
    missed = stay.task("9.2.15", 4, 1)
    assert missed.state == "missed"
    assert stay.said(missed) == []
    assert stay.mine(stay.budi).count(("9.2.15", 4)) == 1


def test_a_missed_one_can_be_entered_under_its_own_date(stay: Home) -> None:
    stay.it_is("2026-12-22 09.00")
    missed = stay.task("9.2.15", 4, 1)
    done = stay.record(stay.budi, missed)
    assert done.outcome is not None
    assert done.outcome.confirmation.done_on == date(2026, 12, 11)
    assert stay.task("9.2.15", 4, 1).state == "done"
    assert stay.task("9.2.15", 4, 2).state == "open"


def test_a_missed_daily_step_is_entered_under_its_own_date(stay: Home) -> None:
    stay.it_is("2026-12-03 09.00")
    missed = stay.task("9.2.12", 5, 2)
    assert missed.state == "missed"
    said = stay.confirm(stay.budi, missed).confirmation
    assert said.done_on == date(2026, 12, 2)
    assert stay.task("9.2.12", 5, 2).state == "done"


def test_a_missed_one_that_is_taken_up_and_left_again_is_missed_again(stay: Home) -> None:
    stay.it_is("2026-12-22 09.00")
    missed = stay.task("9.2.15", 4, 1)
    stay.call(reopen_missed, stay.budi, missed.id)
    assert stay.fresh(missed).state == "open"
    stay.it_is("2026-12-30 00.00")
    assert stay.fresh(missed).state == "missed"


def test_only_its_role_takes_up_a_missed_one(stay: Home) -> None:
    stay.it_is("2026-12-22 09.00")
    missed = stay.task("9.2.15", 4, 1)
    with pytest.raises(NotYoursError):
        stay.call(reopen_missed, stay.sari, missed.id)
    assert stay.fresh(missed).state == "missed"


def test_what_was_skipped_with_a_reason_is_no_missed_one(stay: Home) -> None:
    stay.it_is("2026-12-11 09.00")
    stay.skip(stay.budi, stay.task("9.2.15", 4, 1), "timbangan rusak")
    stay.it_is("2026-12-22 09.00")
    with pytest.raises(AlreadyDoneError) as refused:
        stay.call(reopen_missed, stay.budi, stay.task("9.2.15", 4, 1).id)
    assert refused.value.who == "Budi"


def test_three_children_were_weighed_before_it_was_missed(stay: Home) -> None:
    stay.it_is("2026-12-11 09.00")
    stay.record(stay.budi, stay.task("9.2.15", 4, 1), 1, 2)
    stay.it_is("2026-12-21 09.00")
    missed = stay.task("9.2.15", 4, 1)
    assert missed.state == "missed"
    assert stay.entries(missed) == {1: "done", 2: "done", 3: "open"}
    stay.record(stay.budi, missed, 3)
    assert stay.task("9.2.15", 4, 1).state == "done"


def test_the_run_ends_with_the_last_occurrence(stay: Home) -> None:
    stay.finish(stay.task("9.2.15", 2))
    stay.finish(stay.task("9.2.15", 3))
    for day, number in (("2026-12-11", 1), ("2026-12-21", 2)):
        stay.it_is(f"{day} 09.00")
        stay.record(stay.budi, stay.task("9.2.15", 4, number))
    assert stay.runs("9.2.15") == ["open"]
    stay.it_is("2026-12-30 17.00")
    stay.record(stay.budi, stay.task("9.2.15", 4, 3))
    assert stay.runs("9.2.15") == ["closed"]


def test_the_run_ends_although_one_was_missed(stay: Home) -> None:
    stay.finish(stay.task("9.2.15", 2))
    stay.finish(stay.task("9.2.15", 3))
    stay.it_is("2026-12-30 17.00")
    stay.record(stay.budi, stay.task("9.2.15", 4, 3))
    assert [t.state for t in stay.tasks("9.2.15", 4)] == ["missed", "missed", "done"]
    assert stay.runs("9.2.15") == ["closed"]


def test_a_missed_one_can_be_entered_after_the_run_has_ended(stay: Home) -> None:
    stay.finish(stay.task("9.2.15", 2))
    stay.finish(stay.task("9.2.15", 3))
    stay.it_is("2026-12-30 17.00")
    stay.record(stay.budi, stay.task("9.2.15", 4, 3))
    stay.it_is("2027-01-02 09.00")
    stay.record(stay.budi, stay.task("9.2.15", 4, 2))
    assert stay.task("9.2.15", 4, 2).state == "done"
    assert stay.runs("9.2.15") == ["closed"]


def test_the_kitchen_is_owed_every_day_from_arrival_to_departure(stay: Home) -> None:
    assert grid(stay, "9.2.12", 3) == [
        (1, "open", "2026-12-01 00.00", "2026-12-01 20.00"),
        (2, "waiting", "2026-12-02 00.00", "2026-12-02 20.00"),
        (3, "waiting", "2026-12-03 00.00", "2026-12-03 20.00"),
    ]
    stay.it_is("2026-12-31 23.59")
    assert [t.occurrence for t in stay.tasks("9.2.12", 3)] == list(range(1, 32))
    assert grid(stay, "9.2.12", 3)[-1] == (31, "open", "2026-12-31 00.00", "2026-12-31 20.00")


def test_after_the_stay_nothing_that_recurs_is_owed(stay: Home) -> None:
    stay.it_is("2027-01-01 00.00")
    last = stay.tasks("9.2.12", 3)[-1]
    assert last.state == "missed"
    weighing = stay.tasks("9.2.15", 4)[-1]
    assert weighing.state == "missed"
    assert [line for line in stay.mine(stay.budi) if line[0] == "9.2.12" and line[1] > 2] == []


def test_what_was_missed_at_the_end_can_still_be_entered(stay: Home) -> None:
    stay.it_is("2027-01-02 09.00")
    task = stay.tasks("9.2.12", 3)[-1]
    stay.confirm(stay.budi, task)
    stay.it_is("2027-01-03 09.00")
    assert stay.tasks("9.2.12", 3)[-1].state == "done"


def test_the_days_of_the_kitchen_are_one_line_in_the_list(stay: Home) -> None:
    assert [line for line in stay.mine(stay.budi) if line[0] == "9.2.12" and line[1] > 2] == [("9.2.12", 3)]
    stay.confirm(stay.budi, stay.task("9.2.12", 3, 1))
    assert [line for line in stay.mine(stay.budi) if line[0] == "9.2.12" and line[1] > 2] == [("9.2.12", 4)]


def test_undoing_an_occurrence_leaves_the_others(stay: Home) -> None:
    task: Task = stay.task("9.2.12", 3, 1)
    stay.confirm(stay.budi, task)
    stay.confirm(stay.budi, stay.task("9.2.12", 4, 1))
    stay.undo(stay.budi, task)
    assert [t.state for t in stay.tasks("9.2.12", 3)] == ["open", "waiting", "waiting"]
    assert stay.task("9.2.12", 4, 1).state == "done"


# --- moved by an officer ------------------------------------------------------------------------------------


def test_an_occurrence_is_moved_up_to_the_day_before_the_next(home: Home) -> None:
    """Day 10 is 11 December, day 20 the 21st: it would be closed as missed before its own due date."""
    home.angkatan()
    home.it_is("2026-12-11 08.00")
    task = home.task("9.2.15", 4, 1)
    with pytest.raises(MoveTooFarError) as refused:
        home.tap(reschedule, home.budi, task.id, date(2026, 12, 21), "timbangan rusak")
    assert (refused.value.latest, refused.value.next_on) == (date(2026, 12, 20), date(2026, 12, 21))
    assert home.due(task) == "2026-12-11 16.00"
    home.tap(reschedule, home.budi, task.id, date(2026, 12, 20), "timbangan rusak")
    home.it_is("2026-12-20 16.00")
    assert (home.fresh(task).state, home.due(task)) == ("open", "2026-12-20 16.00")


def test_the_last_occurrence_is_moved_within_the_stay(home: Home) -> None:
    """The third is on the departure, 31 December, and due the evening before."""
    home.angkatan()
    home.it_is("2026-12-30 08.00")
    task = home.task("9.2.15", 4, 3)
    with pytest.raises(MoveTooFarError) as refused:
        home.tap(reschedule, home.budi, task.id, date(2027, 1, 2), "timbangan rusak")
    assert (refused.value.latest, refused.value.next_on) == (date(2026, 12, 31), None)


def test_what_comes_every_day_is_not_moved(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-12-03 08.00")
    meals = next(task for task in home.tasks("9.2.12", 3) if task.state == "open")
    with pytest.raises(MoveTooFarError) as refused:
        home.tap(reschedule, home.budi, meals.id, date(2026, 12, 4), "juru masak cuti")
    assert refused.value.latest == date(2026, 12, 3)
    home.it_is("2026-12-03 17.00")
    with pytest.raises(MoveTooFarError) as refused:
        home.tap(reschedule, home.budi, meals.id, date(2026, 12, 4), "juru masak cuti")
    assert refused.value.is_hopeless


@pytest.mark.sops("9.2.12")
@pytest.mark.parametrize(("arrival", "early"), [("2027-02-15", False), ("2027-01-25", True)])
def test_sahur_is_ticked_before_dawn_and_breakfast_is_not(home: Home, arrival: str, early: bool) -> None:
    """Ramadan 1448 begins on 8 February 2027."""
    home.angkatan(arrival=arrival)
    home.it_is(f"{arrival} 04.00")
    meals = home.task("9.2.12", 6, 1)
    if early:
        with pytest.raises(NotYetError):
            home.tap(daily.tick, home.budi, meals.id, "pagi")
    else:
        home.tap(daily.tick, home.budi, meals.id, "pagi")
        with pytest.raises(NotYetError):
            home.tap(daily.tick, home.budi, meals.id, "malam")
