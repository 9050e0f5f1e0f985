"""The dates of an angkatan move: what is not done is planned anew, what was done stays.

The angkatan is to stay from Tuesday 1 to Thursday 31 December 2026; it was opened on Monday 26 October.
"""

from datetime import date

import pytest
from sqlmodel import col, select

from sop_flows.actions.cohorts.cohort_end import close_cohort, reopen_cohort
from sop_flows.actions.cohorts.cohorts import StayOddError
from sop_flows.actions.cohorts.date_changes import Changes
from sop_flows.actions.cohorts.moving_dates import (
    DepartureOverError,
    HasHappenedError,
    NothingMovedError,
    last_move,
    move_cohort,
)
from sop_flows.actions.reschedule import choose_date, reschedule
from sop_flows.errors import NeedsReasonError, NotPermittedError, NotYetError
from storage.tables import Cohort, Membership, Officer, Task, TaskState
from tests.support.institution import Home, local


@pytest.fixture
def cohort(home: Home) -> Cohort:
    """Opened five weeks before the arrival."""
    return home.angkatan()


def move(
    home: Home,
    cohort: Cohort,
    arrival: str = "2026-12-01",
    departure: str = "2026-12-31",
    by: Officer | None = None,
    reason: str = "ombak tinggi",
) -> Changes:
    """TU moves the dates."""
    return home.tap(
        move_cohort,
        by or home.tari,
        cohort.id,
        date.fromisoformat(arrival),
        date.fromisoformat(departure),
        reason,
    )


def live(home: Home) -> list[tuple[str, int, int, str, str | None, str | None]]:
    """Everything that is open or waits: SOP, step, occurrence, state, opening (of what waits), due."""
    with home.reading() as s:
        found = s.exec(select(Task).where(Task.state.in_((TaskState.OPEN, TaskState.WAITING)))).all()  # type: ignore[attr-defined]
        return sorted(
            (t.sop, t.step, t.occurrence, str(t.state), local(t.opens_at) if t.state == "waiting" else None,
             local(t.due_at))
            for t in found
        )  # fmt: skip


def opens(home: Home, sop: str) -> tuple[str, str | None]:
    run = home.run(sop)
    return str(run.state), local(run.opens_at)


# --- who, and what is refused -------------------------------------------------------------------------------


def test_only_who_opens_an_angkatan_moves_it_and_says_why(home: Home, cohort: Cohort) -> None:
    with pytest.raises(NotPermittedError):
        move(home, cohort, arrival="2026-12-04", by=home.budi)
    with pytest.raises(NeedsReasonError):
        move(home, cohort, arrival="2026-12-04", reason=" ")
    with pytest.raises(NothingMovedError):
        move(home, cohort)
    with pytest.raises(StayOddError):
        move(home, cohort, arrival="2027-01-01")
    with pytest.raises(StayOddError):
        move(home, cohort, departure="2027-06-01")
    assert home.look(last_move, cohort.id or 0) is None


def test_who_moved_it_and_why_is_kept(home: Home, cohort: Cohort) -> None:
    move(home, cohort, arrival="2026-12-04", departure="2027-01-03")
    kept = home.look(last_move, cohort.id or 0)
    assert kept is not None
    assert (kept.arrival_from, kept.arrival_on) == (date(2026, 12, 1), date(2026, 12, 4))
    assert (kept.departure_from, kept.departure_on) == (date(2026, 12, 31), date(2027, 1, 3))
    assert (kept.reason, kept.officer_id) == ("ombak tinggi", home.tari.id)


def test_an_arrival_that_has_happened_stays(home: Home, cohort: Cohort) -> None:
    home.it_is("2026-12-01 09.00")
    home.confirm(home.budi, home.task("9.2.12", 3, 1))
    with pytest.raises(HasHappenedError) as refused:
        move(home, cohort, arrival="2026-12-04")
    assert (refused.value.anchor, refused.value.sop, refused.value.step) == ("arrival", "9.2.12", 3)
    move(home, cohort, departure="2026-12-28")  # the departure still moves


def test_a_departure_that_is_over_is_refused(home: Home, cohort: Cohort) -> None:
    home.it_is("2026-12-20 09.00")
    with pytest.raises(DepartureOverError):
        move(home, cohort, departure="2026-12-19")


# --- the arrival is put off ---------------------------------------------------------------------------------


def test_runs_that_wait_begin_by_the_new_dates(home: Home, cohort: Cohort) -> None:
    assert opens(home, "9.2.12") == ("waiting", "2026-12-01 00.00")
    move(home, cohort, arrival="2026-12-04", departure="2027-01-03")
    assert opens(home, "9.2.12") == ("waiting", "2026-12-04 00.00")
    assert opens(home, "9.1.09") == ("waiting", "2026-12-05 00.00")


def test_a_run_that_nobody_worked_on_waits_again(home: Home, cohort: Cohort) -> None:
    """Monday 2 November: 9.2.01 has begun (30 days before, moved back before the weekend), and nobody did a thing."""
    home.it_is("2026-11-02 09.00")
    first = home.task("9.2.01", 2)
    assert first.state == "open"
    move(home, cohort, arrival="2026-12-15", departure="2027-01-14")
    assert opens(home, "9.2.01") == ("waiting", "2026-11-13 00.00")  # Sunday the 15th, back to Friday
    assert (home.fresh(first).state, home.fresh(first).close_reason) == ("withdrawn", "moved")
    assert home.owed(first) == []
    home.it_is("2026-11-13 09.00")
    assert home.task("9.2.01", 2).state == "open"
    assert home.due(home.task("9.2.01", 2)) == "2026-11-16 16.00"


def test_a_run_that_somebody_worked_on_stays_open(home: Home, cohort: Cohort) -> None:
    home.it_is("2026-11-02 09.00")
    home.confirm(home.budi, home.task("9.2.01", 2))
    due = home.due(home.task("9.2.01", 3))
    move(home, cohort, arrival="2026-12-15", departure="2027-01-14")
    assert home.states("9.2.01") == {2: "done", 3: "open"}
    assert home.due(home.task("9.2.01", 3)) == due  # its standard time counts from when it opened


def test_the_arrival_itself_waits_again_and_keeps_who_is_in_charge(home: Home, cohort: Cohort) -> None:
    arrival = _before_the_arrival(home)
    home.it_is("2026-11-30 09.00")
    assert home.fresh(arrival).state == "open"
    move(home, cohort, arrival="2026-12-07", departure="2027-01-06")
    again = home.fresh(arrival)
    assert (again.state, local(again.opens_at), local(again.due_at)) == (
        "waiting", "2026-12-05 00.00", "2026-12-07 16.00",
    )  # fmt: skip
    assert home.in_charge(again) == ("Budi", "sole")
    with pytest.raises(NotYetError):
        home.confirm(home.budi, arrival)
    home.it_is("2026-12-07 09.00")
    home.confirm(home.budi, arrival)


def _before_the_arrival(home: Home) -> Task:
    """9.2.01 to 9.2.03 done but for the arrival itself."""
    home.it_is("2026-11-03 09.00")
    for _step in range(30):
        with home.reading() as s:
            found = s.exec(select(Task).where(Task.state == TaskState.OPEN)).all()
        if not found:
            break
        home.finish(found[0])
    return home.task("9.2.03", 4)


def test_the_stay_moves_and_back_as_if_it_never_had(home: Home, cohort: Cohort) -> None:
    home.it_is("2026-11-02 09.00")
    home.confirm(home.budi, home.task("9.2.01", 2))
    plan = live(home)
    owed = home.owed()
    move(home, cohort, arrival="2026-12-15", departure="2027-01-14")
    assert live(home) != plan or home.runs("9.2.12")
    move(home, cohort)
    assert live(home) == plan
    assert home.owed() == owed


def test_children_who_have_not_come_belong_from_the_new_day_on(home: Home, cohort: Cohort) -> None:
    move(home, cohort, arrival="2026-12-04", departure="2027-01-03")
    with home.reading() as s:
        assert {row.from_on for row in s.exec(select(Membership))} == {date(2026, 12, 4)}


# --- the departure ------------------------------------------------------------------------------------------


def weigh_ins(home: Home) -> list[tuple[int, str, str | None]]:
    return [(t.occurrence, str(t.state), local(t.due_at)) for t in home.tasks("9.2.15", 4)]


def test_a_shorter_stay_has_fewer_weigh_ins(home: Home, cohort: Cohort) -> None:
    home.it_is("2026-12-11 09.00")
    home.record(home.budi, home.task("9.2.15", 4, 1))
    third = home.task("9.2.15", 4, 3)
    move(home, cohort, departure="2026-12-27")
    assert weigh_ins(home) == [(1, "done", "2026-12-11 16.00"), (2, "waiting", "2026-12-21 16.00")]
    assert (home.fresh(third).state, home.fresh(third).close_reason) == ("withdrawn", "moved")
    assert home.owed(third) == []
    assert all(str(t.occurrence_on) <= "2026-12-27" for t in home.tasks("9.2.12", 3))


def test_the_last_one_of_a_shorter_stay_is_the_evening_before(home: Home, cohort: Cohort) -> None:
    home.it_is("2026-12-11 09.00")
    move(home, cohort, departure="2026-12-21")
    assert weigh_ins(home) == [(1, "open", "2026-12-11 16.00"), (2, "waiting", "2026-12-20 18.00")]
    move(home, cohort, departure="2026-12-31")
    assert weigh_ins(home)[1:] == [(2, "waiting", "2026-12-21 16.00"), (3, "waiting", "2026-12-30 18.00")]


def test_a_longer_stay_adds_even_after_the_last_was_done(home: Home, cohort: Cohort) -> None:
    for day, nth in (("2026-12-11", 1), ("2026-12-21", 2), ("2026-12-30", 3)):
        home.it_is(f"{day} 09.00")
        home.record(home.budi, home.task("9.2.15", 4, nth))
    home.it_is("2026-12-31 09.00")
    for step in (3, 4, 5, 6):
        home.confirm(home.budi, home.task("9.2.12", step, 31))
    move(home, cohort, departure="2027-01-12")
    assert weigh_ins(home)[3:] == [(4, "waiting", "2027-01-10 16.00")]
    assert home.run("9.2.12").state == "open"
    assert [t.occurrence for t in home.tasks("9.2.12", 3) if t.state == "waiting"] == [32, 33]
    home.it_is("2027-01-11 09.00")
    assert home.task("9.2.15", 4, 4).state == "open"


def test_no_ship_went_and_the_children_are_still_here(home: Home, cohort: Cohort) -> None:
    home.it_is("2026-12-20 09.00")
    home.leaves(home.budi, 1)
    home.it_is("2027-01-01 07.00")
    home.call(close_cohort, home.tari, cohort.id)  # too soon
    home.tap(reopen_cohort, home.kirana, cohort.id, "kapal tidak berangkat")
    present = select(Membership.child_id).where(col(Membership.until_on).is_(None))
    assert home.call(lambda work: len(work.session.exec(present).all())) == 0
    move(home, cohort, departure="2027-01-12")
    here = home.call(lambda work: set(work.session.exec(present).all()))
    assert here == {2, 3}


def test_missed_ones_stay_and_open_ones_of_the_day_too(home: Home, cohort: Cohort) -> None:
    home.it_is("2026-12-21 09.00")
    move(home, cohort, departure="2026-12-28")
    assert weigh_ins(home) == [(1, "missed", "2026-12-11 16.00"), (2, "open", "2026-12-21 16.00")]
    home.it_is("2026-12-29 09.00")
    assert weigh_ins(home)[1] == (2, "missed", "2026-12-21 16.00")  # missed: the stay is over


# --- the parents' visit -------------------------------------------------------------------------------------


def test_a_chosen_date_outside_the_new_week_two_is_void(home: Home, cohort: Cohort) -> None:
    home.it_is("2026-12-02 09.00")
    visit = home.task("9.1.09", 1)
    home.tap(choose_date, home.dewi, visit.id, date(2026, 12, 8))
    move(home, cohort, arrival="2026-12-03", departure="2027-01-02")
    assert home.fresh(visit).chosen_on is None
    # The proposal: the Sunday of 10 to 16 December is day 10 now, a weigh-in; so the day before.
    assert home.due(visit) == "2026-12-12 16.00"
    assert "visit_void" in home.notices(home.dewi)
    assert ("2026-12-12 07.30", "morning", "Dewi") in home.owed(visit)
    move(home, cohort)
    assert home.fresh(visit).chosen_on == date(2026, 12, 8)  # back: the choice stands again
    assert "visit_void" not in home.notices(home.dewi)


def test_a_chosen_date_inside_the_new_week_two_stands(home: Home, cohort: Cohort) -> None:
    home.it_is("2026-12-02 09.00")
    visit = home.task("9.1.09", 1)
    home.tap(choose_date, home.dewi, visit.id, date(2026, 12, 12))
    move(home, cohort, arrival="2026-12-03", departure="2027-01-02")
    assert (home.fresh(visit).chosen_on, home.due(visit)) == (date(2026, 12, 12), "2026-12-12 16.00")


# --- officers' own dates ------------------------------------------------------------------------------------


def test_a_day_that_an_officer_set_stays_unless_it_is_outside_the_stay(home: Home, cohort: Cohort) -> None:
    home.it_is("2026-12-01 09.00")
    menu = home.task("9.2.12", 1)
    home.tap(reschedule, home.budi, menu.id, date(2026, 12, 28), "juru masak cuti")
    move(home, cohort, departure="2026-12-29")
    assert home.due(menu) == "2026-12-28 16.00"
    move(home, cohort, departure="2026-12-20")
    assert home.due(menu) == "2026-12-01 16.00"


# --- in the past --------------------------------------------------------------------------------------------


def test_an_arrival_typed_wrong_is_put_right_as_if_opened_so(home: Home) -> None:
    """Sunday 13 December: opened for the 20th; the children came on the 1st."""
    home.it_is("2026-12-13 10.00")
    cohort = home.angkatan(arrival="2026-12-20", departure="2027-01-19")
    move(home, cohort)
    wrong = live(home)
    with home.reading() as s:
        listed = {(t.sop, t.step, t.occurrence) for t in s.exec(select(Task)) if t.state == "before_pandu"}
    assert ("9.2.15", 4, 1) in listed
    assert ("9.2.12", 3, 12) in listed
    assert ("9.2.12", 3, 13) not in listed
    assert ("9.2.12", 3, 13, "open", None, "2026-12-13 20.00") in wrong
    with home.reading() as s:
        assert not [t.sop for t in s.exec(select(Task)) if t.state == "missed"]


# --- who hears of it ----------------------------------------------------------------------------------------


def told(home: Home, officer: Officer) -> list[dict[str, object]]:
    return [dict(row.payload or {}) for row in home.rows(None, officer) if row.rule == "cohort_moved"]


def test_those_concerned_hear_once_and_not_who_did_it(home: Home, cohort: Cohort) -> None:
    gita = home.officer("Gita", guru_of=cohort)
    move(home, cohort, arrival="2026-12-04", departure="2027-01-03")
    for officer in (home.budi, home.rahmat, home.dewi, home.sari, gita):
        assert len(told(home, officer)) == 1, officer.name
    assert told(home, home.tari) == []
    assert told(home, home.budi)[0]["arrival_from"] == "2026-12-01"
    assert "9.2.15/4" in told(home, home.budi)[0]["steps"]  # type: ignore[operator]
    home.later(minutes=6)
    assert ("cohort_moved", "Budi") in home.send_due()
    assert told(home, home.budi) == []


def test_two_changes_within_minutes_are_told_as_one(home: Home, cohort: Cohort) -> None:
    move(home, cohort, arrival="2026-12-04", departure="2027-01-03")
    home.later(minutes=2)
    move(home, cohort, arrival="2026-12-05", departure="2027-01-03")
    (said,) = told(home, home.budi)
    assert (said["arrival_from"], said["arrival_on"]) == ("2026-12-01", "2026-12-05")
    home.later(minutes=2)
    move(home, cohort)
    assert told(home, home.budi) == []  # moved back before anybody heard


def test_what_changes_is_counted(home: Home, cohort: Cohort) -> None:
    home.it_is("2026-12-11 09.00")
    home.record(home.budi, home.task("9.2.15", 4, 1))
    changes = move(home, cohort, departure="2026-12-27")
    assert [(one.key, number) for one, number in changes.gone] == [("9.2.15/4", 3)]
    assert changes.done == 1
    assert "9.2.12/3" in {one.key for one in changes.moved}
