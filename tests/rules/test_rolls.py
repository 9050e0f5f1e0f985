"""One task, an entry per child: who is on the list, who joins later, who leaves."""

from datetime import date

import pytest

from sop_flows.actions.cohorts import membership
from sop_flows.actions.reschedule import reschedule_entry
from sop_flows.errors import AlreadyDoneError, NeedsReasonError, NotFoundError
from storage.tables import Task
from tests.support.institution import Home


@pytest.fixture
def arrived(home: Home) -> Home:
    """The morning of the arrival; children 1, 2 and 3."""
    home.angkatan()
    home.it_is("2026-12-01 08.00")
    return home


def health_check(home: Home) -> Task:
    """9.2.15 step 3, every child; open."""
    return home.finish_until("9.2.15", 3, through=("9.2.15",))


def visits(home: Home) -> Task:
    """9.1.12 step 2, flagged children; open on the day of arrival. Flag somebody first."""
    return home.finish_until("9.1.12", 2)


# --- closing ----------------------------------------------------------------------------------------------


def test_one_task_with_an_entry_for_each_child(arrived: Home) -> None:
    roll = health_check(arrived)
    assert arrived.entries(roll) == {1: "open", 2: "open", 3: "open"}
    assert arrived.mine(arrived.budi).count(("9.2.15", 3)) == 1


def test_it_is_done_when_each_has_a_record_or_a_reason(arrived: Home) -> None:
    roll = health_check(arrived)
    arrived.record(arrived.budi, roll, 1, 2)
    assert arrived.fresh(roll).state == "open"
    done = arrived.excuse(arrived.rahmat, roll, 3)
    assert done.outcome is not None
    assert arrived.entries(roll) == {1: "done", 2: "done", 3: "excused"}
    assert arrived.fresh(roll).state == "done"
    assert arrived.said(roll) == [("done", "Rahmat")]  # one confirmation, by who finished it


def test_it_cannot_be_confirmed_past_the_children(arrived: Home) -> None:
    roll = health_check(arrived)
    arrived.record(arrived.budi, roll, 1)
    with pytest.raises(NotFoundError):
        arrived.confirm(arrived.budi, roll)
    assert arrived.fresh(roll).state == "open"


def test_a_child_is_recorded_once(arrived: Home) -> None:
    roll = health_check(arrived)
    arrived.record(arrived.budi, roll, 1)
    with pytest.raises(AlreadyDoneError) as refused:
        arrived.record(arrived.rahmat, roll, 1)
    assert refused.value.who == "Budi"


def test_two_officers_share_one_list(arrived: Home) -> None:
    roll = health_check(arrived)
    arrived.record(arrived.budi, roll, 1)
    arrived.record(arrived.rahmat, roll, 2)
    arrived.record(arrived.budi, roll, 3)
    assert arrived.said(roll) == [("done", "Budi")]


def test_a_reason_needs_words(arrived: Home) -> None:
    roll = health_check(arrived)
    with pytest.raises(NeedsReasonError):
        arrived.excuse(arrived.budi, roll, 1, "  ")
    assert arrived.entries(roll)[1] == "open"


# --- put off ----------------------------------------------------------------------------------------------


def test_a_sick_child_is_put_off_to_tomorrow_and_is_not_late(arrived: Home) -> None:
    arrived.it_is("2026-12-11 09.00")
    roll = arrived.task("9.2.15", 4, 1)
    arrived.record(arrived.budi, roll, 1, 2)
    arrived.put_off(arrived.budi, roll, 3)
    assert arrived.entry_dues(roll) == {3: "2026-12-12 16.00"}
    assert arrived.due(roll) == "2026-12-12 16.00"
    assert arrived.fresh(roll).state == "open"


def test_the_task_is_due_with_its_earliest_child(arrived: Home) -> None:
    arrived.it_is("2026-12-11 09.00")
    roll = arrived.task("9.2.15", 4, 1)
    arrived.put_off(arrived.budi, roll, 3)
    assert arrived.due(roll) == "2026-12-11 16.00"
    arrived.record(arrived.budi, roll, 1, 2)
    assert arrived.due(roll) == "2026-12-12 16.00"


def test_putting_off_never_brings_a_child_forward(arrived: Home) -> None:
    """A home visit due in three days stays due then."""
    arrived.flag(arrived.sari, 2)
    arrived.record(arrived.dewi, visits(arrived))
    visit = arrived.task("9.1.12", 3)
    arrived.put_off(arrived.dewi, visit, 2, "keluarga ke luar kota")
    assert arrived.entry_dues(visit) == {2: "2026-12-04 16.00"}


# --- leaving ----------------------------------------------------------------------------------------------


def test_after_it_left_nothing_is_asked_about_a_child(arrived: Home) -> None:
    roll = health_check(arrived)
    arrived.leaves(arrived.budi, 3)
    assert arrived.entries(roll) == {1: "open", 2: "open", 3: "withdrawn"}
    arrived.record(arrived.budi, roll)
    assert arrived.fresh(roll).state == "done"
    arrived.it_is("2026-12-11 08.00")
    assert arrived.entries(arrived.task("9.2.15", 4, 1)) == {1: "open", 2: "open"}


def test_when_the_last_open_child_leaves_the_roll_is_done(arrived: Home) -> None:
    roll = health_check(arrived)
    arrived.record(arrived.budi, roll, 1, 2)
    arrived.leaves(arrived.budi, 3)
    assert arrived.fresh(roll).state == "done"
    assert arrived.states("9.2.15") == {2: "done", 3: "done"}


def test_when_every_child_of_a_roll_leaves_it_is_empty_and_nobody_did_it(arrived: Home) -> None:
    """Only child 2 was flagged; it goes home before anything was recorded."""
    arrived.flag(arrived.sari, 2)
    roll = visits(arrived)
    arrived.leaves(arrived.tari, 2)
    assert (arrived.fresh(roll).state, arrived.fresh(roll).close_reason) == ("skipped", "no_children")
    assert arrived.said(roll) == []
    assert arrived.runs("9.1.12") == ["closed"]


def test_what_was_recorded_about_a_child_stays(arrived: Home) -> None:
    roll = health_check(arrived)
    arrived.record(arrived.budi, roll, 3)
    arrived.leaves(arrived.budi, 3)
    assert arrived.entries(roll) == {1: "open", 2: "open", 3: "done"}


def test_its_own_runs_close_with_the_reason(arrived: Home) -> None:
    arrived.flag(arrived.sari, 2)
    counselling = arrived.task("9.1.08", 2, child=2)
    arrived.leaves(arrived.budi, 2)
    run = arrived.run("9.1.08")
    assert (run.state, run.close_reason) == ("closed", "left")
    assert (arrived.fresh(counselling).state, arrived.fresh(counselling).close_reason) == (
        "withdrawn",
        "left",
    )
    assert ("9.1.08", 2) not in arrived.mine(arrived.sari)


def test_a_child_that_is_back_stands_on_the_open_lists_again(arrived: Home) -> None:
    roll = health_check(arrived)
    arrived.leaves(arrived.budi, 3)
    arrived.call(membership.reinstate, arrived.budi, arrived.child(3).id, mistaken=True)
    assert arrived.entries(roll) == {1: "open", 2: "open", 3: "open"}


def test_its_counselling_goes_on_where_it_stopped(arrived: Home) -> None:
    arrived.flag(arrived.sari, 2)
    arrived.skip(arrived.sari, arrived.task("9.1.08", 2, child=2), "kelompok sudah ada")
    arrived.leaves(arrived.budi, 2)
    arrived.call(membership.reinstate, arrived.budi, arrived.child(2).id, mistaken=True)
    assert arrived.runs("9.1.08") == ["open"]
    assert arrived.states("9.1.08") == {2: "skipped", 3: "open"}


def test_a_mark_that_was_taken_away_does_not_come_back_with_the_child(arrived: Home) -> None:
    arrived.flag(arrived.sari, 2, 3)
    roll = visits(arrived)
    arrived.flag(arrived.sari, 3, wanted=False)
    arrived.leaves(arrived.budi, 3)
    arrived.call(membership.reinstate, arrived.budi, arrived.child(3).id, mistaken=True)
    assert arrived.entries(roll) == {2: "open", 3: "withdrawn"}


# --- joining ----------------------------------------------------------------------------------------------


def test_nobody_flagged_the_roll_is_empty_and_the_chain_goes_on(arrived: Home) -> None:
    arrived.finish_until("9.2.10", 5)
    arrived.confirm(arrived.dewi, arrived.task("9.2.10", 5))
    assert arrived.states("9.1.12") == {2: "skipped", 3: "skipped"}
    assert {t.close_reason for t in (arrived.task("9.1.12", 2), arrived.task("9.1.12", 3))} == {"no_children"}
    assert arrived.runs("9.1.12") == ["closed"]
    assert arrived.mine(arrived.dewi) == []


def test_a_child_flagged_later_joins_the_open_roll(arrived: Home) -> None:
    arrived.flag(arrived.sari, 2)
    roll = visits(arrived)
    arrived.it_is("2026-12-03 09.00")
    arrived.flag(arrived.sari, 3)
    assert arrived.entries(roll) == {2: "open", 3: "open"}
    assert arrived.entry_dues(roll) == {2: "2026-12-02 16.00", 3: "2026-12-04 16.00"}  # its own day
    assert arrived.due(roll) == "2026-12-02 16.00"


def test_a_child_flagged_later_reopens_a_closed_roll(arrived: Home) -> None:
    arrived.flag(arrived.sari, 2)
    roll = visits(arrived)
    arrived.record(arrived.dewi, roll)
    arrived.record(arrived.dewi, arrived.task("9.1.12", 3))
    assert arrived.runs("9.1.12") == ["closed"]
    arrived.it_is("2026-12-05 09.00")
    arrived.flag(arrived.sari, 3)
    assert arrived.runs("9.1.12") == ["open"]
    assert arrived.entries(roll) == {2: "done", 3: "open"}
    assert arrived.due(roll) == "2026-12-06 16.00"
    arrived.record(arrived.dewi, roll)
    assert arrived.entries(arrived.task("9.1.12", 3)) == {2: "done", 3: "open"}
    arrived.record(arrived.dewi, arrived.task("9.1.12", 3))
    assert arrived.runs("9.1.12") == ["closed"]


def test_a_child_flagged_later_reopens_an_empty_roll(arrived: Home) -> None:
    arrived.finish_until("9.2.10", 5)
    arrived.confirm(arrived.dewi, arrived.task("9.2.10", 5))
    arrived.flag(arrived.sari, 3)
    assert arrived.runs("9.1.12") == ["open"]
    assert arrived.states("9.1.12") == {2: "open", 3: "skipped"}
    assert arrived.entries(arrived.task("9.1.12", 2)) == {3: "open"}
    arrived.record(arrived.dewi, arrived.task("9.1.12", 2))
    assert arrived.states("9.1.12") == {2: "done", 3: "open"}


def test_flagging_starts_the_childs_counselling_at_once(arrived: Home) -> None:
    arrived.flag(arrived.sari, 2)
    assert arrived.runs("9.1.08") == ["open"]
    assert arrived.task("9.1.08", 2).child_id == arrived.child(2).id
    assert ("9.1.08", 2) in arrived.mine(arrived.sari)


def test_flagged_twice_is_flagged_once(arrived: Home) -> None:
    arrived.flag(arrived.sari, 2)
    arrived.flag(arrived.sari, 2)
    assert arrived.runs("9.1.08") == ["open"]


def test_a_mark_taken_away_takes_the_child_off_the_list(arrived: Home) -> None:
    arrived.flag(arrived.sari, 2, 3)
    roll = visits(arrived)
    arrived.flag(arrived.sari, 3, wanted=False)
    assert arrived.entries(roll) == {2: "open", 3: "withdrawn"}
    assert arrived.runs("9.1.08") == ["open", "withdrawn"]


def test_the_last_mark_taken_away_leaves_an_empty_list(arrived: Home) -> None:
    arrived.flag(arrived.sari, 2)
    roll = visits(arrived)
    arrived.flag(arrived.sari, 2, wanted=False)
    assert (arrived.fresh(roll).state, arrived.fresh(roll).close_reason) == ("skipped", "no_children")
    assert arrived.runs("9.1.12") == ["closed"]


def test_the_last_open_mark_taken_away_finishes_a_list_that_was_begun(arrived: Home) -> None:
    arrived.flag(arrived.sari, 2, 3)
    roll = visits(arrived)
    arrived.record(arrived.dewi, roll, 2)
    arrived.flag(arrived.sari, 3, wanted=False)
    assert arrived.fresh(roll).state == "done"


def test_a_child_flagged_again_is_on_the_list_again(arrived: Home) -> None:
    arrived.flag(arrived.sari, 2, 3)
    roll = visits(arrived)
    arrived.flag(arrived.sari, 3, wanted=False)
    arrived.it_is("2026-12-02 09.00")
    arrived.flag(arrived.sari, 3)
    assert arrived.entries(roll) == {2: "open", 3: "open"}
    assert arrived.entry_dues(roll)[3] == "2026-12-03 16.00"
    assert arrived.runs("9.1.08") == ["open", "withdrawn", "open"]


def test_a_child_flagged_in_the_evening_is_not_late_at_once(arrived: Home) -> None:
    """9.1.09 step 3 has a target, not a time of its own: whoever joins after 16.00 has until tomorrow."""
    arrived.it_is("2026-12-13 10.00")
    arrived.confirm(arrived.dewi, arrived.task("9.1.09", 1))
    arrived.flag(arrived.sari, 2)
    arrived.record(arrived.dewi, arrived.task("9.1.09", 2))
    arrived.it_is("2026-12-15 17.30")
    arrived.flag(arrived.sari, 3)
    assert arrived.entry_dues(arrived.task("9.1.09", 3))[3] == "2026-12-16 16.00"


# --- a child's own next step --------------------------------------------------------------------------------


def test_a_visit_opens_when_that_childs_data_is_in(arrived: Home) -> None:
    """SOP 9.1.12: parents' data 1 day, the visit 3 days, each child for itself."""
    arrived.flag(arrived.sari, 1, 2, 3)
    data = visits(arrived)
    assert arrived.tasks("9.1.12", 3) == ()
    arrived.record(arrived.dewi, data, 2)
    visit = arrived.task("9.1.12", 3)
    assert arrived.entries(visit) == {2: "open"}
    assert arrived.entry_dues(visit) == {2: "2026-12-04 16.00"}
    arrived.it_is("2026-12-02 09.00")
    arrived.record(arrived.dewi, data, 1)
    assert arrived.entry_dues(visit) == {1: "2026-12-05 16.00", 2: "2026-12-04 16.00"}
    assert arrived.due(visit) == "2026-12-04 16.00"


def test_the_visits_wait_for_the_children_still_to_come(arrived: Home) -> None:
    arrived.flag(arrived.sari, 1, 2)
    data = visits(arrived)
    arrived.record(arrived.dewi, data, 1)
    visit = arrived.task("9.1.12", 3)
    arrived.record(arrived.dewi, visit, 1)
    assert arrived.fresh(visit).state == "open"
    arrived.record(arrived.dewi, data, 2)
    arrived.record(arrived.dewi, visit, 2)
    assert arrived.fresh(visit).state == "done"
    assert arrived.runs("9.1.12") == ["closed"]


def test_a_child_without_data_is_not_visited(arrived: Home) -> None:
    arrived.flag(arrived.sari, 1, 2)
    data = visits(arrived)
    arrived.record(arrived.dewi, data, 1)
    arrived.excuse(arrived.dewi, data, 2, "orang tua tidak diketahui")
    assert arrived.entries(arrived.task("9.1.12", 3)) == {1: "open"}
    arrived.record(arrived.dewi, arrived.task("9.1.12", 3))
    assert arrived.runs("9.1.12") == ["closed"]


def test_the_last_data_excused_after_the_visits_ends_it_all(arrived: Home) -> None:
    arrived.flag(arrived.sari, 1, 2)
    data = visits(arrived)
    arrived.record(arrived.dewi, data, 1)
    arrived.record(arrived.dewi, arrived.task("9.1.12", 3), 1)
    arrived.excuse(arrived.dewi, data, 2, "orang tua tidak diketahui")
    assert arrived.states("9.1.12") == {2: "done", 3: "done"}
    assert arrived.runs("9.1.12") == ["closed"]


def test_the_visits_do_not_wait_for_a_child_who_left(arrived: Home) -> None:
    """Child 1 was visited, child 2 leaves before its data is in: nothing is left to do."""
    arrived.flag(arrived.sari, 1, 2)
    data = visits(arrived)
    arrived.record(arrived.dewi, data, 1)
    arrived.record(arrived.dewi, arrived.task("9.1.12", 3), 1)
    arrived.leaves(arrived.budi, 2)
    assert arrived.states("9.1.12") == {2: "done", 3: "done"}
    assert arrived.runs("9.1.12") == ["closed"]


def test_the_visits_do_not_wait_for_data_that_is_skipped(arrived: Home) -> None:
    arrived.flag(arrived.sari, 1, 2)
    data = visits(arrived)
    arrived.record(arrived.dewi, data, 1)
    arrived.record(arrived.dewi, arrived.task("9.1.12", 3), 1)
    arrived.skip(arrived.dewi, data, "data sudah ada di kantor")
    assert arrived.states("9.1.12") == {2: "skipped", 3: "done"}
    assert arrived.runs("9.1.12") == ["closed"]


def test_the_visits_do_not_wait_for_a_mark_taken_away(arrived: Home) -> None:
    arrived.flag(arrived.sari, 1, 2)
    data = visits(arrived)
    arrived.record(arrived.dewi, data, 1)
    arrived.record(arrived.dewi, arrived.task("9.1.12", 3), 1)
    arrived.flag(arrived.sari, 2, wanted=False)
    assert arrived.states("9.1.12") == {2: "done", 3: "done"}


def test_one_childs_visit_is_moved_alone(arrived: Home) -> None:
    arrived.flag(arrived.sari, 1, 2)
    arrived.record(arrived.dewi, visits(arrived))
    visit = arrived.task("9.1.12", 3)
    arrived.tap(
        reschedule_entry,
        arrived.dewi,
        visit.id,
        arrived.child(1).id,
        date(2026, 12, 8),
        "orang tua melaut",
    )
    assert arrived.entry_dues(visit) == {1: "2026-12-08 16.00", 2: "2026-12-04 16.00"}
    assert arrived.due(visit) == "2026-12-04 16.00"
    arrived.record(arrived.dewi, visit, 2)
    assert arrived.due(visit) == "2026-12-08 16.00"
