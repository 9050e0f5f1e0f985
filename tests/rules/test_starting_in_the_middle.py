"""The first day of use is an ordinary day, with an angkatan already in the house or on its way."""

from collections import Counter
from datetime import date

import pytest
from sqlmodel import select

from sop_flows.actions.cohorts import before_pandu
from sop_flows.actions.confirm import confirm_before
from sop_flows.core.states import is_late
from sop_flows.errors import NotFoundError, NotPermittedError
from storage.tables import Task
from tests.support.clocks import wita
from tests.support.institution import Home, local


def open_on(home: Home, day: str, arrival: str = "2026-12-01") -> None:
    """Open the angkatan on that day."""
    home.now = wita(day)
    home.angkatan(arrival=arrival)


def every_task(home: Home) -> list[Task]:
    with home.reading() as s:
        return list(s.exec(select(Task).order_by("id")))


def before(home: Home) -> Counter[tuple[str, int]]:
    """How often each step is on the list "sudah dilaksanakan sebelum Pandu dipakai"."""
    return Counter((task.sop, task.step) for task in every_task(home) if task.is_before_pandu)


def ordinary(home: Home) -> list[tuple[str, int, int, str, str | None]]:
    """Everything else: SOP, step, occurrence, state, due."""
    return [
        (t.sop, t.step, t.occurrence, str(t.state), local(t.due_at))
        for t in sorted(every_task(home), key=lambda t: (t.sop, t.step, t.occurrence))
        if not t.is_before_pandu
    ]


def test_arrived_twelve_days_ago(home: Home) -> None:
    """Sunday 13 December, day 12 of the stay."""
    open_on(home, "2026-12-13 10.00")
    listed = before(home)
    assert {
        sop: [step for one, step in listed if one == sop] for sop in ("9.2.01", "9.2.03", "9.2.06", "9.2.10")
    } == {
        "9.2.01": [2, 3, 4, 5, 6],
        "9.2.03": [1, 2, 3, 4],
        "9.2.06": [2, 3, 4, 5],
        "9.2.10": [2, 3, 4, 5],
    }
    assert listed["9.2.15", 4] == 1  # the weigh-in of day 10
    assert [listed["9.2.12", step] for step in (1, 2, 3, 4, 5, 6)] == [1, 1, 12, 12, 12, 12]  # days 0 to 11
    assert listed["9.1.12", 2] == 1  # due on the 10th; the visits are due today
    assert "9.1.09" not in {sop for sop, _step in listed}  # the visit of week two is today


def test_what_is_owed_now_is_not_late(home: Home) -> None:
    open_on(home, "2026-12-13 10.00")
    assert ordinary(home) == [
        ("9.1.01", 4, 0, "open", "2026-12-16 16.00"),  # its steps 2 and 3 were of before today
        ("9.1.02", 3, 0, "open", "2026-12-16 16.00"),
        ("9.1.03", 3, 0, "open", "2026-12-16 16.00"),
        ("9.1.04", 3, 0, "open", "2026-12-16 16.00"),
        ("9.1.05", 3, 0, "open", "2026-12-16 16.00"),
        ("9.1.06", 3, 0, "open", "2026-12-16 16.00"),
        ("9.1.09", 1, 0, "open", "2026-12-13 16.00"),
        ("9.1.12", 3, 0, "open", "2026-12-16 16.00"),
        ("9.2.07", 2, 0, "open", "2026-12-16 16.00"),
        ("9.2.12", 3, 13, "open", "2026-12-13 20.00"),
        ("9.2.12", 3, 14, "waiting", "2026-12-14 20.00"),
        ("9.2.12", 3, 15, "waiting", "2026-12-15 20.00"),
        ("9.2.12", 4, 13, "open", "2026-12-13 20.00"),
        ("9.2.12", 4, 14, "waiting", "2026-12-14 20.00"),
        ("9.2.12", 4, 15, "waiting", "2026-12-15 20.00"),
        ("9.2.12", 5, 13, "open", "2026-12-13 20.00"),
        ("9.2.12", 5, 14, "waiting", "2026-12-14 20.00"),
        ("9.2.12", 5, 15, "waiting", "2026-12-15 20.00"),
        ("9.2.12", 6, 13, "open", "2026-12-13 20.00"),
        ("9.2.12", 6, 14, "waiting", "2026-12-14 20.00"),
        ("9.2.12", 6, 15, "waiting", "2026-12-15 20.00"),
        ("9.2.14", 4, 0, "open", "2026-12-16 16.00"),
        ("9.2.15", 4, 2, "waiting", "2026-12-21 16.00"),
        ("9.2.15", 4, 3, "waiting", "2026-12-30 18.00"),
        ("9.2.16", 2, 0, "open", "2026-12-13 16.00"),
    ]
    assert [task.id for task in every_task(home) if is_late(task, home.now)] == []


def test_nothing_before_pandu_is_reminded_of_or_in_the_list_of_anybody(home: Home) -> None:
    open_on(home, "2026-12-13 10.00")
    listed = {task.id for task in every_task(home) if task.is_before_pandu}
    assert [row for row in home.rows(None) if row.task_id in listed] == []
    assert [row for row in home.owed() if row[0] < "2026-12-13 00.00"] == []
    for officer in (home.kirana, home.tari, home.rahmat, home.budi, home.dewi, home.sari):
        assert not set(home.mine(officer)) & {("9.2.01", 2), ("9.2.05", 3), ("9.2.10", 3)}
    home.it_is("2026-12-20 10.00")
    assert [task.id for task in every_task(home) if task.is_before_pandu and is_late(task, home.now)] == []


def test_the_head_is_not_told_of_a_choice_nobody_could_make(home: Home) -> None:
    """Day 4 was before Pandu: the question goes to Bimbingan today, and the proposal stands."""
    open_on(home, "2026-12-07 10.00")
    visit = home.task("9.1.09", 1)
    assert home.owed(visit) == [
        ("2026-12-07 10.00", "choose", "Dewi"),
        ("2026-12-10 07.30", "lead:3", "Dewi"),
        ("2026-12-12 07.30", "lead:1", "Dewi"),
        ("2026-12-13 07.30", "morning", "Dewi"),
    ]


def test_opened_on_the_day_of_a_weigh_in(home: Home) -> None:
    open_on(home, "2026-12-11 10.00")
    weigh_in = home.task("9.2.15", 4, 1)
    assert (weigh_in.state, home.due(weigh_in)) == ("open", "2026-12-11 16.00")
    assert [rule for _at, rule, _who in home.owed(weigh_in)] == ["morning"]  # "besok" was yesterday


def test_arrives_in_ten_days(home: Home) -> None:
    """Friday 20 November, arrival Monday the 30th: the letters should be done, only the arrival itself is ahead.

    9.2.01 ends on 9 November, 9.2.02 on the 13th, 9.2.03 step 3 on the 18th when all goes well.
    """
    open_on(home, "2026-11-20 10.00", arrival="2026-11-30")
    assert dict(before(home)) == {
        **{("9.2.01", step): 1 for step in (2, 3, 4, 5, 6)},
        **{("9.2.02", step): 1 for step in (2, 3, 4, 5, 6, 7)},
        **{("9.2.03", step): 1 for step in (1, 2, 3)},
    }
    assert ordinary(home) == [("9.2.03", 4, 0, "waiting", "2026-11-30 16.00")]


def test_in_the_middle_of_a_sop_the_next_step_is_owed_from_now_on(home: Home) -> None:
    """Thursday 5 November: steps 2, 3 and 4 were due on the 2nd, 3rd and 4th; step 5 has two days from now."""
    open_on(home, "2026-11-05 10.00", arrival="2026-11-30")
    assert dict(before(home)) == {("9.2.01", 2): 1, ("9.2.01", 3): 1, ("9.2.01", 4): 1}
    assert ordinary(home) == [("9.2.01", 5, 0, "open", "2026-11-09 16.00")]


def test_between_two_sops_the_next_one_starts_now(home: Home) -> None:
    """Tuesday 10 November: 9.2.01 should have ended yesterday."""
    open_on(home, "2026-11-10 10.00", arrival="2026-12-01")
    assert dict(before(home)) == {("9.2.01", step): 1 for step in (2, 3, 4, 5, 6)}
    assert ordinary(home) == [("9.2.02", 2, 0, "open", "2026-11-10 11.00")]


def test_opened_in_the_evening_nothing_is_late_at_once(home: Home) -> None:
    """The day of arrival, 17.00: what is owed today is due tomorrow."""
    open_on(home, "2026-12-01 17.00")
    assert home.due(home.task("9.2.04", 1)) == "2026-12-02 16.00"
    assert [(task.sop, task.step) for task in every_task(home) if is_late(task, home.now)] == []


def test_confirmed_in_bulk(home: Home) -> None:
    open_on(home, "2026-11-05 10.00", arrival="2026-11-30")
    cohort_id = home.task("9.2.01", 2).cohort_id
    count = home.tap(before_pandu.confirm_all, home.tari, cohort_id, None)
    assert count == 3
    done = home.task("9.2.01", 3)
    assert (done.state, done.close_reason, done.done_on) == ("done", "before_pandu", None)
    assert home.said(done) == [("done", "Tari")]
    assert home.states("9.2.01") == {2: "done", 3: "done", 4: "done", 5: "open"}


def test_confirmed_with_its_date(home: Home) -> None:
    open_on(home, "2026-11-05 10.00", arrival="2026-11-30")
    task = home.task("9.2.01", 3)
    [said] = home.tap(confirm_before, home.tari, task.id, date(2026, 10, 20))
    assert said.done_on == date(2026, 10, 20)


def test_every_part_of_a_joint_step_is_confirmed_at_once(home: Home) -> None:
    open_on(home, "2026-12-13 10.00")
    joint = home.task("9.2.10", 3)
    home.tap(confirm_before, home.tari, joint.id, None)
    assert home.said(joint) == [("part_done", "Tari"), ("done", "Tari")]
    assert home.fresh(joint).state == "done"


def test_what_was_confirmed_so_can_be_undone(home: Home) -> None:
    open_on(home, "2026-11-05 10.00", arrival="2026-11-30")
    task = home.task("9.2.01", 4)
    home.tap(confirm_before, home.tari, task.id, None)
    home.undo(home.tari, task)
    assert home.fresh(task).state == "before_pandu"
    assert home.states("9.2.01")[5] == "open"


def test_the_end_of_a_sop_before_pandu_starts_nothing_twice(home: Home) -> None:
    open_on(home, "2026-11-10 10.00", arrival="2026-12-01")
    cohort_id = home.task("9.2.01", 2).cohort_id
    home.tap(before_pandu.confirm_all, home.tari, cohort_id, None)
    assert home.runs("9.2.01") == ["closed"]
    assert home.runs("9.2.02") == ["open"]
    assert home.states("9.2.02") == {2: "open"}


def test_an_ordinary_task_is_not_on_that_list(home: Home) -> None:
    open_on(home, "2026-11-05 10.00", arrival="2026-11-30")
    with pytest.raises(NotFoundError):
        home.tap(confirm_before, home.tari, home.task("9.2.01", 5).id, None)


def test_home_visits_that_were_over_end_with_the_list(home: Home) -> None:
    """Nobody is flagged: once the data of the parents is confirmed, no visit is waited for."""
    open_on(home, "2026-12-13 10.00")
    home.tap(confirm_before, home.tari, home.task("9.1.12", 2).id, None)
    visit = home.task("9.1.12", 3)
    assert (visit.state, visit.close_reason) == ("skipped", "no_children")
    assert home.runs("9.1.12") == ["closed"]


@pytest.mark.parametrize("confirmed_first", [True, False])
def test_a_child_flagged_from_now_on_is_visited(home: Home, confirmed_first: bool) -> None:
    """The assessment was before Pandu; Sari marks a child today."""
    open_on(home, "2026-12-13 10.00")
    if confirmed_first:
        home.tap(confirm_before, home.tari, home.task("9.1.12", 2).id, None)
    home.flag(home.sari, 2)
    data = home.task("9.1.12", 2)
    assert data.state == "open"
    assert home.entry_dues(data) == {2: "2026-12-14 16.00"}
    assert home.in_charge(data) == ("Dewi", "sole")
    assert ("9.1.12", 2) in home.mine(home.dewi)
    home.record(home.dewi, data)
    assert home.entries(home.task("9.1.12", 3)) == {2: "open"}


def test_of_a_second_angkatan_the_sections_say_what_was_done(home: Home) -> None:
    """Pandu is in use since 26 October: what a second angkatan should have done since is no work of before Pandu."""
    home.angkatan("Angkatan III", arrival="2026-12-01")
    home.now = wita("2026-11-20 10.00")
    later = home.angkatan("Angkatan IV", arrival="2026-12-15")
    tasks = [task for task in every_task(home) if task.is_before_pandu and task.cohort_id == later.id]
    assert {task.sop for task in tasks} == {"9.2.01"}
    assert "steps_past" in home.notices(home.budi)
    assert "before_pandu" not in home.notices(home.tari)
    assert home.tap(before_pandu.confirm_all, home.tari, later.id, None) == 0
    with pytest.raises(NotPermittedError):
        home.tap(before_pandu.confirm_all, home.dewi, later.id, None)
    assert home.tap(before_pandu.confirm_all, home.budi, later.id, None) == len(tasks)
