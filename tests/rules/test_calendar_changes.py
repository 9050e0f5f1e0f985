"""A decree changes the days on which the office works: at the next start what is not done is planned anew."""

from datetime import date

from sop_flows.actions.replanning.calendar_changed import replan_if_changed
from sop_flows.calendar.dates import OfficeHours
from sop_flows.core.work import Institution
from tests.support.institution import Home


def start(home: Home, *closed: str) -> bool:
    """A start with a calendar.yaml that adds these days off."""
    unit = home.house.pack.unit
    added = {date.fromisoformat(day): "Cuti bersama" for day in closed}
    office = OfficeHours.of(unit, added, ())
    home.house = Institution(pack=home.house.pack, office=office, cabinet=home.house.cabinet)
    return home.call(replan_if_changed)


def test_the_first_start_plans_nothing_anew(home: Home) -> None:
    home.angkatan()
    assert not start(home)
    assert not start(home)


def test_days_off_move_what_is_not_done(home: Home) -> None:
    """9.2.01 step 2 is done on Monday 2 November; step 3, one working day, falls on a new day off."""
    start(home)
    home.angkatan()
    home.it_is("2026-11-02 09.00")
    done = home.task("9.2.01", 2)
    home.confirm(home.budi, done)
    was = home.due(done)
    assert home.due(home.task("9.2.01", 3)) == "2026-11-03 16.00"
    assert start(home, "2026-11-03")
    assert home.due(home.task("9.2.01", 3)) == "2026-11-04 16.00"
    assert home.due(done) == was
    assert start(home)  # the decree is taken back
    assert home.due(home.task("9.2.01", 3)) == "2026-11-03 16.00"
    assert not start(home)


def test_a_run_that_waits_begins_on_a_working_day(home: Home) -> None:
    start(home)
    home.angkatan()
    before = home.run("9.2.08").opens_at
    assert start(home, home.house.today(before or home.now).isoformat())
    moved = home.run("9.2.08").opens_at
    assert before is not None
    assert moved is not None
    assert moved > before  # office work moves forward from the arrival


def test_a_day_that_an_officer_set_stays(home: Home) -> None:
    from sop_flows.actions.reschedule import reschedule

    start(home)
    home.angkatan()
    home.it_is("2026-11-02 09.00")
    task = home.task("9.2.01", 2)
    home.tap(reschedule, home.budi, task.id, date(2026, 11, 6), "pejabat dinas luar")
    start(home, "2026-11-03", "2026-11-06")
    assert home.due(task) == "2026-11-06 16.00"
