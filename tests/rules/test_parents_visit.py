"""SOP 9.1.09: the parents' visit in week two, days 7 to 13 after the arrival.

Arrival Tuesday 1 December 2026: the window is Tuesday 8 to Monday 14 December, the proposal Sunday the 13th.
"""

from datetime import date

import pytest

from sop_flows.actions.reschedule import choose_date, date_window, reschedule
from sop_flows.core.work import Work
from sop_flows.errors import (
    AlreadyDoneError,
    FutureWorkError,
    NeedsReasonError,
    NotFoundError,
    NotYetError,
    NotYoursError,
    OutsideWindowError,
)
from storage.tables import Task
from tests.support.institution import Home


@pytest.fixture
def visit(home: Home) -> Task:
    """9.1.09 step 1, open; the day after the arrival, 09.00."""
    home.angkatan()
    home.it_is("2026-12-02 09.00")
    return home.task("9.1.09", 1)


def choose(home: Home, visit: Task, on: date) -> Task:
    return home.tap(choose_date, home.dewi, visit.id, on)


def test_it_opens_the_day_after_the_arrival(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-12-01 23.59")
    assert home.tasks("9.1.09", 1) == ()
    home.it_is("2026-12-02 00.00")
    assert home.task("9.1.09", 1).state == "open"


def test_the_window_and_the_proposal(home: Home, visit: Task) -> None:
    with home.reading() as s:
        assert date_window(Work(s, home.house, home.now), visit) == (
            date(2026, 12, 8),
            date(2026, 12, 14),
            date(2026, 12, 13),
        )


def test_the_proposal_stands_until_a_date_is_chosen(home: Home, visit: Task) -> None:
    assert home.due(visit) == "2026-12-13 16.00"
    assert home.fresh(visit).chosen_on is None
    assert home.owed(visit) == [
        ("2026-12-02 07.30", "choose", "Dewi"),
        ("2026-12-05 07.30", "not_chosen", "Kirana"),
        ("2026-12-10 07.30", "lead:3", "Dewi"),
        ("2026-12-12 07.30", "lead:1", "Dewi"),
        ("2026-12-13 07.30", "morning", "Dewi"),
    ]


def test_choosing_sets_the_due_date_and_confirms_nothing(home: Home, visit: Task) -> None:
    choose(home, visit, date(2026, 12, 12))
    assert home.due(visit) == "2026-12-12 16.00"
    assert home.fresh(visit).chosen_on == date(2026, 12, 12)
    assert home.fresh(visit).state == "open"
    assert home.said(visit) == []


def test_the_reminders_move_with_the_date(home: Home, visit: Task) -> None:
    choose(home, visit, date(2026, 12, 12))
    assert home.owed(visit) == [
        ("2026-12-09 07.30", "lead:3", "Dewi"),
        ("2026-12-11 07.30", "lead:1", "Dewi"),
        ("2026-12-12 07.30", "morning", "Dewi"),
    ]
    choose(home, visit, date(2026, 12, 14))
    assert [at for at, _rule, _who in home.owed(visit)] == [
        "2026-12-11 07.30", "2026-12-13 07.30", "2026-12-14 07.30",
    ]  # fmt: skip


@pytest.mark.parametrize("on", [date(2026, 12, 8), date(2026, 12, 14)])
def test_both_ends_of_the_window_can_be_chosen(home: Home, visit: Task, on: date) -> None:
    choose(home, visit, on)
    assert home.fresh(visit).chosen_on == on


@pytest.mark.parametrize("on", [date(2026, 12, 7), date(2026, 12, 15)])
def test_a_date_outside_week_two_is_refused_with_the_window(home: Home, visit: Task, on: date) -> None:
    with pytest.raises(OutsideWindowError) as refused:
        choose(home, visit, on)
    assert (refused.value.earliest, refused.value.latest) == (date(2026, 12, 8), date(2026, 12, 14))
    assert home.fresh(visit).chosen_on is None


def test_a_day_that_is_over_cannot_be_chosen(home: Home, visit: Task) -> None:
    home.it_is("2026-12-10 09.00")
    with pytest.raises(FutureWorkError):
        choose(home, visit, date(2026, 12, 9))


def test_choosing_is_for_bimbingan(home: Home, visit: Task) -> None:
    with pytest.raises(NotYoursError):
        home.tap(choose_date, home.budi, visit.id, date(2026, 12, 12))


def test_only_this_step_has_a_date_to_choose(home: Home, visit: Task) -> None:
    with pytest.raises(NotFoundError):
        home.tap(choose_date, home.budi, home.task("9.2.12", 1).id, date(2026, 12, 12))


def test_the_head_is_told_on_day_four_when_nobody_chose(home: Home, visit: Task) -> None:
    home.it_is("2026-12-05 07.29")
    assert ("not_chosen", "Kirana") not in home.send_due()
    home.it_is("2026-12-05 07.30")
    assert home.send_due() == [("not_chosen", "Kirana")]
    assert home.due(visit) == "2026-12-13 16.00"


def test_the_kasi_is_told_where_there_is_one(home: Home) -> None:
    home.officer("Lestari", head="bimbingan")
    home.angkatan()
    home.it_is("2026-12-05 08.00")
    assert ("not_chosen", "Lestari") in home.send_due()


def test_nobody_is_told_when_it_was_chosen_in_time(home: Home, visit: Task) -> None:
    choose(home, visit, date(2026, 12, 12))
    home.it_is("2026-12-05 08.00")
    assert home.send_due() == []


def test_a_proposal_on_day_seven_is_told_on_day_three(home: Home) -> None:
    """Arrival on Sunday 29 November: the Sunday of week two is day 7, and its first reminder is on day 4."""
    home.angkatan(arrival="2026-11-29")
    home.it_is("2026-11-30 09.00")
    visit = home.task("9.1.09", 1)
    assert home.due(visit) == "2026-12-06 16.00"
    assert ("2026-12-02 07.30", "not_chosen", "Kirana") in home.owed(visit)
    assert ("2026-12-03 07.30", "lead:3", "Dewi") in home.owed(visit)


def test_it_is_confirmed_on_the_day_not_before(home: Home, visit: Task) -> None:
    choose(home, visit, date(2026, 12, 12))
    home.it_is("2026-12-11 17.00")
    with pytest.raises(NotYetError):
        home.confirm(home.dewi, visit)
    home.it_is("2026-12-12 09.00")
    home.confirm(home.dewi, visit)
    assert home.states("9.1.09") == {1: "done", 2: "open"}
    assert home.entries(home.task("9.1.09", 2)) == {1: "open", 2: "open", 3: "open"}


def test_without_a_choice_it_is_confirmed_on_the_proposed_day(home: Home, visit: Task) -> None:
    home.it_is("2026-12-13 10.00")
    home.confirm(home.dewi, visit)
    assert home.states("9.1.09") == {1: "done", 2: "open"}


def test_after_the_visit_no_date_can_be_chosen(home: Home, visit: Task) -> None:
    home.it_is("2026-12-13 10.00")
    home.confirm(home.dewi, visit)
    with pytest.raises(AlreadyDoneError):
        choose(home, visit, date(2026, 12, 14))


def test_attendance_is_due_on_the_day_of_the_visit(home: Home, visit: Task) -> None:
    """A target that has passed is moved to the day on which the step opens."""
    choose(home, visit, date(2026, 12, 12))
    home.it_is("2026-12-12 10.00")
    home.confirm(home.dewi, visit)
    assert home.due(home.task("9.1.09", 2)) == "2026-12-12 16.00"


def test_rescheduling_it_is_choosing_with_a_reason(home: Home, visit: Task) -> None:
    home.tap(reschedule, home.dewi, visit.id, date(2026, 12, 12), "hari pasar")
    assert home.due(visit) == "2026-12-12 16.00"
    assert home.said(visit) == [("rescheduled", "Dewi")]
    assert home.notices(home.kirana) == ["rescheduled"]
    with pytest.raises(OutsideWindowError):
        home.tap(reschedule, home.dewi, visit.id, date(2026, 12, 20), "hari pasar")


def test_rescheduling_it_needs_a_reason_too(home: Home, visit: Task) -> None:
    with pytest.raises(NeedsReasonError):
        home.tap(reschedule, home.dewi, visit.id, date(2026, 12, 12), " ")
    assert home.fresh(visit).chosen_on is None


def test_asked_once_to_choose_whatever_else_happens_that_day(home: Home, visit: Task) -> None:
    """The morning's question went out; a colleague who enrols at noon does not bring it again."""
    sent = home.send_due()
    assert ("choose", "Dewi") in sent
    home.it_is("2026-12-02 12.00")
    home.officer("Lestari", head="bimbingan")
    home.later(minutes=1)
    assert ("choose", "Dewi") not in home.send_due()
